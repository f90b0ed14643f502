import { useSyncExternalStore } from "react";

/** What parts of the page share that are not within each other. It lives as long as the page and is stored nowhere. */
export interface Store<T> {
  get(): T;
  set(change: (value: T) => T): void;
  /** The value, for a component that is shown anew when it changes. */
  use(): T;
}

export function makeStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const get = () => value;
  return {
    get,
    set(change) {
      value = change(value);
      for (const listener of listeners) {
        listener();
      }
    },
    use: () => useSyncExternalStore(subscribe, get),
  };
}
