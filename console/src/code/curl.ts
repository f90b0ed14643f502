import type { Signed } from "../signing";
import type { Call } from "./call";
import { json } from "./json";
import { environment, lines, type Note, type Program } from "./program";
import { command, word } from "./shell";

/** How long the server takes a signature, in seconds. */
export const signatureLasts = 300;

/** The signed request where the page has a key; a script that signs by itself otherwise. */
export function curl(call: Call): Program {
  return call.signed && call.action.auth !== "none" ? signedRequest(call.signed) : script(call);
}

/** A request as the page would send it. Host is left to curl, which makes it of the address as the page did. */
function signedRequest(signed: Signed): Program {
  const at = (seconds: number) => new Date(seconds * 1000).toISOString().replace(".000", "");
  const code = lines(
    `# Signed at ${at(signed.timestamp)}; the server takes it until ${at(signed.timestamp + signatureLasts)}.`,
    command("curl --silent --show-error --globoff", [
      word(signed.url),
      ...signed.headers.map(([name, value]) => `--header ${word(`${name}: ${value}`)}`),
      ...(signed.body === null ? [] : [`--data-raw ${word(signed.body)}`]),
    ]),
  );
  return { file: "call.sh", code, notes: ["expires"] };
}

/** A script that signs with TC3 by openssl and sends by curl; without a signature for actions that need none. */
function script(call: Call): Program {
  const unsigned = call.action.auth === "none";
  const code = lines(
    "#!/usr/bin/env bash",
    "set -eu",
    `body=${word(call.parameters.length === 0 ? "{}" : json(call.parameters))}`,
    ...(unsigned ? [] : signing(call)),
    "",
    command("curl --silent --show-error", [
      word(`${call.scheme}://${call.host}/`),
      ...(unsigned ? [] : ['--header "Authorization: $authorization"']),
      ...headers(call, unsigned).map(header => `--header ${header}`),
      '--data-raw "$body"',
    ]),
  );
  const notes: Note[] = unsigned ? ["unsigned"] : ["keyArgument"];
  return { file: "call.sh", code, notes: call.otherSignature && !unsigned ? [...notes, "otherSignature"] : notes };
}

function headers(call: Call, unsigned: boolean): string[] {
  const { action, idempotencyKey } = call;
  return [
    "'Content-Type: application/json'",
    word(`X-TC-Action: ${action.name}`),
    word(`X-TC-Version: ${action.version}`),
    unsigned ? '"X-TC-Timestamp: $(date +%s)"' : '"X-TC-Timestamp: $timestamp"',
    word(`X-TC-Language: ${call.language}`),
    ...(call.token && !unsigned ? [`"X-TC-Token: $${environment.token}"`] : []),
    ...(idempotencyKey === "" ? [] : [word(`X-Tael-Idempotency-Key: ${idempotencyKey}`)]),
  ];
}

function signing(call: Call): string[] {
  return [
    `service=${word(call.action.service)}`,
    `host=${word(call.host)}`,
    "",
    "# The SHA-256 of a text, and its HMAC under a key, both in hexadecimal.",
    "hash() { printf '%s' \"$1\" | openssl dgst -sha256 -r | cut -d ' ' -f 1; }",
    "hmac() { printf '%s' \"$2\" | openssl dgst -sha256 -mac HMAC -macopt \"hexkey:$1\" -r | cut -d ' ' -f 1; }",
    "",
    "now=$(date -u '+%s %Y-%m-%d')",
    "timestamp=${now% *} date=${now#* }",
    "canonical=$(printf 'POST\\n/\\n\\ncontent-type:application/json\\nhost:%s\\n\\ncontent-type;host\\n%s' \\",
    '  "$host" "$(hash "$body")")',
    'scope="$date/$service/tc3_request"',
    'text=$(printf \'TC3-HMAC-SHA256\\n%s\\n%s\\n%s\' "$timestamp" "$scope" "$(hash "$canonical")")',
    `key=$(printf 'TC3%s' "$${environment.key}" | od -An -v -tx1 | tr -d ' \\n')`,
    'for part in "$date" "$service" tc3_request "$text"; do key=$(hmac "$key" "$part"); done',
    `authorization="TC3-HMAC-SHA256 Credential=$${environment.id}/$scope,` +
      ' SignedHeaders=content-type;host, Signature=$key"',
  ];
}
