import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { CloseIcon } from "tdesign-icons-react";
import type { Json } from "../draft";
import { type FieldProps, idsOf, useForm } from "./context";
import { Fields } from "./Fields";
import { ScalarControl } from "./ScalarControl";
import { isObject, type Path } from "./values";

/** A list: its elements, each of which can be removed, and a way to add one. */
export function ListControl({ field, path, value }: FieldProps) {
  const { t } = useTranslation("form");
  const { put, typeOf } = useForm();
  const items = Array.isArray(value) ? value : [];
  const list = useRef<HTMLDivElement>(null);
  const focus = useRef(-1);
  useEffect(() => {
    if (focus.current >= 0) {
      const added = list.current?.children[focus.current];
      added?.querySelector<HTMLElement>("input, select, textarea, button")?.focus();
      focus.current = -1;
    }
  }, [items.length]);
  const type = typeOf(field.type);
  const add = () => {
    focus.current = items.length;
    put(path, [...items, type ? {} : ""]);
  };
  const remove = (i: number) => {
    // To what takes its place, or to the button that adds.
    focus.current = Math.min(i, items.length - 1);
    const left = items.filter((_, other) => other !== i);
    put(path, left.length > 0 ? left : undefined);
  };
  return (
    <div ref={list} className="form-list">
      {items.map((item, i) => (
        // Elements have no identity but their place.
        <Item key={i} field={field} path={[...path, i]} value={item} remove={() => remove(i)} />
      ))}
      <div>
        <button type="button" className="app-button" onClick={add}>
          {t("add", { name: field.name })}
        </button>
      </div>
    </div>
  );
}

interface ItemProps extends FieldProps {
  value: Json;
  remove: () => void;
}

function Item({ field, path, value, remove }: ItemProps) {
  const { t } = useTranslation("form");
  const { typeOf, errorAt } = useForm();
  const ids = idsOf(path);
  const name = nameOf(path);
  const type = typeOf(field.type);
  const error = (
    <p id={ids.error} className="form-error">
      {errorAt(ids.path)}
    </p>
  );
  const button = (
    <button type="button" className="app-button" onClick={remove} aria-label={t("remove", { name })}>
      <CloseIcon aria-hidden />
    </button>
  );
  if (type) {
    return (
      <fieldset className="form-object" data-field={ids.path}>
        <legend>
          <code className="form-name">{name}</code> {button}
        </legend>
        <Fields fields={type.fields ?? []} path={path} values={isObject(value) ? value : {}} />
        {error}
      </fieldset>
    );
  }
  return (
    <div data-field={ids.path}>
      <div className="form-item">
        <ScalarControl field={field} path={path} value={value} limits={field.elements ?? {}} label={name} />
        {button}
      </div>
      {error}
    </div>
  );
}

/** "UinList 1": people count from one. */
function nameOf(path: Path): string {
  return `${path.at(-2) ?? ""} ${Number(path.at(-1)) + 1}`;
}
