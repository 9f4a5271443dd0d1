import { assert, assertEquals } from "@std/assert";
import type { SupabaseClient } from "@supabase/supabase-js";
import { client, type Fixture, startFixture, until } from "../fixture.ts";
import { MAX_CHANNELS, meter } from "./limits.ts";

let fixture: Fixture;
Deno.test.beforeAll(async () => {
  fixture = await startFixture({}, { limits: { messagesPerSecond: 20 } });
});
Deno.test.afterAll(() => fixture.stop());

const clients = new Set<SupabaseClient>();
Deno.test.afterEach(async () => {
  for (const supabase of clients) {
    await supabase.removeAllChannels();
    await supabase.realtime.disconnect();
  }
  clients.clear();
});

Deno.test("the 101st channel of a connection is refused", async () => {
  const supabase = client(fixture.stack);
  clients.add(supabase);
  const statuses: string[] = [];
  const reasons: string[] = [];
  const join = (topic: string) =>
    supabase.channel(topic).subscribe((status, error) => {
      statuses.push(status);
      if (error) reasons.push(error.message);
    });
  for (let i = 0; i < MAX_CHANNELS; i++) join(`room ${i}`);
  await until(() => statuses.length === MAX_CHANNELS);
  assert(statuses.every((status) => status === "SUBSCRIBED"));
  join("one more");
  await until(() => reasons.length > 0);
  assertEquals(reasons, ["ChannelRateLimitReached: Too many channels"]);
});

Deno.test("a payload over 256 kB: a broadcast is refused, a track closes the channel", async () => {
  const supabase = client(fixture.stack);
  clients.add(supabase);
  const statuses: string[] = [];
  const channel = supabase.channel("big", { config: { broadcast: { ack: true } } })
    .subscribe((status) => statuses.push(status));
  await until(() => statuses.at(-1) === "SUBSCRIBED");
  const send = (size: number) =>
    channel.send({ type: "broadcast", event: "e", payload: { text: "x".repeat(size) } });
  assertEquals([await send(256 * 1024 - 20), await send(256 * 1024)], ["ok", "error"]);
  void channel.track({ text: "x".repeat(256 * 1024) }, { timeout: 100 });
  await until(() => statuses.at(-1) === "CLOSED");
});

Deno.test("too many messages a second close the channels that get them", async () => {
  const supabase = client(fixture.stack);
  clients.add(supabase);
  const statuses: string[] = [];
  const system: string[] = [];
  const channel = supabase.channel("busy", { config: { broadcast: { self: true } } })
    .on("system", {}, ({ message }) => system.push(message))
    .subscribe((status) => statuses.push(status));
  await until(() => statuses.at(-1) === "SUBSCRIBED");
  // The project's minute is shared by the tests of this file; this is more than all of it.
  for (let i = 0; i < 1300 && statuses.at(-1) === "SUBSCRIBED"; i++) {
    void channel.send({ type: "broadcast", event: "e", payload: {} });
    if (i % 50 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  await until(() => statuses.at(-1) === "CLOSED");
  assertEquals(system, ["Too many messages per second"]);
});

Deno.test("the meter averages over what of a minute has passed", () => {
  let now = 0;
  const { count, isExceeded } = meter(10, () => now);
  for (let i = 0; i < 19; i++) count();
  assert(!isExceeded());
  count();
  assert(isExceeded());
  now = 59_000;
  assert(!isExceeded());
  for (let i = 0; i < 580; i++) count();
  assert(isExceeded());
  now = 120_000;
  assert(!isExceeded());
});
