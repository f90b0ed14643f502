import { common } from "./common";
import { form } from "./form";
import { shell } from "./shell";
import { signature } from "./signature";

/** One namespace a part: `useTranslation("shell")`. */
export const texts = { common, form, shell, signature };
