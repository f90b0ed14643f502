// Exact amounts in units of 10⁻⁸ USD, as internal/money has them.

export const dollar = 100_000_000n;

const places = 8;
const textMax = 64;
const exponentMax = 20n;
const int64Max = 2n ** 63n - 1n;

const number = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;
const integer = /^[+-]?[0-9]+$/;

/** Reads decimal text like money.Parse: rounded half away from zero to eight places. */
export function parseAmount(text: string): bigint | "syntax" | "range" {
  if (new TextEncoder().encode(text).length > textMax) {
    return "range";
  }
  const e = text.search(/[eE]/);
  const power = e < 0 ? "0" : text.slice(e + 1);
  if (!integer.test(power)) {
    return "syntax";
  }
  const exponent = BigInt(power.replace("+", ""));
  if (exponent > int64Max || exponent < -int64Max - 1n) {
    return "range";
  }
  const parts = number.exec(e < 0 ? text : text.slice(0, e));
  if (!parts) {
    return "syntax";
  }
  if (exponent > exponentMax || exponent < -exponentMax) {
    return "range";
  }
  const [, sign, whole = "", fraction = ""] = parts;
  const magnitude = shifted(BigInt(whole + fraction), places + Number(exponent) - fraction.length);
  const amount = sign ? -magnitude : magnitude;
  return amount > int64Max || amount < -int64Max - 1n ? "range" : amount;
}

/** Times ten to the power given, rounded half up. */
function shifted(digits: bigint, power: number): bigint {
  if (power >= 0) {
    return digits * 10n ** BigInt(power);
  }
  const divisor = 10n ** BigInt(-power);
  return (digits + divisor / 2n) / divisor;
}

/** The shortest exact decimal text. */
export function formatAmount(amount: bigint): string {
  const units = amount < 0n ? -amount : amount;
  const fraction = (units % dollar).toString().padStart(places, "0").replace(/0+$/, "");
  return `${amount < 0n ? "-" : ""}${units / dollar}${fraction && `.${fraction}`}`;
}

/** after − before, with its sign, exactly; null where one of them is no amount. */
export function difference(before: string, after: string): string | null {
  const from = parseAmount(before);
  const to = parseAmount(after);
  if (typeof from !== "bigint" || typeof to !== "bigint") {
    return null;
  }
  return `${to > from ? "+" : ""}${formatAmount(to - from)}`;
}
