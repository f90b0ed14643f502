import { useTranslation } from "react-i18next";
import { type Language, languages } from "../../code";

interface Props {
  chosen: Language["id"];
  onChoose: (id: Language["id"]) => void;
}

/** One button a language, of which the arrow keys move to the next. */
export function LanguagePicker({ chosen, onChoose }: Props) {
  const { t } = useTranslation("code");
  return (
    <fieldset className="code-languages">
      <legend>{t("language")}</legend>
      {languages.map(({ id, name }) => (
        <label key={id} className="code-language">
          <input type="radio" name="code-language" value={id} checked={id === chosen} onChange={() => onChoose(id)} />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}
