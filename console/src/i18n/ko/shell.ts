import type { Same } from "../same";
import type { shell as english } from "../en/shell";

export const shell: Same<typeof english> = {
  title: "Tael API Explorer",
  loading: "불러오는 중…",
  unknownAction: "{{name}} 액션이 없습니다.",
};
