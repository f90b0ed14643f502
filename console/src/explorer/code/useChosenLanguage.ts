import { useState } from "react";
import { type Language, languages } from "../../code";

const remembered = "tael.code.language";

function recall(): string | null {
  try {
    return localStorage.getItem(remembered);
  } catch {
    return null; // the browser keeps nothing
  }
}

/** The language that was chosen last, also on an earlier visit. */
export function useChosenLanguage(): [Language, (id: Language["id"]) => void] {
  const [id, setId] = useState(recall);
  const chosen = languages.find(language => language.id === id) ?? languages[0];
  if (!chosen) {
    throw new Error("there are no languages");
  }
  return [
    chosen,
    id => {
      setId(id);
      try {
        localStorage.setItem(remembered, id);
      } catch {
        // then it is chosen until the page is closed
      }
    },
  ];
}
