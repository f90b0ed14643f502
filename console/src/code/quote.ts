// Characters that a reader of a program could not see, or that would turn the
// direction of what follows, are never written as they are: controls, what has
// no width, marks and overrides of direction, separators of lines.
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

export function hasHidden(text: string): boolean {
  return hidden.test(text);
}

export interface Quoting {
  quote: string;
  /** What stands for a character that may not stand for itself. */
  escapes: Readonly<Record<string, string>>;
  /** What stands for a hidden character that has no such escape. */
  hidden(codePoint: number): string;
}

/** The text between quotes, with escapes for whatever is no plain character of the language's strings. */
export function quoted(text: string, quoting: Quoting): string {
  const written = Array.from(text, character => {
    const escape = quoting.escapes[character];
    if (escape !== undefined) {
      return escape;
    }
    return hasHidden(character) ? quoting.hidden(character.codePointAt(0) ?? 0) : character;
  });
  return quoting.quote + written.join("") + quoting.quote;
}

/** Escapes that languages of C's family share. */
export const usual: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  '"': '\\"',
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

export function hex(codePoint: number, digits: number): string {
  return codePoint.toString(16).padStart(digits, "0");
}

/** \uXXXX, for characters beyond it \UXXXXXXXX. */
export function longUnicode(codePoint: number): string {
  return codePoint > 0xffff ? `\\U${hex(codePoint, 8)}` : `\\u${hex(codePoint, 4)}`;
}

/** \uXXXX, twice for characters beyond it. */
export function utf16(codePoint: number): string {
  return Array.from({ length: codePoint > 0xffff ? 2 : 1 }, (_, i) => String.fromCodePoint(codePoint).charCodeAt(i))
    .map(unit => `\\u${hex(unit, 4)}`)
    .join("");
}

/** \u{X}, of as many digits as it takes. */
export function bracedUnicode(codePoint: number): string {
  return `\\u{${hex(codePoint, 1)}}`;
}
