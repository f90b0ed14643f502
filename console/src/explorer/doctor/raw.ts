// Reads and writes requests as they go over the wire, as internal/diagnose reads them.
import type { Received } from "../../signing/received";
import { isCurl, parseCurl, type Pasted, PasteError } from "./curl";

/** Longer ones DiagnoseRequest does not take, in characters. */
export const rawMax = 16384;

/** A request that was pasted, as raw HTTP or as a curl command. */
export function parsePasted(text: string): Pasted {
  if (text.trim() === "") {
    throw new PasteError("empty");
  }
  return isCurl(text) ? parseCurl(text) : { request: parseRaw(text), variables: [] };
}

/** Reads first line, headers, an empty line, and the body to the byte; lines may end in LF. */
export function parseRaw(text: string): Received {
  let rest = text.replace(/^[\r\n]+/, "");
  const line = (): string => {
    const end = rest.indexOf("\n");
    const first = end < 0 ? rest : rest.slice(0, end);
    rest = end < 0 ? "" : rest.slice(end + 1);
    return first.replace(/\r$/, "");
  };
  const first = line();
  const [method = "", target = "", protocol = "HTTP/1.1", ...more] = first.trim().split(/\s+/);
  if (!/^[A-Za-z]+$/.test(method) || target === "" || !protocol.startsWith("HTTP/") || more.length > 0) {
    throw new PasteError("firstLine", first);
  }
  const [, host, pathAndQuery = target] = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?]*)(.*)$/s.exec(target) ?? [];
  const question = pathAndQuery.indexOf("?");
  const path = question < 0 ? pathAndQuery : pathAndQuery.slice(0, question);
  const headers: [string, string][] = host === undefined ? [] : [["Host", host]];
  for (let text = line(); text !== ""; text = line()) {
    const [, name, value = ""] = /^([^:]*[^:\s][^:]*):(.*)$/.exec(text) ?? [];
    if (name === undefined) {
      throw new PasteError("header", text);
    }
    headers.push([name.trim(), value.trim()]);
  }
  const query = question < 0 ? "" : pathAndQuery.slice(question + 1);
  return { method, path: path || "/", query, headers: lastHost(headers), body: bodyOf(rest, headers) };
}

/** A Host header counts more than the host of an absolute target. */
function lastHost(headers: [string, string][]): [string, string][] {
  const last = headers.findLast(([name]) => name.toLowerCase() === "host");
  return headers.filter(header => header === last || header[0].toLowerCase() !== "host");
}

/** The body; a Content-Length that is shorter by line ends at its end counts, for they come with pasting. */
function bodyOf(rest: string, headers: readonly (readonly [string, string])[]): string {
  const given = headers.find(([name]) => name.toLowerCase() === "content-length")?.[1] ?? "";
  const bytes = new TextEncoder().encode(rest);
  const length = /^\d+$/.test(given) ? Number(given) : bytes.length;
  const tail = bytes.slice(length);
  return tail.every(byte => byte === 10 || byte === 13) ? new TextDecoder().decode(bytes.slice(0, length)) : rest;
}

/** The text of a request that parseRaw reads back. */
export function writeRaw({ method, path, query, headers, body }: Received): string {
  const target = `${path}${query && "?"}${query}`;
  return [`${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`), "", body].join("\n");
}
