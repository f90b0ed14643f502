// Programs as the Explorer's page writes them, run against a server: each must
// answer what an ordinary call answers.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkModels, checkVersions } from "./models.mjs";
import { loadPage, root } from "./page.mjs";
import { checkParsed } from "./parsed.mjs";
import { installJava, Sample } from "./programs.mjs";
import { cases, remark, World, writer, writersCustomer as customer } from "./world.mjs";

const work = mkdtempSync(join(tmpdir(), "samples-"));
const page = await loadPage(join(work, "page"));
const world = new World(page, process.env.TAEL_ADDRESS);
let failed = 0;

async function check(name, body) {
  try {
    await body();
    console.log(`ok  samples: ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL  samples: ${name}: ${String(error.message).replaceAll(/\s+/g, " ")}`);
  }
}

const bin = join(work, "bin");
mkdirSync(bin);
symlinkSync(process.env.TAEL_BINARY, join(bin, "tael"));
const venv = join(root, "conformance/python/.venv/bin");

/** The environment of a program: the key, and what the tools find their caches by. */
function environmentFor(who) {
  const { secretId, secretKey } = world.credentials(who);
  const environment = { ...process.env, GOWORK: "off", PATH: `${bin}:${venv}:${process.env.PATH}`, LANG: "C.UTF-8" };
  return { ...environment, TENCENTCLOUD_SECRET_ID: secretId, TENCENTCLOUD_SECRET_KEY: secretKey };
}

/** The languages that are run; curl twice, signed by the page and signing by itself. */
const variants = page.languages
  .filter(language => language.tried === "run")
  .flatMap(language => (language.id === "curl" ? [{ language, signed: true }, { language }] : [{ language }]));

async function sampleOf({ language, signed }, who, draft, name) {
  const call = page.callOf({
    draft,
    endpoint: world.endpoint,
    definition: world.definition,
    signed: signed ? await world.signed(who, draft) : null,
  });
  const folder = join(work, language.id + (signed ? "-signed" : ""), name.replaceAll(" ", "-"));
  return new Sample(language, language.write(call), folder, environmentFor(who));
}

/** An answer without its envelope and RequestId, and without the nulls that models show for what is absent. */
function answerIn(text) {
  const answer = JSON.parse(text);
  const { RequestId, ...rest } = answer.Response ?? answer;
  assert.match(RequestId, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  return withoutNull(rest);
}

function withoutNull(value) {
  if (Array.isArray(value)) {
    return value.map(withoutNull);
  }
  if (value === null || typeof value !== "object") {
    return value;
  }
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNull(member)]));
}

/** The program's answer is that of an ordinary call; where that is refused, the program says the code and fails. */
async function answersAsUsual(variant, { name, as, action, parameters }) {
  const sample = await sampleOf(variant, as, world.draft(action, parameters), name);
  const ran = await sample.run();
  const usual = await world.call(as, action, parameters);
  if (usual.Error) {
    assert.ok((ran.stdout + ran.stderr).includes(usual.Error.Code), `says ${ran.stdout}${ran.stderr}`);
    assert.ok(ran.code !== 0 || variant.language.id === "curl", "exits with 0");
    return;
  }
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(answerIn(ran.stdout), answerIn(JSON.stringify(usual)));
}

/** A write arrives with its decimal and every character of its text, and once where it has an idempotency key. */
async function writesWhatWasFilledIn(variant) {
  const allocation = amount => page.stringify({ ClientUin: customer, AddedCredit: page.parse(amount), Remark: remark });
  const usual = await world.call(writer, "AllocateCustomerCredit", allocation("0.00000025"));
  await world.call(writer, "AllocateCustomerCredit", allocation("-0.00000025"));

  const key = `sample-${variant.language.id}-${variant.signed ?? false}`;
  const draft = world.draft("AllocateCustomerCredit", allocation("0.00000025"), key);
  const sample = await sampleOf(variant, writer, draft, "write");
  const ran = await sample.run();
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(answerIn(ran.stdout), answerIn(JSON.stringify(usual)));
  const newest = await world.call(writer, "QueryCreditAllocationHistory", `{"ClientUin": ${customer}, "PageSize": 1}`);
  assert.equal(newest.History[0].Remark, remark);
  assert.equal(newest.History[0].Credit, 0.00000025);
  assert.ok(!existsSync(join(sample.folder, "pwned")), "a command in the text was run");

  if (!sample.program.notes.includes("noIdempotencyKey")) {
    const again = await sample.run();
    assert.deepEqual(answerIn(again.stdout), answerIn(ran.stdout), "the idempotency key was not sent");
  }
  await world.call(writer, "AllocateCustomerCredit", allocation("-0.00000025"));
}

let writing = Promise.resolve();

async function runVariant(variant) {
  const name = variant.language.name + (variant.signed ? " (signed)" : "");
  for (const one of cases) {
    const { service } = world.definition.action(one.action);
    if (variant.language.services?.includes(service) ?? true) {
      await check(`${name}: ${one.name}: ${one.action}`, () => answersAsUsual(variant, one));
    }
  }
  // Writes change the same customer: one language after the other.
  writing = writing.then(() =>
    check(`${name}: a write: AllocateCustomerCredit`, () => writesWhatWasFilledIn(variant)),
  );
  await writing;
}

await check("the page names the versions that are tried here", () => checkVersions(page.languages));
await check("the Python and Node.js models hold what programs put into them", () => checkModels(page, world.definition));
installJava(page.languages.find(({ id }) => id === "java"));
const waiting = [...variants];
await Promise.all(
  [1, 2].map(async () => {
    for (let variant = waiting.shift(); variant; variant = waiting.shift()) {
      await runVariant(variant);
    }
  }),
);
for (const [name, body] of checkParsed(page, world, work, remark)) {
  await check(name, body);
}
process.exitCode = failed > 0 ? 1 : 0;
