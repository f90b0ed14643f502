import type { Bundle, Field, Text } from "../../definition/bundle";

/** What can be found: an action, a field of its request or response, or an error code. */
export interface Entry {
  kind: "action" | "request" | "response" | "error";
  /** Of the action, of the field with its path, or the code. */
  name: string;
  /** A title, or what a field or a code is about. */
  about: Text;
  /** The action, and that of a field; of an error it is empty. */
  action: string;
  /** Everything that is searched, in small letters: name, its last part, texts in both languages, and more. */
  searched: { name: string; last: string; initials: string; title: string; text: string };
}

// Types may hold each other; nothing of ours is deeper.
const depthMax = 4;

/** Makes one entry of everything in the definition that has a name. */
export function makeIndex(bundle: Bundle): Entry[] {
  const types = new Map(bundle.types.map(type => [`${type.service} ${type.name}`, type.fields ?? []]));
  const entries: Entry[] = [];
  for (const action of bundle.actions) {
    const texts = `${both(action.about)} ${action.service} ${action.group}`;
    entries.push(entry("action", action.name, action.title, action.name, texts));
    for (const side of ["request", "response"] as const) {
      const walk = (fields: Field[], path: string, depth: number) => {
        for (const field of fields) {
          const name = path + field.name;
          const values = [...(field.enum?.of ?? []), ...(field.elements?.enum?.of ?? [])].join(" ");
          entries.push(entry(side, name, field.about, action.name, `${action.name} ${values}`));
          const inner = types.get(`${action.service} ${field.type}`);
          if (inner && depth < depthMax) {
            walk(inner, `${name}.`, depth + 1);
          }
        }
      };
      walk(action[side] ?? [], "", 1);
    }
  }
  for (const error of bundle.errors) {
    const about = typeof error.about === "string" ? { en: error.about } : error.about;
    const remedy = typeof error.remedy === "string" ? error.remedy : both(error.remedy);
    entries.push(entry("error", error.code, about, "", `${remedy} ${both(error.message)}`));
  }
  return entries;
}

function both(text: Text): string {
  return `${text.en} ${text.zh ?? ""}`;
}

function entry(kind: Entry["kind"], name: string, about: Text, action: string, text: string): Entry {
  const last = name.slice(name.lastIndexOf(".") + 1);
  const searched = {
    name: name.toLowerCase(),
    last: last.toLowerCase(),
    initials: last.replace(/[^A-Z0-9]/g, "").toLowerCase(),
    title: both(about).toLowerCase(),
    text: text.toLowerCase(),
  };
  return { kind, name, about, action, searched };
}

// Better matches come first; among equals, actions before codes before fields, then short names.
const weights = { exact: 100, start: 80, word: 60, initials: 55, inside: 40, title: 20, text: 10, scattered: 5 };
const kinds = { action: 3, error: 2, request: 1, response: 0 };

/** How well a word matches an entry: 0 is not at all. */
function score({ name, searched }: Entry, word: string): number {
  if (searched.name === word || searched.last === word) {
    return weights.exact;
  }
  if (searched.name.startsWith(word) || searched.last.startsWith(word)) {
    return weights.start;
  }
  const at = searched.name.indexOf(word);
  if (at >= 0) {
    return /[A-Z]/.test(name.charAt(at)) ? weights.word : weights.inside;
  }
  if (word.length > 1 && searched.initials.startsWith(word)) {
    return weights.initials;
  }
  if (searched.title.includes(word)) {
    return weights.title;
  }
  return searched.text.includes(word) ? weights.text : 0;
}

/** The words of a query. */
export function wordsOf(query: string): string[] {
  return query.toLowerCase().split(/\s+/).filter(Boolean);
}

/** The entries that match every word of a query, best first. */
export function find(index: Entry[], query: string): Entry[] {
  const words = wordsOf(query);
  if (words.length === 0) {
    return [];
  }
  const found = ranked(index, entry => {
    let sum = 0;
    for (const word of words) {
      const points = score(entry, word);
      if (points === 0) {
        return 0;
      }
      sum += points;
    }
    return sum;
  });
  if (found.length > 0) {
    return found;
  }
  // Nobody is perfect: letters in their order, some of them missing.
  const letters = words.join("");
  return letters.length < 4
    ? []
    : ranked(index, ({ searched }) => (scattered(searched.last, letters) ? weights.scattered : 0));
}

function ranked(index: Entry[], points: (entry: Entry) => number): Entry[] {
  const scored: { entry: Entry; points: number }[] = [];
  for (const entry of index) {
    const sum = points(entry);
    if (sum > 0) {
      scored.push({ entry, points: sum * 10 + kinds[entry.kind] });
    }
  }
  scored.sort((a, b) => b.points - a.points || a.entry.name.length - b.entry.name.length);
  return scored.map(({ entry }) => entry);
}

function scattered(name: string, letters: string): boolean {
  let at = -1;
  for (const letter of letters) {
    at = name.indexOf(letter, at + 1);
    if (at < 0) {
      return false;
    }
  }
  return true;
}

/** A part of a text, and whether it is what was looked for. */
export interface Part {
  text: string;
  hit: boolean;
}

/** Splits a text where the words of a query are in it. */
export function parts(text: string, words: string[]): Part[] {
  const lower = text.toLowerCase();
  const hits = new Uint8Array(text.length);
  for (const word of words) {
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + word.length)) {
      hits.fill(1, at, at + word.length);
    }
  }
  const all: Part[] = [];
  for (let at = 0, begin = 0; at < text.length; begin = at) {
    const hit = hits[at];
    while (at < text.length && hits[at] === hit) {
      at++;
    }
    all.push({ text: text.slice(begin, at), hit: hit === 1 });
  }
  return all;
}
