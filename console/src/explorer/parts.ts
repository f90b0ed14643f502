import { type ComponentType, lazy } from "react";
import type { Credentials, Draft } from "./draft";

/** What every tab is given. */
export interface TabProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
  credentials: Credentials;
  /** The server's, without a slash at its end. */
  endpoint: string;
}

/** The tabs of an action by their names in addresses; each is loaded when it is first shown. */
export const tabs = {
  call: lazy(() => import("./tabs/CallTab")),
  signature: lazy(() => import("./tabs/SignatureTab")),
  code: lazy(() => import("./tabs/CodeTab")),
  reference: lazy(() => import("./tabs/ReferenceTab")),
} satisfies Record<string, ComponentType<TabProps>>;

export type Tab = keyof typeof tabs;

/** In the order in which they stand; the first is shown where an address does not say. */
export const tabNames = Object.keys(tabs) as Tab[];

export function isTab(name: string): name is Tab {
  return Object.hasOwn(tabs, name);
}
