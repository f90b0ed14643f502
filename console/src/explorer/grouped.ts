import type { Action, Bundle } from "../definition/bundle";

export interface Service {
  name: string;
  version: string;
  groups: { name: string; actions: Action[] }[];
}

/** The actions by service and group; both in the order in which the definition names them first. */
export function grouped(bundle: Bundle): Service[] {
  return bundle.services.map(({ name, version }) => {
    const groups = new Map<string, Action[]>();
    for (const action of bundle.actions.filter(action => action.service === name)) {
      groups.set(action.group, [...(groups.get(action.group) ?? []), action]);
    }
    return { name, version, groups: [...groups].map(([name, actions]) => ({ name, actions })) };
  });
}
