import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Action } from "../../definition/bundle";
import { useDefinition } from "../../definition/definition";
import { useText } from "../../i18n/text";

/** The codes of an action in the order in which the server looks for them, each with what to do about it. */
export function ActionErrors({ action }: { action: Action }) {
  const { t } = useTranslation("reference");
  const text = useText();
  const definition = useDefinition();
  const codes = (action.errors ?? []).map(listed => ({ ...listed, about: definition.error(listed.code) }));
  return (
    <>
      {codes.length > 0 && (
        <ol className="reference-errors">
          {codes.map(({ code, about, notProduced }) => (
            <li key={code}>
              <Link to={`/explorer/errors/${code}`}>
                <code>{code}</code>
              </Link>
              {about && <p>{text(about.about)}</p>}
              {notProduced ? (
                <p className="reference-hint">{t("notProduced", { reason: text(notProduced) })}</p>
              ) : (
                about && (
                  <p>
                    <span className="reference-label">{t("remedy")}</span> {text(about.remedy)}
                  </p>
                )
              )}
            </li>
          ))}
        </ol>
      )}
      <p className="reference-hint">
        {t("commonErrors")} <Link to="/explorer/errors">{t("errors")}</Link>
      </p>
    </>
  );
}
