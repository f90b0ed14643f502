import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { useDefinition } from "../../definition/definition";
import { useText } from "../../i18n/text";
import "../reference/reference.css";
import { Entry } from "./Entry";

/** Every error code; the one of the address comes first, with all that is known of it. */
export default function ErrorCodes() {
  const { t } = useTranslation("reference");
  const { t: ts } = useTranslation("shell");
  const text = useText();
  const definition = useDefinition();
  const { code } = useParams();
  const [filter, setFilter] = useState("");
  const chosen = code === undefined ? undefined : definition.error(code);
  const shown = definition.errors.filter(error =>
    `${error.code} ${text(error.about)}`.toLowerCase().includes(filter.trim().toLowerCase()),
  );
  return (
    <div className="codes">
      <title>{`${code ?? t("errors")} · ${ts("title")}`}</title>
      <h1>{t("errors")}</h1>
      {code !== undefined && !chosen && <p role="alert">{t("unknownCode", { code })}</p>}
      {chosen && <Entry key={chosen.code} error={chosen} />}
      <p>{t("errorsAbout")}</p>
      <input
        type="search"
        className="codes-filter"
        aria-label={t("filterCodes")}
        placeholder={t("filterCodes")}
        value={filter}
        onChange={event => setFilter(event.target.value)}
      />
      <ul className="codes-list">
        {shown.map(error => (
          <li key={error.code}>
            <Link to={`/explorer/errors/${error.code}`} aria-current={error.code === code ? "page" : undefined}>
              <code>{error.code}</code>
            </Link>
            <p>{text(error.about)}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}
