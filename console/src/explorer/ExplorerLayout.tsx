import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Outlet } from "react-router";
import { ViewListIcon } from "tdesign-icons-react";
import { Modal } from "../app/Modal";
import { prefer, usePreferences } from "../app/preferences";
import { ActionList } from "./ActionList";
import "./explorer.css";

/** The Explorer's pages beside the list of actions, which narrow screens show when asked. */
export function ExplorerLayout() {
  const { t } = useTranslation();
  const { focus } = usePreferences();
  const [drawer, setDrawer] = useState(false);
  return (
    <div className="explorer">
      {!focus && (
        <aside className="explorer-side">
          <ActionList />
        </aside>
      )}
      <main className="explorer-page" id="page" tabIndex={-1}>
        {focus ? (
          <button type="button" className="app-button explorer-unfocus" onClick={() => void prefer({ focus: false })}>
            {t("leaveFocus")}
          </button>
        ) : (
          <button type="button" className="app-button explorer-menu" onClick={() => setDrawer(true)}>
            <ViewListIcon aria-hidden />
            {t("actions")}
          </button>
        )}
        <Outlet />
      </main>
      {drawer && (
        <Modal as="drawer" label={t("actions")} close={() => setDrawer(false)}>
          <ActionList chosen={() => setDrawer(false)} />
        </Modal>
      )}
    </div>
  );
}
