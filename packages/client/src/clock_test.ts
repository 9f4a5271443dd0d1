import { assert, assertEquals } from "@std/assert";
import { HybridClock } from "./clock.ts";

Deno.test("C1: clocks rise although the device's clock stands still or goes back", () => {
  let now = 5000;
  const clock = new HybridClock(() => now);
  const first = clock.tick(3, 0);
  assertEquals(first, 5_000_000);
  assertEquals(clock.tick(1, 0), first + 3);
  now = 1000;
  assertEquals(clock.tick(1, 0), first + 4);
});

Deno.test("C1: a clock is later than one another tab gave", () => {
  const clock = new HybridClock(() => 5000);
  assertEquals(clock.tick(1, 9_000_000), 9_000_001);
});

Deno.test("C1: a device a year behind or ahead writes at the server's time", () => {
  const server = 1_800_000_000_000;
  for (const wrong of [-1, 1]) {
    const clock = new HybridClock(() => server + wrong * 365 * 86_400_000);
    const now = server + wrong * 365 * 86_400_000;
    clock.observe(server * 1000, now);
    const given = clock.tick(1, 0);
    assert(given > server * 1000 && given <= server * 1000 + 2, String(given));
  }
});

Deno.test("what was learned survives a restart", () => {
  const clock = new HybridClock(() => 1000);
  clock.observe(9_000_000, 1000);
  const next = new HybridClock(() => 1001);
  next.restore(clock.state);
  assertEquals(next.tick(1, 0), 9_001_000);
});

Deno.test("C1: an answer's time on the way is no difference of clocks", () => {
  let now = 10_000;
  const clock = new HybridClock(() => now);
  // Sent at 10.0, read by the server at 10.1, back at 13.0: nothing proves that the clocks differ.
  now = 13_000;
  clock.observe(10_100_000, 10_000);
  assertEquals(clock.tick(1, 0), 13_000_000);
  // The server's is at least two seconds ahead, at most three.
  now = 14_000;
  clock.observe(16_000_000, 13_000);
  assertEquals(clock.tick(1, 0), 16_000_001);
  now = 15_000;
  assertEquals(clock.tick(1, 0), 17_000_000);
});
