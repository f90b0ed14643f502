import type { Bundle, ErrorCode } from "../definition/bundle";

/** Why a request is refused: a code, and what fills the braces of its message. */
export interface Refusal {
  code: string;
  /** Picks another message of the same code; empty for the usual one. */
  variant: string;
  args: Record<string, string>;
  /** The full path of the parameter at fault, such as "Filter.RegionIn.0"; empty where it is the request. */
  path: string;
}

export function missing(path: string): Refusal {
  return { code: "MissingParameter", variant: "", args: { parameter: path }, path };
}

export function unknown(path: string): Refusal {
  return { code: "UnknownParameter", variant: "", args: { parameter: path }, path };
}

export function wrongType(path: string, type: string): Refusal {
  return { code: "InvalidParameter", variant: "type", args: { parameter: path, type }, path };
}

export function badValue(code: string | undefined, path: string, value: string): Refusal {
  return { code: code ?? "InvalidParameterValue", variant: "", args: { parameter: path, value }, path };
}

export function lengthBreach(code: string | undefined, path: string, maximum: number): Refusal {
  const args = { parameter: path, limit: String(maximum) };
  return code ? { code, variant: "", args, path } : { code: "InvalidParameterValue", variant: "length", args, path };
}

/** What of a caller's own text is repeated to it, in bytes: argMax of api/error.go. */
const argMax = 256;

/** The message that the server answers with, in the language that X-TC-Language asks for. */
export function messageOf(bundle: Pick<Bundle, "errors">, refusal: Refusal, language: string): string {
  const definition = bundle.errors.find(error => error.code === refusal.code);
  const text = definition && textOf(definition, refusal.variant);
  let message = (language === "zh-CN" && text?.zh) || (text?.en ?? "");
  for (const [name, value] of Object.entries(refusal.args)) {
    message = message.replaceAll(`{${name}}`, () => shortened(value));
  }
  return message;
}

function textOf(definition: ErrorCode, variant: string) {
  return variant === "" ? definition.message : definition.variants?.[variant];
}

function shortened(value: string): string {
  const bytes = new TextEncoder().encode(value);
  if (bytes.length <= argMax) {
    return value;
  }
  // As part of a stream: a character that the cut has halved is left out.
  return `${new TextDecoder().decode(bytes.subarray(0, argMax), { stream: true })}…`;
}
