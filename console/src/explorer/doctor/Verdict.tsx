import { useTranslation } from "react-i18next";
import { doctor as texts } from "../../i18n/en/doctor";
import type { Diagnosis } from "./ask";

type Texts = typeof texts;
type CauseName = keyof Texts extends infer Name ? (Name extends `cause_${infer Cause}` ? Cause : never) : never;

/** Whether this page has texts for a cause; a newer server may know more. */
function isExplained(cause: string): cause is CauseName {
  return `cause_${cause}` in texts;
}

/** What is wrong and what to do about it, in plain words. */
export function Verdict({
  diagnosis,
  code,
}: {
  diagnosis: Diagnosis;
  /** What it was answered, if known. */ code: string;
}) {
  const { t } = useTranslation("doctor");
  const { Causes, Matches, StringToSign, Explanation } = diagnosis;
  const explained = Causes.filter(isExplained);
  return (
    <ul className="doctor-verdict">
      {explained.map(cause => (
        <li key={cause} data-cause={cause}>
          <h3>
            {t(`cause_${cause}`)} <code>{cause}</code>
          </h3>
          <p>{t(`remedy_${cause}`)}</p>
        </li>
      ))}
      {explained.length < Causes.length && (
        <li>
          <p>{Explanation}</p>
        </li>
      )}
      {Matches && (
        <li data-cause="right">
          <h3>{t("right")}</h3>
          {Causes.length === 0 && <p>{code ? t("rightRefused", { code }) : t("rightOnly")}</p>}
        </li>
      )}
      {!Matches && Causes.length === 0 && (
        <li data-cause="none">
          <h3>{t(StringToSign === "" ? "secretive" : "unexplained")}</h3>
          <p>{t(StringToSign === "" ? "secretiveAdvice" : "unexplainedAdvice")}</p>
        </li>
      )}
    </ul>
  );
}
