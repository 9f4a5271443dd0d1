import { assert, assertEquals, assertRejects } from "@std/assert";
import type { PushRequest, Row } from "@fitos/protocol";
import type { Sql } from "postgres";
import { type Postgres, startPostgres } from "../../../packages/stack/src/postgres.ts";
import { connect, createPush } from "./database.ts";
import { isRefusal } from "./refuse.ts";
import { describeError } from "./report.ts";
import type { Claims } from "./verify.ts";

// A stand-in for sync_changes that does what the pushed mutation's values ask for.
const STAND_IN = `
  create table public.seen (what jsonb);
  create table public.pair (id int primary key, hits int not null default 0);
  insert into public.pair values (1), (2);
  create sequence public.tries;
  grant usage on sequence public.tries to authenticated;
  grant insert on public.seen to authenticated;
  grant select, update on public.pair to authenticated;
  create function public.sync_changes(request jsonb) returns jsonb
  language plpgsql set search_path = '' as $$
  declare
    asked jsonb := request #> '{mutations,0,values}';
    try bigint := nextval('public.tries');
  begin
    insert into public.seen values (jsonb_build_object(
      'type', jsonb_typeof(request),
      'request', request,
      'role', current_user,
      'claims', current_setting('request.jwt.claims')::jsonb,
      'sub', current_setting('request.jwt.claim.sub'),
      'synchronous_commit', current_setting('synchronous_commit'),
      'statement_timeout', current_setting('statement_timeout')));
    if asked ? 'raise' and try <= (asked ->> 'tries')::int then
      raise exception 'canary in the message' using errcode = asked ->> 'raise';
    end if;
    if asked ? 'first' then
      update public.pair set hits = hits + 1 where id = (asked ->> 'first')::int;
      perform pg_sleep(0.3);
      update public.pair set hits = hits + 1 where id <> (asked ->> 'first')::int;
    end if;
    if asked ? 'sleep' then
      perform pg_sleep((asked ->> 'sleep')::float);
    end if;
    return coalesce(asked -> 'answer', jsonb_build_object(
      'protocol', 1, 'xid', pg_current_xact_id()::text, 'now', 1700000000000001,
      'high_water', 1, 'outcomes', '[{"n": 1, "code": "applied"}]'::jsonb));
  end $$;
  revoke all on function public.sync_changes from public;
  grant execute on function public.sync_changes to authenticated;`;

// Pools are ended with a timeout: the driver waits for ever for a connection that was cut.
const root = await Deno.makeTempDir({ prefix: "fn-push-" });
await Deno.chmod(root, 0o755);
let server: Postgres;
let owner: Sql;
let pool: Sql;
const reported: string[] = [];
const report = (error: unknown) => void reported.push(describeError(error));

Deno.test.beforeAll(async () => {
  server = await startPostgres({ dataDir: `${root}/data`, port: 0, durable: false });
  owner = connect(server.url);
  pool = connect(server.url);
  await owner.unsafe(STAND_IN);
});
Deno.test.beforeEach(async () => {
  await owner`truncate public.seen`;
  await owner`alter sequence public.tries restart`;
  reported.length = 0;
});
Deno.test.afterAll(async () => {
  await pool.end({ timeout: 1 });
  await owner.end();
  await server.stop();
  await Deno.remove(root, { recursive: true });
});

const claims: Claims = {
  sub: "5d0c2c4e-6f0f-4a77-9a52-0d1c1c9f3b11",
  role: "authenticated",
  exp: 2_000_000_000,
  email: `o'hara"@example.com`,
};

const batch = (values: Row): PushRequest => ({
  protocol: 1,
  client: "0b54f4c0-5a51-4f6c-9b0a-2d3c4e5f6a7b",
  mutations: [{ n: 1, table: "t", op: "insert", key: ["k"], values, clock: 1 }],
});

const push = (values: Row, sql = pool) => createPush(sql, report)(claims, batch(values));

async function code(answered: ReturnType<typeof push>): Promise<string> {
  const answer = await answered;
  return isRefusal(answer) ? answer.error.code : "done";
}

const seen = async () => (await owner`select what from public.seen`).map((row) => row.what);

Deno.test("push runs as the user, with the claims of the token", async () => {
  const answer = await push({ title: "Legs" });
  assert(!isRefusal(answer));
  assertEquals(answer.outcomes, [{ n: 1, code: "applied" }]);
  const [what] = await seen();
  assertEquals(what.role, "authenticated");
  assertEquals(what.claims, claims);
  assertEquals(what.sub, claims.sub);
  assertEquals(what.synchronous_commit, "on");
  assertEquals(what.statement_timeout, "8s");
});

Deno.test("push leaves neither role nor claims on the connection", async () => {
  const sql = connect(`${server.url}?max=1`);
  await push({}, sql);
  const [after] = await sql`
    select current_user as role, current_setting('request.jwt.claims', true) as claims,
      current_setting('statement_timeout') as timeout`;
  assertEquals({ ...after }, { role: "postgres", claims: "", timeout: "0" });
  await sql.end({ timeout: 1 });
});

