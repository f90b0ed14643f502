import { createContext, type ReactNode, use, useMemo, useState } from "react";
import type { Role } from "../definition/bundle";
import { type DemoAccount, useServer } from "../definition/definition";
import type { Credentials } from "../explorer/draft";
import { keptCredentials, keptUin, keepCredentials, keepUin } from "./storage";

/** Who calls: the key in use, and what is known of whose it is. */
export interface Session {
  /** Its secretId is empty where there is no key yet. */
  credentials: Credentials;
  /** Whose key it is, where it is one of the demo world's. */
  account: DemoAccount | undefined;
  /** Unknown of a key that was typed in. */
  role: Role | undefined;
  /** The demo world's accounts; none elsewhere. */
  demo: DemoAccount[];
  /** Whether the key is stored on this device. */
  kept: boolean;
  /** Calls as an account of the demo world. */
  become: (account: DemoAccount) => void;
  /** Calls with a key that was typed in; stores it only if asked. */
  enter: (credentials: Credentials, keep: boolean) => void;
  /** Drops the key, here and from this device. */
  forget: () => void;
}

export const noKey: Credentials = { secretId: "", secretKey: "", token: "" };

const Context = createContext<Session | undefined>(undefined);

function ofAccount(account: DemoAccount): Credentials {
  return { secretId: account.secretId, secretKey: account.secretKey, token: "" };
}

/** A stored key comes first; in the demo world the account used last, or else a reseller, may do without one. */
function begin(demo: DemoAccount[]): { credentials: Credentials; kept: boolean } {
  const kept = keptCredentials();
  if (kept) {
    return { credentials: kept, kept: true };
  }
  const uin = keptUin();
  const account = demo.find(account => account.uin === uin) ?? demo.find(account => account.role === "reseller");
  return { credentials: account ? ofAccount(account) : noKey, kept: false };
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const server = useServer();
  const demo = useMemo(() => server.demo ?? [], [server]);
  const [{ credentials, kept }, set] = useState(() => begin(demo));
  const session = useMemo<Session>(() => {
    const account = demo.find(account => account.secretId === credentials.secretId);
    return {
      credentials,
      account,
      role: account?.role as Role | undefined,
      demo,
      kept,
      become(account) {
        keepUin(account.uin);
        keepCredentials(undefined);
        set({ credentials: ofAccount(account), kept: false });
      },
      enter(credentials, keep) {
        keepCredentials(keep ? credentials : undefined);
        set({ credentials, kept: keep });
      },
      forget() {
        keepCredentials(undefined);
        set({ credentials: noKey, kept: false });
      },
    };
  }, [credentials, kept, demo]);
  return <Context value={session}>{children}</Context>;
}

export function useSession(): Session {
  const session = use(Context);
  if (!session) {
    throw new Error("useSession outside of SessionProvider");
  }
  return session;
}
