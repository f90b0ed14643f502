// Reads a curl command: what would go over the wire if it were run.
import { percentEncode } from "../../signing/flatten";
import type { Received } from "../../signing/received";
import { ShellError, splitWords } from "./shell";

/** Why a text cannot be read; the interface's texts have a sentence for each. */
export type PasteProblem = "empty" | "quote" | "noUrl" | "file" | "form" | "option" | "firstLine" | "header";

export class PasteError extends Error {
  constructor(
    readonly problem: PasteProblem,
    readonly detail = "",
  ) {
    super(problem);
  }
}

export interface Pasted {
  request: Received;
  /** Names of shell variables that stand in it unexpanded: what they hold is not known. */
  variables: string[];
}

/** Whether a text is a curl command rather than anything else. */
export function isCurl(text: string): boolean {
  return /^\s*(?:[$#%>]\s+)?(?:\S*\/)?curl(?:\.exe)?\s/.test(text);
}

// By their long names; those of one letter stand for them.
const short: Record<string, string> = {
  X: "request",
  H: "header",
  d: "data",
  G: "get",
  I: "head",
  F: "form",
  A: "user-agent",
  b: "cookie",
  e: "referer",
  u: "user",
  o: "output",
  w: "write-out",
  m: "max-time",
  x: "proxy",
  c: "cookie-jar",
  D: "dump-header",
  E: "cert",
  K: "config",
  T: "upload-file",
  r: "range",
  z: "time-cond",
  y: "speed-time",
  Y: "speed-limit",
  C: "continue-at",
};

// Options with a value that changes nothing of what is signed.
const ignoredWithValue = new Set(
  (
    "user-agent cookie referer user output write-out max-time proxy cookie-jar dump-header cert config range " +
    "time-cond speed-time speed-limit continue-at connect-timeout cacert capath key cert-type key-type retry retry-delay " +
    "retry-max-time resolve connect-to interface limit-rate proxy-user ciphers tls-max unix-socket trace trace-ascii " +
    "stderr dns-servers keepalive-time max-filesize noproxy proto proto-default rate"
  ).split(" "),
);

interface Command {
  url: string;
  method: string;
  headers: [name: string, value: string][];
  removed: Set<string>;
  data: string | undefined;
  json: boolean;
  get: boolean;
  head: boolean;
}

/** Reads a curl command as bash and curl would. */
export function parseCurl(text: string): Pasted {
  const { words, variables } = split(text.replace(/^\s*[$#%>]\s+/, ""));
  const command: Command = {
    url: "",
    method: "",
    headers: [],
    removed: new Set(),
    data: undefined,
    json: false,
    get: false,
    head: false,
  };
  for (const [name, value] of optionsOf(words.slice(1))) {
    apply(command, name, value);
  }
  return { request: requestOf(command), variables };
}

function split(text: string): { words: string[]; variables: string[] } {
  try {
    return splitWords(text);
  } catch (error) {
    if (error instanceof ShellError) {
      throw new PasteError("quote");
    }
    throw error;
  }
}

const withValue = new Set([
  "request",
  "header",
  "data",
  "data-ascii",
  "data-raw",
  "data-binary",
  "data-urlencode",
  "json",
  "url",
  "form",
  "form-string",
  "upload-file",
  ...ignoredWithValue,
]);

/** Options by their long names with their values, in order; a URL without an option is one of --url. */
function* optionsOf(words: string[]): Generator<[name: string, value: string]> {
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (word.startsWith("--") && word !== "--") {
      const name = word.slice(2);
      yield [name, withValue.has(name) ? (words[++i] ?? missing(word)) : ""];
    } else if (word.startsWith("-") && word.length > 1 && word !== "--") {
      for (let j = 1; j < word.length; j++) {
        const name = short[word[j] ?? ""] ?? word[j] ?? "";
        if (withValue.has(name)) {
          yield [name, word.slice(j + 1) || (words[++i] ?? missing(word))];
          break;
        }
        yield [name, ""];
      }
    } else if (word !== "--") {
      yield ["url", word];
    }
  }
}

function missing(option: string): never {
  throw new PasteError("option", option);
}

function apply(command: Command, name: string, value: string): void {
  switch (name) {
    case "url":
      command.url ||= value;
      return;
    case "request":
      command.method = value;
      return;
    case "header":
      addHeader(command, value);
      return;
    case "data":
    case "data-ascii":
    case "data-binary":
    case "json":
      if (value.startsWith("@")) {
        throw new PasteError("file", value.slice(1));
      }
      addData(command, value, name === "json");
      return;
    case "data-raw":
      addData(command, value, false);
      return;
    case "data-urlencode":
      addData(command, urlEncoded(value), false);
      return;
    case "get":
      command.get = true;
      return;
    case "head":
      command.head = true;
      return;
    case "form":
    case "form-string":
      throw new PasteError("form");
    case "upload-file":
      throw new PasteError("file", value);
  }
}

function addHeader(command: Command, text: string): void {
  if (text.startsWith("@")) {
    throw new PasteError("file", text.slice(1));
  }
  const [, name, mark, value = ""] = /^([^:;]*)([:;])(.*)$/s.exec(text) ?? [];
  if (name === undefined) {
    return; // curl leaves it out
  }
  // "Name;" sends it empty, "Name:" not even if curl would by itself.
  if (mark === ":" && value.trim() === "") {
    command.removed.add(name.toLowerCase());
    return;
  }
  command.headers.push([name, value.trim()]);
}

function addData(command: Command, data: string, json: boolean): void {
  if (command.data === undefined) {
    command.data = data;
  } else {
    command.data += (json ? "" : "&") + data;
  }
  command.json ||= json;
}

function urlEncoded(value: string): string {
  const [, name = "", mark, content = ""] = /^([^=@]*)([=@])(.*)$/s.exec(value) ?? [];
  if (mark === undefined) {
    return percentEncode(value);
  }
  if (mark === "@") {
    throw new PasteError("file", content);
  }
  return `${name}${name && "="}${percentEncode(content)}`;
}

function requestOf(command: Command): Received {
  const { scheme, host, path, query: own } = targetOf(command.url);
  const inQuery = command.get && command.data !== undefined ? command.data : "";
  const body = command.get ? undefined : command.data;
  const headers: [string, string][] = [];
  const add = (name: string, value: string): void => {
    const given = command.headers.some(([other]) => other.toLowerCase() === name.toLowerCase());
    if (!given && !command.removed.has(name.toLowerCase())) {
      headers.push([name, value]);
    }
  };
  add("Host", host.replace(scheme === "https" ? /:443$/ : /:80$/, ""));
  if (body !== undefined) {
    add("Content-Type", command.json ? "application/json" : "application/x-www-form-urlencoded");
  }
  headers.push(...command.headers);
  return {
    method: command.method || (command.head ? "HEAD" : body === undefined ? "GET" : "POST"),
    path,
    query: [own, inQuery].filter(part => part !== "").join("&"),
    headers,
    body: body ?? "",
  };
}

interface Target {
  scheme: string;
  host: string;
  path: string;
  query: string;
}

/** Takes an address apart without changing a character of what will be sent. */
function targetOf(url: string): Target {
  const match = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?(?:[^/?#@]*@)?([^/?#]+)([^?#]*)(?:\?([^#]*))?/.exec(url.trim());
  if (!match) {
    throw new PasteError("noUrl");
  }
  const [, scheme = "http", host = "", path = "", query = ""] = match;
  return { scheme: scheme.toLowerCase(), host, path: path || "/", query };
}
