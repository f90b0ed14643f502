import { type Call, type Value, someNumber } from "./call";
import { literal, type Style } from "./literal";
import { environment, indented, lines, notesOf, type Program } from "./program";
import { quoted, usual, utf16 } from "./quote";

/** Java reads \uXXXX before anything else, so a control character written so would stand there as itself. */
const text = (value: string) =>
  quoted(value, {
    quote: '"',
    escapes: usual,
    hidden: point => (point < 0x100 ? `\\${point.toString(8).padStart(3, "0")}` : utf16(point)),
  });

const int64 = 1n << 63n;

function isInt64(digits: string): boolean {
  return BigInt(digits) < int64 && BigInt(digits) >= -int64;
}

const style: Style = {
  string: text,
  integer: digits => (isInt64(digits) ? `${digits}L` : `new BigInteger(${text(digits)})`),
  decimal: digits => `new BigDecimal(${text(digits)})`,
  null: "(Object) null",
  boolean: ["false", "true"],
  list: ["Arrays.asList(", ")"],
  object: ["object(", ")"],
  member: (name, value) => `${name}, ${value}`,
  indent: "    ",
  trailingComma: false,
};

/** A program of the Java SDK's generic client, whose requests keep every digit. */
export function java(call: Call): Program {
  const { action, idempotencyKey } = call;
  const service = `${text(action.service)}, ${text(action.version)}`;
  const values = call.parameters.map(([, value]) => value);
  const header = `"X-Tael-Idempotency-Key", ${text(idempotencyKey)}`;
  const code = lines(
    ...imports(values, idempotencyKey !== ""),
    "",
    "public class Main {",
    "    public static void main(String[] arguments) {",
    "        Credential key = new Credential(",
    `                ${keyArguments(call.token)});`,
    "        HttpProfile http = new HttpProfile();",
    `        http.setProtocol(${text(`${call.scheme}://`)});`,
    `        http.setEndpoint(${text(call.host)});`,
    '        ClientProfile profile = new ClientProfile("TC3-HMAC-SHA256", http);',
    `        profile.setLanguage(Language.${call.language === "zh-CN" ? "ZH_CN" : "EN_US"});`,
    `        CommonClient client = new CommonClient(${service}, key, "", profile);`,
    "",
    "        Request request = new Request();",
    ...call.parameters.map(([name, value]) =>
      indented(`        request.set(${text(name)}, ${literal(value, style)});`, "        "),
    ),
    idempotencyKey !== "" && `        request.SetHeader(Collections.singletonMap(${header}));`,
    "        try {",
    `            System.out.println(client.commonRequest(request, ${text(action.name)}));`,
    "        } catch (TencentCloudSDKException error) {",
    "            System.err.printf(",
    '                    "%s: %s (request %s)%n", error.getErrorCode(), error.getMessage(), error.getRequestId());',
    "            System.exit(1);",
    "        }",
    "    }",
    ...(values.some(value => has(value, "object")) ? ["", ...object] : []),
    "",
    ...request,
    "}",
  );
  return { file: "Main.java", code, notes: notesOf(call, {}) };
}

function imports(values: Value[], header: boolean): string[] {
  const sdk = "com.tencentcloudapi.common";
  const some = (condition: Parameters<typeof someNumber>[1]) => values.some(value => someNumber(value, condition));
  const objects = values.some(value => has(value, "object"));
  const used: [string, boolean][] = [
    [`${sdk}.AbstractModel`, true],
    [`${sdk}.CommonClient`, true],
    [`${sdk}.Credential`, true],
    [`${sdk}.exception.TencentCloudSDKException`, true],
    [`${sdk}.profile.ClientProfile`, true],
    [`${sdk}.profile.HttpProfile`, true],
    [`${sdk}.profile.Language`, true],
    ["java.math.BigDecimal", some(number => number.kind === "decimal")],
    ["java.math.BigInteger", some(number => number.kind === "integer" && !isInt64(number.digits))],
    ["java.util.Arrays", values.some(value => has(value, "list"))],
    ["java.util.Collections", header],
    ["java.util.HashMap", true],
    ["java.util.LinkedHashMap", objects],
    ["java.util.Map", objects],
  ];
  return used.filter(([, needed]) => needed).map(([name]) => `import ${name};`);
}

/** Whether a value is of a kind, or has one in it. */
function has(value: Value, kind: "list" | "object"): boolean {
  if (value.kind === kind) {
    return true;
  }
  const inner =
    value.kind === "list" ? value.items : value.kind === "object" ? value.members.map(([, one]) => one) : [];
  return inner.some(one => has(one, kind));
}

function keyArguments(token: boolean): string {
  const names = token ? [environment.id, environment.key, environment.token] : [environment.id, environment.key];
  return names.map(name => `System.getenv("${name}")`).join(", ");
}

const request = [
  "    /** A request of any action, whose parameters are set by name. */",
  "    private static class Request extends AbstractModel {",
  "        @Override",
  "        protected void toMap(HashMap<String, String> map, String prefix) {",
  "            // The older signatures would need it.",
  "        }",
  "    }",
];

const object = [
  "    /** A JSON object of names, each before its value. */",
  "    private static Map<String, Object> object(Object... namesAndValues) {",
  "        Map<String, Object> object = new LinkedHashMap<>();",
  "        for (int i = 0; i < namesAndValues.length; i += 2) {",
  "            object.put((String) namesAndValues[i], namesAndValues[i + 1]);",
  "        }",
  "        return object;",
  "    }",
];
