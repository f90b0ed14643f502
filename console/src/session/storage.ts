import type { Credentials } from "../explorer/draft";

// The key itself is stored only where somebody asked for that. Which account of the demo world was chosen is no
// secret, and outlives a reload of this tab.
const credentialsKey = "tael.key";
const uinKey = "tael.account";

function tolerant<T>(reach: () => T): T | undefined {
  try {
    return reach();
  } catch {
    return undefined; // a browser without storage, or what somebody else wrote there
  }
}

export function keptCredentials(): Credentials | undefined {
  return tolerant(() => {
    const kept = JSON.parse(localStorage.getItem(credentialsKey) ?? "null") as Partial<Credentials> | null;
    if (typeof kept?.secretId !== "string" || typeof kept.secretKey !== "string") {
      return undefined;
    }
    return {
      secretId: kept.secretId,
      secretKey: kept.secretKey,
      token: typeof kept.token === "string" ? kept.token : "",
    };
  });
}

/** Stores a key on this device, or removes the one that is there. */
export function keepCredentials(credentials: Credentials | undefined): void {
  tolerant(() => {
    if (credentials) {
      localStorage.setItem(credentialsKey, JSON.stringify(credentials));
    } else {
      localStorage.removeItem(credentialsKey);
    }
  });
}

export function keptUin(): number | undefined {
  return tolerant(() => Number(sessionStorage.getItem(uinKey) ?? Number.NaN));
}

export function keepUin(uin: number): void {
  tolerant(() => sessionStorage.setItem(uinKey, String(uin)));
}
