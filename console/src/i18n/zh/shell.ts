import type { Same } from "../same";
import type { shell as english } from "../en/shell";

export const shell: Same<typeof english> = {
  title: "Tael API Explorer",
  loading: "加载中…",
  unknownAction: "没有名为 {{name}} 的接口。",
};
