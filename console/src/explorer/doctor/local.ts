// Looks into a request with the secret key that the page has, without the server.
import type { StepId } from "../../signing";
import { availableHashing } from "../../signing/hashing";
import { headerOf, readAuthorization, type Received, recompute, secretIdOf } from "../../signing/received";
import type { Credentials } from "../draft";

export interface Local {
  given: string;
  computed: string;
  matches: boolean;
  /** What was signed here. */
  stringToSign: string;
}

/** Signs a request that names this key; nothing where it names another, or cannot be signed. */
export async function signLocally(request: Received, credentials: Credentials): Promise<Local | undefined> {
  const { secretId, secretKey } = credentials;
  if (secretKey === "" || secretIdOf(request) !== secretId) {
    return undefined;
  }
  const authorization = readAuthorization(headerOf(request, "authorization"));
  if (authorization && (authorization.signature === "" || !/^\d{1,10}$/.test(headerOf(request, "x-tc-timestamp")))) {
    return undefined;
  }
  const { steps, signature, given, matches } = await recompute(request, secretKey, await availableHashing());
  const text = (id: StepId): string => steps.find(step => step.id === id)?.text ?? "";
  return { given, computed: signature, matches, stringToSign: text("stringToSign") };
}
