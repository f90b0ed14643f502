import type { Same } from "../same";
import type { groups as english } from "../en/groups";

export const groups: Same<typeof english> = {
  "Second-level Reseller Management": "二级经销商",
  "Bill Management": "账单",
  "Commission Management": "佣金",
  "Credit Management": "信用额度",
  "Customer Management": "客户",
  "Voucher Management": "代金券",
  "Access management": "访问管理",
  Accounts: "账号",
  Audit: "审计",
  Management: "管理",
  Messages: "消息",
  "Temporary keys": "临时密钥",
  Troubleshooting: "故障排查",
};
