export type StepId =
  | "hashedPayload"
  | "canonicalRequest"
  | "hashedCanonicalRequest"
  | "secretDate"
  | "secretService"
  | "secretSigning"
  | "authorization"
  | "sortedParameters"
  | "stringToSign"
  | "signature"
  | "encodedSignature";

/** One step of a signature. */
export interface Step {
  /** Stable: the interface's texts explain steps by it. */
  id: StepId;
  text: string;
  /** Where text writes bytes otherwise, the same in hexadecimal. */
  bytes?: string;
}

/** The text of a step that is known to be there. */
export function textOf(steps: readonly Step[], id: StepId): string {
  const step = steps.find(candidate => candidate.id === id);
  if (!step) {
    throw new Error(`no step ${id}`);
  }
  return step.text;
}
