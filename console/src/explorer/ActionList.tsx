import { memo, useEffect, useId, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import type { Action } from "../definition/bundle";
import { useDefinition } from "../definition/definition";
import { useGroupName, useText } from "../i18n/text";
import { mayCall } from "../session/RoleBar";
import { roleName } from "../session/roles";
import { useSession } from "../session/session";
import { useDocs } from "./docs";
import { grouped } from "./grouped";

interface Props {
  /** Called when an action was followed. */
  chosen?: () => void;
}

/** All actions by service and group, as the definition has them. */
export function ActionList({ chosen }: Props) {
  const { t } = useTranslation();
  const definition = useDefinition();
  const { role } = useSession();
  const docs = useDocs();
  const [mine, setMine] = useState(false);
  const services = useMemo(() => grouped(definition), [definition]);
  const shown = (action: Action) => !mine || !role || mayCall(action, role);
  const list = useRef<HTMLElement>(null);
  const { action } = useParams();
  useEffect(() => {
    list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  }, [action]);
  return (
    <nav className="actions" aria-label={t("actions")} ref={list}>
      {role && (
        <label className="actions-filter">
          <input type="checkbox" checked={mine} onChange={event => setMine(event.target.checked)} />
          {t("onlyMine", { role: roleName(t, role) })}
        </label>
      )}
      {services.map(service => (
        <section key={service.name} className="actions-service">
          <h2>
            {service.name} <span>{service.version}</span>
          </h2>
          {service.groups.map(group => (
            <Group key={group.name} name={group.name} actions={group.actions.filter(shown)} chosen={chosen} />
          ))}
        </section>
      ))}
      <ul className="actions-more">
        <li>
          <Link to="/explorer/errors" onClick={chosen}>
            {t("errorCodes")}
          </Link>
        </li>
        <li>
          <Link to="/explorer/doctor" onClick={chosen}>
            {t("doctor")}
          </Link>
        </li>
        <li>
          <a href={docs("")}>{t("docs")}</a>
        </li>
      </ul>
    </nav>
  );
}

function Group({ name, actions, chosen }: { name: string; actions: Action[]; chosen: (() => void) | undefined }) {
  const [open, setOpen] = useState(true);
  const groupName = useGroupName();
  const { t } = useTranslation();
  const offline = t("offlineShort");
  const text = useText();
  const { action: current } = useParams();
  const id = useId();
  if (actions.length === 0) {
    return null;
  }
  return (
    <>
      <h3>
        <button type="button" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
          {groupName(name)} <span className="actions-count">{actions.length}</span>
        </button>
      </h3>
      <ul id={id} hidden={!open}>
        {actions.map(action => (
          <li key={action.name}>
            <Row
              name={action.name}
              title={text(action.title)}
              mark={action.offline ? offline : undefined}
              current={action.name === current}
              chosen={chosen}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

interface RowProps {
  name: string;
  title: string;
  /** What is said beside the name; nothing of most. */
  mark: string | undefined;
  current: boolean;
  chosen: (() => void) | undefined;
}

// There are many of them: each is drawn again only when something of it has changed.
const Row = memo(function Row({ name, title, mark, current, chosen }: RowProps) {
  return (
    <Link to={`/explorer/${name}`} className="actions-row" aria-current={current ? "page" : undefined} onClick={chosen}>
      <span className="actions-name">
        {mark && <span className="actions-offline">{mark}</span>}
        {name}
      </span>
      <span className="actions-title">{title}</span>
    </Link>
  );
});
