import { useEffect, useEffectEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useServer } from "../../definition/definition";
import { attention, focusField } from "../attention";
import { AnswerView } from "../call/AnswerView";
import { Confirm } from "../call/Confirm";
import type { PastCall } from "../call/history";
import { HistoryList } from "../call/HistoryList";
import { Options } from "../call/Options";
import { type Call, showNext, useCall } from "../call/useCall";
import type { Credentials, Draft } from "../draft";
import { type Problem, useProblems } from "../form/useCheck";
import { putDraft } from "../useDraft";
import "../call/call.css";

interface Props {
  draft: Draft;
  onChange: (draft: Draft) => void;
  credentials: Credentials;
  endpoint: string;
}

/** Sends the call that is filled in, and shows what was answered. */
export default function CallTab(props: Props) {
  const { draft, onChange, credentials, endpoint } = props;
  const call = useCall(props);
  const gate = useGate(props, call);
  const navigate = useNavigate();
  const recall = (past: PastCall) => {
    if (past.draft.action.name === draft.action.name) {
      onChange(past.draft);
      call.show(past);
      return;
    }
    putDraft(past.draft);
    showNext(past);
    void navigate(`/explorer/${past.draft.action.name}`);
  };
  return (
    <div className="call">
      <Options draft={draft} onChange={onChange} />
      <SendBar gate={gate} call={call} />
      {gate.asking && (
        <Confirm
          action={draft.action.name}
          endpoint={endpoint}
          secretId={credentials.secretId}
          confirm={gate.confirm}
          cancel={gate.leave}
        />
      )}
      {call.shown && <AnswerView key={call.shown.id} call={call.shown} endpoint={endpoint} />}
      <HistoryList recall={recall} />
    </div>
  );
}

/** What stands between somebody who wants to send and the sending. */
interface Gate {
  /** Why it was not sent: the server would refuse the first of these, or there is no key. */
  stopped: Problem | "noKey" | null;
  /** A write outside of the demo world waits to be confirmed. */
  asking: boolean;
  /** Asks for the call to be sent; anyway: also where the server would refuse it. */
  want: (anyway: boolean) => void;
  confirm: () => void;
  leave: () => void;
}

function useGate({ draft, credentials }: Props, call: Call): Gate {
  const demo = useServer().demo !== null;
  const problems = useProblems(draft);
  const [stopped, setStopped] = useState<{ draft: Draft; problem: Gate["stopped"] } | null>(null);
  const [asking, setAsking] = useState(false);
  const { action } = draft;
  const want = (anyway: boolean) => {
    const [problem] = problems;
    if (call.sending) {
      return;
    }
    if (action.auth !== "none" && credentials.secretId === "") {
      setStopped({ draft, problem: "noKey" });
      return;
    }
    attention.set(state => ({ ...state, attempted: action.name }));
    if (problem && !anyway) {
      setStopped({ draft, problem });
      requestAnimationFrame(() => focusField(problem.path)); // once the form shows what is missing
      return;
    }
    setStopped(null);
    if (action.kind === "write" && !demo) {
      setAsking(true);
    } else {
      call.start();
    }
  };
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !asking) {
      event.preventDefault();
      want(false);
    }
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
  return {
    stopped: stopped?.draft.parameters === draft.parameters ? stopped.problem : null,
    asking,
    want,
    confirm() {
      setAsking(false);
      call.start();
    },
    leave: () => setAsking(false),
  };
}

function SendBar({ gate, call }: { gate: Gate; call: Call }) {
  const { t } = useTranslation("call");
  const { stopped } = gate;
  return (
    <div className="call-send">
      <div className="call-actions">
        <button
          type="button"
          className="app-button app-button--main"
          aria-disabled={call.sending}
          aria-keyshortcuts="Control+Enter"
          onClick={() => gate.want(false)}
        >
          {call.sending ? t("sending") : t("send")}
        </button>
        {call.sending ? (
          <button type="button" className="app-button" onClick={call.cancel}>
            {t("cancel")}
          </button>
        ) : (
          <span className="call-note">{t("shortcut")}</span>
        )}
      </div>
      <div role="alert">
        {stopped === "noKey" && <p className="call-message">{t("noKey")}</p>}
        {stopped && stopped !== "noKey" && (
          <p className="call-message">
            {t("notSent")} <code>{stopped.code}</code> {stopped.message}{" "}
            <button type="button" className="app-button" onClick={() => gate.want(true)}>
              {t("sendAnyway")}
            </button>
          </p>
        )}
      </div>
      <p role="status" className="app-hidden">
        {!call.sending && call.shown && t("announced", { result: call.shown.result })}
      </p>
    </div>
  );
}
