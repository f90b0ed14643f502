import { stringify } from "lossless-json";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "../../definition/bundle";
import { useText } from "../../i18n/text";
import type { Json } from "../draft";
import { type FieldProps, idsOf, useForm } from "./context";
import { ListControl } from "./ListControl";
import { useLimits } from "./limits";
import { ScalarControl } from "./ScalarControl";
import { isObject, type Parameters, type Path, textOf } from "./values";

interface Props {
  fields: Field[];
  path: Path;
  values: Parameters;
}

function isHidden(field: Field, values: Parameters): boolean {
  return !field.required && values[field.name] === undefined;
}

/** How many fields the filter for required ones leaves out. */
export function hiddenFields(fields: Field[], values: Parameters): number {
  return fields.filter(field => isHidden(field, values)).length;
}

/** The fields of a request or an object, and what the object holds beside them. */
export function Fields({ fields, path, values }: Props) {
  const { t } = useTranslation("form");
  const { requiredOnly, errorAt } = useForm();
  const shown = fields.filter(
    field => !requiredOnly || !isHidden(field, values) || errorAt(idsOf([...path, field.name]).path) !== undefined,
  );
  const extra = Object.keys(values).filter(name => !fields.some(field => field.name === name));
  return (
    <div className="form-fields">
      {path.length === 0 && fields.length === 0 && <p className="form-note">{t("noFields")}</p>}
      {shown.map(field => (
        <FieldRow key={field.name} field={field} path={[...path, field.name]} value={values[field.name]} />
      ))}
      {extra.map(name => (
        <Extra key={name} path={[...path, name]} value={values[name] ?? null} />
      ))}
    </div>
  );
}

function FieldRow(props: FieldProps) {
  const { field, path, value } = props;
  const { typeOf } = useForm();
  const type = typeOf(field.type);
  if (!fits(field, type !== undefined, value)) {
    return (
      <Row {...props}>
        <Misfit path={path} value={value ?? null} />
      </Row>
    );
  }
  if (field.list) {
    return (
      <Row {...props} group>
        <ListControl {...props} />
      </Row>
    );
  }
  if (type) {
    return (
      <Row {...props} group>
        <Fields fields={type.fields ?? []} path={path} values={isObject(value) ? value : {}} />
      </Row>
    );
  }
  return (
    <Row {...props}>
      <ScalarControl {...props} limits={field} />
    </Row>
  );
}

/** Whether a control can show the value: JSON can hold a list where a number should be. */
function fits(field: Field, isType: boolean, value: Json | undefined): boolean {
  if (value === undefined || value === null) {
    return true;
  }
  if (field.list) {
    return Array.isArray(value);
  }
  return isType ? isObject(value) : textOf(value) !== null;
}

/** A field's name, what it is for, its control, and what is wrong with it. */
function Row({ field, path, group, children }: FieldProps & { group?: boolean; children: ReactNode }) {
  const { t } = useTranslation("form");
  const text = useText();
  const limits = useLimits(field);
  const { errorAt } = useForm();
  const ids = idsOf(path);
  const error = errorAt(ids.path);
  const head = (
    <>
      <code className="form-name">{field.name}</code>
      <span className="form-type">{field.list ? t("listOf", { type: field.type }) : field.type}</span>
      {field.required && <span className="form-required">{t("required")}</span>}
    </>
  );
  const about = (
    <div id={ids.help} className="form-help">
      <p>{text(field.about)}</p>
      {field.disabled && <p className="form-warning">{t("disabled")}</p>}
      {limits.length > 0 && <p className="form-note">{limits.join(" · ")}</p>}
    </div>
  );
  const fault = (
    <p id={ids.error} className="form-error">
      {error}
    </p>
  );
  if (group) {
    return (
      <fieldset className="form-row form-object" data-field={ids.path} aria-describedby={`${ids.help} ${ids.error}`}>
        <legend>{head}</legend>
        {about}
        {children}
        {fault}
      </fieldset>
    );
  }
  return (
    <div className="form-row" data-field={ids.path}>
      <label id={ids.label} htmlFor={ids.control} className="form-label">
        {head}
      </label>
      {about}
      {children}
      {fault}
    </div>
  );
}

/** A member that the definition does not have. */
function Extra({ path, value }: { path: Path; value: Json }) {
  const { t } = useTranslation("form");
  const { errorAt } = useForm();
  const ids = idsOf(path);
  return (
    <div className="form-row" data-field={ids.path}>
      <p className="form-label">
        <code className="form-name">{path.at(-1)}</code>
        <span className="form-warning">{t("extra")}</span>
      </p>
      <Misfit path={path} value={value} />
      <p id={ids.error} className="form-error">
        {errorAt(ids.path)}
      </p>
    </div>
  );
}

/** A value that no control of the form can show. It is kept until somebody removes it. */
function Misfit({ path, value }: { path: Path; value: Json }) {
  const { t } = useTranslation("form");
  const { put } = useForm();
  const ids = idsOf(path);
  return (
    <div className="form-item">
      <code className="form-kept">{stringify(value)}</code>
      <button
        type="button"
        id={ids.control}
        className="app-button"
        aria-describedby={ids.error}
        onClick={() => put(path, undefined)}
      >
        {t("remove", { name: ids.path })}
      </button>
    </div>
  );
}
