/** What bad mutations get, sent as the app sends them: through the push function. */
import { assertEquals, assertNotMatch } from "@std/assert";
import postgres from "postgres";
import type { Outcome, Refusal } from "../../packages/protocol/src/mod.ts";
import { uuid } from "./device.ts";
import { type Person, startProject } from "./project.ts";

let project: Awaited<ReturnType<typeof startProject>>;
let anna: Person;
let ben: Person;
let sql: postgres.Sql;

Deno.test.beforeAll(async () => {
  project = await startProject();
  [anna, ben] = [await project.signUp(), await project.signUp()];
  sql = postgres(project.stack.dbUrl, { max: 1, onnotice: () => undefined });
  await sql`insert into public.workouts (id, user_id, title, scheduled_for) values
    (${HERS}, ${anna.id}, 'Legs', '2026-01-01'), (${HIS}, ${ben.id}, ${CANARY}, '2026-01-01')`;
  await sql.unsafe(`
    create table public.sums (
      id uuid primary key, user_id uuid not null default auth.uid(), a bigint, tripled bigint generated always as (a * 3) stored
    );
    alter table public.sums enable row level security;
    create policy "own" on public.sums to authenticated
      using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
    grant select, insert, update, delete on public.sums to authenticated;
    select sync.enable('public.sums', scope => 'user_id::text', strategy => 'field_merge');
  `);
  await sql`insert into public.sums (id, user_id, a) values (${SUM}, ${anna.id}, 1)`;
});
Deno.test.afterAll(async () => {
  await sql.end();
  await project.stop();
});

const CANARY = "canary-51c9";
const [HERS, HIS, SUM, NEW, ABSENT] = [1, 2, 3, 4, 5].map(uuid) as [
  string,
  string,
  string,
  string,
  string,
];

const insert = (values: object, more: object = {}) => ({
  table: "workouts",
  op: "insert",
  key: [NEW],
  values: { id: NEW, title: "Run", scheduled_for: "2026-11-23", ...values },
  ...more,
});
const update = (table: string, key: string, values: object, more: object = {}) => ({
  table,
  op: "update",
  key: [key],
  values,
  ...more,
});

type Answer =
  & { status: number; high_water?: number; now?: number; outcomes?: Outcome[] }
  & Partial<Refusal>;

async function push(
  mutations: object[],
  { as = anna, client = crypto.randomUUID() as string, from = 1 } = {},
): Promise<Answer> {
  const numbered = mutations.map((mutation, i) => ({
    n: from + i,
    clock: Date.now() * 1000,
    ...mutation,
  }));
  const response = await as.post("/functions/v1/sync-push", {
    protocol: 1,
    client,
    mutations: numbered,
  });
  const text = await response.text();
  assertNotMatch(text, new RegExp(CANARY), "nothing of another's row is told");
  return { status: response.status, ...JSON.parse(text) };
}

/** The mutation, its code, and the column or field at fault. A code of a whole request comes with 4xx. */
type Bad = [name: string, mutation: object, code: string, at?: string];

const mutations: Bad[] = [
  ["malformed key: another type", insert({}, { key: ["not a uuid"] }), "malformed_key"],
  ["malformed key: another length", insert({}, { key: [NEW, NEW] }), "malformed_key"],
  ["malformed key: no array", insert({}, { key: NEW }), "bad_request", "mutations[0].key"],
  ["unknown operation", insert({}, { op: "merge" }), "bad_request", "mutations[0].op"],
  ...["auth.users", "pg_class", "sync.log", "nope", 'a"b', "workouts; drop table workouts"].map(
    (table): Bad => [`table ${table}`, insert({}, { table }), "unknown_table"],
  ),
  ["unknown column", insert({ nope: 1 }), "unknown_column", "nope"],
  ["bookkeeping column", insert({ ctid: "(0,1)" }), "unknown_column", "ctid"],
  ["generated column", update("sums", SUM, { tripled: 3 }), "read_only_column", "tripled"],
  ["__proto__", insert(JSON.parse('{"__proto__":{"a":1}}')), "unknown_column", "__proto__"],
  ["constructor", insert({ constructor: 1 }), "unknown_column", "constructor"],
  ["wrong type", insert({ scheduled_for: "soon" }), "invalid_value", "scheduled_for"],
  [
    "integer over 2^53 as a number",
    update("sums", SUM, { a: 2 ** 53 }),
    "bad_request",
    "mutations[0].values.a",
  ],
  ["NOT NULL missing", insert({ title: null }), "not_null_violation", "title"],
  ["key change", insert({ id: ABSENT }), "read_only_column", "id"],
  ["clock, negative", insert({}, { clock: -1 }), "bad_request", "mutations[0].clock"],
  ["clock that is none", insert({}, { clock: "now" }), "bad_request", "mutations[0].clock"],
  ["counter over its range", insert({}, { clock: 2 ** 60 }), "bad_request", "mutations[0].clock"],
  ["field over the column's limit", insert({ title: "x".repeat(121) }), "check_violation", "title"],
  [
    "field over the wire's limit",
    insert({ notes: "x".repeat(1_100_000) }),
    "too_large",
    "mutations[0]",
  ],
  ["empty patch", update("sums", SUM, {}), "applied"],
];

