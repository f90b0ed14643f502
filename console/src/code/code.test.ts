import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { isLosslessNumber, parse, stringify } from "lossless-json";
import { describe, expect, test } from "vitest";
import type { Action, Bundle } from "../definition/bundle";
import { define } from "../definition/definition";
import type { Draft, Json } from "../explorer/draft";
import { sign } from "../signing";
import { type Call, callOf, environment, type Language, languages } from ".";

const bundle = JSON.parse(readFileSync("../api/definition.gen.json", "utf8")) as Bundle;
const definition = define(bundle);
const endpoint = "http://127.0.0.1:8080";

function actionOf(name: string): Action {
  const action = definition.action(name);
  if (!action) {
    throw new Error(`no action ${name}`);
  }
  return action;
}

function draftOf(name: string, parameters: string, more: Partial<Draft> = {}): Draft {
  return {
    action: actionOf(name),
    parameters: parse(parameters) as Draft["parameters"],
    method: "TC3-HMAC-SHA256",
    http: "POST",
    language: "en-US",
    idempotencyKey: "",
    ...more,
  };
}

function called(name: string, parameters: string, more: Partial<Draft> = {}): Call {
  return callOf({ draft: draftOf(name, parameters, more), endpoint, definition });
}

function languageOf(id: Language["id"]): Language {
  const found = languages.find(language => language.id === id);
  if (!found) {
    throw new Error(`no language ${id}`);
  }
  return found;
}

/** Each tries to leave the string that it stands in, in some language, or to be read otherwise. */
const hostile = [
  `"; os.exit(1); "`,
  `'; rm -rf / #`,
  "`id` $(id) ${HOME} $HOME #{1+1} #$0 #@a %s %(x)s {{x}} {$x} \\$x",
  "\\",
  "\\\\u0022 \\u000a \\x41 \\101 \\n",
  "a\nb\r\nc\td",
  "\u0000\u0001\u0007\u001b[31m\u007f\u0085",
  "\u2028\u2029\u202e\u2066\u200b\ufeff",
  "é 中文 한국어 🚢 \u{e0041}",
  `)json" )json1" ??= ??/`,
  "</script><img src=x onerror=alert(1)>",
  "*/ // # -- %> ?> <?php",
  "JSON\nJSON\n",
  "__proto__",
  "-x",
  "@file",
  "file:///etc/passwd",
  "",
] as const;

const remark = (text: string) => stringify({ ClientUin: 200000001001, AddedCredit: 12.5, Remark: text }) ?? "";

