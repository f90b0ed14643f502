import { type Entry, parts } from "./index";

interface Props {
  id: string;
  entry: Entry;
  /** What the entry is, and is about, in the language that is chosen. */
  kind: string;
  about: string;
  words: string[];
  active: boolean;
  choose: () => void;
}

/** One line of what was found. */
export function Result({ id, entry, kind, about, words, active, choose }: Props) {
  return (
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- the input keeps the focus, and hears the keys
    <li
      id={id}
      role="option"
      aria-selected={active}
      className="search-result"
      onPointerDown={event => event.preventDefault()}
      onClick={choose}
    >
      <span className="search-kind">{kind}</span>
      <span className="search-name">
        <Marked text={entry.name} words={words} />
        {(entry.kind === "request" || entry.kind === "response") && <span className="search-of">{entry.action}</span>}
      </span>
      <span className="search-about">
        <Marked text={about} words={words} />
      </span>
    </li>
  );
}

function Marked({ text, words }: { text: string; words: string[] }) {
  return parts(text, words).map((part, at) => (part.hit ? <mark key={at}>{part.text}</mark> : part.text));
}
