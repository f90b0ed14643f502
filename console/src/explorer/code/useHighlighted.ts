import { useEffect, useState } from "react";
import type { Language } from "../../code";
import type { Piece } from "../../code/highlight";

/** The program in pieces: all of it in one, plain, until the highlighter is there. */
export function useHighlighted(grammar: Language["grammar"], code: string): Piece[] {
  const [done, setDone] = useState<{ grammar: string; code: string; pieces: Piece[] }>();
  useEffect(() => {
    let current = true;
    void import("../../code/highlight")
      .then(({ highlight }) => highlight(grammar, code))
      .then(pieces => current && setDone({ grammar, code, pieces }))
      .catch(() => undefined); // it stays plain
    return () => {
      current = false;
    };
  }, [grammar, code]);
  return done?.grammar === grammar && done.code === code ? done.pieces : [{ text: code, classes: "" }];
}
