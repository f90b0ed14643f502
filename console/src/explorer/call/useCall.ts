import { useState } from "react";
import type { Role } from "../../definition/bundle";
import { type Definition, useDefinition, useServer } from "../../definition/definition";
import { attention } from "../attention";
import type { Credentials, Draft } from "../draft";
import { compare, type Figure, type FigureRead, figuresOf, readsOf } from "./figures";
import { type Comparison, history, type PastCall, remember, resultOf } from "./history";
import { pageClock, send, type Sending } from "./send";

interface Props {
  draft: Draft;
  credentials: Credentials;
  endpoint: string;
}

export interface Call {
  /** The call whose answer is shown. */
  shown: PastCall | null;
  show: (call: PastCall | null) => void;
  sending: boolean;
  start: () => void;
  cancel: () => void;
}

// A call of the history that another action's page is to show once it is open.
let wanted: PastCall | null = null;

/** Has a call shown by the page of its action, which is about to be opened. */
export function showNext(call: PastCall): void {
  wanted = call;
}

function firstShown(action: string): PastCall | null {
  const call = wanted?.draft.action.name === action ? wanted : null;
  wanted = null;
  return call ?? history.get().find(call => call.draft.action.name === action) ?? null;
}

/** Sends a draft when it is told to, and keeps what came of it, also where nobody is looking any more. */
export function useCall(props: Props): Call {
  const definition = useDefinition();
  const account = useServer().demo?.find(account => account.secretId === props.credentials.secretId);
  const [shown, show] = useState(() => firstShown(props.draft.action.name));
  const [sending, setSending] = useState<AbortController | null>(null);

  const run = async () => {
    const controller = new AbortController();
    setSending(controller);
    const way = { endpoint: props.endpoint, clock: pageClock, cancel: controller.signal };
    const call = await made(definition, props, account, way);
    setSending(null);
    show({ ...remember(call), outcome: call.outcome });
    pointAtFault(call);
  };

  return { shown, show, sending: sending !== null, start: () => void run(), cancel: () => sending?.abort() };
}

type MadeCall = Omit<PastCall, "id">;

/** Makes a call, in the demo world with the figures before and after it. */
async function made(
  definition: Definition,
  { draft, credentials }: Props,
  account: { name: string; role: string } | undefined,
  way: Sending,
): Promise<MadeCall> {
  const { action, parameters } = draft;
  const reads = account ? readsOf(definition, action, account.role as Role, parameters) : [];
  const read = () => Promise.all(reads.map(read => figures(definition, read, draft, credentials, way)));
  const at = way.clock.now();
  const before = await read();
  const outcome = await send(draft, credentials, way);
  const after = reads.length > 0 && outcome.kind === "answer" ? await read() : null;
  return {
    at,
    draft: action.kind === "write" ? draft : { ...draft, idempotencyKey: "" },
    caller: action.auth === "none" ? "" : (account?.name ?? credentials.secretId),
    outcome,
    result: resultOf(outcome),
    milliseconds: outcome.milliseconds,
    comparison: after && comparisonOf(reads, before, after),
  };
}

interface Reading {
  figures: Figure[];
  /** "" where they were read. */
  refusal: string;
}

async function figures(
  definition: Definition,
  read: FigureRead,
  draft: Draft,
  credentials: Credentials,
  way: Sending,
): Promise<Reading> {
  const action = definition.action(read.action);
  if (!action) {
    throw new Error(read.action);
  }
  const { parameters } = read;
  const call: Draft = { ...draft, action, parameters, method: "TC3-HMAC-SHA256", http: "POST", idempotencyKey: "" };
  const outcome = await send(call, credentials, way);
  const result = resultOf(outcome);
  const ok = outcome.kind === "answer" && result === "OK";
  return ok
    ? { figures: figuresOf(definition, read, outcome.text), refusal: "" }
    : { figures: [], refusal: `${read.action}: ${result}` };
}

function comparisonOf(reads: FigureRead[], before: Reading[], after: Reading[]): Comparison {
  return {
    reads: reads.map(read => read.action),
    figures: compare(
      before.flatMap(reading => reading.figures),
      after.flatMap(reading => reading.figures),
    ),
    refused: [...new Set([...before, ...after].map(reading => reading.refusal).filter(refusal => refusal !== ""))],
  };
}

/** Has the form show what an answer said of a parameter. */
function pointAtFault({ draft, outcome }: MadeCall): void {
  const message = outcome?.kind === "answer" ? outcome.message : "";
  const path = parameterIn(draft, message);
  const fault = path ? { parameters: draft.parameters, path, message } : null;
  attention.set(state => ({ ...state, fault }));
}

/** The parameter that a message names, if it is one of the action's. */
export function parameterIn(draft: Draft, message: string): string | null {
  const quoted = [...message.matchAll(/`([^`]+)`/g)].map(match => match[1] ?? "");
  const names = new Set([...(draft.action.request ?? []).map(field => field.name), ...Object.keys(draft.parameters)]);
  return quoted.find(path => names.has(path.split(".")[0] ?? "")) ?? null;
}
