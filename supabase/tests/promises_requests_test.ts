/** What bad requests and bad cursors get, on the whole path: gateway, function, REST, database. */
import { SignJWT } from "jose";
import postgres from "postgres";
import { assert, assertEquals } from "@std/assert";
import { LIMITS, REFUSALS } from "../../packages/protocol/src/mod.ts";
import { uuid } from "./device.ts";
import { type Person, startProject } from "./project.ts";

let project: Awaited<ReturnType<typeof startProject>>;
let anna: Person;
let ben: Person;

Deno.test.beforeAll(async () => {
  project = await startProject();
  [anna, ben] = [await project.signUp(), await project.signUp()];
});
Deno.test.afterAll(() => project.stop());

const PUSH = "/functions/v1/sync-push";
const values = { id: uuid(1), title: "Legs", scheduled_for: "2026-11-23" };
const mutation = { n: 1, table: "workouts", op: "insert", key: [uuid(1)], values, clock: 1 };
const push = (...mutations: unknown[]) => ({ protocol: 1, client: uuid(9), mutations });
/** A push whose values are this text. */
const withValues = (text: string) =>
  JSON.stringify(push(mutation)).replace(JSON.stringify(values), () => text);

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return await new Response(stream).arrayBuffer();
}

async function token(claims: Record<string, unknown>, expires: string): Promise<string> {
  return await new SignJWT({ sub: anna.id, role: "authenticated", ...claims })
    .setProtectedHeader({ alg: "HS256" }).setAudience("authenticated").setExpirationTime(expires)
    .sign(new TextEncoder().encode(project.stack.jwtSecret));
}

type Bad = {
  request: string;
  status: number;
  body?: () => BodyInit | object | Promise<BodyInit>;
  headers?: Record<string, string>;
  /** null: none. Left out: that of a signed-in user. */
  token?: () => Promise<string> | null;
};

const GZIP = { "content-type": "application/gzip" };

const requests: Bad[] = [
  { request: "empty", status: 400, body: () => "" },
  { request: "not JSON", status: 400, body: () => "<html>" },
  { request: "an array", status: 400, body: () => `[${JSON.stringify(push(mutation))}]` },
  {
    request: "unknown protocol version",
    status: 426,
    body: () => ({ ...push(mutation), protocol: 2 }),
  },
  { request: "no token", status: 401, token: () => null },
  { request: "expired token", status: 401, token: () => token({}, "-1m") },
  { request: "anon", status: 403, token: () => token({ role: "anon" }, "1h") },
  {
    request: "over the batch limit",
    status: 413,
    body: () => push(...Array(LIMITS.mutations + 1).fill(mutation)),
  },
  {
    request: "over the body limit, before parsing",
    status: 413,
    body: () => "x".repeat(LIMITS.bodyBytes + 1),
  },
  {
    request: "nesting over 32",
    status: 400,
    body: () => withValues(`{"a":${"[".repeat(40)}${"]".repeat(40)}}`),
  },
  {
    request: "gzip bomb",
    status: 413,
    body: () => gzip(new Uint8Array(50_000_000)),
    headers: GZIP,
  },
  { request: "\\u0000", status: 400, body: () => withValues('{"title":"a\\u0000b"}') },
  { request: "lone surrogate", status: 400, body: () => withValues('{"title":"\\ud83c"}') },
  { request: "NaN", status: 400, body: () => withValues('{"title":NaN}') },
  {
    request: "a number over 40 digits",
    status: 400,
    body: () => withValues('{"title":1e131071}'),
  },
];

for (const { request, status, body, headers, token } of requests) {
  Deno.test(`W5: request: ${request} (${status})`, async () => {
    const sender = token === undefined ? anna.token : await token();
    const sent = await body?.() ?? push(mutation);
    const response = await project.post(sender)(PUSH, sent, headers);
    const { error } = await response.json();
    assertEquals(response.status, status, JSON.stringify(error));
    assertEquals(REFUSALS[error.code as keyof typeof REFUSALS].status, status);
    assert(error.message.length > 10, "says what to do");
    assertEquals(await written(), 0);
  });
}

