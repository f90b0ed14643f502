import type { common as english } from "../en/common";
import type { Same } from "../same";

export const common: Same<typeof english> = {
  copy: "复制",
  copied: "已复制",
  notCopied: "无法复制",
  copyThis: "复制：{{what}}",
};
