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

// What the older signatures send beside an action's own parameters, and the server takes once.
const common = ["Action", "Version", "Timestamp", "Nonce", "SecretId", "SignatureMethod", "Language", "Signature"];

/** Parameters that the older signatures have no place for: DescribeAuditEvents has one called Action. */
function repeated(parameters: Draft["parameters"]): Refusal[] {
  const names = common.filter(name => name in parameters);
  return names.map(name => ({ code: "InvalidParameter", variant: "duplicate", args: { parameter: name }, path: name }));
}

/** What the server would refuse of a draft, in its order, in the language of the page. */
export function useProblems(draft: Draft): Problem[] {
  const definition = useDefinition();
  const { i18n } = useTranslation();
  const language = i18n.language === "zh" ? "zh-CN" : "en-US";
  const { action, parameters } = draft;
  const encoding = encodingOf(draft);
  const v1 = draft.method !== "TC3-HMAC-SHA256" && action.auth !== "none";
  return useMemo(() => {
    const typeOf = (name: string) => definition.type(action.service, name);
    const found = [...(v1 ? repeated(parameters) : []), ...refusals(action, typeOf, parameters, encoding)];
    return found.map(refusal => ({ ...refusal, message: messageOf(definition, refusal, language) }));
  }, [definition, action, parameters, encoding, language, v1]);
}
