import { assert, assertEquals } from "@std/assert";
import { LIMITS, type PushRequest, type PushResponse, type Refusal } from "@fitos/protocol";
import { createHandler, type Dependencies } from "./handler.ts";
import { refuse } from "./refuse.ts";
import type { Claims } from "./verify.ts";

const client = "0b54f4c0-5a51-4f6c-9b0a-2d3c4e5f6a7b";
const mutation = {
  n: 1,
  table: "workouts",
  op: "insert",
  key: ["w1"],
  values: { id: "w1", title: "Legs" },
  clock: 1_700_000_000_000_000,
};
const batch = JSON.stringify({ protocol: 1, client, mutations: [mutation] });
const withValues = (values: string) => batch.replace(JSON.stringify(mutation.values), () => values);

const claims: Claims = { sub: "ada", role: "authenticated", exp: 1 };
const done: PushResponse = {
  protocol: 1,
  xid: "741",
  now: 1_700_000_000_000_001,
  high_water: 1,
  outcomes: [{ n: 1, code: "applied" }],
};

function harness(overrides: Partial<Dependencies> = {}) {
  const pushed: PushRequest[] = [];
  const reported: unknown[] = [];
  const handle = createHandler({
    verify: () => Promise.resolve({ claims }),
    push: (_, request) => (pushed.push(request), Promise.resolve(done)),
    report: (error) => void reported.push(error),
    ...overrides,
  });
  const post = (body: BodyInit | null, headers: Record<string, string> = {}) =>
    handle(new Request("http://localhost/sync-push", { method: "POST", body, headers }));
  return { handle, post, pushed, reported };
}

Deno.test("handler answers a push with what the database answered", async () => {
  const { post, pushed } = harness();
  const response = await post(batch, { "content-type": "application/json" });
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("access-control-allow-origin"), "*");
  assertEquals(await response.json(), done);
  assertEquals(JSON.stringify(pushed), `[${batch}]`);
});

Deno.test("handler reads gzipped pushes", async () => {
  const { post, pushed } = harness();
  const stream = new Blob([batch]).stream().pipeThrough(new CompressionStream("gzip"));
  const body = await new Response(stream).arrayBuffer();
  assertEquals((await post(body, { "content-type": "application/gzip" })).status, 200);
  assertEquals(JSON.stringify(pushed), `[${batch}]`);
});

Deno.test("handler answers a preflight with the headers clients send", async () => {
  const { handle } = harness({ verify: () => Promise.reject(new Error("not for a preflight")) });
  const response = await handle(new Request("http://localhost/", { method: "OPTIONS" }));
  assertEquals([response.status, await response.text()], [204, ""]);
  const allowed = response.headers.get("access-control-allow-headers")?.split(", ");
  const sent = "authorization x-client-info apikey content-type x-retry-count traceparent " +
    "tracestate baggage";
  assertEquals(allowed, sent.split(" "));
  assertEquals(response.headers.get("access-control-allow-methods"), "POST, OPTIONS");
});

Deno.test("handler takes POST only", async () => {
  for (const method of ["GET", "PUT", "PATCH", "DELETE", "HEAD"]) {
    const response = await harness().handle(new Request("http://localhost/", { method }));
    assertEquals([response.status, response.headers.get("allow")], [405, "POST, OPTIONS"]);
    assertEquals(response.headers.get("access-control-allow-origin"), "*");
  }
});

const bomb = await new Response(
  new Blob([new Uint8Array(50_000_000)]).stream().pipeThrough(new CompressionStream("gzip")),
).arrayBuffer();

type Case = {
  name: string;
  body: BodyInit | null;
  headers?: Record<string, string>;
  status: number;
  code: string;
  field?: string;
};

