import { assertEquals } from "@std/assert";
import type { ChannelLike, RealtimeLike } from "./api.ts";
import { Pokes } from "./pokes.ts";

/** A realtime whose channels the test speaks for, and timers that run when it says. */
function surroundings() {
  const channels: { topic: string; poke(): void; status(status: string): void }[] = [];
  const timers = new Set<() => void>();
  const removed: unknown[] = [];
  const realtime: RealtimeLike = {
    setAuth: () => Promise.resolve(),
    channel(topic) {
      const own = { topic, poke: () => {}, status: (_: string) => {} };
      const channel: ChannelLike = {
        on(_type, _filter, callback) {
          own.poke = callback;
          return channel;
        },
        subscribe(callback) {
          own.status = callback;
          return channel;
        },
      };
      channels.push(own);
      return channel;
    },
    removeChannel(channel) {
      removed.push(channel);
      return Promise.resolve();
    },
  };
  const log: string[] = [];
  const pokes = new Pokes({
    realtime,
    platform: {
      random: () => 0.5,
      after(_ms, callback) {
        timers.add(callback);
        return () => timers.delete(callback);
      },
    },
    onPoke: () => log.push("poke"),
    onLive: (live) => log.push(live ? "live" : "deaf"),
  });
  const elapse = () => {
    for (const callback of [...timers]) {
      timers.delete(callback);
      callback();
    }
  };
  return { pokes, channels, removed, timers, log, elapse };
}

Deno.test("S6: live once every topic is joined, and a join is itself a poke", () => {
  const { pokes, channels, log, elapse } = surroundings();
  pokes.listen(["sync:a", "sync:b"]);
  elapse();
  channels[0]!.status("SUBSCRIBED");
  assertEquals(log, ["poke"]);
  channels[1]!.status("SUBSCRIBED");
  assertEquals(log, ["poke", "live", "poke"]);
  channels[0]!.poke();
  assertEquals(log.at(-1), "poke");
});

Deno.test("a channel that dies is made anew, whatever it died of", () => {
  for (const death of ["CHANNEL_ERROR", "TIMED_OUT", "CLOSED"]) {
    const { pokes, channels, removed, log, elapse } = surroundings();
    pokes.listen(["sync:a"]);
    elapse();
    channels[0]!.status("SUBSCRIBED");
    channels[0]!.status(death);
    assertEquals([log.at(-1), removed.length], ["deaf", 1]);
    elapse();
    channels[1]!.status("SUBSCRIBED");
    assertEquals(log.slice(-2), ["live", "poke"]);
    // The old one's last words are nobody's business.
    channels[0]!.status("CLOSED");
    assertEquals(channels.length, 2);
  }
});

Deno.test("a topic that is lost is left, a new one joined, the others left alone", () => {
  const { pokes, channels, removed, elapse } = surroundings();
  pokes.listen(["sync:a", "sync:b"]);
  elapse();
  pokes.listen(["sync:b", "sync:c"]);
  elapse();
  assertEquals(channels.map(({ topic }) => topic), ["sync:a", "sync:b", "sync:c"]);
  assertEquals(removed.length, 1);
});

Deno.test("after close no channel and no timer is left", () => {
  const { pokes, channels, removed, timers, elapse } = surroundings();
  pokes.listen(["sync:a", "sync:b"]);
  elapse();
  channels[0]!.status("CHANNEL_ERROR");
  pokes.close();
  assertEquals([removed.length, timers.size], [2, 0]);
});
