import { useEffect, useState } from "react";
import { sign, type Signed } from "../../signing";
import type { Credentials, Draft } from "../draft";
import { fixedTime, type Inputs, isNonce } from "./inputs";

export type Outcome = { signed: Signed } | { failure: string } | undefined;

/** Stands for the SecretId where there is none. */
export const noSecretId = "⟨SecretId⟩";

/** The call signed anew whenever something of it changes; undefined until that is done for the first time. */
export function useSigned(
  draft: Draft,
  credentials: Credentials,
  endpoint: string,
  inputs: Inputs,
  /** Another number takes the time again. */
  turn: number,
): Outcome {
  const [outcome, setOutcome] = useState<Outcome>();
  useEffect(() => {
    let current = true;
    const fixed = inputs.fixed === undefined ? new Date() : fixedTime(inputs.fixed);
    if (!fixed || !isNonce(inputs.nonce)) {
      return undefined; // what was right last stays until this is
    }
    const { method, http, token, also, unsigned, nonce } = inputs;
    const key = { ...credentials, secretId: credentials.secretId || noSecretId, token };
    void sign({ ...draft, method, http }, key, endpoint, fixed, { also, unsigned, nonce })
      .then(signed => ({ signed }))
      .catch((error: unknown) => ({ failure: String(error) }))
      .then(outcome => current && setOutcome(outcome));
    return () => {
      current = false;
    };
  }, [draft, credentials, endpoint, inputs, turn]);
  return outcome;
}
