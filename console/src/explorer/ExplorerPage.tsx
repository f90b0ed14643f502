import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { useDefinition } from "../definition/definition";

/** The Explorer: actions on the left, the chosen one's form, and its tabs. */
export function ExplorerPage() {
  const { t } = useTranslation();
  const definition = useDefinition();
  const { action: name } = useParams();
  const action = name ? definition.action(name) : undefined;
  return (
    <main>
      <h1>{t("title")}</h1>
      <ul>
        {definition.actions.map(action => (
          <li key={action.name}>
            <Link to={`/explorer/${action.name}`}>{action.name}</Link>
          </li>
        ))}
      </ul>
      {name && !action && <p role="alert">{t("unknownAction", { name })}</p>}
      {action && <h2>{action.title.en}</h2>}
    </main>
  );
}
