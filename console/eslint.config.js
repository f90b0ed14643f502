import eslint from "@eslint/js";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import typescript from "typescript-eslint";

export default typescript.config(
  { ignores: ["dist", "node_modules"] },
  eslint.configs.recommended,
  ...typescript.configs.strictTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  { files: ["**/*.tsx"], ...a11y.flatConfigs.recommended },
  { files: ["src/**"], ...hooks.configs.flat.recommended },
  {
    rules: {
      "no-console": "error",
      // Numbers are fine in texts.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // An arrow that returns what it calls reads better than one in braces.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  { files: ["eslint.config.js"], ...typescript.configs.disableTypeChecked },
  {
    // As it stands in the page, for every browser.
    files: ["public/*.js"],
    ...typescript.configs.disableTypeChecked,
    languageOptions: {
      parserOptions: { projectService: false },
      globals: { document: "readonly", localStorage: "readonly", matchMedia: "readonly", navigator: "readonly" },
    },
  },
);
