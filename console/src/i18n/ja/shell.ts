import type { Same } from "../same";
import type { shell as english } from "../en/shell";

export const shell: Same<typeof english> = {
  title: "Tael API Explorer",
  loading: "読み込み中…",
  unknownAction: "アクション {{name}} はありません。",
};
