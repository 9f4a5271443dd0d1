import { assertEquals, assertRejects } from "@std/assert";
import type { PullRequest } from "@fitos/protocol";
import { ScriptedServer } from "../test/database.ts";
import { ExchangeLog } from "./exchange_log.ts";

/** A log on a clock that goes on by ten at every look, before a server that answers `bodies`. */
function log(...bodies: { text: string; says: boolean }[]) {
  let now = 0;
  return new ExchangeLog({
    now: () => now += 10,
    fetch: () => {
      const { text, says } = bodies.shift()!;
      const headers: HeadersInit = says ? { "content-length": String(text.length) } : {};
      return Promise.resolve(new Response(text, { headers }));
    },
  });
}

const post = { method: "POST", body: new TextEncoder().encode("12345") };

Deno.test("ExchangeLog counts an exchange's bytes, while all its answers say theirs", async () => {
  const tested = log(
    { text: "abc", says: true },
    { text: "abcd", says: true },
    { text: "abc", says: true },
    { text: "?", says: false },
    { text: "abc", says: true },
  );
  await tested.run("pull", async () => {
    await tested.fetch("http://localhost", post);
    await tested.fetch("http://localhost", post);
    return { type: "pulled" };
  });
  await tested.run("pull", async () => {
    for (let i = 0; i < 3; i++) await tested.fetch("http://localhost", post);
    return { type: "pulled" };
  });
  assertEquals(tested.records.map(({ bytesSent, bytesReceived }) => [bytesSent, bytesReceived]), [
    [10, 7],
    [15, null],
  ]);
});

Deno.test("ExchangeLog tells what is under way, and counts the pages of a pull as one", async () => {
  const tested = log();
  const server = new ScriptedServer();
  const transport = tested.count(server);
  const request = {} as PullRequest;
  const ending = tested.run("pull", async () => {
    for (const gone of [["a"], ["b"]]) {
      server.changes = { rows: { workouts: [{ id: "c" }] }, gone: { workouts: [gone] } };
      await transport.pull(request, "token");
    }
    return { type: "pulled" };
  });
  assertEquals([tested.records[0]!.ending, tested.records[0]!.ms], [null, null]);
  await ending;
  const [{ requests, rows, ms, startedAt }] = tested.records as [typeof tested.records[0]];
  assertEquals([requests, rows, startedAt, ms], [2, 4, 10, 10]);
});

Deno.test("ExchangeLog names an error and passes it on, without what it says", async () => {
  const tested = log();
  const broken = () => Promise.reject(new TypeError("no such key: canary"));
  await assertRejects(() => tested.run("push", broken), TypeError, "canary");
  const [{ ending, code, message }] = tested.records as [typeof tested.records[0]];
  assertEquals([ending, code, message], ["failed", "internal", "TypeError"]);
});
