import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link, Outlet, useLocation } from "react-router";
import { Search } from "../explorer/search/Search";
import { type Language, languageNames, languages } from "../i18n/i18n";
import { AccountButton } from "../session/AccountButton";
import "./frame.css";
import { prefer, type Preferences, themes, usePreferences } from "./preferences";

/** What stands around every page: who made it, what can be found, how it looks and who calls. */
export function Frame() {
  const { t } = useTranslation();
  const { focus } = usePreferences();
  const { pathname } = useLocation();
  useEffect(() => {
    document.getElementById("page")?.scrollTo(0, 0);
  }, [pathname]);
  return (
    <div className="frame">
      <a className="frame-skip" href="#page" onClick={skip}>
        {t("skip")}
      </a>
      {!focus && (
        <header className="frame-header">
          <Link to="/explorer/" className="frame-logo">
            <img src="/console/icon.svg" alt="" width="24" height="24" />
            <span>
              Tael <span className="frame-product">API Explorer</span>
            </span>
          </Link>
          <Search />
          <div className="frame-controls">
            <LanguageSelect />
            <ThemeSelect />
            <AccountButton />
          </div>
        </header>
      )}
      <Outlet />
    </div>
  );
}

// The fragment of an address is a draft's, so the link moves the focus itself.
function skip(event: React.MouseEvent) {
  event.preventDefault();
  document.getElementById("page")?.focus();
}

function LanguageSelect() {
  const { t } = useTranslation();
  const { language } = usePreferences();
  return (
    <select
      className="app-select frame-select"
      aria-label={t("language")}
      value={language}
      onChange={event => void prefer({ language: event.target.value as Language })}
    >
      {languages.map(language => (
        <option key={language} value={language} lang={language}>
          {languageNames[language]}
        </option>
      ))}
    </select>
  );
}

function ThemeSelect() {
  const { t } = useTranslation();
  const { theme } = usePreferences();
  return (
    <select
      className="app-select frame-select"
      aria-label={t("theme")}
      value={theme}
      onChange={event => void prefer({ theme: event.target.value as Preferences["theme"] })}
    >
      {themes.map(theme => (
        <option key={theme} value={theme}>
          {t(`theme_${theme}`)}
        </option>
      ))}
    </select>
  );
}
