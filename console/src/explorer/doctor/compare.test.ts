import { expect, test } from "vitest";
import type { Diagnosis } from "./ask";
import { comparisonOf, comparisonWith } from "./compare";

const none = {
  CanonicalRequest: "",
  StringToSign: "",
  SignedCanonicalRequest: "",
  SignedStringToSign: "",
} as Diagnosis;
const tc3: Diagnosis = { ...none, CanonicalRequest: "POST\n/", StringToSign: "TC3-HMAC-SHA256\n1" };

test("what the client signed is compared with what it should have", () => {
  expect(comparisonOf(tc3)).toBeUndefined();
  expect(comparisonOf({ ...tc3, SignedCanonicalRequest: "POST\n/", SignedStringToSign: "TC3-HMAC-SHA256\n1" })).toBe(
    undefined,
  );
  expect(comparisonOf({ ...tc3, SignedCanonicalRequest: "GET\n/", SignedStringToSign: "x" })).toEqual({
    what: "canonicalRequest",
    client: "GET\n/",
    server: "POST\n/",
  });
  expect(comparisonOf({ ...tc3, SignedCanonicalRequest: "POST\n/", SignedStringToSign: "x" })).toMatchObject({
    what: "stringToSign",
    client: "x",
  });
});

test("a pasted text is compared with the one it is meant to be", () => {
  expect(comparisonWith("POST\r\n/x", tc3)).toEqual({
    what: "canonicalRequest",
    client: "POST\n/x",
    server: "POST\n/",
  });
  expect(comparisonWith("TC3-HMAC-SHA256\n2", tc3)).toMatchObject({ what: "stringToSign" });
  expect(comparisonWith("GETh/?", { ...none, StringToSign: "POSTh/?" })).toMatchObject({ what: "stringToSign" });
  expect(comparisonWith("POST", none)).toBeUndefined();
});
