import { useTranslation } from "react-i18next";
import type { Field, Limits } from "../../definition/bundle";
import { type FieldProps, idsOf, useForm } from "./context";
import { DateInput, isDateFormat } from "./DateInput";
import { textOf, valueOf } from "./values";

interface Props extends FieldProps {
  limits: Limits;
  /** The name of an element of a list; a field has a label of its own. */
  label?: string;
}

/** What every kind of control is told. */
export interface InputProps {
  id: string;
  className: string;
  value: string;
  onBlur: () => void;
  "aria-invalid": boolean;
  "aria-describedby": string;
  "aria-required": boolean;
  "aria-label"?: string;
}

/** The control of a single value. Whatever is typed is kept as it was typed. */
export function ScalarControl({ field, path, value, limits, label }: Props) {
  const { put, touch, errorAt } = useForm();
  const ids = idsOf(path);
  const inList = label !== undefined;
  const text = textOf(value) ?? "";
  const set = (text: string) => put(path, text === "" && !inList ? undefined : valueOf(field.type, text));
  const input: InputProps = {
    id: ids.control,
    className: "form-input",
    value: text,
    onBlur: () => touch(ids.path),
    "aria-invalid": errorAt(ids.path) !== undefined,
    "aria-describedby": inList ? ids.error : `${ids.help} ${ids.error}`,
    "aria-required": field.required === true,
    ...(inList && { "aria-label": label }),
  };
  const choices = limits.enum?.of ?? (field.type === "bool" ? ["true", "false"] : undefined);
  if (choices) {
    return <Choice {...{ input, field, choices }} absent={value === undefined} put={value => put(path, value)} />;
  }
  const format = limits.format?.is;
  if (format && isDateFormat(format)) {
    return <DateInput input={input} format={format} set={set} />;
  }
  return (
    <div className="form-item">
      <TextInput input={input} field={field} limits={limits} set={set} />
      {field.type === "string" && !inList && (
        <EmptyText name={field.name} text={value} put={value => put(path, value)} />
      )}
    </div>
  );
}

interface TextProps {
  input: InputProps;
  field: Field;
  limits: Limits;
  set: (text: string) => void;
}

// From here on a text is more than a line.
const longText = 500;

function TextInput({ input, field, limits, set }: TextProps) {
  const common = { ...input, autoComplete: "off", spellCheck: false };
  if (field.type === "string" && (limits.length?.max ?? 0) >= longText) {
    return <textarea {...common} rows={4} onChange={event => set(event.target.value)} />;
  }
  const mode = field.type === "string" ? "text" : field.type === "decimal" ? "decimal" : "numeric";
  // No type="number": it would show another number than the one that was typed.
  return (
    <input
      {...common}
      type="text"
      // A minus is missing on many phones' keyboards for numbers.
      inputMode={(limits.range?.min ?? -1) < 0 && mode !== "text" ? "text" : mode}
      onChange={event => set(event.target.value)}
    />
  );
}

interface ChoiceProps {
  input: InputProps;
  field: Field;
  choices: string[];
  absent: boolean;
  put: (value: ReturnType<typeof valueOf> | undefined) => void;
}

/** One of several values, or none. Values are marked, so that an empty text is not nothing. */
function Choice({ input, field, choices, absent, put }: ChoiceProps) {
  const { t } = useTranslation("form");
  const other = !absent && !choices.includes(input.value);
  return (
    <select
      {...input}
      value={absent ? "" : `=${input.value}`}
      onChange={event => put(event.target.value === "" ? undefined : valueOf(field.type, event.target.value.slice(1)))}
    >
      <option value="">{t("notSent")}</option>
      {choices.map(choice => (
        <option key={choice} value={`=${choice}`}>
          {choice === "" ? t("emptyText") : choice}
        </option>
      ))}
      {other && (
        <option value={`=${input.value}`}>
          {input.value === "" ? t("emptyText") : t("other", { value: input.value })}
        </option>
      )}
    </select>
  );
}

interface EmptyProps {
  name: string;
  text: unknown;
  put: (value: "" | undefined) => void;
}

/** Tells an empty text from none: an empty control alone cannot. */
function EmptyText({ name, text, put }: EmptyProps) {
  const { t } = useTranslation("form");
  const usable = text === undefined || text === "";
  return (
    <button
      type="button"
      className="app-button form-empty"
      data-usable={usable}
      aria-pressed={text === ""}
      aria-label={t("sendEmpty", { name })}
      title={t("sendEmpty", { name })}
      onClick={() => put(text === "" ? undefined : "")}
    >
      &quot;&quot;
    </button>
  );
}
