/** Texts that every part uses. */
export const common = {
  copy: "Copy",
  copied: "Copied",
  notCopied: "Could not be copied",
  copyThis: "Copy: {{what}}",
};
