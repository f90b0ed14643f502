import { Fragment, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field, Limits } from "../../definition/bundle";
import { useDefinition } from "../../definition/definition";
import { useText } from "../../i18n/text";
import { limitsInWords, typeName } from "./limits";

interface Props {
  service: string;
  fields: Field[];
  side: "request" | "response";
}

/** The fields of a request or an answer, those of nested types below the field that holds them. */
export function Fields({ service, fields, side }: Props) {
  const { t } = useTranslation("reference");
  if (fields.length === 0 && side === "request") {
    return <p className="reference-hint">{t("nothing")}</p>;
  }
  return (
    <table className="fields">
      <thead>
        <tr>
          <th scope="col">{t("name")}</th>
          <th scope="col">{t("type")}</th>
          <th scope="col">{t("about")}</th>
        </tr>
      </thead>
      <tbody>
        {fields.map(field => (
          <Rows key={field.name} service={service} field={field} side={side} path="" above={[]} />
        ))}
        {side === "response" && (
          <tr data-answer="RequestId" tabIndex={-1}>
            <th scope="row">
              <code>RequestId</code>
            </th>
            <td>string</td>
            <td>{t("requestId")}</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

interface RowProps {
  service: string;
  field: Field;
  side: Props["side"];
  path: string;
  /** The types in which this field lies; one that holds itself is not shown in itself. */
  above: string[];
}

function Rows({ service, field, side, path, above }: RowProps) {
  const { t } = useTranslation("reference");
  const definition = useDefinition();
  const [open, setOpen] = useState(true);
  const type = definition.type(service, field.type);
  const nested = type && !above.includes(type.name) ? (type.fields ?? []) : [];
  const name = path + field.name;
  const marks = [
    ...(side === "request" ? [field.required ? t("required") : t("optional")] : []),
    ...(field.nullable ? [t("nullable")] : []),
  ];
  return (
    <>
      <tr data-answer={side === "response" ? name : undefined} tabIndex={-1}>
        <th scope="row" className={`fields-depth-${Math.min(above.length, 4)}`}>
          {nested.length > 0 && (
            <button
              type="button"
              className="fields-toggle"
              aria-expanded={open}
              aria-label={t("showType", { type: field.type })}
              onClick={() => setOpen(!open)}
            />
          )}
          <code>{field.name}</code>
        </th>
        <td>
          {typeName(t, field)}
          {marks.map(mark => (
            <span key={mark} className={mark === t("required") ? "fields-required" : "fields-optional"}>
              {mark}
            </span>
          ))}
        </td>
        <td>
          <About field={field} />
        </td>
      </tr>
      {open &&
        nested.map(inner => (
          <Rows
            key={inner.name}
            service={service}
            field={inner}
            side={side}
            path={`${name}.`}
            above={[...above, field.type]}
          />
        ))}
    </>
  );
}

function About({ field }: { field: Field }) {
  const { t } = useTranslation("reference");
  const text = useText();
  const words = limitsInWords(t, field, field.list === true);
  const inner = field.elements ? limitsInWords(t, field.elements, false) : [];
  return (
    <>
      {field.disabled ? t("disabled") : text(field.about)}
      {words.length > 0 && <p className="reference-hint">{words.join("; ")}</p>}
      {inner.length > 0 && <p className="reference-hint">{t("elements", { limits: inner.join("; ") })}</p>}
      <Sets limits={field} />
      {field.elements && <Sets limits={field.elements} />}
      {field.default !== undefined && (
        <p className="reference-hint">
          {t("default")}: <code>{JSON.stringify(field.default)}</code>
        </p>
      )}
    </>
  );
}

/** The values that may be chosen from, and the pattern that a value has to match. */
function Sets({ limits: { enum: set, pattern } }: { limits: Limits }) {
  const { t } = useTranslation("reference");
  return (
    <>
      {set && (
        <p className="reference-hint">
          {t("oneOf")}
          {set.of.map((value, at) => (
            <Fragment key={value}>
              {at > 0 && ", "}
              <code>{value === "" ? '""' : value}</code>
            </Fragment>
          ))}
          {set.error && `, ${t("otherwise", { code: set.error })}`}
        </p>
      )}
      {pattern && (
        <p className="reference-hint">
          {t("pattern")}
          <code>{pattern.is}</code>
          {pattern.error && `, ${t("otherwise", { code: pattern.error })}`}
        </p>
      )}
    </>
  );
}
