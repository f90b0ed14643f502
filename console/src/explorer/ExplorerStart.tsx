import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useDefinition } from "../definition/definition";
import { useText } from "../i18n/text";
import { useSession } from "../session/session";
import { useDocs } from "./docs";
import { ForMachines } from "./ForMachines";

// What somebody tries first; those that are not defined are left out.
const firsts = ["QueryPartnerCredit", "QueryVoucherAmountByUin", "AllocateCustomerCredit", "DescribeAuditEvents"];

/** The Explorer before an action was chosen. */
export function ExplorerStart() {
  const { t } = useTranslation();
  const text = useText();
  const definition = useDefinition();
  const { demo } = useSession();
  const docs = useDocs();
  const actions = firsts.flatMap(name => definition.action(name) ?? []);
  return (
    <div className="start">
      <title>{t("title")}</title>
      <h1>{t("title")}</h1>
      <p className="start-about">{t("startAbout", { count: definition.actions.length })}</p>
      {demo.length > 0 && <p className="start-about">{t("startDemo")}</p>}
      <h2>{t("startFirst")}</h2>
      <ul className="start-firsts">
        {actions.map(action => (
          <li key={action.name}>
            <Link to={`/explorer/${action.name}`} className="start-card">
              <code>{action.name}</code>
              <span>{text(action.title)}</span>
            </Link>
          </li>
        ))}
      </ul>
      <h2>{t("keyboard")}</h2>
      <dl className="start-keys">
        <dt>
          <kbd>/</kbd>
        </dt>
        <dd>{t("keySearch")}</dd>
        <dt>
          <kbd>↑</kbd> <kbd>↓</kbd> <kbd>Enter</kbd>
        </dt>
        <dd>{t("keyChoose")}</dd>
        <dt>
          <kbd>Esc</kbd>
        </dt>
        <dd>{t("keyLeave")}</dd>
      </dl>
      <h2>{t("elsewhere")}</h2>
      <ul className="start-links">
        <li>
          <a href={docs("")}>{t("docs")}</a>
        </li>
        <ForMachines />
        <li>
          <Link to="/explorer/errors">{t("errorCodes")}</Link>
        </li>
        <li>
          <Link to="/explorer/doctor">{t("doctor")}</Link>
        </li>
      </ul>
    </div>
  );
}
