import { useSyncExternalStore } from "react";
import { changeLanguage, type Language } from "../i18n/i18n";

export const themes = ["system", "light", "dark"] as const;
export const textSizes = ["small", "standard", "large", "largest"] as const;

/** How the application looks to whoever uses this browser. */
export interface Preferences {
  language: Language;
  theme: (typeof themes)[number];
  text: (typeof textSizes)[number];
  /** Nothing but the page that is read; not remembered, so that nobody wonders where the rest went. */
  focus: boolean;
}

const key = "tael.preferences";
const root = document.documentElement;
const systemDark = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

// public/start.js has put it there, and holds what is allowed.
let current: Preferences = {
  language: root.lang as Language,
  theme: root.dataset.theme as Preferences["theme"],
  text: root.dataset.text as Preferences["text"],
  focus: false,
};

systemDark.addEventListener("change", show);

function show() {
  const dark = current.theme === "dark" || (current.theme === "system" && systemDark.matches);
  root.setAttribute("theme-mode", dark ? "dark" : "light");
  root.dataset.theme = current.theme;
  root.dataset.text = current.text;
  root.dataset.focus = String(current.focus);
}

export function preferences(): Preferences {
  return current;
}

/** Applies a change and remembers it on this device. */
export async function prefer(change: Partial<Preferences>): Promise<void> {
  current = { ...current, ...change };
  show();
  listeners.forEach(listener => {
    listener();
  });
  try {
    const { language, theme, text } = current;
    localStorage.setItem(key, JSON.stringify({ language, theme, text }));
  } catch {
    // a browser without storage forgets
  }
  if (change.language) {
    await changeLanguage(change.language);
    root.lang = change.language;
  }
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, preferences);
}
