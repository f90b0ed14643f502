import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDefinition } from "../../definition/definition";
import { messageOf } from "../../validate/refusal";
import { parseRaw, type RawResult, rawOf } from "./raw";
import type { Parameters } from "./values";

export const editorId = "form-raw";

interface RawText {
  text: string;
  /** Why the text is not what the parameters are; undefined where it is. */
  fault: RawResult["fault"];
  edit: (text: string) => void;
}

/** The text of parameters, as it is being edited; written anew when somebody else changes them. */
export function useRawText(parameters: Parameters, change: (parameters: Parameters) => void): RawText {
  const [state, setState] = useState({
    text: rawOf(parameters),
    of: parameters,
    fault: undefined as RawResult["fault"],
  });
  if (state.of !== parameters) {
    setState({ text: rawOf(parameters), of: parameters, fault: undefined });
  }
  return {
    text: state.text,
    fault: state.fault,
    edit(text) {
      const read = parseRaw(text);
      setState({ text, of: read.parameters ?? state.of, fault: read.fault });
      if (read.parameters) {
        change(read.parameters);
      }
    },
  };
}

/** The parameters as JSON. What cannot be read says where, and changes nothing. */
export function RawEditor({ text, fault, edit }: RawText) {
  const { t, i18n } = useTranslation("form");
  const definition = useDefinition();
  const noObject = { code: "InvalidParameter", variant: "object", args: {}, path: "" };
  return (
    <div className="form-raw">
      <label htmlFor={editorId}>{t("rawLabel")}</label>
      <textarea
        id={editorId}
        className="form-input form-code"
        value={text}
        onChange={event => edit(event.target.value)}
        rows={Math.min(Math.max(text.split("\n").length + 1, 8), 40)}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={fault !== undefined}
        aria-describedby="form-raw-error"
      />
      <p id="form-raw-error" className="form-error" role="status">
        {fault === "noObject" && messageOf(definition, noObject, i18n.language === "zh" ? "zh-CN" : "en-US")}
        {typeof fault === "object" && t("rawFault", { ...fault })}
      </p>
    </div>
  );
}
