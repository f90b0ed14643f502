import { useTranslation } from "react-i18next";
import { Modal } from "../../app/Modal";

interface Props {
  action: string;
  endpoint: string;
  secretId: string;
  confirm: () => void;
  cancel: () => void;
}

/** Asks before a write that is none of the demo world's. */
export function Confirm({ action, endpoint, secretId, confirm, cancel }: Props) {
  const { t } = useTranslation("call");
  const title = t("confirmTitle", { action });
  return (
    <Modal as="dialog" label={title} close={cancel}>
      <div className="call-confirm">
        <h2>{title}</h2>
        <p>{t("confirmText", { endpoint, secretId })}</p>
        <div className="call-actions">
          <button type="button" className="app-button" onClick={cancel}>
            {t("cancel")}
          </button>
          <button type="button" className="app-button app-button--main" onClick={confirm}>
            {t("confirm")}
          </button>
        </div>
      </div>
    </Modal>
  );
}
