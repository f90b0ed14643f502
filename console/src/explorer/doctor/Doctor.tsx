import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useDefinition } from "../../definition/definition";
import type { Received } from "../../signing/received";
import type { Credentials } from "../draft";
import { type Asker, diagnose, type FailedRequest } from "./ask";
import "./doctor.css";
import { signLocally } from "./local";
import { PasteForm } from "./PasteForm";
import { AskFailure, RecentFailures } from "./RecentFailures";
import { type Finding, Result } from "./Result";

/** A request to look into: a remembered one by its id, or one that was pasted. */
type Patient = { remembered: FailedRequest } | { raw: string; request: Received };

async function examine(asker: Asker, patient: Patient): Promise<Finding> {
  if ("remembered" in patient) {
    const { RequestId, Code: code } = patient.remembered;
    return { diagnosis: await diagnose(asker, { RequestId }), code, local: undefined };
  }
  const [diagnosis, local] = await Promise.all([
    diagnose(asker, { RawRequest: patient.raw }),
    signLocally(patient.request, asker.credentials),
  ]);
  return { diagnosis, code: "", local };
}

/** Finds out why a request was refused, for whoever has this key. */
export function Doctor({ credentials, endpoint }: { credentials: Credentials; endpoint: string }) {
  const { t, i18n } = useTranslation("doctor");
  const definition = useDefinition();
  const hasKey = credentials.secretId !== "" && credentials.secretKey !== "";
  const asker: Asker = { definition, credentials, endpoint, language: i18n.language === "zh" ? "zh-CN" : "en-US" };
  const { mutate, data, error, isPending, submittedAt } = useMutation({
    mutationFn: (patient: Patient) => examine(asker, patient),
  });
  const disabled = !hasKey || isPending;
  return (
    <div className="doctor">
      <title>{`${t("title")} · Tael API Explorer`}</title>
      <h1>{t("title")}</h1>
      <p>{t("intro")}</p>
      {!hasKey && (
        <p className="doctor-note" role="note">
          {t("noKey")}
        </p>
      )}
      <PasteForm disabled={disabled} onPaste={(raw, request) => mutate({ raw, request })} />
      <div role="status">{isPending && t("working")}</div>
      {error && <AskFailure error={error} />}
      {data && <Result key={submittedAt} turn={submittedAt} finding={data} />}
      {hasKey && <RecentFailures asker={asker} disabled={disabled} onPick={remembered => mutate({ remembered })} />}
    </div>
  );
}
