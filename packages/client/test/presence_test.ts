/** Presence by the official client on the stack, under FitOS's own policies. */
import { assertEquals } from "@std/assert";
import type { Dexie } from "dexie";
import type { Presence, PresenceSnapshot } from "../src/mod.ts";
import { device, leave, type Person, person, sql, stack, until } from "./live.ts";

type Doing = { doing: string };
const devices: { db: Dexie; who: Person }[] = [];
Deno.test.afterEach(async () => {
  for (const { db, who } of devices.splice(0)) {
    await db.sync.disconnect();
    db.close();
    await leave(who.supabase);
  }
});

/** A device in a room, that notes who comes and goes. */
async function visitor(who: Person, room: string) {
  // Waits of a tenth of what they may be.
  const db = await device(who, { overrides: { random: () => 0.1 } });
  const presence: Presence<Doing> = db.sync.presence<Doing>(room);
  const log: string[] = [];
  presence.subscribe(({ joined, left }) => {
    for (const { user } of joined) log.push(`+${user}`);
    for (const { user } of left) log.push(`-${user}`);
  });
  const own = {
    who,
    db,
    presence,
    log,
    /** What everybody there is doing, by user id. */
    here: () => doing(presence.getSnapshot()),
    shows: (wanted: Record<string, string[]>) =>
      until(() => JSON.stringify(doing(presence.getSnapshot())) === JSON.stringify(sorted(wanted))),
    isLive: () => presence.getSnapshot().isLive,
  };
  devices.push(own);
  return own;
}

const sorted = (people: Record<string, string[]>) =>
  Object.fromEntries(Object.entries(people).sort(([a], [b]) => a < b ? -1 : 1));
const doing = ({ people }: PresenceSnapshot<Doing>) =>
  Object.fromEntries(people.map(({ user, devices }) => [user, devices.map(({ doing }) => doing)]));

/** An athlete, their coach, and the athlete's room. */
async function pair() {
  const [athlete, coach] = [await person(), await person()];
  await sql`insert into public.coach_athletes (coach_id, athlete_id) values (${coach.id}, ${athlete.id})`;
  return { athlete, coach, room: `training:${athlete.id}` };
}

Deno.test("R1, R2: an athlete and their coach see each other, and what each is doing", async () => {
  const { athlete, coach, room } = await pair();
  const anna = await visitor(athlete, room);
  anna.presence.track({ doing: "squat" });
  await anna.shows({ [athlete.id]: ["squat"] });
  const carl = await visitor(coach, room);
  await carl.shows({ [athlete.id]: ["squat"] });
  carl.presence.track({ doing: "watching" });
  await anna.shows({ [athlete.id]: ["squat"], [coach.id]: ["watching"] });
  anna.presence.track({ doing: "bench" });
  await carl.shows({ [athlete.id]: ["bench"], [coach.id]: ["watching"] });
  anna.presence.untrack();
  await carl.shows({ [coach.id]: ["watching"] });
  assertEquals(anna.isLive(), true);
  assertEquals(carl.log, [`+${athlete.id}`, `+${coach.id}`, `-${athlete.id}`]);
});

Deno.test("R2: two devices of one person are one person, who has gone when both have", async () => {
  const { athlete, coach, room } = await pair();
  const carl = await visitor(coach, room);
  const phone = await visitor(athlete, room);
  phone.presence.track({ doing: "phone" });
  await carl.shows({ [athlete.id]: ["phone"] });
  const watch = await visitor(await person({ email: athlete.email }), room);
  watch.presence.track({ doing: "watch" });
  await carl.shows({ [athlete.id]: ["phone", "watch"] });
  await phone.db.sync.disconnect();
  await carl.shows({ [athlete.id]: ["watch"] });
  // As when a tab is closed.
  const start = performance.now();
  for (const socket of watch.who.sockets) socket.close();
  await watch.db.sync.disconnect();
  await carl.shows({});
  assertEquals(performance.now() - start < 8_000, true);
  assertEquals(carl.log, [`+${athlete.id}`, `-${athlete.id}`]);
});

Deno.test("R1: a stranger neither sees nor is seen, and comes in when they may", async () => {
  const { athlete, room } = await pair();
  const anna = await visitor(athlete, room);
  anna.presence.track({ doing: "squat" });
  const stranger = await person();
  const eve = await visitor(stranger, room);
  eve.presence.track({ doing: "spying" });
  await anna.shows({ [athlete.id]: ["squat"] });
  await until(() => stranger.frames.some((frame) => frame.includes(`"realtime:presence:${room}"`)));
  await new Promise((resolve) => setTimeout(resolve, 500));
  assertEquals([eve.here(), eve.isLive(), Object.keys(anna.here())], [{}, false, [athlete.id]]);
  await sql`insert into public.coach_athletes (coach_id, athlete_id) values (${stranger.id}, ${athlete.id})`;
  await anna.shows({ [athlete.id]: ["squat"], [stranger.id]: ["spying"] });
});

Deno.test("after a broken socket, and after Realtime was down, all are there again, and nobody was said to have gone", async () => {
  const { athlete, coach, room } = await pair();
  const anna = await visitor(athlete, room);
  anna.presence.track({ doing: "squat" });
  const carl = await visitor(coach, room);
  carl.presence.track({ doing: "watching" });
  const both = { [athlete.id]: ["squat"], [coach.id]: ["watching"] };
  await anna.shows(both);
  for (const socket of anna.who.sockets) socket.close();
  await until(() => !anna.isLive());
  assertEquals(anna.here(), sorted(both));
  await until(anna.isLive);
  await carl.shows(both);
  const gone = [...anna.log, ...carl.log].filter((line) => line.startsWith("-"));
  assertEquals(gone, []);

  await stack.stopRealtime();
  await until(() => !anna.isLive() && !carl.isLive());
  await stack.startRealtime();
  await until(() => anna.isLive() && carl.isLive());
  await anna.shows(both);
  await carl.shows(both);
});

Deno.test("R3: announced without a pause, the channel stays open and the latest arrives", async () => {
  const { athlete, coach, room } = await pair();
  const carl = await visitor(coach, room);
  const anna = await visitor(athlete, room);
  await until(anna.isLive);
  for (let i = 0; i < 50; i++) {
    anna.presence.track({ doing: String(i) });
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await carl.shows({ [athlete.id]: ["4"] });
  assertEquals(anna.isLive(), true);
});

Deno.test("what was announced before disconnect is announced after the next connect", async () => {
  const { athlete, coach, room } = await pair();
  const carl = await visitor(coach, room);
  const anna = await visitor(athlete, room);
  anna.presence.track({ doing: "squat" });
  await carl.shows({ [athlete.id]: ["squat"] });
  await anna.db.sync.disconnect();
  await carl.shows({});
  assertEquals(anna.presence.getSnapshot(), { people: [], isLive: false });
  assertEquals(anna.who.supabase.realtime.getChannels(), []);
  const { auth, realtime } = anna.who.supabase;
  anna.db.sync.connect({ url: stack.apiUrl, key: stack.publishableKey, auth, realtime });
  await carl.shows({ [athlete.id]: ["squat"] });
});
