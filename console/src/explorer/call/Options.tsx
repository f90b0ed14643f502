import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { Draft, Method } from "../draft";

interface Props {
  draft: Draft;
  onChange: (draft: Draft) => void;
}

const methods: Method[] = ["TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1"];

/** How a call is signed and sent. */
export function Options({ draft, onChange }: Props) {
  const { t } = useTranslation("call");
  const id = useId();
  return (
    <div className="call-options">
      {draft.action.auth === "none" ? (
        <p className="call-note">{t("unsigned")}</p>
      ) : (
        <label>
          {t("method")}
          <select
            className="app-select"
            value={draft.method}
            onChange={event => onChange({ ...draft, method: event.target.value as Method })}
          >
            {methods.map(method => (
              <option key={method}>{method}</option>
            ))}
          </select>
        </label>
      )}
      <label>
        {t("http")}
        <select
          className="app-select"
          value={draft.http}
          onChange={event => onChange({ ...draft, http: event.target.value as Draft["http"] })}
        >
          <option>POST</option>
          <option>GET</option>
        </select>
      </label>
      <label>
        {t("language")}
        <select
          className="app-select"
          value={draft.language}
          onChange={event => onChange({ ...draft, language: event.target.value as Draft["language"] })}
        >
          <option value="en-US">English</option>
          <option value="zh-CN">中文</option>
        </select>
      </label>
      {draft.action.kind === "write" && (
        <div className="call-key">
          <label htmlFor={id}>X-Tael-Idempotency-Key</label>
          <div className="form-item">
            <input
              id={id}
              className="form-input"
              value={draft.idempotencyKey}
              maxLength={64}
              autoComplete="off"
              spellCheck={false}
              aria-describedby={`${id}-why`}
              onChange={event => onChange({ ...draft, idempotencyKey: event.target.value.replace(/[^!-~]/g, "") })}
            />
            <button
              type="button"
              className="app-button"
              onClick={() => onChange({ ...draft, idempotencyKey: newKey() })}
            >
              {t("generate")}
            </button>
          </div>
          <p id={`${id}-why`} className="call-note">
            {t("whyKey")}
          </p>
        </div>
      )}
    </div>
  );
}

/** 128 random bits. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("");
}
