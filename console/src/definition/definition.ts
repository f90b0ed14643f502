import { QueryClient, queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import type { Action, Bundle, ErrorCode, Type } from "./bundle";

/** The definition with what is looked up in it. */
export interface Definition extends Bundle {
  action(name: string): Action | undefined;
  /** A type of an action's service. */
  type(service: string, name: string): Type | undefined;
  error(code: string): ErrorCode | undefined;
}

export function define(bundle: Bundle): Definition {
  const actions = new Map(bundle.actions.map(action => [action.name, action]));
  const types = new Map(bundle.types.map(type => [`${type.service} ${type.name}`, type]));
  const errors = new Map(bundle.errors.map(error => [error.code, error]));
  return {
    ...bundle,
    error: code => errors.get(code),
    action: name => actions.get(name),
    type: (service, name) => types.get(`${service} ${name}`),
  };
}

/** What the server says of itself: its demo accounts, only where it serves the demo world. */
export interface Server {
  version: string;
  demo: DemoAccount[] | null;
}

export interface DemoAccount {
  uin: number;
  role: string;
  name: string;
  secretId: string;
  secretKey: string;
}

async function json<T>(path: string): Promise<T> {
  const response = await fetch(path);
  if (!response.ok) {
    throw new Error(`${path}: ${response.status}`);
  }
  return (await response.json()) as T;
}

/** What was asked of the server, for every page. */
export const queries = new QueryClient();

const definitionQuery = queryOptions({
  queryKey: ["definition"],
  queryFn: async () => define(await json<Bundle>("/explorer/definition.json")),
  staleTime: Number.POSITIVE_INFINITY,
});

const serverQuery = queryOptions({
  queryKey: ["server"],
  queryFn: () => json<Server>("/explorer/server.json"),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Asks for what every page needs, before there is a page. */
export function fetchDefinition(): void {
  const shownLater = () => undefined; // by whoever uses what could not be had
  queries.query(definitionQuery).catch(shownLater);
  queries.query(serverQuery).catch(shownLater);
}

/** The definition, loaded once; suspends until it is there. */
export function useDefinition(): Definition {
  return useSuspenseQuery(definitionQuery).data;
}

export function useServer(): Server {
  return useSuspenseQuery(serverQuery).data;
}
