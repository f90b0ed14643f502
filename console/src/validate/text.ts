// What the server's libraries make of text, where JavaScript's would do otherwise.

/** White space of RE2's \s; that of JavaScript is all of Unicode's. */
const space = "\\t\\n\\f\\r ";
const notSpace = "\\0-\\x08\\x0b\\x0e-\\x1f\\x21-\\u{10ffff}";

/** Categories of Unicode in which no version adds characters: control, line and paragraph separators. */
const steady = /^\\p\{(?:Cc|Zl|Zp)\}/;

const compiled = new Map<string, RegExp>();

/**
 * A pattern of the definition (RE2) as a regular expression that means the same.
 * Throws where the pattern says something that would not.
 */
export function compilePattern(pattern: string): RegExp {
  let expression = compiled.get(pattern);
  if (!expression) {
    expression = new RegExp(translate(pattern), "u");
    compiled.set(pattern, expression);
  }
  return expression;
}

function translate(pattern: string): string {
  let out = "";
  let inClass = false;
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern.charAt(i);
    const category = steady.exec(pattern.slice(i));
    if (category) {
      i += category[0].length - 1;
      out += category[0];
      continue;
    }
    if (c === "\\") {
      i += 1;
      out += escaped(pattern.charAt(i), inClass);
      continue;
    }
    if (c === "[" && inClass) {
      throw new Error(`a class within a class: ${pattern}`);
    }
    if ((c === "." && !inClass) || (c === "(" && pattern.charAt(i + 1) === "?")) {
      throw new Error(`not known to mean the same in both: ${pattern}`);
    }
    inClass = inClass ? c !== "]" : c === "[";
    out += c;
  }
  return out;
}

function escaped(c: string, inClass: boolean): string {
  switch (c) {
    case "s":
      return inClass ? space : `[${space}]`;
    case "S":
      return inClass ? notSpace : `[${notSpace}]`;
    case "d":
    case "w":
      return `\\${c}`;
  }
  if (!/[\\.+*?()|[\]{}^$/-]/.test(c)) {
    throw new Error(`not known to mean the same in both: \\${c}`);
  }
  return `\\${c}`;
}

// What Go's time.Parse takes for the layouts of api/validate.go: a space of the
// layout may be several, an hour one digit, and seconds may have a fraction.
const layouts: Record<string, RegExp> = {
  date: /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/,
  datetime: /^([0-9]{4})-([0-9]{2})-([0-9]{2}) +([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:[.,][0-9]+)?$/,
  month: /^([0-9]{4})-([0-9]{2})$/,
};

/** Whether text is a date, datetime or month of the wire. */
export function isTime(format: string, text: string): boolean {
  const parts = layouts[format]?.exec(text);
  if (!parts) {
    return false;
  }
  const [year = 0, month = 0, day = 1, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) && hour < 24 && minute < 60 && second < 60;
}

function daysIn(year: number, month: number): number {
  if (month === 2) {
    return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  }
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Characters as the server counts them: code points. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}