const badRequests: Case[] = [
  { name: "empty", body: "", status: 400, code: "bad_request" },
  { name: "no body", body: null, status: 400, code: "bad_request" },
  { name: "not JSON", body: "<html>", status: 400, code: "bad_request" },
  { name: "an array", body: `[${batch}]`, status: 400, code: "bad_request" },
  {
    name: "unknown protocol version",
    body: batch.replace('"protocol":1', '"protocol":2'),
    status: 426,
    code: "unsupported_protocol",
    field: "protocol",
  },
  {
    name: "over the batch limit",
    body: JSON.stringify({
      protocol: 1,
      client,
      mutations: Array(LIMITS.mutations + 1).fill(mutation),
    }),
    status: 413,
    code: "too_large",
    field: "mutations",
  },
  {
    name: "over the body limit",
    body: withValues(`{"note":"${"x".repeat(LIMITS.bodyBytes)}"}`),
    status: 413,
    code: "too_large",
  },
  {
    name: "over the body limit by its own account",
    body: batch,
    headers: { "content-length": String(LIMITS.bodyBytes + 1) },
    status: 413,
    code: "too_large",
  },
  {
    name: "over the body limit and not JSON: 413 comes before parsing",
    body: "x".repeat(LIMITS.bodyBytes + 1),
    status: 413,
    code: "too_large",
  },
  {
    name: "gzip bomb",
    body: bomb,
    headers: { "content-type": "application/gzip" },
    status: 413,
    code: "too_large",
  },
  {
    name: "not gzip",
    body: batch,
    headers: { "content-type": "application/gzip" },
    status: 400,
    code: "bad_request",
  },
  {
    name: "nesting over 32",
    body: withValues(`{"a":${"[".repeat(29)}${"]".repeat(29)}}`),
    status: 400,
    code: "bad_request",
    field: `mutations[0].values.a${"[0]".repeat(28)}`,
  },
  {
    name: "\\u0000",
    body: withValues('{"title":"a\\u0000b"}'),
    status: 400,
    code: "bad_request",
    field: "mutations[0].values.title",
  },
  {
    name: "lone surrogate",
    body: withValues('{"title":"\\ud83c"}'),
    status: 400,
    code: "bad_request",
    field: "mutations[0].values.title",
  },
  { name: "NaN", body: withValues('{"reps":NaN}'), status: 400, code: "bad_request" },
  {
    name: "a number over 40 digits",
    body: withValues('{"reps":1e131071}'),
    status: 400,
    code: "bad_request",
    field: "mutations[0].values.reps",
  },
  {
    name: "integer over 2^53 as a number",
    body: withValues('{"reps":9007199254740993}'),
    status: 400,
    code: "bad_request",
    field: "mutations[0].values.reps",
  },
  {
    name: "negative clock",
    body: batch.replace(`"clock":${mutation.clock}`, '"clock":-5'),
    status: 400,
    code: "bad_request",
    field: "mutations[0].clock",
  },
  {
    name: "unknown operation",
    body: batch.replace('"insert"', '"truncate"'),
    status: 400,
    code: "bad_request",
    field: "mutations[0].op",
  },
];

for (const { name, body, headers, status, code, field } of badRequests) {
  Deno.test(`handler refuses, before the database: ${name}`, async () => {
    const { post, pushed, reported } = harness();
    const response = await post(body, headers);
    const { error }: Refusal = await response.json();
    assertEquals([response.status, error.code, error.field], [status, code, field]);
    assert(error.message.length > 10);
    assertEquals(response.headers.get("access-control-allow-origin"), "*");
    assertEquals([pushed.length, reported.length], [0, 0]);
  });
}

Deno.test("handler passes duplicate keys on in their one reading", async () => {
  const { post, pushed } = harness();
  await post(withValues('{"title":"first","title":"second"}'));
  assertEquals(JSON.stringify(pushed[0]?.mutations[0]?.values), '{"title":"second"}');
});

Deno.test("handler passes __proto__ and constructor on as columns", async () => {
  const { post, pushed } = harness();
  const values = '{"__proto__":{"role":"admin"},"constructor":1}';
  assertEquals((await post(withValues(values))).status, 200);
  assertEquals(JSON.stringify(pushed[0]?.mutations[0]?.values), values);
  assertEquals(Reflect.get({}, "role"), undefined);
});

Deno.test("handler asks who is there before it reads what they send", async () => {
  for (const [code, status] of [["unauthenticated", 401], ["forbidden", 403]] as const) {
    const { post, pushed } = harness({ verify: () => Promise.resolve(refuse(code, "no")) });
    let read = false;
    const body = new ReadableStream({ pull: () => void (read = true) }, { highWaterMark: 0 });
    const response = await post(body);
    assertEquals([response.status, (await response.json()).error.code], [status, code]);
    assertEquals([read, pushed.length], [false, 0]);
  }
});

Deno.test("handler gives verify the header and push the claims", async () => {
  const seen: unknown[] = [];
  const { post } = harness({
    verify: (authorization) => (seen.push(authorization), Promise.resolve({ claims })),
    push: (given) => (seen.push(given), Promise.resolve(done)),
  });
  await post(batch, { authorization: "Bearer t" });
  assertEquals(seen, ["Bearer t", claims]);
});

Deno.test("handler answers what the database refuses with the code's status", async () => {
  const gap: Refusal = { error: { code: "gap", message: "expected 7", expected: 7 } };
  const response = await harness({ push: () => Promise.resolve(gap) }).post(batch);
  assertEquals([response.status, await response.json()], [409, gap]);

  const busy = refuse("rate_limited", "slow down", { retry_after: 1.2 });
  const slow = await harness({ push: () => Promise.resolve(busy) }).post(batch);
  assertEquals([slow.status, slow.headers.get("retry-after")], [429, "2"]);
  await slow.body?.cancel();
});

Deno.test("handler reports what breaks and tells the client nothing of it", async () => {
  const bug = new Error("canary: relation sync.log");
  const { post, reported } = harness({ push: () => Promise.reject(bug) });
  const response = await post(batch);
  const text = await response.text();
  assertEquals([response.status, JSON.parse(text).error.code], [500, "internal"]);
  assert(!text.includes("canary"));
  assertEquals(reported, [bug]);
});
