import type { TFunction } from "i18next";
import type { Role } from "../definition/bundle";

/** In the order of the tree that they stand in. */
export const roles: Role[] = ["operator", "distributor", "subreseller", "reseller", "customer"];

/** A role's name in the language of the interface. */
export function roleName(t: TFunction, role: string): string {
  const known = roles.find(each => each === role);
  return known ? t(`role_${known}`) : role;
}
