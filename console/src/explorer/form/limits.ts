import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { Bounds, Field, Limits } from "../../definition/bundle";

/** What a field's value is held to, in words. */
export function useLimits(field: Field): string[] {
  const { t } = useTranslation("form");
  const words = field.list
    ? [...bounds(t, "elements", field.length), ...limits(t, field.elements ?? {})]
    : limits(t, field);
  if (field.default !== undefined) {
    words.push(t("default", { value: JSON.stringify(field.default) }));
  }
  return words;
}

function limits(t: TFunction<"form">, l: Limits): string[] {
  return [
    ...bounds(t, "length", l.length),
    ...bounds(t, "range", l.range),
    ...(l.format ? [t(`format_${l.format.is as "date" | "datetime" | "month"}`)] : []),
    ...(l.pattern ? [t("pattern", { pattern: l.pattern.is })] : []),
  ];
}

function bounds(t: TFunction<"form">, what: "elements" | "length" | "range", b: Bounds | undefined): string[] {
  const { min, max } = b ?? {};
  if (max === undefined) {
    return min === undefined || (min === 0 && what !== "range") ? [] : [t(`${what}Min`, { min })];
  }
  return min === undefined ? [t(`${what}Max`, { max })] : [t(`${what}Between`, { min, max })];
}
