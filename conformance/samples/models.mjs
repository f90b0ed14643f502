// What the page says of the SDKs is what is installed here.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { readRoot, root } from "./page.mjs";

export function checkVersions(languages) {
  const pins = {
    go: ({ name, version }) => ["conformance/go/go.mod", `${name} v${version}`],
    python: ({ name, version }) => ["conformance/python/requirements.txt", `${name}==${version}`],
    tccli: ({ name, version }) => ["conformance/python/requirements.txt", `${name}==${version}`],
    node: ({ name, version }) => ["conformance/node/package.json", `"${name}": "${version}"`],
  };
  for (const { id, sdk, install } of languages) {
    if (pins[id]) {
      const [file, pin] = pins[id](sdk);
      assert.ok(readRoot(file).includes(pin), `${file} has no ${pin}`);
    }
    if (sdk?.version) {
      assert.ok(install.includes(sdk.version), `the install lines of ${id} lack ${sdk.version}`);
    }
  }
}

export function checkModels(page, definition) {
  const published = definition.actions.filter(({ service }) => service === "intlpartnersmgt");
  const { intlpartnersmgt } = createRequire(join(root, "conformance/node/"))("tencentcloud-sdk-nodejs-intl-en");
  const { Client, Models } = intlpartnersmgt.v20220928;
  for (const { name, request } of published) {
    const typed = Models[`${name}Request`] !== undefined && Client.prototype[name] !== undefined;
    assert.equal(page.lacking.has(name), !typed, `Node.js and ${name}`);
    for (const field of typed ? (request ?? []) : []) {
      assert.ok(field.name in new Models[`${name}Request`](), `Node.js: ${name} has no ${field.name}`);
    }
  }
  checkPython(published, definition);
}

const script = `
import json, sys
from tencentcloud.intlpartnersmgt.v20220928 import intlpartnersmgt_client, models
for name, fields in json.load(sys.stdin).items():
    model = getattr(models, name)()
    missing = [field for field in fields if not hasattr(model, field)]
    assert not missing, f"{name} has no {missing}"
    if name.endswith("Request"):
        assert hasattr(intlpartnersmgt_client.IntlpartnersmgtClient, name[:-len("Request")]), name
`;

function checkPython(published, definition) {
  const names = fields => (fields ?? []).map(field => field.name);
  const wanted = {};
  for (const { name, service, request } of published) {
    wanted[`${name}Request`] = names(request);
    for (const type of (request ?? []).map(field => definition.type(service, field.type)).filter(Boolean)) {
      wanted[type.name] = names(type.fields);
    }
  }
  const python = join(root, "conformance/python/.venv/bin/python");
  const ran = spawnSync(python, ["-B", "-c", script], { input: JSON.stringify(wanted), encoding: "utf8" });
  assert.equal(ran.status, 0, `Python: ${ran.stderr}`);
}