describe.for(languages.map(language => [language.id, language] as const))("%s", ([id, language]) => {
  test("writes hostile text so that it stays text", () => {
    const programs = hostile.map(text => language.write(called("AllocateCustomerCredit", remark(text))).code);
    expect(programs.join("\n")).toMatchSnapshot();
  });

  test("never shows a character that would not be seen, or that turns the direction", () => {
    for (const text of hostile) {
      const { code } = language.write(called("AllocateCustomerCredit", remark(text)));
      expect(code.replaceAll(/[\n\t]/g, ""), text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }
  });

  test("has every parameter of every action", () => {
    for (const action of bundle.actions.filter(({ service }) => language.services?.includes(service) ?? true)) {
      const call = callOf({ draft: filled(action), endpoint, definition });
      const { code, file } = language.write(call);
      expect(file).toMatch(/^[\w.]+$/);
      expect(code).toContain(action.name);
      expect(code).toContain("127.0.0.1:8080");
      for (const wanted of leaves(call.parameters.map(([name, value]) => [name, value] as const))) {
        expect(code, `${id} ${action.name}`).toContain(wanted);
      }
    }
  });

  test("says where the key comes from", () => {
    const { code } = language.write(called("QueryPartnerCredit", "{}"));
    if (id !== "tccli") {
      expect(code).toContain(environment.id);
    }
  });
});

/** An action with a value for each parameter, nested ones included. */
function filled(action: Action): Draft {
  const value = (type: string, name: string): Json => {
    const nested = definition.type(action.service, type);
    if (nested) {
      return Object.fromEntries((nested.fields ?? []).map(field => [field.name, one(field)]));
    }
    const number = { int64: "4711", uint64: "4712", decimal: "12.25" }[type];
    return number ? (parse(number) as Json) : type === "bool" ? true : `text of ${name}`;
  };
  const one = (field: { type: string; name: string; list?: boolean }): Json =>
    field.list ? [value(field.type, field.name)] : value(field.type, field.name);
  const parameters = Object.fromEntries((action.request ?? []).map(field => [field.name, one(field)]));
  return { ...draftOf(action.name, "{}"), parameters };
}

/** The names of parameters and the texts and digits in them. */
function leaves(members: readonly (readonly [string, Call["parameters"][number][1]])[]): string[] {
  return members.flatMap(([name, value]) => [
    name,
    ...(value.kind === "object"
      ? leaves(value.members)
      : value.kind === "list"
        ? leaves(value.items.map(item => ["", item]))
        : []),
    ...(value.kind === "string" ? [value.text] : value.kind === "integer" ? [value.digits] : []),
  ]);
}

/** What the interpreter makes of the program's parameters. */
function parametersIn(id: Language["id"], call: Call): unknown {
  const { code } = languageOf(id).write(call);
  if (id === "node") {
    const request = /new Models\.\w+\(\);\n([^]*?)\n\nclient/.exec(code)?.[1] ?? "";
    return runInNewContext(`(() => { const request = {}; ${request}; return JSON.parse(JSON.stringify(request)); })()`);
  }
  const script = code.replace(/^tael .*$/m, "capture \\");
  const ran = spawnSync("bash", ["--norc", "-c", `capture() { printf '%s\\0' "$@"; }\n${script}`], {
    env: { PATH: process.env.PATH },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  expect(ran.stderr).toBe("");
  return ran.stdout.split("\0").slice(0, -1);
}

test("Node.js reads hostile text as it is", () => {
  for (const text of hostile) {
    const request = parametersIn("node", called("AllocateCustomerCredit", remark(text)));
    expect(request).toEqual({ ClientUin: 200000001001, AddedCredit: 12.5, Remark: text });
  }
});

test("a shell reads hostile text as it is", () => {
  for (const text of hostile) {
    const words = parametersIn("tael", called("AllocateCustomerCredit", remark(text))) as string[];
    const document = words.indexOf("--json");
    const got =
      document >= 0
        ? (JSON.parse(words[document + 1] ?? "") as { Remark: string }).Remark
        : (words.find(word => word.startsWith("--Remark="))?.slice("--Remark=".length) ??
          words[words.indexOf("--Remark") + 1]);
    expect(got).toBe(text);
  }
});

test("numbers keep their digits, or the page says that they do not", () => {
  const big = `{"ClientUin": 200000001001, "AddedCredit": 123456789.123456789012345678}`;
  for (const language of languages) {
    const { code, notes } = language.write(called("AllocateCustomerCredit", big));
    expect(code, language.id).toContain("123456789.123456789012345678");
    const exact = ["go", "java", "csharp", "cpp", "tael", "curl"].includes(language.id);
    expect(notes.includes("rounded"), language.id).toBe(!exact);
  }
  for (const language of languages) {
    const { notes } = language.write(called("AllocateCustomerCredit", remark("x").replace("12.5", "0.10")));
    expect(notes, language.id).not.toContain("rounded");
  }
});

test("integers beyond 2^53 are integers of the language, or the page says that they are not", () => {
  const big = `{"Page": 9007199254740993, "PageSize": 18446744073709551616}`;
  for (const language of languages) {
    const { code, notes } = language.write(called("DescribeCustomerUin", big));
    expect(code, language.id).toContain("9007199254740993");
    expect(notes.includes("rounded"), language.id).toBe(["node", "php"].includes(language.id));
  }
});

test("an idempotency key is sent, or the page says that it cannot be", () => {
  for (const language of languages) {
    const write = called("AllocateCustomerCredit", remark("x"), { idempotencyKey: "top-up-1" });
    const { code, notes } = language.write(write);
    expect(code.includes("top-up-1"), language.id).toBe(!notes.includes("noIdempotencyKey"));
    const read = called("QueryPartnerCredit", "{}", { idempotencyKey: "top-up-1" });
    expect(language.write(read).code).not.toContain("top-up-1");
  }
});

test("a temporary key's token comes from the environment too", () => {
  for (const language of languages.filter(({ id }) => id !== "tccli")) {
    const call = callOf({ draft: draftOf("QueryPartnerCredit", "{}"), endpoint, definition, token: true });
    expect(language.write(call).code, language.id).toContain(environment.token);
    expect(language.write(called("QueryPartnerCredit", "{}")).code).not.toContain(environment.token);
  }
});

test("nothing but curl's signature is made of the key, and it says how long it lasts", async () => {
  const draft = draftOf("AllocateCustomerCredit", remark("it's 中文\u0007"));
  const credentials = { secretId: "AKIDexample", secretKey: "secretOfTheReader", token: "" };
  const signed = await sign(draft, credentials, endpoint, new Date("2026-11-22T12:00:00Z"));
  const call = callOf({ draft, endpoint, definition, signed });
  for (const language of languages) {
    const { code } = language.write(call);
    expect(code, language.id).not.toContain("secretOfTheReader");
    expect(code.includes("AKIDexample"), language.id).toBe(language.id === "curl");
  }
  const { code } = languageOf("curl").write(call);
  expect(code).toContain("Signed at 2026-11-22T12:00:00Z; the server takes it until 2026-11-22T12:05:00Z.");
  expect(code).toMatchSnapshot();
});

test("an action that needs no key is sent without one, where the client can", () => {
  const call = called("AcceptInvitation", `{"Token": "t", "Mail": "a@b.example", "Name": "n", "Password": "p"}`);
  expect(languageOf("curl").write(call).code).not.toContain("authorization");
  expect(languageOf("tael").write(call).code).not.toContain("SECRET");
});

test("parameters that the definition does not know, or of other types, still come out", () => {
  const odd = `{"ClientUin": {"a": [null, true, {"b": []}]}, "Foreign": [[1], ["x"]], "AddedCredit": "12"}`;
  for (const language of languages) {
    expect(language.write(called("AllocateCustomerCredit", odd)).code).toMatchSnapshot(language.id);
  }
});

test("half a surrogate pair becomes what a browser sends in its place", () => {
  const call = called("AllocateCustomerCredit", "{}");
  const draft = { ...draftOf("AllocateCustomerCredit", "{}"), parameters: { Remark: "a\ud800b" } };
  expect(callOf({ draft, endpoint, definition }).parameters).toEqual([
    ["Remark", { kind: "string", text: "a\ufffdb" }],
  ]);
  expect(call.parameters).toEqual([]);
  expect(isLosslessNumber(draftOf("QueryPartnerCredit", `{"x": 1}`).parameters.x)).toBe(true);
});
