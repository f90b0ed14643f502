import type { Call } from "./call";
import { objectLiteral, type Style } from "./literal";
import { environment, indented, lines, notesOf, type Program } from "./program";
import { longUnicode, quoted, usual } from "./quote";

const text = (value: string) => quoted(value, { quote: '"', escapes: usual, hidden: longUnicode });

const int64 = 1n << 63n;

const style: Style = {
  string: text,
  integer: digits => (BigInt(digits) < int64 && BigInt(digits) >= -int64 ? `${digits}L` : `${digits}m`),
  decimal: digits => `${digits}m`, // System.Decimal: 28 digits
  null: "JValue.CreateNull()",
  boolean: ["false", "true"],
  list: ["new JArray { ", " }"],
  object: ["new JObject {", "}"],
  member: (name, value) => `[${name}] = ${value}`,
  indent: "    ",
  trailingComma: true,
  emptyObject: "new JObject()",
};

/** A program of the .NET SDK's generic client. */
export function csharp(call: Call): Program {
  const { action } = call;
  const parameters = indented(objectLiteral(call.parameters, style), "        ");
  const code = lines(
    "using System;",
    "using Newtonsoft.Json.Linq;",
    "using TencentCloud.Common;",
    "using TencentCloud.Common.Profile;",
    "",
    "public static class Program",
    "{",
    "    public static int Main()",
    "    {",
    `        var key = new Credential { ${keyMembers(call.token)} };`,
    "        var profile = new ClientProfile(ClientProfile.SIGN_TC3SHA256);",
    `        profile.HttpProfile.Protocol = ${text(`${call.scheme}://`)};`,
    `        profile.HttpProfile.Endpoint = ${text(call.host)};`,
    `        var client = new CommonClient(${text(action.service)}, ${text(action.version)}, key, "", profile);`,
    "",
    `        var parameters = ${parameters};`,
    "        try",
    "        {",
    `            Console.WriteLine(client.Call(new CommonRequest(parameters), ${text(action.name)}));`,
    "            return 0;",
    "        }",
    "        catch (AggregateException failed) when (failed.InnerException is TencentCloudSDKException error)",
    "        {",
    '            Console.Error.WriteLine($"{error.Message} (request {error.RequestId})");',
    "            return 1;",
    "        }",
    "    }",
    "}",
  );
  return { file: "Program.cs", code, notes: notesOf(call, { idempotencyKey: true, language: true }) };
}

function keyMembers(token: boolean): string {
  const members = [
    ["SecretId", environment.id],
    ["SecretKey", environment.key],
    ...(token ? [["Token", environment.token]] : []),
  ];
  return members.map(([name, variable]) => `${name} = Environment.GetEnvironmentVariable("${variable}")`).join(", ");
}
