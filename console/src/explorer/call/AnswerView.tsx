import { parse, stringify } from "lossless-json";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "../../app/CopyButton";
import type { Json } from "../draft";
import { Figures } from "./Figures";
import type { PastCall } from "./history";
import { JsonView } from "./JsonView";
import { FailureHelp, RefusalHelp } from "./Help";
import type { Answer } from "./send";

/** What became of a call. */
export function AnswerView({ call, endpoint }: { call: PastCall; endpoint: string }) {
  const { t } = useTranslation("call");
  const { outcome } = call;
  return (
    <article className="call-answer" aria-label={t("answer")}>
      <Summary call={call} />
      {outcome === null && <p className="call-note">{t("secretNotKept")}</p>}
      {outcome && outcome.kind !== "answer" && <FailureHelp failure={outcome} draft={call.draft} endpoint={endpoint} />}
      {outcome?.kind === "answer" && outcome.code !== "" && <RefusalHelp answer={outcome} draft={call.draft} />}
      {call.comparison && <Figures comparison={call.comparison} />}
      {outcome?.kind === "answer" && <Body answer={outcome} />}
    </article>
  );
}

function Summary({ call }: { call: PastCall }) {
  const { t } = useTranslation("call");
  const { outcome, result } = call;
  const answer = outcome?.kind === "answer" ? outcome : null;
  return (
    <header className="call-summary">
      <strong className={result === "OK" ? "call-ok" : "call-refused"}>{result}</strong>
      {answer && <span>HTTP {answer.status}</span>}
      <span>{t("milliseconds", { count: Math.round(call.milliseconds) })}</span>
      {answer && <span>{t("bytes", { count: answer.bytes })}</span>}
      {answer?.replayed && <span className="call-replayed">{t("replayed")}</span>}
      {answer && answer.requestId !== "" && (
        <span className="call-request">
          RequestId <code>{answer.requestId}</code> <CopyButton text={answer.requestId} what="RequestId" />
        </span>
      )}
    </header>
  );
}

function Body({ answer }: { answer: Answer }) {
  const { t } = useTranslation("call");
  const json = useMemo(() => parsed(answer.text), [answer.text]);
  const pretty = json === undefined ? answer.text : (stringify(json, null, 2) ?? "");
  return (
    <>
      <div className="call-head">
        <h2>{t("body")}</h2>
        <CopyButton text={pretty} what={t("body")} />
      </div>
      {/* What scrolls can be scrolled with the keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="call-body" role="region" aria-label={t("body")} tabIndex={0}>
        {json === undefined ? <pre>{answer.text}</pre> : <JsonView value={json} />}
      </div>
      <details className="call-headers">
        <summary>{t("headers", { count: answer.headers.length })}</summary>
        <dl>
          {answer.headers.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  );
}

/** undefined where it is no JSON. */
function parsed(text: string): Json | undefined {
  try {
    return parse(text) as Json;
  } catch {
    return undefined;
  }
}
