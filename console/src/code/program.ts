import type { Call } from "./call";
import { someNumber, survivesFloat } from "./call";

/** What is said beside a program; the texts are in i18n, named note_ID. */
export type Note =
  | "rounded" // a number has more digits than the language's float
  | "noIdempotencyKey"
  | "noLanguage"
  | "httpsOnly"
  | "otherSignature"
  | "expires"
  | "keyArgument" // openssl takes keys as arguments
  | "unsigned"; // the action needs no key

export interface Program {
  /** A good name for the file. */
  file: string;
  code: string;
  notes: Note[];
}

/** What a language's program cannot do of what the call asks for. */
export interface Lacks {
  idempotencyKey?: boolean;
  language?: boolean;
  plainHttp?: boolean;
  /** Numbers that are not integers are 64-bit floats. */
  exactDecimals?: boolean;
  /** Integers from this size on are 64-bit floats. */
  exactIntegersBelow?: bigint;
}

/** The notes of a program of an SDK. */
export function notesOf(call: Call, lacks: Lacks): Note[] {
  const rounded = call.parameters.some(([, value]) =>
    someNumber(value, number => isFloat(number, lacks) && !survivesFloat(number.digits)),
  );
  const notes: [Note, boolean | undefined][] = [
    ["rounded", rounded],
    ["noIdempotencyKey", lacks.idempotencyKey && call.idempotencyKey !== ""],
    ["noLanguage", lacks.language && call.language !== "en-US"],
    ["httpsOnly", lacks.plainHttp && call.scheme === "http"],
    ["otherSignature", call.otherSignature],
    ["unsigned", call.action.auth === "none"],
  ];
  return notes.filter(([, applies]) => applies).map(([note]) => note);
}

function isFloat(number: { kind: string; digits: string }, lacks: Lacks): boolean {
  if (number.kind === "decimal") {
    return lacks.exactDecimals === true;
  }
  const size = BigInt(number.digits.replace("-", ""));
  return lacks.exactIntegersBelow !== undefined && size >= lacks.exactIntegersBelow;
}

/** The name of a file without its ending: the action's words in snake case. */
export function snakeCase(name: string): string {
  return name.replace(/([a-z\d])([A-Z])/g, "$1_$2").toLowerCase();
}

/** Lines, without those that are left out. */
export function lines(...parts: (string | false | undefined)[]): string {
  return parts.filter(part => part !== false && part !== undefined).join("\n") + "\n";
}

/** Puts an indent before each line but the first. */
export function indented(text: string, indent: string): string {
  return text.replaceAll("\n", `\n${indent}`);
}

/** Environment variables that programs read their key from. */
export const environment = {
  id: "TENCENTCLOUD_SECRET_ID",
  key: "TENCENTCLOUD_SECRET_KEY",
  token: "TENCENTCLOUD_TOKEN",
} as const;
