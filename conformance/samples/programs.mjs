// Puts programs where the page's install lines would have them run, and runs
// them by the page's own command.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./page.mjs";

const patience = 120_000;

/** Brings what a language's programs need into a folder of one of them. */
const prepare = {
  go(folder) {
    for (const name of ["go.mod", "go.sum"]) {
      cpSync(join(root, "conformance/go", name), join(folder, name));
    }
  },
  node: folder => symlinkSync(join(root, "conformance/node/node_modules"), join(folder, "node_modules")),
  python: folder => symlinkSync(join(root, "conformance/python/.venv"), join(folder, ".venv")),
  java: folder => symlinkSync(join(root, "conformance/samples/java/lib"), join(folder, "lib")),
};

/** Runs the page's install lines for Java once; they are kept until they change. */
export function installJava(language) {
  const folder = join(root, "conformance/samples/java");
  const stamp = join(folder, ".installed");
  try {
    if (readFileSync(stamp, "utf8") === language.install) {
      return;
    }
  } catch {
    // not installed yet
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const ran = spawnSync("bash", ["-euc", language.install], { cwd: folder, encoding: "utf8" });
  if (ran.status !== 0) {
    throw new Error(`the install lines of Java failed:\n${ran.stdout}${ran.stderr}`);
  }
  writeFileSync(stamp, language.install);
}

/** A program in a folder of its own; run answers its exit code, stdout and stderr. */
export class Sample {
  constructor(language, program, folder, environment) {
    this.language = language;
    this.program = program;
    this.folder = folder;
    this.environment = environment;
    mkdirSync(folder, { recursive: true });
    prepare[language.id]?.(folder);
    writeFileSync(join(folder, program.file), program.code);
  }

  run() {
    const command = this.language.run(this.program.file);
    const options = { cwd: this.folder, env: this.environment, timeout: patience, stdio: ["ignore", "pipe", "pipe"] };
    return new Promise((resolve, reject) => {
      const child = spawn("bash", ["-c", command], options);
      const output = { stdout: "", stderr: "" };
      for (const stream of ["stdout", "stderr"]) {
        child[stream].setEncoding("utf8").on("data", text => (output[stream] += text));
      }
      child.once("error", reject);
      child.once("close", code => resolve({ code, ...output }));
    });
  }
}
