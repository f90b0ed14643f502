import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { UserIcon } from "tdesign-icons-react";
import "./session.css";
import { useSession } from "./session";

const AccountDialog = lazy(() => import("./AccountDialog"));

/** Says who calls; opens the dialog that changes it. */
export function AccountButton() {
  const { t } = useTranslation();
  const { account, credentials } = useSession();
  const [open, setOpen] = useState(false);
  const name = account?.name ?? (credentials.secretId === "" ? t("noKey") : shortened(credentials.secretId));
  return (
    <>
      <button
        type="button"
        className="app-button account-button"
        aria-haspopup="dialog"
        aria-label={t("callingAs", { name })}
        onClick={() => setOpen(true)}
      >
        <UserIcon aria-hidden />
        <span className="account-button-name">{name}</span>
      </button>
      {open && (
        <Suspense>
          <AccountDialog close={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

/** Of an id enough to tell it from another. */
function shortened(secretId: string): string {
  return secretId.length <= 16 ? secretId : `${secretId.slice(0, 10)}…${secretId.slice(-4)}`;
}
