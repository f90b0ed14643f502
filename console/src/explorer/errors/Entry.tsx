import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { ErrorCode } from "../../definition/bundle";
import { useDefinition } from "../../definition/definition";
import { useText } from "../../i18n/text";

/** One error code: what it means, what to do, its texts, and who answers with it. */
export function Entry({ error }: { error: ErrorCode }) {
  const { t } = useTranslation("reference");
  const text = useText();
  const { actions } = useDefinition();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const answering = actions.filter(action =>
    (action.errors ?? []).some(({ code, notProduced }) => code === error.code && !notProduced),
  );
  return (
    <section className="codes-entry" aria-labelledby="entry">
      <h2 id="entry" tabIndex={-1} ref={heading}>
        <code>{error.code}</code>
      </h2>
      <dl className="reference-overview">
        <dt>{t("meaning")}</dt>
        <dd>{text(error.about)}</dd>
        {error.transient && <dd>{t("transient")}</dd>}
        <dt>{t("remedy")}</dt>
        <dd>{text(error.remedy)}</dd>
        <dt>{t("message")}</dt>
        {[error.message, ...Object.values(error.variants ?? {})].map(message => (
          <dd key={message.en}>{text(message)}</dd>
        ))}
        <dt>{t("answeredBy")}</dt>
        {answering.length === 0 && <dd>{t("answeredByAll")}</dd>}
        <dd className="codes-actions">
          {answering.map(action => (
            <Link key={action.name} to={`/explorer/${action.name}/reference`}>
              {action.name}
            </Link>
          ))}
        </dd>
      </dl>
    </section>
  );
}
