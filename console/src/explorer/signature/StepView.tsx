import { useId } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "../../app/CopyButton";
import type { Step, StepId } from "../../signing";
import { type Part, partsOf } from "../../signing/parts";

// Steps that no one without the secret key can make.
const secret: ReadonlySet<StepId> = new Set<StepId>([
  "secretDate",
  "secretService",
  "secretSigning",
  "signature",
  "encodedSignature",
]);
const derived: ReadonlySet<StepId> = new Set<StepId>(["secretDate", "secretService", "secretSigning"]);

interface Props {
  step: Step;
  number: number;
  /** Of the older methods, whose steps of the same name are others. */
  v1: boolean;
  /** Without a key, what depends on it is a placeholder. */
  hasKey: boolean;
}

/** One step of a signature: its text, what that is made of, and what often goes wrong. */
export function StepView({ step, number, v1, hasKey }: Props) {
  const { t } = useTranslation("signature");
  const id = useId();
  const placeholder = t("placeholder");
  const parts = hasKey ? partsOf(step) : withPlaceholders(step, placeholder);
  const text = parts.map(part => part.text).join("");
  const name = v1 && (step.id === "stringToSign" || step.id === "signature") ? (`${step.id}V1` as const) : step.id;
  return (
    <li className="signature-step" aria-labelledby={id}>
      <div className="signature-head">
        <h3 id={id}>
          {number}. {t(`title_${name}`)}
        </h3>
        <CopyButton text={text} what={t(`title_${name}`)} />
      </div>
      <p>{t(`about_${name}`)}</p>
      <pre className="signature-text" data-step={step.id}>
        <code>
          {parts.map((part, i) => (
            <span key={i} className={part.origin && `signature-part signature-part-${i % 2}`}>
              {part.text}
            </span>
          ))}
        </code>
      </pre>
      {hasKey && derived.has(step.id) && <p className="signature-warning">{t("secretWarning")}</p>}
      {hasKey && step.bytes && (
        <p className="signature-hint">
          {t("inHex")}: <code>{step.bytes}</code>
        </p>
      )}
      <Legend parts={parts} />
      <details>
        <summary>{t("mistakes")}</summary>
        <p>{t(`mistakes_${name}`)}</p>
      </details>
    </li>
  );
}

function Legend({ parts }: { parts: Part[] }) {
  const { t } = useTranslation("signature");
  const named = parts.flatMap(({ text, origin }) => (origin ? [{ text: text.replace(/\n$/, ""), origin }] : []));
  if (named.length === 0) {
    return null;
  }
  return (
    <details>
      <summary>{t("madeOf")}</summary>
      <dl className="signature-legend">
        {named.map(({ text, origin }, i) => (
          <div key={i}>
            <dt>{t(`origin_${origin}`)}</dt>
            <dd>
              <code>{text || t("empty")}</code>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function withPlaceholders(step: Step, placeholder: string): Part[] {
  if (secret.has(step.id)) {
    return [{ text: placeholder }];
  }
  return partsOf(step).map(part => (part.origin === "signature" ? { ...part, text: placeholder } : part));
}
