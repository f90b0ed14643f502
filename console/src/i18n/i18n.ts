import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "./en";

export const languages = ["en", "zh", "ko", "ja"] as const;
export type Language = (typeof languages)[number];

/** Begins in English; other languages are loaded when they are chosen. */
export function startLanguages(): void {
  void i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false }, // React escapes
  });
}
