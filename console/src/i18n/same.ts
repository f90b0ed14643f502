/** Texts with the names of the English ones; only English and its like have a form for one thing. */
export type Same<English> = { [Name in keyof English as Name extends `${string}_one` ? never : Name]: string };
