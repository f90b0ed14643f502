import { hasHidden, hex } from "./quote";

/** One word of a POSIX shell; hidden characters make it one that only bash, ksh and zsh understand. */
export function word(text: string): string {
  if (/^[\w@%+:,./-]+$/.test(text)) {
    return text;
  }
  return hasHidden(text.replaceAll("\n", "")) ? dollarWord(text) : `'${text.replaceAll("'", "'\\''")}'`;
}

/** $'…', hidden characters as their bytes, so that no locale changes them. */
function dollarWord(text: string): string {
  const characters = Array.from(text, character => {
    if (character === "'" || character === "\\") {
      return `\\${character}`;
    }
    if (character === "\n") {
      return "\\n";
    }
    return hasHidden(character)
      ? Array.from(new TextEncoder().encode(character), byte => `\\x${hex(byte, 2)}`).join("")
      : character;
  });
  return `$'${characters.join("")}'`;
}

/** A command over several lines, an argument or two a line. */
export function command(first: string, rest: string[]): string {
  return [first, ...rest].join(" \\\n  ");
}
