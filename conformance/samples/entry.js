// What the samples take from the page: its own modules, bundled, so that no
// second implementation is tested in their place.
export { parse, stringify } from "../../console/node_modules/lossless-json";
export { callOf, environment, languages } from "../../console/src/code";
export { lacking } from "../../console/src/code/node";
export { define } from "../../console/src/definition/definition";
export { sign } from "../../console/src/signing";
