import { isLosslessNumber, parse } from "lossless-json";
import type { Action, Field, Role } from "../../definition/bundle";
import type { Definition } from "../../definition/definition";
import { difference } from "../../validate/amount";
import type { Json } from "../draft";
import { isObject, jsonOf, type Parameters, textOf } from "../form/values";

/** A read that shows figures which a write may change. */
export interface FigureRead {
  action: string;
  parameters: Parameters;
}

/** One figure of an answer: "QueryCreditByUinList 200000001001 RemainingCredit". */
export interface Figure {
  name: string;
  value: string;
}

export interface ComparedFigure {
  name: string;
  /** null: there was none. */
  before: string | null;
  after: string | null;
  /** after − before, exactly; "" where one of them is missing. */
  change: string;
}

const partnerCredit = { action: "QueryPartnerCredit", parameters: {} };
const voucherPool = { action: "QueryVoucherPool", parameters: {} };
const partners = { action: "DescribePartners", parameters: jsonOf({ PageSize: 200 }) as Parameters };

function creditOf(p: Parameters): FigureRead {
  return { action: "QueryCreditByUinList", parameters: { UinList: [p.ClientUin ?? null] } };
}

function vouchersOf(p: Parameters): FigureRead {
  return { action: "QueryVoucherAmountByUin", parameters: { ClientUins: [p.ClientUin ?? null] } };
}

function poolOf(p: Parameters): FigureRead {
  const filter = { FilterType: "SubAgentUin", Filter: textOf(p.SubAgentUin) ?? "" };
  return {
    action: "QuerySubAgentsDetailV2",
    parameters: { ...(jsonOf({ Page: 1, PageSize: 10 }) as Parameters), ...filter },
  };
}

// By write, what its figures are read with; who may not call a read does without it.
const reads: Record<string, (p: Parameters) => FigureRead[]> = {
  AllocateCustomerCredit: p => [partnerCredit, creditOf(p)],
  AllocateCreditPool: p => [partnerCredit, poolOf(p)],
  IssueVoucher: p => [voucherPool, vouchersOf(p)],
  WithdrawVoucher: () => [voucherPool],
  AllocateVoucherPool: p => [voucherPool, poolOf(p)],
  UnbindCustomer: () => [partnerCredit, partners],
  CreatePartner: () => [partners],
  CreateSubAgent: () => [partners],
  MoveCustomer: () => [partners],
  RecordCharge: () => [partners],
  RefundCharge: () => [partners],
  SetPartnerCredit: () => [partners],
  SetVoucherQuota: () => [partners],
};

/** The reads, that a role may call, of the figures which a write may change; none for most actions. */
export function readsOf(definition: Definition, action: Action, role: Role, parameters: Parameters): FigureRead[] {
  const all = reads[action.name]?.(parameters) ?? [];
  return all.filter(read => definition.action(read.action)?.roles?.includes(role));
}

/** The figures in the body of an answer; none where it is a refusal. */
export function figuresOf(definition: Definition, read: FigureRead, body: string): Figure[] {
  const action = definition.action(read.action);
  const response = isObject(parse(body) as Json) ? (parse(body) as Parameters).Response : null;
  if (!action || !isObject(response) || response.Error !== undefined) {
    return [];
  }
  return collect(definition, action, action.response ?? [], response, []);
}

// Beside money: what is counted with it.
const counted = new Set(["IssuedNum", "CountOfCustomers"]);

function collect(
  definition: Definition,
  action: Action,
  fields: Field[],
  object: Parameters,
  owner: string[],
): Figure[] {
  const whose = fields.find(field => field.name.endsWith("Uin") && field.name !== "ParentUin");
  const uin = whose ? textOf(object[whose.name]) : null;
  const path = uin ? [...owner, uin] : owner;
  return fields.flatMap(field => {
    const value = object[field.name];
    const type = definition.type(action.service, field.type);
    if (type) {
      const objects = Array.isArray(value) ? value : [value];
      return objects.flatMap(o => (isObject(o) ? collect(definition, action, type.fields ?? [], o, path) : []));
    }
    const isFigure =
      (field.type === "decimal" || counted.has(field.name)) && value !== undefined && isLosslessNumber(value);
    return isFigure ? [{ name: [action.name, ...path, field.name].join(" "), value: value.value }] : [];
  });
}

/** Figures side by side, in the order of those after. */
export function compare(before: Figure[], after: Figure[]): ComparedFigure[] {
  const names = [...new Set([...after, ...before].map(figure => figure.name))];
  return names.map(name => {
    const from = before.find(figure => figure.name === name)?.value ?? null;
    const to = after.find(figure => figure.name === name)?.value ?? null;
    const change = from !== null && to !== null ? difference(from, to) : null;
    return { name, before: from, after: to, change: change ?? "" };
  });
}
