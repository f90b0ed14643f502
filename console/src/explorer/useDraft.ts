import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate } from "react-router";
import type { Action } from "../definition/bundle";
import type { Draft } from "./draft";
import { fromFragment, toFragment } from "./fragment";

// What was put together for each action since the page was opened.
const remembered = new Map<string, Draft>();

// Browsers count how often an address changes, and stop those who write it at each key.
const writeAfter = 250;

export interface DraftState {
  draft: Draft;
  change: (draft: Draft) => void;
  /** The draft as the fragment of an address, for links that keep it. */
  fragment: string;
}

/** The draft of an action: that of the address, or else the one it had before, or else a fresh one. */
export function useDraft(action: Action): DraftState {
  const { hash } = useLocation();
  const navigate = useNavigate();
  const { i18n } = useTranslation();
  const language = i18n.language === "zh" ? "zh-CN" : "en-US";
  const fresh = useMemo<Draft>(
    () => ({ action, parameters: {}, method: "TC3-HMAC-SHA256", http: "POST", language, idempotencyKey: "" }),
    [action, language],
  );
  const [draft, setDraft] = useState(() =>
    hash === "" ? (remembered.get(action.name) ?? fresh) : fromFragment(hash, fresh),
  );
  const fragment = toFragment(draft, fresh);
  const [seen, setSeen] = useState(hash);
  if (hash !== seen) {
    setSeen(hash);
    if (hash !== fragment) {
      setDraft(fromFragment(hash, fresh)); // back, forward, or another link was followed
    }
  }

  useEffect(() => {
    remembered.set(action.name, draft);
    if (fragment === hash) {
      return undefined;
    }
    const timer = setTimeout(() => void navigate({ hash: fragment }, { replace: true }), writeAfter);
    return () => clearTimeout(timer);
  }, [action.name, draft, fragment, hash, navigate]);

  return { draft, change: setDraft, fragment };
}

/** Has the page of an action begin with a draft when it is opened without one. */
export function putDraft(draft: Draft): void {
  remembered.set(draft.action.name, draft);
}
