// Deno's TOML parser, from npm as plain JavaScript; this gives it its type.
// @ts-types="./toml.d.ts"
export { parse } from "npm:deno-std@1.4.0/toml/mod.js";
