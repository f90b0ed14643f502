import { form } from "./form";
import { shell } from "./shell";

/** One namespace a part: `useTranslation("shell")`. */
export const texts = { form, shell };
