// Splits a command into its words as bash does, for commands that were copied from somewhere.

/** The words of the first command of a text, and the names of variables that stand in it unexpanded. */
export interface Words {
  words: string[];
  variables: string[];
}

/** What cannot be split says why. */
export class ShellError extends Error {
  constructor(readonly reason: "quote") {
    super(reason);
  }
}

const simpleEscapes: Record<string, number> = {
  a: 7,
  b: 8,
  e: 27,
  E: 27,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
};

/** Reads to the end of the text or of the command: an unquoted line end, ; & or |. */
export function splitWords(text: string): Words {
  return new Splitter(text.replaceAll("\r\n", "\n")).split();
}

class Splitter {
  private at = 0;
  private readonly words: string[] = [];
  private readonly variables: string[] = [];
  /** The word that is being read; undefined between words. */
  private word: string | undefined;

  constructor(private readonly text: string) {}

  split(): Words {
    while (this.at < this.text.length && this.readPart()) {
      // readPart does it
    }
    this.endWord();
    return { words: this.words, variables: this.variables };
  }

  /** Reads a character or a quoted part; false at the end of the command. */
  private readPart(): boolean {
    const rest = this.text.slice(this.at);
    const [blank] = /^(?:[ \t]|\\\n)+/.exec(rest) ?? [];
    if (blank !== undefined) {
      // A line that continues does not end a word, but the spaces around it do.
      if (/[ \t]/.test(blank)) {
        this.endWord();
      }
      this.at += blank.length;
      return true;
    }
    const character = rest[0] ?? "";
    if (character === "\n" && this.words.length === 0 && this.word === undefined) {
      this.at++;
      return true;
    }
    if ("\n;&|".includes(character)) {
      return false;
    }
    this.at++;
    this.readCharacter(character);
    return true;
  }

  private readCharacter(character: string): void {
    switch (character) {
      case "'":
        this.add(this.through("'"));
        return;
      case '"':
        this.readDouble();
        return;
      case "\\":
        this.add(this.text[this.at++] ?? "");
        return;
      case "$":
        if (this.text[this.at] === "'") {
          this.at++;
          this.add(this.readDollar());
          return;
        }
        this.noteVariable();
        this.add("$");
        return;
      default:
        this.add(character);
    }
  }

  private add(text: string): void {
    this.word = (this.word ?? "") + text;
  }

  private endWord(): void {
    if (this.word !== undefined) {
      this.words.push(this.word);
      this.word = undefined;
    }
  }

  private through(quote: string): string {
    const end = this.text.indexOf(quote, this.at);
    if (end < 0) {
      throw new ShellError("quote");
    }
    const inside = this.text.slice(this.at, end);
    this.at = end + 1;
    return inside;
  }

  /** "…": a backslash quotes $ ` " \ and a line end only. */
  private readDouble(): void {
    this.add("");
    for (;;) {
      const character = this.text[this.at++];
      if (character === undefined) {
        throw new ShellError("quote");
      }
      if (character === '"') {
        return;
      }
      const next = this.text[this.at] ?? "";
      if (character === "\\" && '$`"\\\n'.includes(next) && next !== "") {
        this.at++;
        this.add(next === "\n" ? "" : next);
        continue;
      }
      if (character === "$") {
        this.noteVariable();
      }
      this.add(character);
    }
  }

  private noteVariable(): void {
    const [, name] = /^\{?([A-Za-z_]\w*)/.exec(this.text.slice(this.at)) ?? [];
    if (name !== undefined && !this.variables.includes(name)) {
      this.variables.push(name);
    }
  }

  /** $'…': escapes as in C; bytes that are written one by one are UTF-8. */
  private readDollar(): string {
    const bytes: number[] = [];
    for (;;) {
      const character = this.text.codePointAt(this.at);
      if (character === undefined) {
        throw new ShellError("quote");
      }
      const text = String.fromCodePoint(character);
      this.at += text.length;
      if (text === "'") {
        return new TextDecoder().decode(new Uint8Array(bytes));
      }
      bytes.push(...(text === "\\" ? this.readEscape() : new TextEncoder().encode(text)));
    }
  }

  private readEscape(): Iterable<number> {
    const rest = this.text.slice(this.at);
    const [all, unicode, byte, octal, control] =
      /^(?:u([0-9a-fA-F]{1,4})|x([0-9a-fA-F]{1,2})|([0-7]{1,3})|c(.))/s.exec(rest) ??
      /^U([0-9a-fA-F]{1,8})/.exec(rest) ??
      [];
    if (all === undefined) {
      const character = rest[0] ?? "";
      this.at += character.length;
      const simple = simpleEscapes[character];
      if (simple !== undefined) {
        return [simple];
      }
      // \\, \' and \" are the character; of anything else the backslash stays.
      return new TextEncoder().encode(`\\'"?`.includes(character) ? character : `\\${character}`);
    }
    this.at += all.length;
    if (unicode !== undefined) {
      return this.unicode(Number.parseInt(unicode, 16));
    }
    if (control !== undefined) {
      return [control.charCodeAt(0) & 31];
    }
    return [byte !== undefined ? Number.parseInt(byte, 16) : Number.parseInt(octal ?? "0", 8) & 255];
  }

  /** Chrome writes what lies beyond U+FFFF as the two units of UTF-16, which bash would not join. */
  private unicode(code: number): Iterable<number> {
    const [all, second] = /^\\u([dD][c-fC-F][0-9a-fA-F]{2})/.exec(this.text.slice(this.at)) ?? [];
    if (code >= 0xd800 && code < 0xdc00 && all !== undefined && second !== undefined) {
      this.at += all.length;
      return new TextEncoder().encode(String.fromCharCode(code, Number.parseInt(second, 16)));
    }
    return new TextEncoder().encode(String.fromCodePoint(Math.min(code, 0x10ffff)));
  }
}
