import { assert, assertEquals, assertThrows } from "@std/assert";
import { readSettings } from "./settings.ts";

const set = (variables: Record<string, string>) => readSettings((name) => variables[name]);
const base = { SUPABASE_URL: "https://x.supabase.co/", SUPABASE_DB_URL: "postgres://db" };

Deno.test("readSettings reads the platform's variables", () => {
  assertEquals(
    set({
      ...base,
      SUPABASE_JWKS: '{"keys":[{"kty":"EC"}]}',
      SUPABASE_PUBLISHABLE_KEYS: '{"mobile":"sb_publishable_m","default":"sb_publishable_d"}',
    }),
    {
      url: "https://x.supabase.co",
      databaseUrl: "postgres://db",
      jwks: { keys: [{ kty: "EC" }] },
      apikey: "sb_publishable_d",
    },
  );
});

Deno.test("readSettings takes the legacy key, and no keys for a shared secret", () => {
  const settings = set({ ...base, SUPABASE_JWKS: "", SUPABASE_ANON_KEY: "anon" });
  assertEquals([settings.jwks.keys, settings.apikey], [[], "anon"]);
});

Deno.test("readSettings names what is missing or malformed, without quoting it", () => {
  assertThrows(() => set({}), Error, "SUPABASE_URL");
  assertThrows(() => set({ SUPABASE_URL: "x", SUPABASE_ANON_KEY: "x" }), Error, "SUPABASE_DB_URL");
  assertThrows(() => set(base), Error, "SUPABASE_ANON_KEY");
  assertThrows(() => set({ ...base, SUPABASE_JWKS: '{"keys":1}' }), Error, "SUPABASE_JWKS");
  const error = assertThrows(
    () => set({ ...base, SUPABASE_PUBLISHABLE_KEYS: "sb_canary" }),
    Error,
    "SUPABASE_PUBLISHABLE_KEYS",
  );
  assert(!Deno.inspect(error).includes("canary"));
});
