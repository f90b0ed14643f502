import { useTranslation } from "react-i18next";

/** Stands where something is on its way. */
export function Loading() {
  const { t } = useTranslation();
  return (
    <p className="app-loading" role="status">
      {t("loading")}
    </p>
  );
}
