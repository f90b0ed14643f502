// /openapi.json and /postman.json of a running server: whether they are what they
// say they are, and whether what they say is so.
"use strict";

const assert = require("node:assert/strict");
const Ajv = require("ajv/dist/2020");
const newman = require("newman");
const { PostmanValidator } = require("@har-sdk/validator");
const { keys } = require("../cases.json");

const { TAEL_ADDRESS: address } = process.env;

process.exitCode = 1; // until main has ended
let failed = 0;

async function check(name, body) {
  try {
    await body();
    console.log(`ok  postman: ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL  postman: ${name}: ${String(error).replace(/\s+/g, " ").slice(0, 600)}`);
  }
}

async function load(path) {
  const response = await fetch(`http://${address}${path}`);
  assert.equal(response.status, 200);
  return response.json();
}

const copy = (value) => JSON.parse(JSON.stringify(value));

// Accounts of the demo world, by the role that an example is called as.
const accounts = { ...keys, customer: keys["customer of the reseller"] };

async function openAPIProblems(document) {
  const { Validator } = await import("@seriousme/openapi-schema-validator");
  const validator = new Validator();
  const { valid, errors } = await validator.validate(copy(document));
  if (valid) assert.equal(validator.version, "3.1");
  return valid ? "" : JSON.stringify(errors);
}

async function postmanProblems(collection) {
  const errors = await new PostmanValidator().verify(copy(collection));
  return errors.length === 0 ? "" : JSON.stringify(errors);
}

// schemas finds the schema of an action's request or answer.
function schemas(document) {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ $id: "openapi", components: document.components });
  return (name, value) => {
    const validate = ajv.getSchema(`openapi#/components/schemas/${name}`);
    assert.ok(validate(value), `${name}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(value)}`);
  };
}

// requests are those of a collection, out of all its folders.
function requests(item) {
  return item.flatMap((one) => (one.item ? requests(one.item) : [one]));
}

// send runs requests of the collection as an account and gives the answers.
function send(collection, item, [secretId, secretKey] = ["", ""]) {
  const variables = Object.entries({ secretId, secretKey }).map(([key, value]) => ({ key, value }));
  return new Promise((resolve, reject) => {
    newman.run({ collection: { ...collection, item }, envVar: variables }, (error, summary) => {
      if (error) return reject(error);
      const answers = summary.run.executions.map((execution) => ({
        name: execution.item.name,
        answer: execution.response && JSON.parse(execution.response.text()),
        failures: [execution.requestError, ...(execution.prerequestScript ?? []).map(({ error }) => error),
          ...(execution.assertions ?? []).map(({ error }) => error)]
          .filter(Boolean).map(({ name, message }) => `${name}: ${message}`),
        checks: (execution.assertions ?? []).length,
      }));
      resolve(answers);
    });
  });
}

async function documents(check) {
  for (const query of ["", "?lang=zh"]) {
    const document = await load("/openapi.json" + query);
    const collection = await load("/postman.json" + query);
    await check(`/openapi.json${query} is OpenAPI 3.1`, async () =>
      assert.equal(await openAPIProblems(document), ""));
    await check(`/postman.json${query} is a collection 2.1`, async () =>
      assert.equal(await postmanProblems(collection), ""));
  }
  const document = await load("/openapi.json");
  await check("a broken document is seen", async () => {
    const broken = copy(document);
    delete broken.paths["/#QueryPartnerCredit"].post.responses;
    broken.components.parameters.Token.in = "nowhere";
    assert.notEqual(await openAPIProblems(broken), "");
    const collection = await load("/postman.json");
    delete requests(collection.item)[0].request.header[0].key;
    assert.notEqual(await postmanProblems(collection), "");
  });
}

async function examples(check, document, fits) {
  for (const [path, { post }] of Object.entries(document.paths)) {
    const name = post.operationId;
    await check(`the example of ${name} fits its schemas`, () => {
      assert.equal(path, `/#${name}`);
      fits(`${name}Request`, post.requestBody.content["application/json"].example);
      fits(`${name}Answer`, post.responses[200].content["application/json"].example);
    });
  }
}

async function main() {
  await documents(check);
  const document = await load("/openapi.json");
  const collection = await load("/postman.json");
  const operations = Object.values(document.paths).map(({ post }) => post);
  const all = requests(collection.item);
  const fits = schemas(document);
  await check("both documents have the same actions", () =>
    assert.deepEqual(all.map(({ name }) => name).sort(), operations.map(({ operationId }) => operationId).sort()));
  await examples(check, document, fits);

  const named = (name) => all.find((one) => one.name === name);
  const answered = ({ name, answer, failures, checks }) => {
    assert.deepEqual(failures, []);
    assert.equal(checks, 1);
    fits(`${name}Answer`, answer);
    fits(`${name}Response`, answer.Response);
  };
  const reads = operations.filter((one) => one["x-tael-kind"] === "read" && !one["x-tael-offline"]);
  for (const role of new Set(reads.map((one) => one["x-tael-example-as"]))) {
    const mine = reads.filter((one) => one["x-tael-example-as"] === role);
    const answers = await send(collection, mine.map((one) => named(one.operationId)), accounts[role]);
    await check(`the ${role}'s ${mine.length} reads are all sent`, () =>
      assert.deepEqual(answers.map(({ name }) => name), mine.map((one) => one.operationId)));
    for (const answer of answers) await check(`${answer.name} is answered as its schema says`, () => answered(answer));
  }

  await check("text beyond ASCII is signed", async () => {
    const item = copy(named("ModifyClientRemark"));
    item.request.body.raw = JSON.stringify({ ...JSON.parse(item.request.body.raw), Remark: "客户经理：李明 ✓" });
    const role = operations.find((one) => one.operationId === item.name)["x-tael-example-as"];
    for (const answer of await send(collection, [item], accounts[role])) answered(answer);
  });
  await check("an action that takes no key is sent without one", async () => {
    const [answer] = await send(collection, [named("AcceptInvitation")]);
    answered(answer);
  });
  await check("a wrong key is refused, and the refusal fits its schema", async () => {
    const [answer] = await send(collection, [named("QueryPartnerCredit")], accounts["wrong key"]);
    assert.equal(answer.answer.Response.Error.Code, "AuthFailure.SignatureFailure");
    assert.equal(answer.failures.length, 1);
    fits("QueryPartnerCreditAnswer", answer.answer);
  });
  await check("without a key nothing is sent", async () => {
    const [answer] = await send(collection, [named("QueryPartnerCredit")]);
    assert.match(answer.failures.join(), /secretId and secretKey/);
  });
  process.exitCode = failed ? 1 : 0;
}

main();
