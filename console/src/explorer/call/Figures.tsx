import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ComparedFigure } from "./figures";
import type { Comparison } from "./history";

/** Figures before and after a write, read as the caller. Those that stayed as they were are shown if asked. */
export function Figures({ comparison }: { comparison: Comparison }) {
  const { t } = useTranslation("call");
  const [all, setAll] = useState(false);
  const { figures, reads, refused } = comparison;
  const changed = figures.filter(isChanged);
  const rest = figures.length - changed.length;
  const shown = all ? figures : changed;
  return (
    <section className="call-figures">
      <div className="call-head">
        <h2>{t("figures")}</h2>
        {rest > 0 && (
          <button type="button" className="app-button" aria-pressed={all} onClick={() => setAll(!all)}>
            {t("unchanged", { count: rest })}
          </button>
        )}
      </div>
      {shown.length === 0 ? (
        <p className="call-note">{t("nothingChanged")}</p>
      ) : (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls can be scrolled with the keyboard
        <div className="call-table" role="region" aria-label={t("figures")} tabIndex={0}>
          <Table figures={shown} />
        </div>
      )}
      <p className="call-note">{t("figuresReadBy", { actions: reads.join(", "), count: 2 * reads.length })}</p>
      {refused.length > 0 && <p className="call-note">{t("figuresRefused", { refusals: refused.join(", ") })}</p>}
    </section>
  );
}

function isChanged({ before, after }: ComparedFigure): boolean {
  return before !== after;
}

function Table({ figures }: { figures: ComparedFigure[] }) {
  const { t } = useTranslation("call");
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("figure")}</th>
          <th scope="col">{t("before")}</th>
          <th scope="col">{t("after")}</th>
          <th scope="col">{t("change")}</th>
        </tr>
      </thead>
      <tbody>
        {figures.map(({ name, before, after, change }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{before ?? "—"}</td>
            <td>{after ?? "—"}</td>
            <td>{change}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
