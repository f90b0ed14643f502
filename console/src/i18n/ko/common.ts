import type { common as english } from "../en/common";
import type { Same } from "../same";

export const common: Same<typeof english> = {
  copy: "복사",
  copied: "복사됨",
  notCopied: "복사할 수 없음",
  copyThis: "복사: {{what}}",
};
