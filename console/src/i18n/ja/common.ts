import type { common as english } from "../en/common";
import type { Same } from "../same";

export const common: Same<typeof english> = {
  copy: "コピー",
  copied: "コピーしました",
  notCopied: "コピーできません",
  copyThis: "コピー: {{what}}",
};
