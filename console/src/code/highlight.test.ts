import { expect, test } from "vitest";
import { languages } from ".";
import { highlight } from "./highlight";

test("a program's pieces are the program, whatever is in it", async () => {
  const code = '#!/x\n"<b>\\" ${a} #{b}" // é 🚢 \n\'unclosed\n<?php `\n';
  for (const { grammar } of languages) {
    const pieces = await highlight(grammar, code);
    expect(pieces.map(piece => piece.text).join("")).toBe(code);
    expect(pieces.some(piece => piece.classes.startsWith("hljs-"))).toBe(true);
  }
});