for (const [name, mutation, code, at] of mutations) {
  Deno.test(`W5, W6: mutation: ${name} (${code})`, async () => {
    const before = await everything();
    const answer = await push([mutation]);
    const fault = answer.error ?? answer.outcomes?.[0];
    assertEquals([fault?.code, answer.error ? answer.error.field : answer.outcomes?.[0]?.column], [
      code,
      at,
    ]);
    assertEquals(await everything(), before, "nothing is written");
  });
}

Deno.test("N6: mutation: owner set to someone else (denied)", async () => {
  const taken = await push([insert({ user_id: ben.id })]);
  const given = await push([{
    ...insert({ id: HERS, user_id: ben.id }),
    op: "update",
    key: [HERS],
  }]);
  assertEquals([taken.outcomes?.[0]?.code, given.outcomes?.[0]?.code], ["denied", "denied"]);
  const [row] = await sql`select user_id from public.workouts where id = ${HERS}`;
  assertEquals(row?.user_id, anna.id);
});

Deno.test("N6: mutation: a missing row and an invisible one answer alike", async () => {
  await sql`insert into public.sums (id, user_id, a) values (${HIS}, ${ben.id}, 7)`;
  const told = async (mutation: (id: string) => object) =>
    await Promise.all([HIS, ABSENT].map(async (id) => {
      const { outcomes, error } = await push([mutation(id)]);
      return JSON.stringify(outcomes ?? error).replaceAll(id, "");
    }));
  for (
    const mutation of [
      (id: string) => ({ table: "sums", op: "delete", key: [id] }),
      (id: string) => ({ table: "workouts", op: "delete", key: [id] }),
      (id: string) => update("sums", id, { a: 5 }),
    ]
  ) {
    const [invisible, missing] = await told(mutation);
    assertEquals(invisible, missing);
  }
  const [row] = await sql`select a::int from public.sums where id = ${HIS}`;
  assertEquals(row?.a, 7);
});

Deno.test("N1: mutation: another user's client id is a client of one's own", async () => {
  const client = crypto.randomUUID();
  await push([update("sums", SUM, { a: 2 })], { client });
  const answer = await push([update("sums", ABSENT, {})], { client, as: ben });
  assertEquals([answer.status, answer.high_water], [200, 1]);
});

Deno.test("N2: mutation: a gap (gap), with the number that is expected", async () => {
  const { status, error } = await push([update("sums", SUM, { a: 2 })], { from: 2 });
  assertEquals([status, error?.code, error?.field, error?.expected], [
    409,
    "gap",
    "mutations[0].n",
    1,
  ]);
});

Deno.test("N3: mutation: done already (the stored answer), other content (reused_number)", async () => {
  const client = crypto.randomUUID();
  const first = update("sums", SUM, { a: 11 }, { clock: Date.now() * 1000 });
  const done = await push([first], { client });
  await sql`update public.sums set a = 12 where id = ${SUM}`;
  const again = await push([first], { client });
  assertEquals({ ...again, now: done.now }, done);
  assertEquals((await sql`select a::int from public.sums where id = ${SUM}`)[0]?.a, 12);
  const other = await push([{ ...first, values: { a: 13 } }], { client });
  assertEquals([other.status, other.error?.code], [409, "reused_number"]);

  await sql`delete from sync.answers where client = ${client}`;
  const late = await push([first], { client });
  assertEquals([late.status, late.error?.code], [410, "answer_expired"]);
});

Deno.test("C1: mutation: a clock a year ahead is clamped to the server's", async () => {
  const year = 365 * 24 * 3600 * 1_000_000;
  const key = uuid(60);
  const sent = insert({ id: key }, { key: [key], clock: Date.now() * 1000 + year });
  const { outcomes, now } = await push([sent]);
  assertEquals([outcomes?.[0]?.code, outcomes?.[0]?.clamped], ["applied", true]);
  const [stored] = await sql`
    select clock <= ${now!} as clamped from sync.clocks where key = ${key}`;
  assertEquals(stored?.clamped, true);
  const [next] = (await push([{ ...sent, op: "update", clock: Date.now() * 1000 + 1_000_000 }]))
    .outcomes!;
  assertEquals(next?.code, "applied", "a year of other people's writes is not shut out");
  assertEquals(next?.clamped, undefined);
});

Deno.test("W3: mutation: HTML in text is stored as it is", async () => {
  const title = "<img src=x onerror=alert(1)>";
  const key = uuid(61);
  const { outcomes } = await push([insert({ id: key, title }, { key: [key] })]);
  assertEquals(outcomes?.[0]?.code, "applied");
  const [row] = await sql`select title from public.workouts where id = ${key}`;
  assertEquals(row?.title, title);
});

const everything = async () =>
  JSON.stringify(
    await sql`select * from public.workouts w full join public.sums s on false order by 1`,
  );
