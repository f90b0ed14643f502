import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useDefinition } from "../../definition/definition";
import { messageOf, type Refusal } from "../../validate/refusal";
import { refusals } from "../../validate/validate";
import type { Encoding } from "../../validate/value";
import type { Draft } from "../draft";

export interface Problem extends Refusal {
  message: string;
}

/** How a draft's parameters travel. */
export function encodingOf(draft: Draft): Encoding {
  const json = draft.http === "POST" && (draft.method === "TC3-HMAC-SHA256" || draft.action.auth === "none");
  return json ? "json" : "form";
}

/** What the server would refuse of a draft, in its order, in the language of the page. */
export function useProblems(draft: Draft): Problem[] {
  const definition = useDefinition();
  const { i18n } = useTranslation();
  const language = i18n.language === "zh" ? "zh-CN" : "en-US";
  const { action, parameters } = draft;
  const encoding = encodingOf(draft);
  return useMemo(() => {
    const typeOf = (name: string) => definition.type(action.service, name);
    const found = [...refusals(action, typeOf, parameters, encoding)];
    return found.map(refusal => ({ ...refusal, message: messageOf(definition, refusal, language) }));
  }, [definition, action, parameters, encoding, language]);
}
