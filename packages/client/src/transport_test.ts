import { assert, assertEquals } from "@std/assert";
import type { Mutation } from "@fitos/protocol";
import { httpTransport } from "./transport.ts";

const REQUEST = { protocol: 1, client: crypto.randomUUID(), mutations: [] } as const;
const MUTATION: Mutation = { n: 1, table: "t", op: "delete", key: ["a"], clock: 1 };

/** The transport against one canned response. */
function answering(body: BodyInit, init: ResponseInit = {}) {
  const requests: Request[] = [];
  const transport = httpTransport("http://host/", "the-key", (input, init_) => {
    requests.push(new Request(input, init_));
    return Promise.resolve(new Response(body, init));
  });
  return { transport, requests };
}

async function failureOf(body: BodyInit, init: ResponseInit = {}) {
  const result = await answering(body, init).transport.push(
    { ...REQUEST, mutations: [MUTATION] },
    "token",
  );
  assert("failure" in result, JSON.stringify(result));
  return result.failure;
}

Deno.test("W1: both exchanges are POSTs with the user's token", async () => {
  const { transport, requests } = answering("{}");
  await transport.push({ ...REQUEST, mutations: [MUTATION] }, "token");
  await transport.pull({ protocol: 1, cursor: null }, "token");
  assertEquals(requests.map(({ method, url }) => [method, url]), [
    ["POST", "http://host/functions/v1/sync-push"],
    ["POST", "http://host/rest/v1/rpc/sync_pull"],
  ]);
  for (const { headers } of requests) {
    assertEquals(headers.get("authorization"), "Bearer token");
    assertEquals(headers.get("apikey"), "the-key");
  }
  assertEquals(await requests[1]!.json(), { request: { protocol: 1, cursor: null } });
});

Deno.test("a push of some size travels gzipped, under a type that passes every gateway", async () => {
  const { transport, requests } = answering("{}");
  const values = { id: "a", notes: "squats ".repeat(500) };
  const request = { ...REQUEST, mutations: [{ ...MUTATION, op: "insert" as const, values }] };
  await transport.push(request, "token");
  const [sent] = requests as [Request];
  assertEquals(sent.headers.get("content-type"), "application/gzip");
  const bytes = await sent.bytes();
  assert(bytes.length < 300, `${bytes.length} bytes`);
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  assertEquals(await new Response(plain).json(), request);
});

Deno.test("W2: a captive portal's page, a cut reply and another form are network failures", async () => {
  const whole = { protocol: 1, xid: "5", now: 1, high_water: 1, outcomes: [] };
  for (
    const body of [
      "<html>Please sign in to the gym's WiFi</html>",
      '{"protocol":1,"xid":"5","no',
      "null",
      "[]",
      JSON.stringify({ ...whole, high_water: "1" }),
      // An answer that leaves out the mutation would lose it.
      JSON.stringify(whole),
      JSON.stringify({ ...whole, outcomes: [{ n: 2, code: "applied" }] }),
      JSON.stringify({ ...whole, outcomes: [{ n: 1, code: "no such code" }] }),
    ]
  ) {
    const { code, remedy } = await failureOf(body);
    assertEquals([code, remedy], ["network", "retry"], body);
  }
});

Deno.test("a refusal keeps its code, remedy and waiting time", async () => {
  const error = { code: "rate_limited", message: "slow down", retry_after: 7 };
  const failure = await failureOf(JSON.stringify({ error }), { status: 429 });
  assertEquals(failure, {
    code: "rate_limited",
    remedy: "retry",
    message: "slow down",
    retryAfter: 7000,
  });
});

Deno.test("a gateway's own errors are told apart by their status", async () => {
  const seen = await Promise.all([401, 403, 413, 429, 500, 502, 504, 546].map(async (status) => {
    const { code, remedy } = await failureOf('{"message":"x"}', { status });
    return [status, code, remedy];
  }));
  assertEquals(seen, [
    [401, "unauthenticated", "sign_in"],
    [403, "forbidden", "sign_in"],
    [413, "too_large", "split"],
    [429, "rate_limited", "retry"],
    [500, "unavailable", "retry"],
    [502, "unavailable", "retry"],
    [504, "unavailable", "retry"],
    [546, "unavailable", "retry"],
  ]);
  const headers = { "retry-after": "3" };
  assertEquals((await failureOf("{}", { status: 503, headers })).retryAfter, 3000);
});
