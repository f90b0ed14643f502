import "tdesign-react/es/style/index.css";
import "./app/app.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { preferences } from "./app/preferences";
import { fetchDefinition } from "./definition/definition";
import { startLanguages } from "./i18n/i18n";

const root = document.getElementById("root");
if (!root) {
  throw new Error("index.html has no #root");
}
fetchDefinition(); // while the texts are on their way
await startLanguages(preferences().language);
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
