import { useEffect, useState } from "react";
import { signatureLasts } from "../../code";
import { sign, type Signed } from "../../signing";
import type { Credentials, Draft } from "../draft";

export interface Signature {
  signed: Signed | null;
  /** Whether the server takes it no longer. */
  expired: boolean;
  /** Signs anew. */
  again: () => void;
}

/** The call signed with the page's key, where there is one and it is wanted. */
export function useSignature(draft: Draft, credentials: Credentials, endpoint: string, wanted: boolean): Signature {
  const [signed, setSigned] = useState<Signed | null>(null);
  const [expired, setExpired] = useState(false);
  const [turn, setTurn] = useState(0);
  const able = wanted && credentials.secretId !== "" && credentials.secretKey !== "";
  useEffect(() => {
    if (!able) {
      return undefined;
    }
    let current = true;
    void sign(draft, credentials, endpoint, new Date()).then(signed => {
      if (current) {
        setSigned(signed);
        setExpired(false);
      }
    });
    const timer = setTimeout(() => setExpired(true), signatureLasts * 1000);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [able, draft, credentials, endpoint, turn]);
  return { signed: able ? signed : null, expired: able && expired, again: () => setTurn(turn => turn + 1) };
}
