import { useTranslation } from "react-i18next";
import { focusField } from "../attention";
import { useForm } from "./context";
import type { Problem } from "./useCheck";

/** Everything that is shown as wrong, in the server's order, each with the way to its field. */
export function Problems({ problems }: { problems: Problem[] }) {
  const { t } = useTranslation("form");
  const form = useForm();
  const shown = problems.filter(({ path }) => path === "" || form.errorAt(path) !== undefined);
  return (
    <div className="form-problems" role="status">
      {shown.length === 0 ? (
        <p className="form-note">{problems.length === 0 ? t("noProblems") : t("incomplete")}</p>
      ) : (
        <>
          <p>{t("problems", { count: shown.length })}</p>
          <ul>
            {shown.map(({ path, code, message }) => (
              <li key={`${path} ${code} ${message}`}>
                {path === "" ? (
                  message
                ) : (
                  <button type="button" className="form-link" onClick={() => focusField(path)}>
                    {message}
                  </button>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
