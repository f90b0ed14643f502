import { isLosslessNumber } from "lossless-json";
import type { Json } from "../explorer/draft";

export interface Parameter {
  name: string;
  value: string;
}

/**
 * Parameters as a query or form carries them: `Filters.0.Name=…`. What it
 * cannot say is left out: null, and lists and objects without an element.
 */
export function flatten(parameters: Readonly<Record<string, Json>>): Parameter[] {
  return Object.entries(parameters).flatMap(([name, value]) => flattenValue(name, value));
}

function flattenValue(name: string, value: Json): Parameter[] {
  if (value === null) {
    return [];
  }
  if (isLosslessNumber(value)) {
    return [{ name, value: value.value }];
  }
  if (typeof value === "object") {
    // The names of a list's elements are its indexes, from 0.
    return Object.entries(value).flatMap(([inner, element]) => flattenValue(`${name}.${inner}`, element));
  }
  return [{ name, value: String(value) }];
}

/** Percent-encoding of RFC 3986: encodeURIComponent leaves !'()* as they are. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A query or form of these parameters, in their order. */
export function encodeForm(parameters: readonly Parameter[]): string {
  return parameters.map(({ name, value }) => `${percentEncode(name)}=${percentEncode(value)}`).join("&");
}
