export type Hash = "SHA-1" | "SHA-256";

export type Bytes = Uint8Array<ArrayBuffer>;

/** What signing needs of cryptography. */
export interface Hashing {
  digest(hash: Hash, data: Bytes): Promise<Bytes>;
  hmac(hash: Hash, key: Bytes, data: Bytes): Promise<Bytes>;
}

/** The browser's own cryptography; pages of a secure context have it. */
export function webCrypto(subtle: SubtleCrypto): Hashing {
  return {
    digest: async (hash, data) => new Uint8Array(await subtle.digest(hash, data)),
    hmac: async (hash, key, data) => {
      // WebCrypto takes no empty key; one of zeros is the same to HMAC.
      const bytes = key.length > 0 ? key : new Uint8Array(1);
      const imported = await subtle.importKey("raw", bytes, { name: "HMAC", hash }, false, ["sign"]);
      return new Uint8Array(await subtle.sign("HMAC", imported, data));
    },
  };
}

/** The same in JavaScript, loaded only where it is needed. */
export async function withoutWebCrypto(): Promise<Hashing> {
  const [{ sha1 }, { sha256 }, { hmac }] = await Promise.all([
    import("@noble/hashes/legacy.js"),
    import("@noble/hashes/sha2.js"),
    import("@noble/hashes/hmac.js"),
  ]);
  const functions = { "SHA-1": sha1, "SHA-256": sha256 };
  return {
    digest: (hash, data) => Promise.resolve(new Uint8Array(functions[hash](data))),
    hmac: (hash, key, data) => Promise.resolve(new Uint8Array(hmac(functions[hash], key, data))),
  };
}

/** WebCrypto, or what replaces it on a page served by plain HTTP from another host than this one. */
export async function availableHashing(): Promise<Hashing> {
  const subtle = (globalThis.crypto as Partial<Crypto>).subtle;
  return subtle ? webCrypto(subtle) : withoutWebCrypto();
}

export function bytesOf(text: string): Bytes {
  return new TextEncoder().encode(text);
}

/** In hexadecimal, lower case. */
export function hex(bytes: Bytes): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("");
}

export function base64(bytes: Bytes): string {
  return btoa(String.fromCharCode(...bytes));
}
