/** The wire between a client and its database: schemas, codes and limits. SPEC.md has the rules. */
export * from "./codes.ts";
export * from "./comparing.ts";
export * from "./digest.ts";
export { hash } from "./hash.ts";
export * from "./limits.ts";
export * from "./pull.ts";
export * from "./push.ts";
export * from "./refusal.ts";
export * from "./snapshot.ts";
export type { Json, Key, Row } from "./values.ts";