Deno.test("W5: request: of duplicate keys the last counts, in function and database alike", async () => {
  const twice = (text: string) => text.replace('"title":', '"title":"first","title":');
  const one = twice(JSON.stringify({ ...push(mutation), client: uuid(91) }));
  const other = twice(
    JSON.stringify({ ...push({ ...mutation, key: [uuid(2)], values: { ...values, id: uuid(2) } }) })
      .replace(uuid(9), uuid(92)),
  );
  assertEquals((await anna.post(PUSH, one)).status, 200);
  assertEquals((await anna.post("/rest/v1/rpc/sync_changes", `{"request":${other}}`)).status, 200);
  await asOwner(async (sql) => {
    const rows = await sql`select title from public.workouts where user_id = ${anna.id}`;
    assertEquals(rows.map((row) => row.title), ["Legs", "Legs"]);
  });
});

type Token = Record<string, unknown> & { base: string };

const cursors: [
  name: string,
  reset: string,
  spoil: (token: Token) => unknown,
][] = [
  ["garbage", "malformed", () => "garbage"],
  ["empty", "malformed", () => ""],
  ["JSON of another kind", "malformed", () => "[1]"],
  ["a snapshot that is none", "malformed", (token) => ({ ...token, base: "1:x:" })],
  ["inverted", "malformed", (token) => ({ ...token, base: "900:4:" })],
  ["ahead of the server", "ahead", (token) => ({ ...token, base: "900000000:900000000:" })],
  ["wrong epoch", "epoch", (token) => ({ ...token, epoch: "another" })],
  ["under the floor", "floor", (token) => ({ ...token, base: "1:1:" })],
  ["of another version", "malformed", (token) => ({ ...token, version: 9 })],
];

for (const [name, reset, spoil] of cursors) {
  Deno.test(`S5: cursor: ${name} (${reset})`, async () => {
    const { cursor } = await anna.rpc("sync_pull", { protocol: 1, cursor: null });
    const spoilt = spoil(JSON.parse(cursor));
    const sent = typeof spoilt === "string" ? spoilt : JSON.stringify(spoilt);
    const answer = await anna.rpc("sync_pull", { protocol: 1, cursor: sent });
    assertEquals(answer, { protocol: 1, reset });
  });
}

Deno.test("S5: cursor: another user's (user)", async () => {
  const { cursor } = await anna.rpc("sync_pull", { protocol: 1, cursor: null });
  const answer = await ben.rpc("sync_pull", { protocol: 1, cursor });
  assertEquals(answer, { protocol: 1, reset: "user" });
});

Deno.test("S5: cursor: 200,000 xips are over 20 KB (400), as many as fit are read", async () => {
  const { cursor } = await anna.rpc("sync_pull", { protocol: 1, cursor: null });
  const token: Token = JSON.parse(cursor);
  const xmax = Number(token.base.split(":")[1]);
  const of = (count: number) => {
    const xips = Array.from({ length: count }, (_, n) => n + 3);
    return JSON.stringify({ ...token, base: `3:${count + 3}:${xips}` });
  };
  const many = await anna.rpc("sync_pull", { protocol: 1, cursor: of(200_000) });
  assertEquals([many.error.code, many.error.field], ["bad_request", "cursor"]);
  assertEquals(REFUSALS.bad_request.status, 400);
  const some = await anna.rpc("sync_pull", { protocol: 1, cursor: of(xmax - 3) });
  assertEquals(some.error, undefined);
});

async function written(): Promise<number> {
  return await asOwner(async (sql) => {
    const [found] = await sql`
      select (select count(*) from sync.log) + (select count(*) from sync.clients) as n`;
    return Number(found?.n);
  });
}

async function asOwner<T>(work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(project.stack.dbUrl, { max: 1, onnotice: () => undefined });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}
