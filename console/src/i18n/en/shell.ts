/** The texts around the pages: header, list of actions, search, session. */
export const shell = {
  title: "Tael API Explorer",
  loading: "Loading…",
  unknownAction: "There is no action {{name}}.",
};
