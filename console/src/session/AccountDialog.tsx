import { type SyntheticEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Modal } from "../app/Modal";
import type { DemoAccount } from "../definition/definition";
import { roleName } from "./roles";
import { noKey, useSession } from "./session";

/** Chooses whose key signs: an account of the demo world, or one that is typed in. */
export default function AccountDialog({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const { demo } = useSession();
  return (
    <Modal as="dialog" label={t("account")} close={close}>
      <div className="account">
        <header className="account-header">
          <h2>{t("account")}</h2>
          <button type="button" className="app-button app-button--plain" onClick={close}>
            {t("close")}
          </button>
        </header>
        {demo.length > 0 && <DemoAccounts close={close} />}
        <OwnKey close={close} />
      </div>
    </Modal>
  );
}

function DemoAccounts({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const { demo, account, become } = useSession();
  function choose(chosen: DemoAccount) {
    become(chosen);
    close();
  }
  return (
    <section>
      <h3>{t("demoAccounts")}</h3>
      <p className="account-hint">{t("demoAccountsHint")}</p>
      <ul className="account-list">
        {demo.map(each => (
          <li key={each.uin}>
            <button
              type="button"
              className="account-choice"
              aria-current={each.uin === account?.uin ? "true" : undefined}
              onClick={() => choose(each)}
            >
              <span>{each.name}</span>
              <span className="account-role">{roleName(t, each.role)}</span>
              <code>{each.uin}</code>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function OwnKey({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const { credentials, account, kept, enter, forget } = useSession();
  const [key, setKey] = useState(account ? noKey : credentials);
  const [keep, setKeep] = useState(kept);
  function submit(event: SyntheticEvent) {
    event.preventDefault();
    enter({ secretId: key.secretId.trim(), secretKey: key.secretKey.trim(), token: key.token.trim() }, keep);
    close();
  }
  function drop() {
    forget();
    setKey(noKey);
    setKeep(false);
  }
  return (
    <section>
      <h3>{t("ownKey")}</h3>
      <p className="account-hint">{t("ownKeyHint")}</p>
      <form className="account-form" onSubmit={submit} autoComplete="off">
        {(["secretId", "secretKey", "token"] as const).map(name => (
          <label key={name}>
            <span>{t(name)}</span>
            <input
              type={name === "secretId" ? "text" : "password"}
              required={name !== "token"}
              autoComplete="off"
              spellCheck={false}
              value={key[name]}
              onChange={event => setKey({ ...key, [name]: event.target.value })}
            />
          </label>
        ))}
        <label className="account-keep">
          <input type="checkbox" checked={keep} onChange={event => setKeep(event.target.checked)} />
          <span>{t("keep")}</span>
        </label>
        {keep && <p className="account-hint">{t("keepHint")}</p>}
        <div className="account-buttons">
          <button type="submit" className="app-button app-button--main">
            {t("useKey")}
          </button>
          {credentials.secretId !== "" && !account && (
            <button type="button" className="app-button" onClick={drop}>
              {t("forget")}
            </button>
          )}
        </div>
      </form>
    </section>
  );
}
