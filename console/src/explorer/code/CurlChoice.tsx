import { useTranslation } from "react-i18next";

interface Props {
  /** Whether the page has a key that it could sign with. */
  hasKey: boolean;
  byPage: boolean;
  onChange: (byPage: boolean) => void;
}

/** Whether curl's request comes signed by this page, or as a script that signs by itself. */
export function CurlChoice({ hasKey, byPage, onChange }: Props) {
  const { t } = useTranslation("code");
  if (!hasKey) {
    return null;
  }
  return (
    <label>
      <input type="checkbox" checked={byPage} onChange={event => onChange(event.target.checked)} /> {t("signedByPage")}
    </label>
  );
}
