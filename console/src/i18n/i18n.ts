import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { texts } from "./en";

export const languages = ["en", "zh", "ko", "ja"] as const;
export type Language = (typeof languages)[number];

export const languageNames: Record<Language, string> = { en: "English", zh: "中文", ko: "한국어", ja: "日本語" };

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "shell";
    resources: typeof texts;
  }
}

// Each is a file of its own, loaded when it is chosen.
const load: Record<Language, () => Promise<{ texts: Record<string, Record<string, string>> }>> = {
  en: () => import("./en"),
  zh: () => import("./zh"),
  ko: () => import("./ko"),
  ja: () => import("./ja"),
};

/** Loads a language's texts and sets up translation with it. */
export async function startLanguages(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false, // every language has every text
    ns: ["shell"], // those of the other parts are there too
    defaultNS: "shell",
    resources: { [language]: (await load[language]()).texts },
    interpolation: { escapeValue: false }, // React escapes
  });
}

/** Changes the language of everything that is shown, once its texts are there. */
export async function changeLanguage(language: Language): Promise<void> {
  const { texts } = await load[language]();
  for (const [part, names] of Object.entries(texts)) {
    i18next.addResourceBundle(language, part, names);
  }
  await i18next.changeLanguage(language);
}
