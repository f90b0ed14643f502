import { createContext, use } from "react";
import type { Action, Field, Type } from "../../definition/bundle";
import type { Json } from "../draft";
import type { Parameters, Path } from "./values";

/** What every field of a form needs. */
export interface FormState {
  action: Action;
  parameters: Parameters;
  /** Only required fields are shown, and those that have a value. */
  requiredOnly: boolean;
  /** The message under a control; undefined where nothing is wrong, or nobody has been there yet. */
  errorAt: (path: string) => string | undefined;
  typeOf: (name: string) => Type | undefined;
  /** Sets a value; undefined takes it away. */
  put: (path: Path, value: Json | undefined) => void;
  /** Somebody left the control of a path. */
  touch: (path: string) => void;
}

export const FormContext = createContext<FormState | null>(null);

export function useForm(): FormState {
  const form = use(FormContext);
  if (!form) {
    throw new Error("useForm outside of a form");
  }
  return form;
}

/** Ids of a field's parts. */
export function idsOf(path: Path) {
  const name = path.join(".");
  return { path: name, control: `field-${name}`, help: `help-${name}`, error: `error-${name}`, label: `label-${name}` };
}

export interface FieldProps {
  field: Field;
  path: Path;
  value: Json | undefined;
}
