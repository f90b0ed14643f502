import type { Same } from "../same";
import type { groups as english } from "../en/groups";

export const groups: Same<typeof english> = {
  "Second-level Reseller Management": "二次代理店",
  "Bill Management": "請求",
  "Commission Management": "コミッション",
  "Credit Management": "与信枠",
  "Customer Management": "顧客",
  "Voucher Management": "バウチャー",
  "Access management": "アクセス管理",
  Accounts: "アカウント",
  Audit: "監査",
  Management: "管理",
  Messages: "メッセージ",
  "Temporary keys": "一時キー",
  Troubleshooting: "トラブルシューティング",
};
