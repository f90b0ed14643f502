// Requests that are signed as a program of somebody else might sign them: by
// node:crypto, and wrong in whatever way a test wants.
import { createHash, createHmac } from "node:crypto";
import { request as send } from "node:http";

export interface Key {
  id: string;
  secret: string;
}

/** The demo world's reseller, whom the page calls as at first. */
export const reseller: Key = { id: "AKIDdemoHarbourxxxxxxxxxxxxxxxxxxxxx", secret: "demoHarbourxxxxxxxxxxxxxxxxxxxxx" };

export interface Sent {
  method: string;
  target: string;
  headers: Record<string, string>;
  body: string;
}

/** Everything that a TC3 signature is made of, so that any of it can be wrong. */
export interface Tc3 {
  sent: Sent;
  method: string;
  path: string;
  query: string;
  headers: [name: string, value: string][];
  afterHeaders: string;
  signedHeaders: string;
  payload: string;
  tail: string;
  timestamp: string;
  date: string;
  service: string;
  terminator: string;
  prefix: string;
  secret: string;
  chain: (key: Buffer) => Buffer | string;
  encoding: "hex" | "base64";
}

export const nowSeconds = () => Math.floor(Date.now() / 1000);

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A right request, after wrong has been at it. */
export function tc3(
  endpoint: string,
  key: Key,
  wrong: (recipe: Tc3) => void = () => undefined,
  time = nowSeconds(),
): Sent {
  const { host } = new URL(endpoint);
  const type = "application/json";
  const recipe: Tc3 = {
    sent: {
      method: "POST",
      target: "/",
      headers: {
        Host: host,
        "Content-Type": type,
        "X-TC-Action": "QueryPartnerCredit",
        "X-TC-Version": "2022-09-28",
        "X-TC-Timestamp": String(time),
      },
      body: "{}",
    },
    method: "POST",
    path: "/",
    query: "",
    headers: [
      ["content-type", type],
      ["host", host],
    ],
    afterHeaders: "\n",
    signedHeaders: "content-type;host",
    payload: sha256("{}"),
    tail: "",
    timestamp: String(time),
    date: new Date(time * 1000).toISOString().slice(0, 10),
    service: "intlpartnersmgt",
    terminator: "tc3_request",
    prefix: "TC3",
    secret: key.secret,
    chain: step => step,
    encoding: "hex",
  };
  wrong(recipe);
  if (!("Authorization" in recipe.sent.headers)) {
    recipe.sent.headers.Authorization = authorizationOf(recipe, key.id);
  }
  return recipe.sent;
}

/** The canonical request of a recipe. */
export function canonicalOf(r: Tc3): string {
  const headers = r.headers.map(([name, value]) => `${name}:${value}\n`).join("");
  return `${r.method}\n${r.path}\n${r.query}\n${headers}${r.afterHeaders}${r.signedHeaders}\n${r.payload}${r.tail}`;
}

function authorizationOf(r: Tc3, id: string): string {
  const scope = `${r.date}/${r.service}/${r.terminator}`;
  const text = `TC3-HMAC-SHA256\n${r.timestamp}\n${scope}\n${sha256(canonicalOf(r))}`;
  let signing: Buffer | string = r.prefix + r.secret;
  for (const step of [r.date, r.service, r.terminator]) {
    signing = r.chain(createHmac("sha256", signing).update(step).digest());
  }
  const signature = createHmac("sha256", signing).update(text).digest(r.encoding);
  return `TC3-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=${r.signedHeaders}, Signature=${signature}`;
}

/** Everything that a signature of v1 is made of. */
export interface V1 {
  method: string;
  host: string;
  path: string;
  mark: string;
  hash: "sha1" | "sha256";
  /** Sent; all but Signature. */
  parameters: [name: string, value: string][];
  /** What is signed of them, by what is sent. */
  signed: (parameters: [name: string, value: string][]) => [name: string, value: string][];
}

const byName = ([a]: [string, string], [b]: [string, string]) => (a < b ? -1 : 1);

/** A right form, after wrong has been at it. */
export function v1(endpoint: string, key: Key, wrong: (recipe: V1) => void = () => undefined): Sent {
  const { host } = new URL(endpoint);
  const recipe: V1 = {
    method: "POST",
    host,
    path: "/",
    mark: "?",
    hash: "sha256",
    parameters: [
      ["Version", "2022-09-28"],
      ["Action", "QueryVoucherAmountByUin"],
      ["SignatureMethod", "HmacSHA256"],
      ["Nonce", "11886"],
      ["SecretId", key.id],
      ["Timestamp", String(nowSeconds())],
      ["Region", ""],
      ["Remark", "a b/c"],
    ],
    signed: parameters => [...parameters].sort(byName),
  };
  wrong(recipe);
  const signed = recipe.signed(recipe.parameters).map(([name, value]) => `${name}=${value}`);
  const text = recipe.method + recipe.host + recipe.path + recipe.mark + signed.join("&");
  const signature = createHmac(recipe.hash, key.secret).update(text).digest("base64");
  const form = [...recipe.parameters, ["Signature", signature] as const];
  return {
    method: "POST",
    target: "/",
    headers: { Host: host, "Content-Type": "application/x-www-form-urlencoded" },
    body: form.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&"),
  };
}

export interface Answer {
  code: string;
  requestId: string;
  fields: Record<string, unknown>;
}

/** Sends a request as it is, whatever its Host says. */
export async function sendTo(endpoint: string, sent: Sent): Promise<Answer> {
  const { hostname, port } = new URL(endpoint);
  const text = await new Promise<string>((done, failed) => {
    const headers = { ...sent.headers, "Content-Length": String(Buffer.byteLength(sent.body)) };
    const call = send(
      { hostname, port, method: sent.method, path: sent.target, headers, setHost: false, agent: false },
      response => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (body += chunk));
        response.on("end", () => done(body));
      },
    );
    call.once("error", failed);
    call.end(sent.body);
  });
  const { Response: fields } = JSON.parse(text) as { Response: { RequestId: string; Error?: { Code: string } } };
  return { code: fields.Error?.Code ?? "", requestId: fields.RequestId, fields };
}

const versions = { intlpartnersmgt: "2022-09-28", tael: "2026-11-01", sts: "2018-08-13" };

/** Calls an action of a service, well signed; fails where it is refused. */
export async function call(
  endpoint: string,
  key: Key,
  service: keyof typeof versions,
  action: string,
  parameters: object,
): Promise<Record<string, unknown>> {
  const body = JSON.stringify(parameters);
  const sent = tc3(endpoint, key, r => {
    r.service = service;
    r.sent.headers["X-TC-Action"] = action;
    r.sent.headers["X-TC-Version"] = versions[service];
    r.sent.body = body;
    r.payload = sha256(body);
  });
  const { code, fields } = await sendTo(endpoint, sent);
  if (code !== "") {
    throw new Error(`${action}: ${code}`);
  }
  return fields;
}

export function rawOf({ method, target, headers, body }: Sent): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${target} HTTP/1.1`, ...lines, "", body].join("\n");
}

/** A curl command that sends the same. */
export function curlOf(endpoint: string, { method, target, headers, body }: Sent): string {
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const options = Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`);
  return [`curl -X ${method} ${quote(endpoint + target)}`, ...options, `--data-raw ${quote(body)} --compressed`].join(
    " \\\n  ",
  );
}
