/** The tab that shows programs. */
export const code = {
  title: "Code for this call",
  language: "Language or tool",
  sdk: "Uses",
  anyVersion: "in its newest version",
  tried_run: "Programs like this one are run against Tael before each release, with this version.",
  tried_parsed:
    "Not run: the SDK could not be installed where Tael is tested. Only its syntax and its parameters were checked.",
  keyFromEnvironment: "The key comes from the environment: {{id}} and {{key}}. It is not in the text.",
  install: "Install, in an empty folder",
  program: "Save as {{file}}",
  run: "Run",
  download: "Download",
  downloadThis: "Download {{file}}",
  signedByPage: "Signed by this page with its key (otherwise a script that signs by itself)",
  signAgain: "Sign again",
  expired: "The signature has expired.",
  unknownService: "{{client}} does not know the service {{service}}. `tael call` does.",
  note_rounded: "A number here has more digits than this language's floating point number holds: it is sent rounded.",
  note_noIdempotencyKey: "This client cannot send the idempotency key; `tael call` can.",
  note_noLanguage: "This client cannot choose the language of messages: they come in the server's own.",
  note_httpsOnly: "This SDK speaks HTTPS only, and this server was reached by plain HTTP: serve it with a certificate.",
  note_otherSignature: "The program signs with TC3-HMAC-SHA256 and sends a POST, whatever is chosen in the form.",
  note_expires: "The signature holds for five minutes. Whoever has the text can send the call until then.",
  note_keyArgument:
    "openssl takes keys as arguments: while the script runs, others on the same machine can see keys made of yours.",
  note_unsigned: "This action needs no key. An SDK signs all the same: any key that the server knows will do.",
};
