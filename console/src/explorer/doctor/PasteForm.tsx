import { type SubmitEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Received } from "../../signing/received";
import { PasteError, type PasteProblem } from "./curl";
import { parsePasted, rawMax, writeRaw } from "./raw";

interface Problem {
  problem: PasteProblem | "tooLong";
  detail: string;
}

interface Props {
  disabled: boolean;
  onPaste: (raw: string, request: Received) => void;
}

/** Takes a request as raw HTTP or as a curl command. */
export function PasteForm({ disabled, onPaste }: Props) {
  const { t } = useTranslation("doctor");
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<Problem>();
  const [variables, setVariables] = useState<string[]>([]);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const read = readPasted(text);
    setProblem("problem" in read ? read : undefined);
    if ("problem" in read) {
      return;
    }
    setVariables(read.variables);
    onPaste(read.raw, read.request);
  };
  return (
    <form className="doctor-paste" onSubmit={submit} aria-labelledby="doctor-paste">
      <h2 id="doctor-paste">{t("pasteTitle")}</h2>
      <label htmlFor="doctor-raw">{t("pasteLabel")}</label>
      <textarea
        id="doctor-raw"
        className="doctor-input"
        rows={10}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={problem !== undefined}
        aria-describedby="doctor-raw-hint doctor-raw-problem"
        value={text}
        onChange={event => setText(event.target.value)}
      />
      <p id="doctor-raw-hint" className="doctor-hint">
        {t("pasteHint")}
      </p>
      <p id="doctor-raw-problem" className="doctor-wrong" role="alert">
        {problem && t(`problem_${problem.problem}`, { detail: problem.detail, max: rawMax })}
      </p>
      {variables.length > 0 && (
        <p className="doctor-note" role="status">
          {t("variables", { names: variables.map(name => `$${name}`).join(", ") })}
        </p>
      )}
      <button type="submit" className="app-button app-button--main" disabled={disabled}>
        {t("pasteButton")}
      </button>
    </form>
  );
}

function readPasted(text: string): Problem | { raw: string; request: Received; variables: string[] } {
  try {
    const { request, variables } = parsePasted(text);
    const raw = writeRaw(request);
    return Array.from(raw).length > rawMax ? { problem: "tooLong", detail: "" } : { raw, request, variables };
  } catch (error) {
    if (error instanceof PasteError) {
      return { problem: error.problem, detail: error.detail };
    }
    throw error;
  }
}
