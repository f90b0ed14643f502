import { createLowlight } from "lowlight";
import type { Language } from ".";

/** A piece of a program, with the classes of what it is. */
export interface Piece {
  text: string;
  classes: string;
}

type LanguageFn = Parameters<ReturnType<typeof createLowlight>["register"]>[1];

// Each grammar is a file of its own, loaded when its language is shown.
const grammars: Record<Language["grammar"], () => Promise<{ default: LanguageFn }>> = {
  go: () => import("highlight.js/lib/languages/go"),
  python: () => import("highlight.js/lib/languages/python"),
  javascript: () => import("highlight.js/lib/languages/javascript"),
  java: () => import("highlight.js/lib/languages/java"),
  php: () => import("highlight.js/lib/languages/php"),
  csharp: () => import("highlight.js/lib/languages/csharp"),
  cpp: () => import("highlight.js/lib/languages/cpp"),
  ruby: () => import("highlight.js/lib/languages/ruby"),
  bash: () => import("highlight.js/lib/languages/bash"),
};

const lowlight = createLowlight();

/** Splits a program into pieces; together they are the program, to the letter. */
export async function highlight(grammar: Language["grammar"], code: string): Promise<Piece[]> {
  if (!lowlight.registered(grammar)) {
    lowlight.register(grammar, (await grammars[grammar]()).default);
  }
  return pieces(lowlight.highlight(grammar, code).children as Node[], "");
}

type Node =
  { type: "text"; value: string } | { type: "element"; properties: { className?: string[] }; children: Node[] };

function pieces(nodes: Node[], classes: string): Piece[] {
  return nodes.flatMap(node =>
    node.type === "text"
      ? [{ text: node.value, classes }]
      : pieces(node.children, (node.properties.className ?? []).join(" ")),
  );
}
