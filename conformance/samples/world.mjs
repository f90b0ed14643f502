// The calls that the samples make, and what an ordinary call answers to them.
import { readRoot } from "./page.mjs";

const { keys } = JSON.parse(readRoot("conformance/cases.json"));

const customer = 200000001001;

/** Who writes is of another tree than who reads: programs run at the same time. */
export const writer = "distributor";
export const writersCustomer = 200000002001;

/** What a generator may not let out of a string in any language. Its file must never come to be. */
export const remark =
  "\"'`touch pwned`$(touch pwned)${HOME}#{1+1}{$x}%s%n\\u0022\\n\\ // */ --> </script><?php ?>\n\t\rJSON\n" +
  "é 中文 🚢 \u202e\u2028\u0085\u0007 ;|& ??= )json";

export const cases = [
  { name: "a read without parameters", as: "reseller", action: "QueryPartnerCredit", parameters: "{}" },
  {
    name: "a list of UINs",
    as: "reseller",
    action: "QueryVoucherAmountByUin",
    parameters: `{"ClientUins": [${customer}, 200000001002]}`,
  },
  {
    name: "a page of a list of objects",
    as: "distributor",
    action: "DescribeCustomerVoucherList",
    parameters: `{"Page": 1, "PageSize": 2, "CustomerUin": 200000002001}`,
  },
  {
    name: "an action of the management service",
    as: "reseller",
    action: "DescribeTransfers",
    parameters: `{"ClientUin": ${customer}, "FromSequence": 1, "Limit": 3}`,
  },
  {
    name: "an object in the parameters",
    as: "customer of the reseller",
    action: "DescribeCustomerOwnCostExplorerSummary",
    parameters: `{"Dimension": "Default", "FeeType": "originalCost", "BillType": 1, "StartTime": "2026-10-01 00:00:00",
      "EndTime": "2026-11-30 23:59:59", "PeriodType": "month", "Page": 1, "PageSize": 10,
      "Filter": {"BusinessIn": ["p_cvm", "it's"], "TagKey": "a$b"}}`,
  },
  {
    name: "a refusal",
    as: "reseller",
    action: "AllocateCustomerCredit",
    parameters: `{"ClientUin": ${customer}, "AddedCredit": 999999.00000001}`,
  },
];

/** The server under test, called as the page does. */
export class World {
  constructor(page, address) {
    this.page = page;
    this.endpoint = `http://${address}`;
    this.definition = page.define(JSON.parse(readRoot("api/definition.gen.json")));
  }

  credentials(who) {
    const [secretId, secretKey] = keys[who];
    return { secretId, secretKey, token: "" };
  }

  draft(action, parameters, idempotencyKey = "") {
    return {
      action: this.definition.action(action),
      parameters: this.page.parse(parameters),
      method: "TC3-HMAC-SHA256",
      http: "POST",
      language: "en-US",
      idempotencyKey,
    };
  }

  /** What an ordinary call answers: its Response. */
  async call(who, action, parameters) {
    const signed = await this.signed(who, this.draft(action, parameters));
    const { url, method, headers, body } = signed;
    return (await (await fetch(url, { method, headers, body })).json()).Response;
  }

  signed(who, draft) {
    return this.page.sign(draft, this.credentials(who), this.endpoint, new Date());
  }
}
