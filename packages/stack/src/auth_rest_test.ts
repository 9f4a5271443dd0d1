import { assertEquals } from "@std/assert";
import { SignJWT } from "jose";
import postgres from "postgres";
import { client, type Fixture, signedIn, startFixture, until } from "./fixture.ts";

const MIGRATION = `
create table public.notes (
  id uuid primary key default gen_random_uuid(),
  owner uuid not null default auth.uid() references auth.users,
  text text unique
);
alter table public.notes enable row level security;
grant select, insert on public.notes to authenticated;
create policy own on public.notes to authenticated
  using (owner = (select auth.uid())) with check (owner = (select auth.uid()));

create table public.secrets (id int primary key);
alter table public.secrets enable row level security;

create function public.whoami(request jsonb) returns jsonb language sql
as $$
  select jsonb_build_object(
    'role', current_user, 'uid', auth.uid(), 'email', auth.jwt() ->> 'email', 'request', request
  )
$$;

create function public.refuse(state text) returns jsonb language plpgsql
as $$
begin
  raise exception 'refused' using errcode = state, detail = 'why', hint = 'what to do';
end
$$;

create function public.patience() returns text language sql as $$ select current_setting('statement_timeout') $$;
`;

let fixture: Fixture;
Deno.test.beforeAll(async () => {
  fixture = await startFixture({ "migrations/20260101000000_notes.sql": MIGRATION });
});
Deno.test.afterAll(() => fixture.stop());

const get = (path: string, headers: Record<string, string>) =>
  fetch(`${fixture.stack.apiUrl}${path}`, { headers });

async function status(path: string, headers: Record<string, string> = {}) {
  const response = await get(path, headers);
  await response.body?.cancel();
  return response.status;
}

Deno.test("rest: a user sees and writes their own rows only", async () => {
  const [ada, bob] = [await signedIn(fixture.stack), await signedIn(fixture.stack)];
  assertEquals((await ada.supabase.from("notes").insert({ text: "ada's" })).error, null);
  const own = await ada.supabase.from("notes").select("owner, text");
  assertEquals(own.data, [{ owner: ada.userId, text: "ada's" }]);
  assertEquals((await bob.supabase.from("notes").select()).data, []);
  const forged = await bob.supabase.from("notes").insert({ owner: ada.userId, text: "forged" });
  assertEquals([forged.status, forged.error?.code], [403, "42501"]);
});

Deno.test("rest: RLS tables are not granted to anybody by being served", async () => {
  const { supabase } = await signedIn(fixture.stack);
  const user = await supabase.from("secrets").select();
  assertEquals([user.status, user.error?.code], [403, "42501"]);
  const anon = await client(fixture.stack).from("notes").select();
  assertEquals([anon.status, anon.error?.code], [401, "42501"]);
});

Deno.test("rest: keys and tokens are asked for as on the platform", async () => {
  const { publishableKey, secretKey, jwtSecret } = fixture.stack;
  const sign = (exp: number, secret: string) =>
    new SignJWT({ role: "authenticated", sub: crypto.randomUUID() })
      .setProtectedHeader({ alg: "HS256" })
      .setExpirationTime(exp)
      .sign(new TextEncoder().encode(secret));
  const now = Math.floor(Date.now() / 1000);
  const bearer = (token: string) => ({ apikey: publishableKey, authorization: `Bearer ${token}` });

  assertEquals(await status("/rest/v1/notes"), 401);
  assertEquals(await status("/rest/v1/notes", { apikey: "sb_publishable_wrong" }), 401);
  assertEquals(await status("/rest/v1/notes", bearer("garbage")), 401);
  assertEquals(await status("/rest/v1/notes", bearer(await sign(now - 60, jwtSecret))), 401);
  assertEquals(await status("/rest/v1/notes", bearer(await sign(now + 60, "x".repeat(32)))), 401);
  assertEquals(await status("/rest/v1/notes", bearer(await sign(now + 60, jwtSecret))), 200);
  assertEquals(await status("/rest/v1/secrets", { apikey: secretKey }), 403);
  assertEquals(await status("/auth/v1/user", { apikey: publishableKey }), 401);
});

Deno.test("rest: rpc takes an object and answers one jsonb, as the user", async () => {
  const { supabase, userId } = await signedIn(fixture.stack);
  const request = { rows: [1, "two", { three: null }], big: "9007199254740993" };
  const { data } = await supabase.rpc("whoami", { request });
  assertEquals({ ...data, email: "" }, { role: "authenticated", uid: userId, email: "", request });
  assertEquals((await client(fixture.stack).rpc("whoami", { request })).data.role, "anon");
});

Deno.test("rest: SQL errors have PostgREST's status", async () => {
  const { supabase } = await signedIn(fixture.stack);
  const cases = {
    P0001: 400,
    "42501": 403,
    PT413: 413,
    "40001": 500,
    "57014": 500,
    "23505": 409,
    "23514": 400,
  };
  for (const [state, expected] of Object.entries(cases)) {
    const { status, error } = await supabase.rpc("refuse", { state });
    assertEquals([state, status, error?.code], [state, expected, state]);
    assertEquals([error?.message, error?.details, error?.hint], ["refused", "why", "what to do"]);
  }
});

Deno.test("rest: the statement timeout is the role's", async () => {
  const { supabase } = await signedIn(fixture.stack);
  assertEquals((await supabase.rpc("patience")).data, "8s");
  assertEquals((await client(fixture.stack).rpc("patience")).data, "3s");
});

Deno.test("rest: a table made later is served without a restart", async () => {
  const { supabase } = await signedIn(fixture.stack);
  assertEquals((await supabase.from("later").select()).status, 404);
  const sql = postgres(fixture.stack.dbUrl, { max: 1 });
  await sql.unsafe(
    "create table public.later (id int); grant select on public.later to authenticated",
  );
  await sql.end();
  await until(async () => (await supabase.from("later").select()).status === 200);
});

Deno.test("gateway: a preflight passes and an unknown path is JSON", async () => {
  const preflight = await fetch(`${fixture.stack.apiUrl}/rest/v1/notes`, { method: "OPTIONS" });
  assertEquals(preflight.status, 204);
  assertEquals(preflight.headers.get("access-control-allow-origin"), "*");
  const unknown = await get("/storage/v1/bucket", {});
  assertEquals([unknown.status, (await unknown.json()).code], [404, "NOT_FOUND"]);
});

Deno.test("stack: after kill -9 of PostgreSQL and a restart the services answer again", async () => {
  const { supabase } = await signedIn(fixture.stack);
  await supabase.from("notes").insert({ text: "kept" });
  await fixture.stack.killPostgres();
  // A write, since supabase-js tries a read again for some seconds.
  assertEquals((await supabase.from("notes").insert({ text: "lost" })).status, 503);
  await fixture.stack.restartPostgres();
  assertEquals((await supabase.from("notes").select("text")).data, [{ text: "kept" }]);
});
