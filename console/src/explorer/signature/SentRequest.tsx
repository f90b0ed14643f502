import { useTranslation } from "react-i18next";
import { CopyButton } from "../../app/CopyButton";
import type { Signed } from "../../signing";
import { writeRaw } from "../doctor/raw";
import { utc } from "./inputs";

// The server takes a signature for so many seconds before and after its timestamp.
const window = 300;

/** The request as it goes over the wire, as far as the page decides. */
export function SentRequest({ signed, hasKey }: { signed: Signed; hasKey: boolean }) {
  const { t } = useTranslation("signature");
  const raw = rawOf(signed);
  const text = hasKey ? raw : raw.replace(/(Signature=)[^&\s]*/, `$1${t("placeholder")}`);
  return (
    <section className="signature-step" aria-labelledby="signature-sent">
      <div className="signature-head">
        <h3 id="signature-sent">{t("sent")}</h3>
        <CopyButton text={text} what={t("sent")} />
      </div>
      <pre className="signature-text" data-step="request">
        <code>{text}</code>
      </pre>
      <p>{t("validUntil", { from: utc(signed.timestamp - window), to: utc(signed.timestamp + window) })}</p>
      <p className="signature-hint">{t("sentNote")}</p>
    </section>
  );
}

function rawOf({ method, url, headers, body }: Signed): string {
  const { host, pathname, search } = new URL(url);
  return writeRaw({
    method,
    path: pathname,
    query: search.slice(1),
    headers: [["Host", host], ...headers],
    body: body ?? "",
  });
}
