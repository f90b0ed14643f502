import type { Draft } from "./draft";
import { makeStore } from "./store";

/** What the form is to point at because of a call. */
interface Attention {
  /** The action that somebody tried to call: what is missing is said from then on. */
  attempted: string;
  /** What an answer said of a parameter; it stands until the parameters change. */
  fault: { parameters: Draft["parameters"]; path: string; message: string } | null;
}

export const attention = makeStore<Attention>({ attempted: "", fault: null });

/** Moves the focus to the control of a parameter, if the form shows one. */
export function focusField(path: string): void {
  const field = document.querySelector<HTMLElement>(`[data-field="${CSS.escape(path)}"]`);
  field?.scrollIntoView({ block: "center" });
  field?.querySelector<HTMLElement>("input, select, textarea, button")?.focus({ preventScroll: true });
}
