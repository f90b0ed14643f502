import type { Same } from "../same";
import type { groups as english } from "../en/groups";

export const groups: Same<typeof english> = {
  "Second-level Reseller Management": "2차 리셀러",
  "Bill Management": "청구서",
  "Commission Management": "커미션",
  "Credit Management": "신용 한도",
  "Customer Management": "고객",
  "Voucher Management": "바우처",
  "Access management": "접근 관리",
  Accounts: "계정",
  Audit: "감사",
  Management: "관리",
  Messages: "메시지",
  "Temporary keys": "임시 키",
  Troubleshooting: "문제 해결",
};
