import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useDefinition } from "../../definition/definition";
import { useText } from "../../i18n/text";
import { attention } from "../attention";
import type { Draft } from "../draft";
import { makeStore } from "../store";
import { FormContext, type FormState } from "./context";
import { Fields, hiddenFields } from "./Fields";
import { Problems } from "./Problems";
import { editorId, RawEditor, useRawText } from "./RawEditor";
import { type Problem, useProblems } from "./useCheck";
import { jsonOf, type Parameters, textOf, valueAt, withValue } from "./values";
import "./form.css";

interface Props {
  draft: Draft;
  onChange: (draft: Draft) => void;
}

// How somebody likes to see forms holds for the next action too.
const taste = makeStore({ raw: false, requiredOnly: false });

/** The form of an action's parameters, made of its definition. */
export function RequestForm({ draft, onChange }: Props) {
  const { raw } = taste.use();
  const problems = useProblems(draft);
  const form = useFormState(draft, onChange, problems);
  const change = (parameters: Parameters) => onChange({ ...draft, parameters });
  const text = useRawText(draft.parameters, change);
  return (
    <FormContext value={form}>
      <div className="form">
        <Toolbar draft={draft} change={change} faulty={text.fault !== undefined} />
        <Problems problems={problems} />
        {raw ? (
          <RawEditor {...text} />
        ) : (
          <Fields fields={draft.action.request ?? []} path={[]} values={draft.parameters} />
        )}
      </div>
    </FormContext>
  );
}

function useFormState(draft: Draft, onChange: Props["onChange"], problems: Problem[]): FormState {
  const definition = useDefinition();
  const { requiredOnly } = taste.use();
  const { attempted, fault } = attention.use();
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set());
  const { action, parameters } = draft;
  return useMemo(() => {
    const shown = new Map<string, string>();
    for (const { path, message } of problems) {
      const empty = textOf(valueAt(parameters, stepsOf(path))) === "";
      if (!shown.has(path) && (!empty || attempted === action.name || touched.has(path))) {
        shown.set(path, message);
      }
    }
    if (fault?.parameters === parameters) {
      shown.set(fault.path, fault.message);
    }
    return {
      action,
      parameters,
      requiredOnly,
      errorAt: path => shown.get(path),
      typeOf: name => definition.type(action.service, name),
      put: (path, value) => onChange({ ...draft, parameters: withValue(parameters, path, value) }),
      touch: path => setTouched(before => (before.has(path) ? before : new Set([...before, path]))),
    };
  }, [definition, action, parameters, requiredOnly, attempted, fault, touched, problems, draft, onChange]);
}

/** "Filters.0.Key" as the way there. */
function stepsOf(path: string): (string | number)[] {
  return path.split(".").map(step => (/^[0-9]+$/.test(step) ? Number(step) : step));
}

interface ToolbarProps {
  draft: Draft;
  change: (parameters: Parameters) => void;
  /** What stands in the editor is no JSON, and would be lost. */
  faulty: boolean;
}

function Toolbar({ draft, change, faulty }: ToolbarProps) {
  const { t } = useTranslation("form");
  const text = useText();
  const { raw, requiredOnly } = taste.use();
  const { action, parameters } = draft;
  const hidden = requiredOnly && !raw ? hiddenFields(action.request ?? [], parameters) : 0;
  const show = (raw: boolean) => {
    if (faulty) {
      document.getElementById(editorId)?.focus();
    } else {
      taste.set(before => ({ ...before, raw }));
    }
  };
  return (
    <div className="form-toolbar">
      <div role="group" aria-label={t("view")} className="form-group">
        <button type="button" className="app-button" aria-pressed={!raw} onClick={() => show(false)}>
          {t("fields")}
        </button>
        <button type="button" className="app-button" aria-pressed={raw} onClick={() => show(true)}>
          {t("json")}
        </button>
      </div>
      <button
        type="button"
        className="app-button"
        onClick={() => change(jsonOf(action.example.request) as Parameters)}
        title={text(action.example.about)}
      >
        {t("fillExample")}
      </button>
      <button type="button" className="app-button" onClick={() => change({})}>
        {t("clear")}
      </button>
      <label className="form-check">
        <input
          type="checkbox"
          checked={requiredOnly}
          disabled={raw}
          onChange={event => taste.set(before => ({ ...before, requiredOnly: event.target.checked }))}
        />
        {t("requiredOnly")}
        {hidden > 0 && <span className="form-note">{t("hidden", { count: hidden })}</span>}
      </label>
    </div>
  );
}
