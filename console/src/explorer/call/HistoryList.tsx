import { useTranslation } from "react-i18next";
import { history, type PastCall } from "./history";

/** The calls of this page; each can be taken up again. */
export function HistoryList({ recall }: { recall: (call: PastCall) => void }) {
  const { t, i18n } = useTranslation("call");
  const calls = history.use();
  const time = new Intl.DateTimeFormat(i18n.language, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  return (
    <section className="call-history" aria-label={t("history")}>
      <div className="call-head">
        <h2>{t("history")}</h2>
        {calls.length > 0 && (
          <button type="button" className="app-button" onClick={() => history.set(() => [])}>
            {t("clearHistory")}
          </button>
        )}
      </div>
      {calls.length === 0 ? (
        <p className="call-note">{t("noHistory")}</p>
      ) : (
        <ol>
          {calls.map(call => (
            <li key={call.id}>
              <button type="button" className="call-past" onClick={() => recall(call)}>
                <time dateTime={call.at.toISOString()}>{time.format(call.at)}</time>
                <span className="call-past-action">{call.draft.action.name}</span>
                <span>{call.caller || t("nobody")}</span>
                <span className={call.result === "OK" ? "call-ok" : "call-refused"}>{call.result}</span>
                <span>{t("milliseconds", { count: Math.round(call.milliseconds) })}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
