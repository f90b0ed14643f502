/** The texts of the interface; the other languages have the same names. */
export const en = {
  title: "Tael API Explorer",
  loading: "Loading…",
  unknownAction: "There is no action {{name}}.",
};
