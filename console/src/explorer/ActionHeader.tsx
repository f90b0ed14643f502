import { useTranslation } from "react-i18next";
import { prefer, type Preferences, textSizes, usePreferences } from "../app/preferences";
import type { Action } from "../definition/bundle";
import { useText } from "../i18n/text";
import { useDocs } from "./docs";

/** An action's name and kind, and how its page is read. */
export function ActionHeader({ action }: { action: Action }) {
  const { t } = useTranslation();
  const text = useText();
  return (
    <header className="action-header">
      <div className="action-names">
        <h1>{action.name}</h1>
        <p>{text(action.title)}</p>
      </div>
      <ul className="action-tags">
        <li className={`action-tag action-tag--${action.kind}`}>{t(`kind_${action.kind}`)}</li>
        <li className="action-tag">
          {action.service} {action.version}
        </li>
        <li className="action-tag">{t("rate", { count: action.rate })}</li>
        {action.offline && <li className="action-tag action-tag--offline">{t("offline")}</li>}
        {action.feature && <li className="action-tag">{t("feature")}</li>}
        {action.auth === "none" && <li className="action-tag">{t("unsigned")}</li>}
      </ul>
      <Reading action={action} />
    </header>
  );
}

function Reading({ action }: { action: Action }) {
  const { t } = useTranslation();
  const { text, focus } = usePreferences();
  const docs = useDocs();
  return (
    <div className="action-reading" role="group" aria-label={t("reading")}>
      <a className="app-button app-button--plain" href={docs(`actions/${action.name}`)}>
        {t("printable")}
      </a>
      <button
        type="button"
        className="app-button app-button--plain"
        aria-pressed={focus}
        onClick={() => void prefer({ focus: !focus })}
      >
        {t("focusMode")}
      </button>
      <label className="action-textsize">
        {t("textSize")}
        <select
          className="app-select"
          value={text}
          onChange={event => void prefer({ text: event.target.value as Preferences["text"] })}
        >
          {textSizes.map(size => (
            <option key={size} value={size}>
              {t(`text_${size}`)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
