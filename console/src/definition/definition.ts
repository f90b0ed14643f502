import { useSuspenseQuery } from "@tanstack/react-query";
import type { Action, Bundle, Type } from "./bundle";

/** The definition with what is looked up in it. */
export interface Definition extends Bundle {
  action(name: string): Action | undefined;
  /** A type of an action's service. */
  type(service: string, name: string): Type | undefined;
}

export function define(bundle: Bundle): Definition {
  const actions = new Map(bundle.actions.map(action => [action.name, action]));
  const types = new Map(bundle.types.map(type => [`${type.service} ${type.name}`, type]));
  return {
    ...bundle,
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

/** The definition, loaded once; suspends until it is there. */
export function useDefinition(): Definition {
  return useSuspenseQuery({
    queryKey: ["definition"],
    queryFn: async () => define(await json<Bundle>("/explorer/definition.json")),
    staleTime: Number.POSITIVE_INFINITY,
  }).data;
}

export function useServer(): Server {
  return useSuspenseQuery({
    queryKey: ["server"],
    queryFn: () => json<Server>("/explorer/server.json"),
    staleTime: Number.POSITIVE_INFINITY,
  }).data;
}
