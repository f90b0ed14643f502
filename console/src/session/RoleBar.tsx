import { useTranslation } from "react-i18next";
import type { Action } from "../definition/bundle";
import { roleName, roles } from "./roles";
import { useSession } from "./session";

/** Whether a role may call an action; one that needs no key may be called by all. */
export function mayCall(action: Action, role: string): boolean {
  return action.auth === "none" || (action.roles ?? []).some(each => each === role);
}

/** The roles of the demo world: which of them may call an action, and a click to call as one. */
export function RoleBar({ action }: { action: Action }) {
  const { t } = useTranslation();
  const { demo, account, become } = useSession();
  if (demo.length === 0) {
    return null;
  }
  const ofRole = demo.filter(each => each.role === account?.role);
  return (
    <div className="rolebar">
      <span className="rolebar-label" id="rolebar-label">
        {t("callAs")}
      </span>
      <div role="group" aria-labelledby="rolebar-label" className="rolebar-roles">
        {roles.map(role => {
          const first = demo.find(each => each.role === role);
          return (
            <button
              key={role}
              type="button"
              className="rolebar-role"
              disabled={!first}
              aria-pressed={account?.role === role}
              aria-label={`${roleName(t, role)}, ${mayCall(action, role) ? t("mayCall") : t("mayNotCall")}`}
              onClick={() => first && account?.role !== role && become(first)}
            >
              <span aria-hidden className={mayCall(action, role) ? "rolebar-may" : "rolebar-maynot"} />
              {roleName(t, role)}
            </button>
          );
        })}
      </div>
      {account && ofRole.length > 1 && (
        <select
          className="app-select"
          aria-label={t("account")}
          value={account.uin}
          onChange={event => {
            const chosen = ofRole.find(each => String(each.uin) === event.target.value);
            if (chosen) become(chosen);
          }}
        >
          {ofRole.map(each => (
            <option key={each.uin} value={each.uin}>
              {each.name} · {each.uin}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}

/** Says so where the present role may not call the action, or where no key is there to sign with. */
export function RoleHint({ action }: { action: Action }) {
  const { t, i18n } = useTranslation();
  const { role, credentials } = useSession();
  if (action.auth === "none") {
    return null;
  }
  if (credentials.secretId === "") {
    return <p className="rolebar-hint">{t("needsKey")}</p>;
  }
  if (!role || mayCall(action, role)) {
    return null;
  }
  const list = new Intl.ListFormat(i18n.language, { type: "disjunction" });
  const may = roles.filter(each => mayCall(action, each)).map(each => roleName(t, each));
  return <p className="rolebar-hint">{t("roleMayNot", { role: roleName(t, role), may: list.format(may) })}</p>;
}
