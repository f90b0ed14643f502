import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { NavigationType, useLocation, useNavigate, useNavigationType } from "react-router";
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
  const { hash, pathname } = useLocation();
  const navigation = useNavigationType();
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
    // Back, forward, or another link was followed. What this page writes replaces: when it
    // arrives, more may have been typed.
    if (hash !== fragment && navigation !== NavigationType.Replace) {
      setDraft(fromFragment(hash, fresh));
    }
  }

  useEffect(() => {
    remembered.set(action.name, draft);
    if (fragment === hash) {
      return undefined;
    }
    const timer = setTimeout(() => {
      // Another page may have been asked for that is not shown yet.
      if (window.location.pathname === pathname) {
        void navigate({ hash: fragment }, { replace: true });
      }
    }, writeAfter);
    return () => clearTimeout(timer);
  }, [action.name, draft, fragment, hash, navigate, pathname]);

  return { draft, change: setDraft, fragment };
}

/** Has the page of an action begin with a draft when it is opened without one. */
export function putDraft(draft: Draft): void {
  remembered.set(draft.action.name, draft);
}
