import { useTranslation } from "react-i18next";
import type { Comparison } from "./compare";
import { cutAt, firstDifference, partOf, visible } from "./difference";

/** The first line and character in which a text of the client is not that of the server; says so where there is none. */
export function DifferenceView({ comparison: { what, client, server } }: { comparison: Comparison }) {
  const { t } = useTranslation("doctor");
  const difference = firstDifference(client, server);
  if (!difference) {
    return <p data-difference="none">{t("same")}</p>;
  }
  const { line, column, left, right } = difference;
  const part = what === "canonicalRequest" ? partOf(server, line) : "text";
  return (
    <div className="doctor-difference" data-difference={part}>
      <p>{t("differenceFound", { text: t(what) })}</p>
      <dl>
        <dt>{t("clientSide")}</dt>
        <dd>
          <Line text={left} column={column} />
        </dd>
        <dt>{t("serverSide")}</dt>
        <dd>
          <Line text={right} column={column} />
        </dd>
      </dl>
      <p>
        <strong>{t("place", { line, column })}.</strong> {t(`part_${part}`)}
      </p>
    </div>
  );
}

function Line({ text, column }: { text: string | undefined; column: number }) {
  const { t } = useTranslation("doctor");
  if (text === undefined) {
    return <em>{t("ended")}</em>;
  }
  const { before, from } = cutAt(text, column);
  return (
    <code>
      {visible(before)}
      <mark>{visible(from) || "⏎"}</mark>
    </code>
  );
}
