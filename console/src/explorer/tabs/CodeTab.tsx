import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { callOf, environment, type Language, type Program } from "../../code";
import { useDefinition } from "../../definition/definition";
import "../code/code.css";
import { CurlChoice } from "../code/CurlChoice";
import { DownloadButton } from "../code/DownloadButton";
import { LanguagePicker } from "../code/LanguagePicker";
import { Listing } from "../code/Listing";
import { useChosenLanguage } from "../code/useChosenLanguage";
import { type Signature, useSignature } from "../code/useSignature";
import type { Credentials, Draft } from "../draft";

interface Props {
  draft: Draft;
  credentials: Credentials;
  endpoint: string;
}

/** A complete program for the call in the form, in the language that is chosen. */
export default function CodeTab({ draft, credentials, endpoint }: Props) {
  const { t } = useTranslation("code");
  const definition = useDefinition();
  const [language, choose] = useChosenLanguage();
  const [byPage, setByPage] = useState(true);
  const signature = useSignature(draft, credentials, endpoint, language.id === "curl" && byPage);
  const { signed } = signature;
  const token = credentials.token !== "";
  const program = useMemo(
    () => language.write(callOf({ draft, endpoint, definition, token, signed })),
    [language, draft, endpoint, definition, token, signed],
  );
  const known = language.services?.includes(draft.action.service) ?? true;
  const hasKey = credentials.secretId !== "" && credentials.secretKey !== "" && draft.action.auth !== "none";
  return (
    <section className="code" aria-labelledby="code-title">
      <h2 id="code-title">{t("title")}</h2>
      <LanguagePicker chosen={language.id} onChoose={choose} />
      {language.id === "curl" && <CurlChoice hasKey={hasKey} byPage={byPage} onChange={setByPage} />}
      {known ? (
        <ProgramView
          language={language}
          program={program}
          signature={signature}
          unsigned={draft.action.auth === "none"}
        />
      ) : (
        <p className="code-note" role="note">
          {t("unknownService", { client: language.name, service: draft.action.service })}
        </p>
      )}
    </section>
  );
}

interface ViewProps {
  language: Language;
  program: Program;
  signature: Signature;
  /** The action takes no key. */
  unsigned: boolean;
}

function ProgramView({ language, program, signature, unsigned }: ViewProps) {
  const { t } = useTranslation("code");
  const { sdk, install, tried } = language;
  return (
    <>
      {sdk && (
        <p>
          {t("sdk")} <code>{sdk.name}</code> {sdk.version ?? t("anyVersion")}. {t(`tried_${tried}`)}
        </p>
      )}
      {program.notes.length > 0 && (
        <ul className="code-notes">
          {program.notes.map(note => (
            <li key={note}>{t(`note_${note}`)}</li>
          ))}
        </ul>
      )}
      {signature.signed && (
        <p className="code-expiry">
          <span role="status">{signature.expired && t("expired")}</span>
          <button type="button" className="app-button" onClick={signature.again}>
            {t("signAgain")}
          </button>
        </p>
      )}
      {!signature.signed && !unsigned && <p>{t("keyFromEnvironment", { id: environment.id, key: environment.key })}</p>}
      <Listing title={t("program", { file: program.file })} grammar={language.grammar} code={program.code}>
        <DownloadButton file={program.file} code={program.code} />
      </Listing>
      {install && <Listing title={t("install")} grammar="bash" code={install} />}
      <Listing title={t("run")} grammar="bash" code={language.run(program.file)} />
    </>
  );
}
