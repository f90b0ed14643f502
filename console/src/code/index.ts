// Programs for a filled-in call, one file a language. They read the key from
// the environment; only what curl sends holds something made of it, a
// signature, which the server takes for five minutes.
import type { Call } from "./call";
import { cpp } from "./cpp";
import { csharp } from "./csharp";
import { curl } from "./curl";
import { go } from "./go";
import { java } from "./java";
import { node } from "./node";
import { php } from "./php";
import type { Program } from "./program";
import { python } from "./python";
import { ruby } from "./ruby";
import { services as tccliServices, tccli } from "./tccli";
import { tael } from "./tael";

export { type Call, type CallOptions, callOf } from "./call";
export type { Note, Program } from "./program";
export { environment } from "./program";
export { signatureLasts } from "./curl";

export interface Language {
  id: "go" | "python" | "node" | "java" | "php" | "csharp" | "cpp" | "ruby" | "tccli" | "curl" | "tael";
  name: string;
  /** Of the highlighter. */
  grammar: "go" | "python" | "javascript" | "java" | "php" | "csharp" | "cpp" | "ruby" | "bash";
  /** The package that the program uses, with the version that it was tried with; without one where it was not. */
  sdk?: { name: string; version?: string };
  /** Commands, or a file's part, that bring what is needed; in an empty folder. */
  install?: string;
  /** The command that runs the program from its file. */
  run(file: string): string;
  /** Whether CI runs such programs against the server, or only has them parsed. */
  tried: "run" | "parsed";
  /** Services that the client knows; all without it. */
  services?: readonly string[];
  write(call: Call): Program;
}

const common = "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common";

/** conformance/samples installs the versions that stand here. */
export const languages: readonly Language[] = [
  {
    id: "go",
    name: "Go",
    grammar: "go",
    sdk: { name: "tencentcloud-sdk-go/tencentcloud/common", version: "1.3.209" },
    install: `go mod init example\ngo get ${common}@v1.3.209`,
    run: () => "go run .",
    tried: "run",
    write: go,
  },
  {
    id: "python",
    name: "Python",
    grammar: "python",
    sdk: { name: "tencentcloud-sdk-python-intl-en", version: "3.1.193" },
    install: "python3 -m venv .venv\n.venv/bin/pip install tencentcloud-sdk-python-intl-en==3.1.193",
    run: file => `.venv/bin/python ${file}`,
    tried: "run",
    write: python,
  },
  {
    id: "node",
    name: "Node.js",
    grammar: "javascript",
    sdk: { name: "tencentcloud-sdk-nodejs-intl-en", version: "3.0.1335" },
    install: "npm install tencentcloud-sdk-nodejs-intl-en@3.0.1335",
    run: file => `node ${file}`,
    tried: "run",
    write: node,
  },
  {
    id: "java",
    name: "Java",
    grammar: "java",
    sdk: { name: "tencentcloud-sdk-java-common", version: "3.1.1481" },
    install: mavenInstall(),
    run: file => `java -Dfile.encoding=UTF-8 -cp 'lib/*' ${file}`,
    tried: "run",
    write: java,
  },
  {
    id: "php",
    name: "PHP",
    grammar: "php",
    sdk: { name: "tencentcloud-sdk-php" },
    install: "composer require tencentcloud/tencentcloud-sdk-php",
    run: file => `php ${file}`,
    tried: "parsed",
    write: php,
  },
  {
    id: "csharp",
    name: "C#",
    grammar: "csharp",
    sdk: { name: "TencentCloudSDK.Common" },
    install: "dotnet new console\ndotnet add package TencentCloudSDK.Common",
    run: () => "dotnet run",
    tried: "parsed",
    write: csharp,
  },
  {
    id: "cpp",
    name: "C++",
    grammar: "cpp",
    sdk: { name: "tencentcloud-sdk-cpp" },
    run: file => `g++ -std=c++11 ${file} -ltencentcloud-sdk-cpp-core -o call && ./call`,
    tried: "parsed",
    write: cpp,
  },
  {
    id: "ruby",
    name: "Ruby",
    grammar: "ruby",
    sdk: { name: "tencentcloud-sdk-common" },
    install: "gem install tencentcloud-sdk-common",
    run: file => `ruby ${file}`,
    tried: "parsed",
    write: ruby,
  },
  {
    id: "tccli",
    name: "tccli",
    grammar: "bash",
    sdk: { name: "tccli-intl-en", version: "3.1.193.1" },
    install: "python3 -m venv .venv\n.venv/bin/pip install tccli-intl-en==3.1.193.1\nPATH=$PWD/.venv/bin:$PATH",
    run: file => `sh ${file}`,
    tried: "run",
    services: tccliServices,
    write: tccli,
  },
  { id: "curl", name: "curl", grammar: "bash", run: file => `bash ${file}`, tried: "run", write: curl },
  { id: "tael", name: "tael call", grammar: "bash", run: file => `bash ${file}`, tried: "run", write: tael },
];

function mavenInstall(): string {
  return [
    "cat > pom.xml <<'XML'",
    "<project>",
    "  <modelVersion>4.0.0</modelVersion>",
    "  <groupId>example</groupId>",
    "  <artifactId>example</artifactId>",
    "  <version>1</version>",
    "  <dependencies>",
    "    <dependency>",
    "      <groupId>com.tencentcloudapi</groupId>",
    "      <artifactId>tencentcloud-sdk-java-common</artifactId>",
    "      <version>3.1.1481</version>",
    "    </dependency>",
    "  </dependencies>",
    "</project>",
    "XML",
    "mvn dependency:copy-dependencies -DoutputDirectory=lib",
  ].join("\n");
}
