// What the programs for the official Node.js SDK share.
"use strict";

const assert = require("node:assert/strict");
const tencentcloud = require("tencentcloud-sdk-nodejs-intl-en");
const cases = require("../cases.json");

const { Client, Models } = tencentcloud.intlpartnersmgt.v20220928;
const { ClientProfile, CommonClient, Credential, HttpProfile } = tencentcloud.common;
const { TAEL_ADDRESS: address } = process.env;

const management = "2026-11-01"; // the version of Tael's own service
const requestId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

process.exitCode = 1; // until main has ended

// run runs a program's checks. check runs body, which throws where the server
// does not do what it should.
async function run(suite, main) {
  let failed = 0;
  await main(async (name, body) => {
    try {
      await body();
      console.log(`ok  ${suite}: ${name}`);
    } catch (error) {
      failed++;
      console.log(`FAIL  ${suite}: ${name}: ${String(error).replace(/\s+/g, " ")}`);
    }
  });
  process.exitCode = failed ? 1 : 0;
}

// matches compares whole values: "*" stands for any that is not empty, and a list
// may say how it is to be compared.
function matches(want, got) {
  if (want === "*") return got !== null && got !== undefined && got !== "";
  if (Array.isArray(want)) {
    if (!Array.isArray(got)) return false;
    if (["in any order", "among others"].includes(want[0])) {
      const every = want.slice(1).every((w) => got.some((g) => matches(w, g)));
      return every && (want[0] === "among others" || got.length === want.length - 1);
    }
    return want.length === got.length && want.every((w, i) => matches(w, got[i]));
  }
  if (want !== null && typeof want === "object") {
    if (got === null || typeof got !== "object") return false;
    return Object.keys(want).length === Object.keys(got).length &&
      Object.keys(want).every((name) => name in got && matches(want[name], got[name]));
  }
  return want === got;
}

// expect compares an answer's fields; its RequestId must be a UUID.
function expect(want, got) {
  const { RequestId, ...fields } = got;
  assert.match(RequestId, requestId);
  assert.ok(matches(want, fields), `answered ${JSON.stringify(fields)}, not ${JSON.stringify(want)}`);
}

// covered are the published actions that a case of any kind has in service.
const covered = new Set([...cases.steps, ...cases.errors, ...cases.management]
  .filter((c) => !c.service && c.error !== "ActionOffline").map((c) => c.action));

// credential is that of an account of the demo world, by its name, or a key.
function credential(who) {
  return new Credential(...(typeof who === "string" ? cases.keys[who] : [who.SecretId, who.SecretKey]));
}

function profile({ signature = "TC3-HMAC-SHA256", method = "POST", at = address, headers } = {}) {
  return new ClientProfile(signature, new HttpProfile("http://", at, method, 60, headers));
}

// typed calls an action with its model classes. Of these, an answer shows all
// fields, null where absent: they are left out.
function typed(who, action, parameters, settings = profile(), region = "") {
  const client = new Client(credential(who), region, settings);
  const request = new Models[action + "Request"]();
  request.from_json_string(JSON.stringify(parameters));
  return new Promise((resolve, reject) => {
    client[action](request, (error, answer) => {
      if (error) reject(error);
      else resolve(withoutNull(JSON.parse(answer.to_json_string())));
    });
  });
}

function withoutNull(answer) {
  return Object.fromEntries(Object.entries(answer).filter(([, value]) => value !== null));
}

function generic(who, action, parameters, settings = profile(), version = "2022-09-28") {
  const client = new CommonClient(address, version, credential(who), "", settings);
  return new Promise((resolve, reject) => {
    client.request(action, parameters, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

// manage calls an action of Tael's own service.
function manage(who, action, parameters) {
  return generic(who, action, parameters, profile(), management);
}

module.exports = {
  address, cases, Client, ClientProfile, covered, expect, generic, HttpProfile, manage, management, Models, profile,
  requestId, run, typed,
};
