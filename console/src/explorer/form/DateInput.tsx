import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { CalendarIcon } from "tdesign-icons-react";
import { isTime } from "../../validate/text";
import type { InputProps } from "./ScalarControl";

const pickers = {
  date: { type: "date", like: "YYYY-MM-DD" },
  datetime: { type: "datetime-local", like: "YYYY-MM-DD HH:MM:SS" },
  month: { type: "month", like: "YYYY-MM" },
} as const;

type Format = keyof typeof pickers;

export function isDateFormat(format: string): format is Format {
  return format in pickers;
}

interface Props {
  input: InputProps;
  format: Format;
  set: (text: string) => void;
}

/** A time as text, exactly as it is sent, and the browser's own picker to write it. */
export function DateInput({ input, format, set }: Props) {
  const { t } = useTranslation("form");
  const picker = useRef<HTMLInputElement>(null);
  const { type, like } = pickers[format];
  const pick = (value: string) => {
    const text = value.replace("T", " ");
    set(format === "datetime" && text.length === "YYYY-MM-DD HH:MM".length ? `${text}:00` : text);
  };
  const open = () => {
    try {
      picker.current?.showPicker();
    } catch {
      picker.current?.focus(); // a browser that has none for this type
    }
  };
  return (
    <div className="form-item">
      <input {...input} type="text" placeholder={like} autoComplete="off" onChange={event => set(event.target.value)} />
      <span className="form-picker">
        <button type="button" className="app-button" onClick={open} aria-label={t("pick", { format: like })}>
          <CalendarIcon aria-hidden />
        </button>
        <input
          ref={picker}
          type={type}
          step={format === "datetime" ? 1 : undefined}
          tabIndex={-1}
          aria-hidden
          value={shown(format, input.value)}
          onChange={event => pick(event.target.value)}
        />
      </span>
    </div>
  );
}

/** What a picker can start from; of others it would complain. */
function shown(format: Format, text: string): string {
  return text.length === pickers[format].like.length && isTime(format, text) && !text.startsWith("0000")
    ? text.replace(" ", "T")
    : "";
}
