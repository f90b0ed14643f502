import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { Draft, Method } from "../draft";
import { fixedTime, type Inputs, isNonce, methods, signable, utc } from "./inputs";

interface Props {
  inputs: Inputs;
  /** When the call was signed, in Unix seconds. */
  timestamp: number | undefined;
  onChange: (inputs: Inputs) => void;
  onAgain: () => void;
}

/** What a call is signed with, beside what its form says. */
export function SigningInputs({ inputs, timestamp, onChange, onAgain }: Props) {
  const { t } = useTranslation("signature");
  const id = useId();
  const change = (changed: Partial<Inputs>) => onChange({ ...inputs, ...changed });
  const tc3 = inputs.method === "TC3-HMAC-SHA256";
  return (
    <fieldset className="signature-inputs">
      <legend>{t("inputs")}</legend>
      <label htmlFor={`${id}-method`}>{t("method")}</label>
      <select
        id={`${id}-method`}
        className="app-select"
        value={inputs.method}
        onChange={event => change({ method: event.target.value as Method })}
      >
        {methods.map(method => (
          <option key={method}>{method}</option>
        ))}
      </select>
      <label htmlFor={`${id}-http`}>{t("http")}</label>
      <select
        id={`${id}-http`}
        className="app-select"
        value={inputs.http}
        onChange={event => change({ http: event.target.value as Draft["http"] })}
      >
        <option>POST</option>
        <option>GET</option>
      </select>
      <TimeInput inputs={inputs} timestamp={timestamp} change={change} onAgain={onAgain} />
      <label htmlFor={`${id}-token`}>{t("token")}</label>
      <input
        id={`${id}-token`}
        className="app-select"
        value={inputs.token}
        spellCheck={false}
        autoComplete="off"
        onChange={event => change({ token: event.target.value.trim() })}
      />
      {tc3 ? <HeaderInputs inputs={inputs} change={change} /> : <NonceInput inputs={inputs} change={change} />}
    </fieldset>
  );
}

interface PartProps {
  inputs: Inputs;
  change: (changed: Partial<Inputs>) => void;
}

function TimeInput({ inputs, timestamp, change, onAgain }: PartProps & Pick<Props, "timestamp" | "onAgain">) {
  const { t } = useTranslation("signature");
  const id = useId();
  const isFixed = inputs.fixed !== undefined;
  const wrong = inputs.fixed !== undefined && !fixedTime(inputs.fixed);
  return (
    <>
      <span id={`${id}-time`}>{t("time")}</span>
      <div className="signature-time" role="group" aria-labelledby={`${id}-time`}>
        <label>
          <input type="radio" name={id} checked={!isFixed} onChange={() => change({ fixed: undefined })} />{" "}
          {t("timeNow")}
        </label>
        <label>
          <input type="radio" name={id} checked={isFixed} onChange={() => change({ fixed: String(timestamp ?? 0) })} />{" "}
          {t("timeFixed")}
        </label>
        <input
          className="app-select signature-timestamp"
          aria-label={t("timestamp")}
          aria-invalid={wrong}
          aria-describedby={`${id}-hint`}
          inputMode="numeric"
          value={inputs.fixed ?? timestamp ?? ""}
          onChange={event => change({ fixed: event.target.value.trim() })}
        />
        {!isFixed && (
          <button type="button" className="app-button" onClick={onAgain}>
            {t("again")}
          </button>
        )}
        <span id={`${id}-hint`} className={wrong ? "signature-wrong" : "signature-hint"}>
          {wrong ? t("timestampWrong") : timestamp !== undefined && t("utc", { time: utc(timestamp) })}
        </span>
      </div>
    </>
  );
}

function HeaderInputs({ inputs, change }: PartProps) {
  const { t } = useTranslation("signature");
  const id = useId();
  const toggle = (name: string) =>
    change({
      also: inputs.also.includes(name) ? inputs.also.filter(other => other !== name) : [...inputs.also, name],
    });
  return (
    <>
      <span id={id}>{t("signedHeaders")}</span>
      <div className="signature-choices" role="group" aria-labelledby={id}>
        {signable.map(name => (
          <label key={name}>
            <input
              type="checkbox"
              checked={inputs.also.includes(name)}
              disabled={name === "x-tc-token" && inputs.token === ""}
              onChange={() => toggle(name)}
            />{" "}
            <code>{name}</code>
          </label>
        ))}
        <label>
          <input
            type="checkbox"
            checked={inputs.unsigned}
            onChange={event => change({ unsigned: event.target.checked })}
          />{" "}
          {t("unsigned")}
        </label>
        <span className="signature-hint">{t("alwaysSigned")}</span>
      </div>
    </>
  );
}

function NonceInput({ inputs, change }: PartProps) {
  const { t } = useTranslation("signature");
  const id = useId();
  const wrong = !isNonce(inputs.nonce);
  return (
    <>
      <label htmlFor={id}>{t("nonce")}</label>
      <div className="signature-time">
        <input
          id={id}
          className="app-select signature-timestamp"
          aria-invalid={wrong}
          aria-describedby={`${id}-hint`}
          inputMode="numeric"
          value={inputs.nonce}
          onChange={event => change({ nonce: event.target.value.trim() })}
        />
        <span id={`${id}-hint`} className="signature-wrong">
          {wrong && t("nonceWrong")}
        </span>
      </div>
    </>
  );
}
