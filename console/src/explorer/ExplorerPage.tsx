import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link, Navigate, useParams } from "react-router";
import { Failures } from "../app/Failures";
import { Loading } from "../app/Loading";
import type { Action } from "../definition/bundle";
import { useDefinition } from "../definition/definition";
import { useText } from "../i18n/text";
import { RoleBar, RoleHint } from "../session/RoleBar";
import { useSession } from "../session/session";
import { ActionHeader } from "./ActionHeader";
import { isTab, type Tab, tabs } from "./parts";
import { TabBar } from "./TabBar";
import { useDraft } from "./useDraft";
import { useFieldFocus } from "./useFieldFocus";

const RequestForm = lazy(async () => ({ default: (await import("./form/RequestForm")).RequestForm }));

/** An action: what it is, its form, and the tabs that work on what is filled in. */
export function ExplorerPage() {
  const { t } = useTranslation();
  const { action: name = "", tab = "call" } = useParams();
  const action = useDefinition().action(name);
  if (!action) {
    return (
      <div className="start">
        <title>{t("title")}</title>
        <h1>{t("unknownAction", { name })}</h1>
        <p>
          <Link to="/explorer/">{t("startOver")}</Link>
        </p>
      </div>
    );
  }
  if (!isTab(tab)) {
    return <Navigate to={`/explorer/${action.name}`} replace />;
  }
  return <ActionPage key={action.name} action={action} tab={tab} />;
}

function ActionPage({ action, tab }: { action: Action; tab: Tab }) {
  const text = useText();
  const { t } = useTranslation();
  const { credentials } = useSession();
  const { draft, change, fragment } = useDraft(action);
  useFieldFocus();
  const Content = tabs[tab];
  return (
    <div className="action">
      <title>{`${action.name} · ${t("title")}`}</title>
      <ActionHeader action={action} />
      <p className="action-about">{text(action.about)}</p>
      <RoleBar action={action} />
      <RoleHint action={action} />
      <div className="action-work">
        <section className="action-form" aria-label={t("parameters")}>
          <Failures>
            <Suspense fallback={<Loading />}>
              <RequestForm draft={draft} onChange={change} />
            </Suspense>
          </Failures>
        </section>
        <section className="action-tabs">
          <TabBar action={action.name} tab={tab} fragment={fragment} />
          <div role="tabpanel" id="panel" aria-labelledby={`tab-${tab}`} className="action-panel">
            <Failures key={tab}>
              <Suspense fallback={<Loading />}>
                <Content draft={draft} onChange={change} credentials={credentials} endpoint={location.origin} />
              </Suspense>
            </Failures>
          </div>
        </section>
      </div>
    </div>
  );
}
