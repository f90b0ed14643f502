import { shell } from "./shell";

/** One namespace a part: `useTranslation("shell")`. */
export const texts = { shell };
