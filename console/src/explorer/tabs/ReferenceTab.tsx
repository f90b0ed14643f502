import { Trans, useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Action } from "../../definition/bundle";
import { useText } from "../../i18n/text";
import { roleName, roles } from "../../session/roles";
import { mayCall } from "../../session/RoleBar";
import { useDocs } from "../docs";
import { ForMachines } from "../ForMachines";
import type { TabProps } from "../parts";
import { ActionErrors } from "../reference/ActionErrors";
import { Fields } from "../reference/Fields";
import "../reference/reference.css";

/** Everything that the definition says of an action. */
export default function ReferenceTab({ draft: { action } }: TabProps) {
  const { t } = useTranslation("reference");
  const docs = useDocs();
  return (
    <article className="reference">
      <h2>{t("overview")}</h2>
      <Overview action={action} />
      <h2>{t("request")}</h2>
      <Fields service={action.service} fields={action.request ?? []} side="request" />
      <h2>{t("response")}</h2>
      <Fields service={action.service} fields={action.response ?? []} side="response" />
      <h2>{t("actionErrors")}</h2>
      <ActionErrors action={action} />
      <h2>{t("example")}</h2>
      <Example action={action} />
      <h2>{t("machine")}</h2>
      <ul className="reference-links">
        <li>
          <a href={docs(`actions/${action.name}`)}>{t("printPage")}</a>
        </li>
        <ForMachines />
      </ul>
    </article>
  );
}

function Overview({ action }: { action: Action }) {
  const { t } = useTranslation("reference");
  const { t: ts, i18n } = useTranslation("shell");
  const text = useText();
  const names = roles.filter(role => mayCall(action, role)).map(role => roleName(ts, role));
  const unsigned = action.auth === "none";
  const notes = [
    action.feature && t("noteFeature"),
    action.secret && t("noteSecret"),
    action.offline && t("noteOffline"),
    action.wrongRole && t("noteWrongRole", { code: action.wrongRole }),
  ].filter(note => typeof note === "string");
  return (
    <dl className="reference-overview">
      <dt>{t("about")}</dt>
      <dd>{text(action.about)}</dd>
      <dt>{t("roles")}</dt>
      <dd>{unsigned ? t("everybody") : new Intl.ListFormat(i18n.language).format(names)}</dd>
      <dt>{t("rate")}</dt>
      <dd>{t(unsigned ? "rateAddress" : "rateAccount", { count: action.rate })}</dd>
      <dt>{t("repeating")}</dt>
      <dd>
        {action.kind === "read" && t("repeatingRead")}
        {action.kind === "write" && unsigned && t("repeatingUnsigned")}
        {action.kind === "write" && !unsigned && (
          <Trans t={t} i18nKey="repeatingWrite" components={{ code: <code /> }} />
        )}
      </dd>
      {notes.length > 0 && (
        <>
          <dt>{t("notes")}</dt>
          {notes.map(note => (
            <dd key={note}>{note}</dd>
          ))}
        </>
      )}
    </dl>
  );
}

function Example({ action: { example, offline } }: { action: Action }) {
  const { t } = useTranslation("reference");
  const { t: ts } = useTranslation("shell");
  const text = useText();
  return (
    <div className="reference-example">
      <p>
        {text(example.about)} {t("exampleAs", { role: roleName(ts, example.as) })}
      </p>
      <h3>{t("exampleRequest")}</h3>
      <pre>{JSON.stringify(example.request, null, 2)}</pre>
      {!offline && (
        <>
          <h3>{t("exampleResponse")}</h3>
          <p className="reference-hint">{t("exampleVaries")}</p>
          <pre>{JSON.stringify(example.response, null, 2)}</pre>
        </>
      )}
      <p className="reference-hint">
        <Link to="/explorer/errors">{t("errors")}</Link>
      </p>
    </div>
  );
}
