// The shape of the definition bundle, as api/bundle/bundle.go has it.

/** Prose in the languages of the definition. */
export interface Text {
  en: string;
  zh?: string;
}

/** Inclusive; what is missing is no bound. */
export interface Bounds {
  min?: number;
  max?: number;
  error?: string;
}

export interface Limits {
  /** Characters of a string, elements of a list. */
  length?: Bounds;
  /** Of a number; of a decimal in USD. */
  range?: Bounds;
  enum?: { of: string[]; error?: string };
  /** A regular expression (RE2). */
  pattern?: { is: string; error?: string };
  /** date, datetime or month. */
  format?: { is: string; error?: string };
}

export interface Field extends Limits {
  name: string;
  /** string, int64, uint64, bool, decimal, or the name of a Type of the same service. */
  type: string;
  list?: boolean;
  required?: boolean;
  nullable?: boolean;
  /** Accepted and ignored; never answered. */
  disabled?: boolean;
  default?: unknown;
  about: Text;
  elements?: Limits;
}

export interface Example {
  about: Text;
  as: string;
  request: Record<string, unknown>;
  response: Record<string, unknown>;
}

export type Role = "distributor" | "subreseller" | "reseller" | "customer" | "operator";

export interface Action {
  name: string;
  service: string;
  version: string;
  group: string;
  title: Text;
  about: Text;
  kind: "read" | "write";
  roles: Role[] | null;
  /** Requests a second of one account. */
  rate: number;
  auth?: "none";
  wrongRole?: string;
  feature?: boolean;
  secret?: boolean;
  /** Not implemented yet: answers ActionOffline. */
  offline?: boolean;
  request: Field[] | null;
  response: Field[] | null;
  /** In order of precedence. */
  errors: { code: string; notProduced?: Text }[] | null;
  example: Example;
}

export interface Type {
  service: string;
  name: string;
  about: Text;
  fields: Field[] | null;
}

export interface ErrorCode {
  code: string;
  about: Text;
  remedy: Text;
  message: Text;
  variants?: Record<string, Text>;
  /** The same request may succeed later. */
  transient?: boolean;
}

export interface Bundle {
  services: { name: string; version: string }[];
  /** Actions name theirs by its English title. */
  groups: { service: string; title: Text }[];
  actions: Action[];
  types: Type[];
  errors: ErrorCode[];
}
