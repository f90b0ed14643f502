import { useTranslation } from "react-i18next";
import { utc } from "../signature/inputs";
import type { Diagnosis } from "./ask";

/** Key, times and scope of a request. */
export function Facts({ diagnosis }: { diagnosis: Diagnosis }) {
  const { t } = useTranslation("doctor");
  const { SecretId, Algorithm, Timestamp, ServerTime, Skew, Scope, Authorization: sent } = diagnosis;
  const sentScope = sent ? `${sent.Date}/${sent.Service}/${sent.Terminator}` : "";
  const skew =
    Skew === 0
      ? t("skewNone")
      : t(Skew < 0 ? "skewBehind" : "skewAhead", { seconds: Math.abs(Skew).toLocaleString("en-US") });
  const facts: [name: string, value: string][] = [
    [t("secretId"), SecretId],
    [t("algorithm"), Algorithm],
    [t("requestTime"), Timestamp === 0 ? t("noTime") : `${utc(Timestamp)} UTC (${Timestamp})`],
    [t("serverTime"), `${utc(ServerTime)} UTC (${ServerTime})`],
    [t("skew"), Timestamp === 0 ? "" : `${skew}; ${t("skewAllowed")}`],
    [t("scope"), Scope],
    [t("scopeSent"), sentScope === Scope ? "" : sentScope],
  ];
  return (
    <dl className="doctor-facts">
      {facts
        .filter(([, value]) => value !== "")
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