Deno.test("push serializes the request once, as an object", async () => {
  const values = JSON.parse(
    '{"text":"{\\"a\\":1}","quote":"o\'hara \\\\ \\"x\\" $1","__proto__":{"a":1},"n":0.1,"deep":[[{}]]}',
  );
  await push(values);
  const [what] = await seen();
  assertEquals(what.type, "object");
  assertEquals(what.request, batch(values));
  assertEquals(Object.keys(what.request.mutations[0].values).includes("__proto__"), true);
});

Deno.test("push rolls back what sync_changes refuses, and passes it on", async () => {
  const refused = { error: { code: "gap", message: "expected 7", expected: 7 } };
  assertEquals(await push({ answer: refused }), refused);
  assertEquals(await seen(), []);
  assertEquals(reported, []);
});

Deno.test("push rolls back an answer that is not of the wire, as a bug", async () => {
  await assertRejects(() => push({ answer: { xid: 3 } }));
  await assertRejects(() => push({ answer: { error: { code: "no such code", message: "" } } }));
  assertEquals(await seen(), []);
});

Deno.test("push tries again after a deadlock or a serialization failure", async () => {
  for (const raise of ["40001", "40P01"]) {
    await owner`alter sequence public.tries restart`;
    assertEquals(await code(push({ raise, tries: 2 })), "done");
  }
  assertEquals((await seen()).length, 2);
  assertEquals(reported, []);
});

Deno.test("push gives up on an endless deadlock with unavailable", async () => {
  const answer = await push({ raise: "40P01", tries: 99 });
  assert(isRefusal(answer));
  assertEquals([answer.error.code, answer.error.retry_after], ["unavailable", 1]);
  const [{ last_value }] = await owner`select last_value from public.tries` as [Row];
  assertEquals(last_value, "3");
  assertEquals(await seen(), []);
});

Deno.test("push survives a real deadlock between two batches", async () => {
  const both = [push({ first: 1 }), push({ first: 2 })];
  assertEquals(await Promise.all(both.map(code)), ["done", "done"]);
  const rows = await owner`select hits from public.pair`;
  assertEquals(rows.map((row) => row.hits), [2, 2]);
  const [{ last_value }] = await owner`select last_value from public.tries` as [Row];
  // Once or twice: the next try may take its first row before the other batch wakes up to it.
  assert(Number(last_value) > 2, "one of the two was a deadlock's victim and ran again");
});

Deno.test("push answers unavailable for a server short of time or resources", async () => {
  for (const raise of ["57014", "57P01", "53300", "53200", "55P03", "08006", "25006"]) {
    await owner`alter sequence public.tries restart`;
    const answer = await push({ raise, tries: 9 });
    assert(isRefusal(answer));
    assertEquals([answer.error.code, answer.error.retry_after], ["unavailable", 2]);
    assert(reported.pop()?.includes(`code=${raise}`));
  }
  assertEquals(await seen(), []);
});

Deno.test("push answers unavailable when its connection is cut, and works again after", async () => {
  const sleeping = push({ sleep: 30 });
  await endSleeper(owner);
  assertEquals(await code(sleeping), "unavailable");
  assertEquals(reported.length, 1);
  assertEquals(await code(push({})), "done");
  assertEquals((await seen()).length, 1);
});

Deno.test("push answers unavailable when the server dies, and works again after", async () => {
  const options = { dataDir: `${root}/crash`, port: 0, durable: false };
  let crashing = await startPostgres(options);
  const sql = connect(crashing.url);
  await sql.unsafe(STAND_IN);
  const sleeping = push({ sleep: 30 }, sql);
  await crashing.kill();
  assertEquals(await code(sleeping), "unavailable");
  assertEquals(await code(push({}, sql)), "unavailable");
  crashing = await startPostgres({ ...options, port: crashing.port });
  assertEquals(await code(push({}, sql)), "done");
  await sql.end({ timeout: 1 });
  await crashing.stop();
});

Deno.test("push answers unavailable when no server listens", async () => {
  const closed = connect("postgres://postgres@127.0.0.1:1/postgres");
  assertEquals(await code(push({}, closed)), "unavailable");
  await closed.end({ timeout: 1 });
});

Deno.test("push throws what no client could cause, and the log line holds no message", async () => {
  const error = await assertRejects(() => push({ raise: "23514", tries: 9 }));
  const line = describeError(error);
  assert(line.includes("code=23514") && !line.includes("canary"), line);

  await owner`revoke execute on function public.sync_changes from authenticated`;
  const denied = await assertRejects(() => push({}));
  assert(describeError(denied).includes("code=42501"));
  await owner`grant execute on function public.sync_changes to authenticated`;
});

/** Waits for a push that sleeps in the database, and ends its connection from outside. */
async function endSleeper(sql: Sql): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const ended = await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'sync-push' and wait_event = 'PgSleep'`;
    if (ended.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("no push was seen sleeping");
}
