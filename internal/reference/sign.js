// Signs the request with TC3-HMAC-SHA256. The key stays in Postman.
const digests = require("crypto-js");

const services = SERVICES; // by version
const unsigned = UNSIGNED; // actions that take no key
const method = "TC3-HMAC-SHA256";

const header = (name) => pm.request.headers.get(name);
const variable = (name) => (pm.variables.get(name) || "").trim();
const set = (key, value) => pm.request.headers.upsert({ key, value });
const hash = (text) => digests.SHA256(text).toString(digests.enc.Hex);
const hmac = (text, key) => digests.HmacSHA256(text, key);

if (!unsigned.includes(header("X-TC-Action"))) {
  const secretId = variable("secretId");
  const secretKey = variable("secretKey");
  if (!secretId || !secretKey) throw new Error("Set the collection's variables secretId and secretKey.");

  // As the client will send it: without a port that is the scheme's own.
  const url = variable("endpoint");
  let host = url.replace(/^https?:\/\//, "").replace(/[/?#].*$/, "").toLowerCase();
  host = host.replace(/^https:/.test(url) ? /:443$/ : /:80$/, "");

  const timestamp = Math.floor(Date.now() / 1000).toString();
  const date = new Date(timestamp * 1000).toISOString().slice(0, 10);
  const service = services[header("X-TC-Version")];
  const scope = `${date}/${service}/tc3_request`;
  const contentType = header("Content-Type");
  const body = pm.variables.replaceIn((pm.request.body && pm.request.body.raw) || "");

  const signedHeaders = "content-type;host";
  const canonical = ["POST", "/", "", `content-type:${contentType}\nhost:${host}\n`, signedHeaders, hash(body)].join("\n");
  const text = [method, timestamp, scope, hash(canonical)].join("\n");
  const key = hmac("tc3_request", hmac(service, hmac(date, "TC3" + secretKey)));
  const signature = hmac(text, key).toString(digests.enc.Hex);

  set("X-TC-Timestamp", timestamp);
  set("Authorization", `${method} Credential=${secretId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`);
  if (variable("token")) set("X-TC-Token", variable("token"));
}
