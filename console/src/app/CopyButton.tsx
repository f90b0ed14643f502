import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { copyText } from "./copyText";

const shownFor = 2000;

/** Copies a text; says so, also to screen readers, for two seconds. */
export function CopyButton({ text, what }: { text: string; /** Named in the button's label. */ what: string }) {
  const { t } = useTranslation("common");
  const [state, setState] = useState<"copy" | "copied" | "notCopied">("copy");
  useEffect(() => {
    if (state === "copy") {
      return undefined;
    }
    const timer = setTimeout(() => setState("copy"), shownFor);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async () => setState((await copyText(text)) ? "copied" : "notCopied");
  return (
    <>
      <button type="button" className="app-button" aria-label={t("copyThis", { what })} onClick={() => void copy()}>
        {t(state)}
      </button>
      <span className="app-hidden" role="status">
        {state !== "copy" && t(state)}
      </span>
    </>
  );
}
