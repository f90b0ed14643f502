import { type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { type Tab, tabNames } from "./parts";

interface Props {
  action: string;
  tab: Tab;
  /** The draft, kept from tab to tab. */
  fragment: string;
}

/** The tabs are links, so that each has an address; arrows go from one to the next. */
export function TabBar({ action, tab, fragment }: Props) {
  const { t } = useTranslation();
  function move(event: KeyboardEvent<HTMLElement>) {
    const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="tab"]')];
    const at = all.findIndex(each => each === event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) {
      return;
    }
    event.preventDefault();
    const next = all.at(to % all.length);
    next?.focus();
    next?.click();
  }
  return (
    <div role="tablist" aria-label={t("tabs")} className="tabbar" tabIndex={-1} onKeyDown={move}>
      {tabNames.map(name => (
        <Link
          key={name}
          role="tab"
          id={`tab-${name}`}
          aria-selected={name === tab}
          aria-controls={name === tab ? "panel" : undefined}
          tabIndex={name === tab ? 0 : -1}
          to={{ pathname: name === "call" ? `/explorer/${action}` : `/explorer/${action}/${name}`, hash: fragment }}
        >
          {t(`tab_${name}`)}
        </Link>
      ))}
    </div>
  );
}
