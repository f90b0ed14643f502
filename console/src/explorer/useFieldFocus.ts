import { useEffect } from "react";
import { useLocation, useNavigate } from "react-router";

/** What a followed search result asks for: a field of the form or of the reference. */
export interface FocusState {
  field: string;
  side: "request" | "response";
}

// A form that is loaded when it is needed takes its time.
const patience = 10_000;

function query(attribute: string, name: string): HTMLElement | null {
  return document.querySelector(`[${attribute}="${CSS.escape(name)}"]`);
}

/** Moves the focus to the field that a search result named, once it is there. */
export function useFieldFocus(): void {
  const { state, pathname, hash } = useLocation() as { state: FocusState | null; pathname: string; hash: string };
  const navigate = useNavigate();
  const field = state?.field;
  const attribute = state?.side === "response" ? "data-answer" : "data-field";
  useEffect(() => {
    if (!field) {
      return undefined;
    }
    const found = () => {
      // What lies in a list is there only where the list has an element: then the list itself.
      const target = query(attribute, field) ?? query(attribute, field.split(".")[0] ?? field);
      if (!target) {
        return false;
      }
      const input = target.matches("input, select, textarea, button, [tabindex]")
        ? target
        : target.querySelector<HTMLElement>("input, select, textarea, button, [tabindex]");
      target.scrollIntoView({ block: "center" });
      (input ?? target).focus({ preventScroll: true });
      void navigate({ pathname, hash }, { replace: true, state: null }); // once is enough
      return true;
    };
    if (found()) {
      return undefined;
    }
    const observer = new MutationObserver(() => found() && observer.disconnect());
    observer.observe(document.body, { childList: true, subtree: true });
    const timer = setTimeout(() => observer.disconnect(), patience);
    return () => {
      observer.disconnect();
      clearTimeout(timer);
    };
  }, [field, attribute, pathname, hash, navigate]);
}
