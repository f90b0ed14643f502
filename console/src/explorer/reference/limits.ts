import type { TFunction } from "i18next";
import type { Bounds, Field, Limits } from "../../definition/bundle";

/** The name of a field's type, of a list with what it holds. */
export function typeName(t: TFunction<"reference">, field: Field): string {
  return field.list ? t("listOf", { type: field.type }) : field.type;
}

type Measure = "length" | "count" | "range";

function bounds(t: TFunction<"reference">, measure: Measure, { min, max, error }: Bounds): string {
  const otherwise = error ? `, ${t("otherwise", { code: error })}` : "";
  if (min !== undefined && max !== undefined) {
    const form = min === max ? "Exactly" : "Between";
    return t(`${measure}${form}`, { min, max }) + otherwise;
  }
  return t(`${measure}${min === undefined ? "Max" : "Min"}`, { min, max }) + otherwise;
}

/** What a value must be, in words: a sentence each. The values of a set and a pattern are not among them. */
export function limitsInWords(t: TFunction<"reference">, limits: Limits, list: boolean): string[] {
  const { length, range, format } = limits;
  return [
    ...(length ? [bounds(t, list ? "count" : "length", length)] : []),
    ...(range ? [bounds(t, "range", range)] : []),
    ...(format ? [formatInWords(t, format)] : []),
  ];
}

function formatInWords(t: TFunction<"reference">, { is, error }: { is: string; error?: string }): string {
  const known = (["date", "datetime", "month"] as const).find(each => each === is);
  return (known ? t(`format_${known}`) : is) + (error ? `, ${t("otherwise", { code: error })}` : "");
}
