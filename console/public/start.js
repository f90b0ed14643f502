// Runs before the first paint, so that a page never flashes in another theme, text size or language than the one
// chosen. What it finds it leaves on <html>, where the application reads it (src/app/preferences.ts).
(function () {
  var chosen;
  try {
    chosen = JSON.parse(localStorage.getItem("tael.preferences"));
  } catch {
    // no storage, or not ours: what the browser prefers
  }
  chosen = chosen || {};
  var root = document.documentElement;
  function oneOf(value, values) {
    return values.indexOf(value) >= 0 ? value : undefined;
  }
  var languages = ["en", "zh", "ko", "ja"];
  var preferred = (navigator.languages || []).map(function (language) {
    return oneOf(language.slice(0, 2), languages);
  });
  root.lang = oneOf(chosen.language, languages) || preferred.filter(Boolean)[0] || "en";
  root.dataset.theme = oneOf(chosen.theme, ["light", "dark"]) || "system";
  root.dataset.text = oneOf(chosen.text, ["small", "large", "largest"]) || "standard";
  var dark =
    root.dataset.theme === "dark" ||
    (root.dataset.theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.setAttribute("theme-mode", dark ? "dark" : "light");
})();
