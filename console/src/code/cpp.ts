import type { Call } from "./call";
import { json } from "./json";
import { environment, lines, notesOf, type Program } from "./program";
import { quoted, usual } from "./quote";

const text = (value: string) =>
  quoted(value, {
    quote: '"',
    escapes: { ...usual, "?": "\\?" }, // two of them could begin a trigraph
    hidden: point =>
      Array.from(
        new TextEncoder().encode(String.fromCodePoint(point)),
        byte => `\\${byte.toString(8).padStart(3, "0")}`,
      ).join(""),
  });

/** A program of the C++ SDK's generic client, which sends the JSON as it stands. */
export function cpp(call: Call): Program {
  const { action, idempotencyKey } = call;
  const code = lines(
    "#include <cstdlib>",
    "#include <iostream>",
    "#include <string>",
    "#include <tencentcloud/core/CommonClient.h>",
    "#include <tencentcloud/core/Credential.h>",
    "#include <tencentcloud/core/TencentCloud.h>",
    "#include <tencentcloud/core/profile/ClientProfile.h>",
    "#include <tencentcloud/core/profile/HttpProfile.h>",
    "",
    "static std::string Environment(const char *name)",
    "{",
    "    const char *value = std::getenv(name);",
    '    return value == nullptr ? "" : value;',
    "}",
    "",
    "int main()",
    "{",
    "    TencentCloud::InitAPI();",
    `    TencentCloud::Credential key(${keyArguments(call.token)});`,
    "    TencentCloud::HttpProfile http;",
    `    http.SetEndpoint(${text(call.host)});`,
    "    TencentCloud::ClientProfile profile(http);",
    `    TencentCloud::CommonClient client(${text(action.service)}, ${text(action.version)}, key, "", profile);`,
    idempotencyKey !== "" && `    client.SetHeader({{"X-Tael-Idempotency-Key", ${text(idempotencyKey)}}});`,
    "",
    `    const std::string parameters = ${raw(json(call.parameters))};`,
    `    auto outcome = client.MakeRequestJson(${text(action.name)}, parameters);`,
    "    if (!outcome.IsSuccess())",
    "    {",
    "        std::cerr << outcome.GetError().PrintAll() << std::endl;",
    "        TencentCloud::ShutdownAPI();",
    "        return 1;",
    "    }",
    "    auto answer = outcome.GetResult();",
    "    std::cout << std::string(answer.Body(), answer.BodySize()) << std::endl;",
    "    TencentCloud::ShutdownAPI();",
    "    return 0;",
    "}",
  );
  return { file: "main.cpp", code, notes: notesOf(call, { plainHttp: true, language: true }) };
}

function keyArguments(token: boolean): string {
  const names = token ? [environment.id, environment.key, environment.token] : [environment.id, environment.key];
  return names.map(name => `Environment("${name}")`).join(", ");
}

/** A raw string, whose delimiter is one that the text does not hold. */
function raw(content: string): string {
  let delimiter = "json";
  for (let i = 1; content.includes(`)${delimiter}"`); i++) {
    delimiter = `json${i}`;
  }
  return `R"${delimiter}(${content})${delimiter}"`;
}
