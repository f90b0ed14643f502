import type { groups } from "./en/groups";
import { useTranslation } from "react-i18next";
import type { Text } from "../definition/bundle";

/** A text of the definition in a language, in English where it has none. */
export function inLanguage(text: Text | string, language: string): string {
  if (typeof text === "string") {
    return text;
  }
  return language === "zh" && text.zh ? text.zh : text.en;
}

/** Gives texts of the definition in the language that is chosen. */
export function useText(): (text: Text | string) => string {
  const { i18n } = useTranslation();
  return text => inLanguage(text, i18n.language);
}

/** Gives names of groups, which the definition has in English only. */
export function useGroupName(): (group: string) => string {
  const { t, i18n } = useTranslation("groups");
  return group => (i18n.exists(group, { ns: "groups", keySeparator: false }) ? t(group as keyof typeof groups) : group);
}
