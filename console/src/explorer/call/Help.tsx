import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useDefinition } from "../../definition/definition";
import { useText } from "../../i18n/text";
import { focusField } from "../attention";
import type { Draft } from "../draft";
import type { Answer, Failure } from "./send";
import { parameterIn } from "./useCall";

/** What a code means, and what to do about it. */
export function RefusalHelp({ answer, draft }: { answer: Answer; draft: Draft }) {
  const { t } = useTranslation("call");
  const text = useText();
  const error = useDefinition().errors.find(error => error.code === answer.code);
  const parameter = parameterIn(draft, answer.message);
  return (
    <div className="call-help">
      <p className="call-message">{answer.message || t("noTael")}</p>
      {error && (
        <dl>
          <div>
            <dt>{t("meaning")}</dt>
            <dd>{text(error.about)}</dd>
          </div>
          <div>
            <dt>{t("remedy")}</dt>
            <dd>
              {text(error.remedy)} {error.transient && t("transient")}
            </dd>
          </div>
        </dl>
      )}
      <div className="call-actions">
        {parameter && (
          <button type="button" className="app-button" onClick={() => focusField(parameter)}>
            {t("toField", { name: parameter })}
          </button>
        )}
        {answer.code.startsWith("AuthFailure.") && (
          <Link className="app-button" to="/explorer/doctor">
            {t("toDoctor")}
          </Link>
        )}
      </div>
    </div>
  );
}

interface FailureProps {
  failure: Failure;
  draft: Draft;
  endpoint: string;
}

/** Why there is no answer, and whether the call may have had an effect all the same. */
export function FailureHelp({ failure, draft, endpoint }: FailureProps) {
  const { t } = useTranslation("call");
  const unknown = failure.kind !== "unsent" && draft.action.kind === "write";
  return (
    <div className="call-help">
      <p className="call-message">{t(`failure_${failure.kind}`, { endpoint })}</p>
      {failure.detail !== "" && <p className="call-note">{failure.detail}</p>}
      {unknown && (
        <p>
          <strong>{t("unknownOutcome")}</strong> {t(draft.idempotencyKey ? "repeatWithKey" : "lookBeforeRepeat")}
        </p>
      )}
    </div>
  );
}
