// Finds where two texts begin to differ.
import { type CanonicalOrigin, originsOf } from "../../signing/parts";

/** The first place where two texts differ, and the lines of both there. */
export interface Difference {
  /** From 1. */
  line: number;
  /** From 1, in characters, not in units of UTF-16. */
  column: number;
  /** Undefined where the text has ended before. */
  left: string | undefined;
  right: string | undefined;
}

/** The first difference; undefined where there is none. */
export function firstDifference(left: string, right: string): Difference | undefined {
  if (left === right) {
    return undefined;
  }
  const [lefts, rights] = [left.split("\n"), right.split("\n")];
  let line = 0;
  while (line < lefts.length && line < rights.length && lefts[line] === rights[line]) {
    line++;
  }
  const [a, b] = [lefts[line], rights[line]];
  return { line: line + 1, column: commonLength(a ?? "", b ?? "") + 1, left: a, right: b };
}

function commonLength(left: string, right: string): number {
  const [a, b] = [Array.from(left), Array.from(right)];
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) {
    length++;
  }
  return length;
}

/** A line cut at a column: what is the same, what is not, with no more of either than can be read. */
export interface Cut {
  before: string;
  from: string;
}

/** Cuts a line at a column; of a long one, only what is near is left. */
export function cutAt(line: string, column: number, nearby = 60): Cut {
  const characters = Array.from(line);
  const at = column - 1;
  const start = Math.max(0, at - nearby);
  const end = Math.min(characters.length, at + nearby);
  return {
    before: (start > 0 ? "…" : "") + characters.slice(start, at).join(""),
    from: characters.slice(at, end).join("") + (end < characters.length ? "…" : ""),
  };
}

/** Writes characters that cannot be seen so that they can. */
export function visible(text: string): string {
  return text
    .replace(/[ \u00a0]+$/, spaces => "␣".repeat(spaces.length))
    .replace(/^ +/, spaces => "␣".repeat(spaces.length))
    .replaceAll("\r", "␍")
    .replaceAll("\t", "␉")
    .replaceAll("\ufeff", "⟨BOM⟩")
    .replaceAll("\u200b", "⟨ZWSP⟩")
    .replaceAll("\u00a0", "⟨NBSP⟩");
}

/** What a line of a canonical request holds; tooMuch: it should not be there. */
export type CanonicalPart = CanonicalOrigin | "tooMuch";

/** What the line (from 1) of a canonical request is for, as the server makes it. */
export function partOf(canonical: string, line: number): CanonicalPart {
  return originsOf(canonical.split("\n"))[line - 1] ?? "tooMuch";
}
