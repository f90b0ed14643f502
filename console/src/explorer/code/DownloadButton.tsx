import { useTranslation } from "react-i18next";

interface Props {
  file: string;
  code: string;
}

/** Saves a program in a file of its name. */
export function DownloadButton({ file, code }: Props) {
  const { t } = useTranslation("code");
  const save = () => {
    const address = URL.createObjectURL(new Blob([code], { type: "text/plain" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = file;
    link.click();
    URL.revokeObjectURL(address);
  };
  return (
    <button type="button" className="app-button" onClick={save} aria-label={t("downloadThis", { file })}>
      {t("download")}
    </button>
  );
}
