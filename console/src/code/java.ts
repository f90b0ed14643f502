import { type Call, type Value, someNumber } from "./call";
import { objectLiteral, type Style } from "./literal";
import { environment, lines, notesOf, type Program } from "./program";
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
  const { action } = call;
  const parameters = objectLiteral(call.parameters, style).replaceAll("\n", "\n        ");
  const code = lines(
    ...imports(call.parameters.map(([, value]) => value)),
    "",
    "public class Main {",
    "    public static void main(String[] arguments) {",
    `        Credential key = new Credential(${keyArguments(call.token)});`,
    "        HttpProfile http = new HttpProfile();",
    `        http.setProtocol(${text(`${call.scheme}://`)});`,
    `        http.setEndpoint(${text(call.host)});`,
    '        ClientProfile profile = new ClientProfile("TC3-HMAC-SHA256", http);',
    `        profile.setLanguage(Language.${call.language === "zh-CN" ? "ZH_CN" : "EN_US"});`,
    `        CommonClient client = new CommonClient(${text(action.service)}, ${text(action.version)}, key, "", profile);`,
    "",
    `        Map<String, Object> parameters = ${parameters};`,
    "        try {",
    `            String answer = client.call(${text(action.name)}, new Gson().toJson(parameters));`,
    "            System.out.println(answer);",
    "        } catch (TencentCloudSDKException error) {",
    "            System.err.printf(",
    '                    "%s: %s (request %s)%n", error.getErrorCode(), error.getMessage(), error.getRequestId());',
    "            System.exit(1);",
    "        }",
    "    }",
    "",
    ...object,
    "}",
  );
  return { file: "Main.java", code, notes: notesOf(call, { idempotencyKey: true }) };
}

function imports(values: Value[]): string[] {
  const sdk = "com.tencentcloudapi.common";
  const has = (condition: Parameters<typeof someNumber>[1]) => values.some(value => someNumber(value, condition));
  const used: [string, boolean][] = [
    ["com.google.gson.Gson", true],
    [`${sdk}.CommonClient`, true],
    [`${sdk}.Credential`, true],
    [`${sdk}.exception.TencentCloudSDKException`, true],
    [`${sdk}.profile.ClientProfile`, true],
    [`${sdk}.profile.HttpProfile`, true],
    [`${sdk}.profile.Language`, true],
    ["java.math.BigDecimal", has(number => number.kind === "decimal")],
    ["java.math.BigInteger", has(number => number.kind === "integer" && !isInt64(number.digits))],
    ["java.util.Arrays", values.some(hasList)],
    ["java.util.LinkedHashMap", true],
    ["java.util.Map", true],
  ];
  return used.filter(([, needed]) => needed).map(([name]) => `import ${name};`);
}

function hasList(value: Value): boolean {
  return value.kind === "list" || (value.kind === "object" && value.members.some(([, member]) => hasList(member)));
}

function keyArguments(token: boolean): string {
  const names = token ? [environment.id, environment.key, environment.token] : [environment.id, environment.key];
  return names.map(name => `System.getenv("${name}")`).join(", ");
}

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
