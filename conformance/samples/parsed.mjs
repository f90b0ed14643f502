// Programs whose SDKs no registry offers here: read by the language's own
// tool, or by a grammar where that is not to be had either, and where it can
// be, with the parameters compared that the tool finds in them.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writersCustomer as customer } from "./world.mjs";

const require = createRequire(import.meta.url);

/** Each action with the parameters of its example, and one with hostile text. */
function calls(page, world, remark) {
  const hostile = { ClientUin: customer, AddedCredit: page.parse("0.00000025"), Remark: remark };
  const drafts = world.definition.actions.map(({ name, example }) =>
    world.draft(name, JSON.stringify(example.request)),
  );
  drafts.push(world.draft("AllocateCustomerCredit", page.stringify(hostile), "it's a \"key\""));
  return drafts.map(draft => page.callOf({ draft, endpoint: world.endpoint, definition: world.definition }));
}

export function checkParsed(page, world, work, remark) {
  const all = calls(page, world, remark);
  const language = id => page.languages.find(candidate => candidate.id === id);
  const code = id => all.map(call => language(id).write(call).code);
  const wanted = all.map(call => json(Object.fromEntries(call.parameters)));
  return [
    ["PHP reads every program, and its parameters", () => php(code("php"), wanted, join(work, "php"))],
    ["Ruby reads every program, and its parameters", () => ruby(code("ruby"), wanted, join(work, "ruby"))],
    ["a C++ compiler reads the parameters of every program", () => cpp(code("cpp"), wanted, join(work, "cpp"))],
    ["every C++ program is of C++'s grammar", () => grammar("cpp", code("cpp"))],
    ["every C# program is of C#'s grammar, and its texts are what they should be", () => csharp(code("csharp"), remark)],
  ];
}

/** What JSON would make of a value of a call. */
function json(members) {
  const plain = value => {
    switch (value.kind) {
      case "object":
        return Object.fromEntries(value.members.map(([name, member]) => [name, plain(member)]));
      case "list":
        return value.items.map(plain);
      case "boolean":
        return value.is;
      case "null":
        return null;
      case "string":
        return value.text;
      default:
        return Number(value.digits);
    }
  };
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, plain(value)]));
}

/** The literal between two pieces of each program. */
function literals(programs, pattern) {
  return programs.map(program => {
    const found = pattern.exec(program);
    assert.ok(found, `no parameters in ${program}`);
    return found[1];
  });
}

function run(command, ...args) {
  const ran = spawnSync(command, args, { encoding: "utf8" });
  assert.equal(ran.status, 0, `${command}: ${ran.error ?? ran.stdout + ran.stderr}`);
  return ran.stdout;
}

function write(folder, names) {
  mkdirSync(folder, { recursive: true });
  return Object.entries(names).map(([name, text]) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  });
}

function numbered(programs, ending) {
  return Object.fromEntries(programs.map((program, i) => [`program${i}${ending}`, program]));
}

function php(programs, wanted, folder) {
  for (const file of write(folder, numbered(programs, ".php"))) {
    run("php", "-n", "-l", file);
  }
  const values = literals(programs, /\$parameters = ([^]*?);\ntry \{/);
  const [all] = write(folder, { "all.php": `<?php\necho json_encode([${values.join(",\n")}]);\n` });
  assert.deepEqual(JSON.parse(run("php", "-n", all)), wanted);
}

function ruby(programs, wanted, folder) {
  const files = write(folder, numbered(programs, ".rb"));
  run("ruby", "-e", "ARGV.each { |file| RubyVM::InstructionSequence.compile_file(file) }", ...files);
  const values = literals(programs, /parameters = ([^]*?)\nanswer = /);
  const [all] = write(folder, { "all.rb": `require 'json'\nputs JSON.generate([${values.join(",\n")}])\n` });
  assert.deepEqual(JSON.parse(run("ruby", "-Ku", all)), wanted);
}

function cpp(programs, wanted, folder) {
  const values = literals(programs, /parameters = ([^]*?);\n {4}auto outcome/);
  const print = values.map(value => `    std::cout << std::string(${value}) << '\\0';`).join("\n");
  const [source] = write(folder, {
    "all.cpp": `#include <iostream>\n#include <string>\n\nint main()\n{\n${print}\n}\n`,
  });
  run("g++", "-std=c++11", "-Wall", "-Wextra", "-Werror", "-o", join(folder, "all"), source);
  assert.deepEqual(run(join(folder, "all")).split("\0").slice(0, -1).map(text => JSON.parse(text)), wanted);
}

let ready;

/** The trees of programs by a grammar of tree-sitter; each without an error. */
async function grammar(name, programs) {
  const { Language, Parser } = require("@vscode/tree-sitter-wasm");
  ready ??= Parser.init();
  await ready;
  const parser = new Parser();
  const file = require.resolve(`@vscode/tree-sitter-wasm/wasm/tree-sitter-${name}.wasm`);
  parser.setLanguage(await Language.load(file));
  return programs.map(program => {
    const { rootNode } = parser.parse(program);
    assert.ok(!rootNode.hasError, `not of the grammar: ${program}`);
    return rootNode;
  });
}

/** C#'s escapes are those of JSON, but for one that JSON lacks. */
async function csharp(programs, remark) {
  const trees = await grammar("c-sharp", programs);
  const texts = trees.at(-1).descendantsOfType("string_literal").map(node => {
    const text = node.text.replaceAll(/\\(\\|U[0-9a-f]{8})/g, escape =>
      escape === "\\\\" ? escape : String.fromCodePoint(parseInt(escape.slice(2), 16)),
    );
    return JSON.parse(text);
  });
  assert.ok(texts.includes(remark), `no text is the remark: ${JSON.stringify(texts)}`);
}
