import { useTranslation } from "react-i18next";

/** Gives the address of a page of the printable reference, which is there in English and in Chinese. */
export function useDocs(): (page: string) => string {
  const { i18n } = useTranslation();
  const root = i18n.language === "zh" ? "/docs/zh/" : "/docs/en/";
  return page => (page === "" || root === "/docs/zh/" ? root : "/docs/") + page;
}
