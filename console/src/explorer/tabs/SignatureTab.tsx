import { useState } from "react";
import { useTranslation } from "react-i18next";
import { randomNonce } from "../../signing";
import type { Credentials, Draft } from "../draft";
import { type Inputs, inputsOf } from "../signature/inputs";
import { SentRequest } from "../signature/SentRequest";
import "../signature/signature.css";
import { SigningInputs } from "../signature/SigningInputs";
import { StepView } from "../signature/StepView";
import { useSigned } from "../signature/useSigned";

interface Props {
  draft: Draft;
  credentials: Credentials;
  endpoint: string;
}

/** How the call in the form is signed, step by step. */
export default function SignatureTab({ draft, credentials, endpoint }: Props) {
  const { t } = useTranslation("signature");
  const [inputs, setInputs] = useState(() => inputsOf(draft, credentials, randomNonce()));
  const [turn, setTurn] = useState(0);
  useFollow(draft, credentials, setInputs);
  const outcome = useSigned(draft, credentials, endpoint, inputs, turn);
  const hasKey = credentials.secretId !== "" && credentials.secretKey !== "";
  const signed = outcome && "signed" in outcome ? outcome.signed : undefined;
  return (
    <section className="signature" aria-labelledby="signature-title">
      <h2 id="signature-title">{t("title")}</h2>
      <p>{t("intro")}</p>
      <SigningInputs
        inputs={inputs}
        timestamp={signed?.timestamp}
        onChange={setInputs}
        onAgain={() => setTurn(turn => turn + 1)}
      />
      {!hasKey && (
        <p className="signature-note" role="note">
          {t("noKey")}
        </p>
      )}
      {!outcome && <p>{t("computing")}</p>}
      {outcome && "failure" in outcome && <p role="alert">{t("failed", { reason: outcome.failure })}</p>}
      {signed && (
        <>
          <ol className="signature-steps">
            {signed.steps.map((step, i) => (
              <StepView
                key={step.id}
                step={step}
                number={i + 1}
                v1={inputs.method !== "TC3-HMAC-SHA256"}
                hasKey={hasKey}
              />
            ))}
          </ol>
          <SentRequest signed={signed} hasKey={hasKey} />
        </>
      )}
    </section>
  );
}

/** What is changed in the form or of the key takes the place of what was chosen here. */
function useFollow(draft: Draft, credentials: Credentials, set: (change: (inputs: Inputs) => Inputs) => void): void {
  const { method, http } = draft;
  const { token } = credentials;
  const [seen, setSeen] = useState({ method, http, token });
  if (seen.method !== method || seen.http !== http || seen.token !== token) {
    setSeen({ method, http, token });
    set(inputs => ({ ...inputs, method, http, token }));
  }
}
