/** The groups of the definition, by their names there. */
export const groups = {
  "Second-level Reseller Management": "Second-level resellers",
  "Bill Management": "Bills",
  "Commission Management": "Commission",
  "Credit Management": "Credit",
  "Customer Management": "Customers",
  "Voucher Management": "Vouchers",
  "Access management": "Access",
  Accounts: "Accounts",
  Audit: "Audit",
  Management: "Management",
  Messages: "Messages",
  "Temporary keys": "Temporary keys",
  Troubleshooting: "Troubleshooting",
};
