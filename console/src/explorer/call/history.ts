import type { Draft } from "../draft";
import { makeStore } from "../store";
import type { ComparedFigure } from "./figures";
import type { Outcome } from "./send";

/** The figures that a write changed, and the calls that read them. */
export interface Comparison {
  reads: string[];
  figures: ComparedFigure[];
  /** Reads that were refused, with their codes. */
  refused: string[];
}

/** A call that was made. It never holds a key's secret. */
export interface PastCall {
  id: number;
  at: Date;
  /** As what was sent; the idempotency key too, with which it can be repeated. */
  draft: Draft;
  /** The account's name, or the key's id. */
  caller: string;
  /** null: the answer held a secret and is not kept. */
  outcome: Outcome | null;
  /** "OK", the code of a refusal, or the kind of a failure. */
  result: string;
  milliseconds: number;
  comparison: Comparison | null;
}

const lengthMax = 50;

/** The calls of this page, the newest first; gone with the page. */
export const history = makeStore<readonly PastCall[]>([]);

let count = 0;

/** Remembers a call and gives back what is kept of it. */
export function remember(call: Omit<PastCall, "id">): PastCall {
  count += 1;
  const { action } = call.draft;
  const kept = { ...call, id: count, outcome: action.secret ? null : call.outcome };
  history.set(calls => [kept, ...calls].slice(0, lengthMax));
  return kept;
}

export function resultOf(outcome: Outcome): string {
  return outcome.kind === "answer" ? outcome.code || "OK" : outcome.kind;
}
