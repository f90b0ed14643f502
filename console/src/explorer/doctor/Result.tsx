import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "../../app/CopyButton";
import type { Diagnosis } from "./ask";
import { comparisonOf, comparisonWith } from "./compare";
import { DifferenceView } from "./DifferenceView";
import { Facts } from "./Facts";
import type { Local } from "./local";
import { Verdict } from "./Verdict";

/** What came of looking into a request. */
export interface Finding {
  diagnosis: Diagnosis;
  /** What the request was answered, where that is known. */
  code: string;
  local: Local | undefined;
}

/** What was found, the likeliest cause first. It takes the focus, so that readers are led to it. */
export function Result({ finding: { diagnosis, code, local }, turn }: { finding: Finding; turn: number }) {
  const { t } = useTranslation("doctor");
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [diagnosis]);
  const comparison = comparisonOf(diagnosis);
  const texts = [
    ["serverCanonical", diagnosis.CanonicalRequest],
    ["clientCanonical", comparison && diagnosis.SignedCanonicalRequest],
    ["serverToSign", diagnosis.StringToSign],
    ["clientToSign", comparison && diagnosis.SignedStringToSign],
  ] as const;
  return (
    <section className="doctor-result" aria-labelledby="doctor-result" data-turn={turn}>
      <h2 id="doctor-result" ref={heading} tabIndex={-1}>
        {t("resultTitle")}
      </h2>
      <Verdict diagnosis={diagnosis} code={code} />
      {comparison && (
        <>
          <h3>{t("differenceTitle")}</h3>
          <DifferenceView comparison={comparison} />
        </>
      )}
      {local && <LocalView local={local} server={diagnosis.StringToSign} />}
      <Compare diagnosis={diagnosis} />
      <h3>{t("facts")}</h3>
      <Facts diagnosis={diagnosis} />
      {texts.map(([name, text]) => (text ? <Text key={name} title={t(name)} text={text} /> : null))}
    </section>
  );
}

function Text({ title, text }: { title: string; text: string }) {
  return (
    <div>
      <div className="doctor-head">
        <h3>{title}</h3>
        <CopyButton text={text} what={title} />
      </div>
      <pre className="doctor-text">
        <code>{text}</code>
      </pre>
    </div>
  );
}

function LocalView({ local, server }: { local: Local; server: string }) {
  const { t } = useTranslation("doctor");
  return (
    <div data-local={local.matches ? "same" : "other"}>
      <h3>{t("localTitle")}</h3>
      <p>{t(local.matches ? "localSame" : "localOther")}</p>
      {!local.matches && (
        <dl className="doctor-facts">
          <div>
            <dt>{t("localGiven")}</dt>
            <dd>
              <code>{local.given}</code>
            </dd>
          </div>
          <div>
            <dt>{t("localComputed")}</dt>
            <dd>
              <code>{local.computed}</code>
            </dd>
          </div>
        </dl>
      )}
      {server !== "" && <p>{t(local.stringToSign === server ? "localAgrees" : "localDisagrees")}</p>}
    </div>
  );
}

function Compare({ diagnosis }: { diagnosis: Diagnosis }) {
  const { t } = useTranslation("doctor");
  const [text, setText] = useState("");
  const comparison = text === "" ? undefined : comparisonWith(text, diagnosis);
  return (
    <div>
      <h3>{t("compareTitle")}</h3>
      <label htmlFor="doctor-own">{t("compareLabel")}</label>
      <textarea
        id="doctor-own"
        className="doctor-input"
        rows={4}
        spellCheck={false}
        aria-describedby="doctor-own-hint"
        value={text}
        onChange={event => setText(event.target.value)}
      />
      <p id="doctor-own-hint" className="doctor-hint">
        {t("compareHint")}
      </p>
      <div aria-live="polite" data-compare>
        {comparison && <DifferenceView comparison={comparison} />}
        {text !== "" && !comparison && <p>{t("compareNothing")}</p>}
      </div>
    </div>
  );
}
