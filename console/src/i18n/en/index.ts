import { call } from "./call";
import { code } from "./code";
import { common } from "./common";
import { doctor } from "./doctor";
import { form } from "./form";
import { groups } from "./groups";
import { reference } from "./reference";
import { shell } from "./shell";
import { signature } from "./signature";

/** One namespace a part: `useTranslation("shell")`. */
export const texts = { call, code, common, doctor, form, groups, reference, shell, signature };
