// Deno's standard assertions come from npm as plain JavaScript; this gives them their types.
// @ts-types="./assert.d.ts"
export * from "npm:deno-std@1.4.0/assert/mod.js";
