import { type ChangeEvent, type KeyboardEvent, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { SearchIcon } from "tdesign-icons-react";
import { useDefinition } from "../../definition/definition";
import { useText } from "../../i18n/text";
import type { FocusState } from "../useFieldFocus";
import { Result } from "./Result";
import { type Entry, find, makeIndex, wordsOf } from "./index";
import "./search.css";

// More than anybody reads; what is left out is counted.
const shownMax = 20;

// What is drawn with the key itself, and fills most of the list; the others follow.
const shownFirst = 8;

// Milliseconds that the first view has for itself.
const indexAfter = 1000;

/** Finds actions, fields and error codes while somebody types: a combobox over a list. */
export function Search() {
  const { t } = useTranslation();
  const text = useText();
  const [wanted, setWanted] = useState(false);
  const index = useIndex(wanted);
  const navigate = useNavigate();
  const [query, setQuery] = useState("");
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const found = useMemo(() => find(index, query), [index, query]);
  const settled = useDeferredValue(found) === found;
  const shown = found.slice(0, settled ? shownMax : shownFirst);
  const words = wordsOf(query);
  const visible = open && words.length > 0;
  useSlash(input);

  function choose(entry: Entry) {
    setOpen(false);
    setQuery("");
    input.current?.blur();
    void go(entry);
  }

  function go(entry: Entry) {
    if (entry.kind === "error") {
      return navigate(`/explorer/errors/${entry.name}`);
    }
    if (entry.kind === "action") {
      return navigate(`/explorer/${entry.name}`);
    }
    const state: FocusState = { field: entry.name, side: entry.kind };
    const tab = entry.kind === "response" ? "/reference" : "";
    return navigate(`/explorer/${entry.action}${tab}`, { state });
  }

  function press(event: KeyboardEvent) {
    const entry = shown[active];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown.length > 0) {
      event.preventDefault();
      setOpen(true);
      const next = (active + step + shown.length) % shown.length;
      setActive(next);
      document.getElementById(`search-${next}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && visible && entry && !event.nativeEvent.isComposing) {
      event.preventDefault();
      choose(entry);
    } else if (event.key === "Escape") {
      setOpen(false);
      input.current?.blur();
    }
  }

  function type(event: ChangeEvent<HTMLInputElement>) {
    setQuery(event.target.value);
    setActive(0);
    setOpen(true);
  }

  const status = found.length === 0 ? t("nothingFound") : t("found", { count: found.length });
  return (
    <div className="search" ref={box} onBlur={event => !box.current?.contains(event.relatedTarget) && setOpen(false)}>
      <SearchIcon className="search-icon" aria-hidden />
      <input
        ref={input}
        type="search"
        role="combobox"
        aria-label={t("search")}
        aria-expanded={visible}
        aria-controls="search-results"
        aria-autocomplete="list"
        aria-activedescendant={visible && shown.length > 0 ? `search-${active}` : undefined}
        placeholder={t("searchHint")}
        autoComplete="off"
        spellCheck={false}
        value={query}
        onChange={type}
        onFocus={() => {
          setWanted(true);
          setOpen(true);
        }}
        onKeyDown={press}
      />
      <kbd aria-hidden>/</kbd>
      <div className="search-popup" hidden={!visible}>
        <ul id="search-results" role="listbox" aria-label={t("results")}>
          {visible &&
            shown.map((entry, at) => (
              <Result
                key={`${entry.kind} ${entry.action} ${entry.name}`}
                id={`search-${at}`}
                entry={entry}
                kind={t(`result_${entry.kind}`)}
                about={text(entry.about)}
                words={words}
                active={at === active}
                choose={() => choose(entry)}
              />
            ))}
        </ul>
        <p className="search-status">
          {status}
          {found.length > shownMax && ` ${t("firstShown", { count: shownMax })}`}
        </p>
      </div>
      <span className="app-hidden" role="status">
        {visible ? status : ""}
      </span>
    </div>
  );
}

/** The index, made when the page has nothing else to do, or when it is wanted: the first view does without. */
function useIndex(wanted: boolean): Entry[] {
  const definition = useDefinition();
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIdle(true), indexAfter);
    return () => clearTimeout(timer);
  }, []);
  return useMemo(() => (wanted || idle ? makeIndex(definition) : []), [definition, wanted, idle]);
}

/** Focuses the input on "/", wherever nothing else is being typed. */
function useSlash(input: React.RefObject<HTMLInputElement | null>) {
  useEffect(() => {
    const press = (event: globalThis.KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const typing = target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
      const modal = document.querySelector("dialog[open]") !== null;
      if (event.key === "/" && !typing && !modal && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        input.current?.focus();
        input.current?.select();
      }
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [input]);
}
