import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const root = join(import.meta.dirname, "../..");

/** Bundles the page's modules into a folder and loads them. */
export async function loadPage(folder) {
  const { build } = await import(pathToFileURL(join(root, "console/node_modules/vite/dist/node/index.js")).href);
  await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: "error",
    ssr: { noExternal: true },
    build: { ssr: "entry.js", outDir: folder, emptyOutDir: false, minify: false },
  });
  return import(pathToFileURL(join(folder, "entry.mjs")).href);
}

export function readRoot(path) {
  return readFileSync(join(root, path), "utf8");
}

export { root };
