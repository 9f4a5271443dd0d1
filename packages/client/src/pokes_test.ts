import { assertEquals } from "@std/assert";
import { fakeRealtime } from "../test/realtime.ts";
import { Pokes, SPREAD } from "./pokes.ts";

function surroundings() {
  const fake = fakeRealtime();
  const log: string[] = [];
  const pokes = new Pokes({
    ...fake,
    authorize: () => fake.authorize(),
    onPoke: () => log.push("poke"),
    onLive: (live) => log.push(live ? "live" : "deaf"),
  });
  const listen = async (...topics: string[]) => {
    pokes.listen({ topics, crowds: ["sync:library"], unheard: 0 });
    await fake.elapse();
  };
  return { fake, pokes, log, listen };
}

Deno.test("S6: live once every topic is joined, and a join is itself a poke", async () => {
  const { fake: { channels }, log, listen } = surroundings();
  await listen("sync:a", "sync:b");
  await channels[0]!.status("SUBSCRIBED");
  assertEquals(log, ["poke"]);
  await channels[1]!.status("SUBSCRIBED");
  assertEquals(log, ["poke", "live", "poke"]);
  channels[0]!.poke();
  assertEquals(log.at(-1), "poke");
});

Deno.test("a channel that dies is made anew, whatever it died of", async () => {
  for (const death of ["CHANNEL_ERROR", "TIMED_OUT", "CLOSED"]) {
    const { fake: { channels, removed, elapse }, log, listen } = surroundings();
    await listen("sync:a");
    await channels[0]!.status("SUBSCRIBED");
    await channels[0]!.status(death);
    assertEquals([log.at(-1), removed.length], ["deaf", 1]);
    await elapse(2_000);
    await channels[1]!.status("SUBSCRIBED");
    assertEquals(log.slice(-2), ["live", "poke"]);
    // The old one's last words are nobody's business.
    await channels[0]!.status("CLOSED");
    assertEquals(channels.length, 2);
  }
});

Deno.test("a topic that is lost is left, a new one joined, the others left alone", async () => {
  const { fake: { channels, removed }, listen } = surroundings();
  await listen("sync:a", "sync:b");
  await listen("sync:b", "sync:c");
  assertEquals(channels.map(({ topic }) => topic), ["sync:a", "sync:b", "sync:c"]);
  assertEquals(removed.length, 1);
});

Deno.test("after close no channel and no timer is left", async () => {
  const { fake: { channels, removed, timers }, pokes, listen } = surroundings();
  await listen("sync:library", "sync:b");
  await channels[0]!.status("SUBSCRIBED");
  channels[0]!.poke();
  await channels[1]!.status("CHANNEL_ERROR");
  pokes.close();
  assertEquals([removed.length, timers.size], [2, 0]);
});

Deno.test("nothing is joined without a live token; it is asked for again before each join", async () => {
  const { fake, log, listen } = surroundings();
  fake.authorized = false;
  await listen("sync:a");
  await fake.elapse(60_000);
  assertEquals(fake.channels.length, 0);
  fake.authorized = true;
  await fake.elapse(30_000);
  await fake.channels[0]!.status("SUBSCRIBED");
  assertEquals(log, ["live", "poke"]);
});

Deno.test("what died together comes back together, after waits that grow to half a minute", async () => {
  const { fake, listen } = surroundings();
  await listen("sync:a", "sync:b", "sync:c");
  fake.waits.length = 0;
  for (let round = 0; round < 8; round++) {
    const dying = fake.channels.slice(-3);
    for (const channel of dying) await channel.status("CHANNEL_ERROR");
    await fake.elapse(30_000);
  }
  const rounds = fake.waits.filter((_, i) => i % 3 === 0);
  assertEquals(fake.waits, rounds.flatMap((wait) => [wait, wait, wait]));
  assertEquals(rounds, [1_500, 3_000, 6_000, 12_000, 22_500, 22_500, 22_500, 22_500]);
});

Deno.test("S10: what a crowd hears is followed a while later, once for all that came meanwhile", async () => {
  const { fake: { channels, elapse }, log, listen } = surroundings();
  await listen("sync:library");
  await channels[0]!.status("SUBSCRIBED");
  log.length = 0;
  channels[0]!.poke();
  channels[0]!.poke();
  assertEquals(log, []);
  await elapse(SPREAD);
  assertEquals(log, ["poke"]);
});

Deno.test("S10: with scopes that no topic tells of it is never live", async () => {
  const { fake: { channels, elapse }, pokes, log } = surroundings();
  pokes.listen({ topics: ["sync:a"], crowds: [], unheard: 1 });
  await elapse();
  await channels[0]!.status("SUBSCRIBED");
  assertEquals(log, ["poke"]);
  pokes.listen({ topics: ["sync:a"], crowds: [], unheard: 0 });
  assertEquals(log, ["poke", "live"]);
});
