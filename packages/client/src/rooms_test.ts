import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { type FakeChannel, fakeRealtime } from "../test/realtime.ts";
import type { PresenceChange } from "./api.ts";
import { Rooms } from "./rooms.ts";

type Doing = { doing: string };

/** Tabs of one browser: their channels and locks, and the locks' ends. */
function browser() {
  const channels = new Set<BroadcastChannel>();
  const locks = new Map<string, Promise<void>>();
  const tabs = (name: string): BroadcastChannel => {
    const own = {
      name,
      onmessage: null as ((event: { data: unknown }) => void) | null,
      postMessage(data: unknown) {
        const sent = structuredClone(data);
        for (const other of channels) {
          if (other !== channel && other.name === name) {
            queueMicrotask(() =>
              channels.has(other) && other.onmessage?.({ data: sent } as MessageEvent)
            );
          }
        }
      },
      close: () => channels.delete(channel),
    };
    const channel = own as unknown as BroadcastChannel;
    channels.add(channel);
    return channel;
  };
  const lead = async (
    name: string,
    { signal }: { signal: AbortSignal },
    work: () => Promise<void>,
  ) => {
    const held = locks.get(name) ?? Promise.resolve();
    const own = held.then(() => signal.aborted ? undefined : work());
    locks.set(name, own);
    await own;
  };
  return { tabs, lead, open: () => channels.size };
}

function surroundings(user: string | null = "ada") {
  const fake = fakeRealtime();
  const { tabs, lead, open } = browser();
  const own = { user };
  let uuids = 0;
  const all: Rooms[] = [];
  const tab = () => {
    // As the syncer does, over its own channel: the leader hears of the first room in use.
    const tell = () => all.filter((other) => other !== rooms).forEach((other) => other.load());
    const rooms: Rooms = new Rooms((callback) => callback(), tell);
    all.push(rooms);
    rooms.connect({
      realtime: fake.realtime,
      authorize: () => fake.authorize(),
      name: "app",
      user: () => Promise.resolve(own.user),
      platform: { ...fake.platform, now: () => fake.now, uuid: () => `tab ${++uuids}`, tabs, lead },
    });
    return rooms;
  };
  /** What the newest channel has been told. */
  const told = () => fake.channels.at(-1)!.calls;
  return { fake, tab, told, own, open };
}

const meta = (device: string, doing: string) => ({
  device,
  payload: { doing },
  presence_ref: doing,
});

/** The server says that this device is there, and Bob. */
function presentWithBob(channel: FakeChannel) {
  const own = channel.calls.findLast((call) => call !== null);
  channel.present({ ada: [{ ...own, presence_ref: "own" }], bob: [meta("b", "bench")] });
}

function leading() {
  const all = surroundings();
  const rooms = all.tab();
  rooms.lead();
  const room = rooms.room<Doing>("training:ada");
  return { ...all, rooms, room };
}

/** Loads the part that joins. */
const loaded = () => new Promise((resolve) => setTimeout(resolve, 20));

Deno.test("a room nobody uses is not joined; one that is used is left when the last has gone", async () => {
  const { fake, room } = leading();
  await loaded();
  await fake.elapse();
  assertEquals(fake.channels.length, 0);
  const end = room.subscribe(() => {});
  await loaded();
  await fake.elapse();
  assertEquals(fake.channels.map(({ topic, key }) => [topic, key]), [[
    "presence:training:ada",
    "ada",
  ]]);
  room.track({ doing: "squat" });
  end();
  assertEquals(fake.removed.length, 0);
  room.untrack();
  assertEquals([fake.removed.length, fake.timers.size], [1, 0]);
});

Deno.test("R2: people with their devices; what did not change stays the same object", async () => {
  const { fake, rooms, room } = leading();
  const changes: PresenceChange<Doing>[] = [];
  room.subscribe((change) => changes.push(change));
  await loaded();
  await fake.elapse();
  const [channel] = fake.channels;
  await channel!.status("SUBSCRIBED");
  channel!.present({ bob: [meta("b1", "bench"), meta("b2", "row")], ada: [meta("a1", "squat")] });
  const first = room.getSnapshot();
  assertEquals(first, {
    isLive: true,
    people: [
      { user: "ada", devices: [{ doing: "squat" }] },
      { user: "bob", devices: [{ doing: "bench" }, { doing: "row" }] },
    ],
  });
  channel!.present({ ada: [meta("a1", "squat")], bob: [meta("b1", "bench"), meta("b2", "row")] });
  assertStrictEquals(room.getSnapshot(), first);
  // A second socket of a device stands for it; what the first one said is over.
  channel!.present({ ada: [meta("a1", "squat")], bob: [meta("b1", "bench"), meta("b1", "run")] });
  assertStrictEquals(room.getSnapshot().people[0], first.people[0]);
  assertEquals(room.getSnapshot().people[1]!.devices, [{ doing: "run" }]);
  channel!.present({ ada: [meta("a1", "squat")], eve: [{ presence_ref: "x" }] });
  await fake.elapse(5_000);
  assertEquals(
    changes.map(({ joined, left }) => [joined, left].map((some) => some.map(({ user }) => user))),
    [[["ada", "bob"], []], [[], []], [["eve"], []], [[], ["bob"]]],
  );
  assertStrictEquals(rooms.room("training:ada"), room);
});

Deno.test("who is back within five seconds had not gone; one's own end is shown at once", async () => {
  const { fake, room } = leading();
  const gone: string[] = [];
  room.subscribe(({ left }) => gone.push(...left.map(({ user }) => user)));
  await loaded();
  await fake.elapse();
  const [channel] = fake.channels;
  await channel!.status("SUBSCRIBED");
  const bob = [meta("b", "bench")];
  channel!.present({ ada: [meta("a", "squat")], bob });
  channel!.present({ bob });
  assertEquals(gone, ["ada"]);
  channel!.present({});
  await fake.elapse(4_900);
  channel!.present({ bob });
  await fake.elapse(10_000);
  assertEquals([gone, room.getSnapshot().people.length], [["ada"], 1]);
  channel!.present({});
  await fake.elapse(5_000);
  assertEquals([gone, fake.timers.size], [["ada", "bob"], 0]);
});

Deno.test("R3: five announcements in 30 s, then the latest when the window allows", async () => {
  const { fake, room, told } = leading();
  room.track({ doing: "0" });
  await loaded();
  await fake.elapse();
  await fake.channels[0]!.status("SUBSCRIBED");
  for (let i = 1; i < 20; i++) {
    await fake.elapse(100);
    room.track({ doing: String(i) });
  }
  const doing = () => told().map((it) => (it as { payload: Doing }).payload.doing);
  assertEquals(doing(), ["0", "1", "2", "3", "4"]);
  await fake.elapse(30_000);
  assertEquals(doing(), ["0", "1", "2", "3", "4", "19"]);
  room.track({ doing: "19" });
  await fake.elapse(60_000);
  assertEquals(doing().length, 6);
});

Deno.test("R3: a clock that is set back keeps nobody waiting", async () => {
  const { fake, room, told } = leading();
  room.track({ doing: "0" });
  await loaded();
  await fake.elapse();
  await fake.channels[0]!.status("SUBSCRIBED");
  for (const doing of ["1", "2", "3", "4"]) room.track({ doing });
  fake.now -= 3_600_000;
  room.track({ doing: "5" });
  assertEquals(told().length, 6);
});

Deno.test("a channel that died is made anew, and what was announced is announced again", async () => {
  for (const death of ["CHANNEL_ERROR", "TIMED_OUT", "CLOSED"]) {
    const { fake, room, told } = leading();
    room.track({ doing: "squat" });
    room.subscribe(() => {});
    await loaded();
    await fake.elapse();
    await fake.channels[0]!.status("SUBSCRIBED");
    presentWithBob(fake.channels[0]!);
    await fake.channels[0]!.status(death);
    // Who was there is shown, but not as the truth.
    assertEquals([room.getSnapshot().isLive, room.getSnapshot().people.length], [false, 2]);
    await fake.elapse(2_000);
    await fake.channels[1]!.status("SUBSCRIBED");
    assertEquals([fake.channels.length, told()], [2, [{
      device: "tab 1",
      payload: { doing: "squat" },
    }]]);
  }
});

Deno.test("a channel made anew shows nobody before it shows this device too", async () => {
  const { fake, room } = leading();
  const gone: string[] = [];
  room.track({ doing: "squat" });
  room.subscribe(({ left }) => gone.push(...left.map(({ user }) => user)));
  await loaded();
  await fake.elapse();
  await fake.channels[0]!.status("SUBSCRIBED");
  presentWithBob(fake.channels[0]!);
  await fake.channels[0]!.status("CLOSED");
  await fake.elapse(2_000);
  fake.channels[1]!.present({ bob: [meta("b", "bench")] });
  await fake.channels[1]!.status("SUBSCRIBED");
  fake.channels[1]!.present({ bob: [meta("b", "bench")] });
  assertEquals([room.getSnapshot().isLive, gone], [false, []]);
  presentWithBob(fake.channels[1]!);
  assertEquals([room.getSnapshot().isLive, gone], [true, []]);
});

Deno.test("an announcement without an answer is made again, a refused one is not", async () => {
  const { fake, room, told } = leading();
  room.track({ doing: "squat" });
  await loaded();
  await fake.elapse();
  fake.channels[0]!.answers.push("timed out", "error");
  await fake.channels[0]!.status("SUBSCRIBED");
  await fake.elapse(60_000);
  assertEquals(told().length, 2);
});

Deno.test("nobody announces themselves before it is known whose database this is", async () => {
  const { fake, own, tab } = surroundings(null);
  const rooms = tab();
  rooms.lead();
  rooms.room("a").track(1);
  await loaded();
  await fake.elapse(60_000);
  assertEquals(fake.channels.length, 0);
  own.user = "ada";
  await fake.elapse(30_000);
  assertEquals(fake.channels.map(({ key }) => key), ["ada"]);
});

Deno.test("disconnect leaves nothing; what is wanted is wanted again after the next connect", async () => {
  const { fake, rooms, room, open } = leading();
  room.track({ doing: "squat" });
  room.subscribe(() => {});
  await loaded();
  await fake.elapse();
  await fake.channels[0]!.status("SUBSCRIBED");
  fake.channels[0]!.present({ ada: [meta("a", "squat")] });
  rooms.disconnect();
  assertEquals([fake.removed.length, fake.timers.size, open()], [1, 0, 0]);
  assertEquals(room.getSnapshot(), { people: [], isLive: false });
});

Deno.test("the leading tab speaks for all: the last word counts, and a tab that has gone says no more", async () => {
  const { fake, tab, told } = surroundings();
  const [leader, follower, third] = [tab(), tab(), tab()];
  leader.lead();
  const room = leader.room<Doing>("a");
  room.track({ doing: "leading" });
  await loaded();
  await fake.elapse();
  await fake.channels[0]!.status("SUBSCRIBED");
  const theirs = follower.room<Doing>("a");
  theirs.track({ doing: "following" });
  const seen: string[] = [];
  theirs.subscribe(({ joined }) => seen.push(...joined.map(({ user }) => user)));
  third.room<Doing>("a").track({ doing: "third" });
  await loaded();
  const doing = () => told().map((it) => (it as { payload: Doing }).payload.doing);
  assertEquals(doing(), ["leading", "following", "third"]);
  presentWithBob(fake.channels[0]!);
  await loaded();
  assertEquals(seen, ["ada", "bob"]);
  assert(theirs.getSnapshot().isLive);
  // As when the tab is closed: its lock is free.
  third.disconnect();
  await loaded();
  assertEquals(doing(), ["leading", "following", "third", "following"]);
  theirs.untrack();
  await loaded();
  assertEquals([doing().at(-1), fake.channels.length], ["leading", 1]);
});

Deno.test("a tab that leads and uses no room itself joins for the others, the next leader too", async () => {
  const { fake, tab, told } = surroundings();
  const [first, second, third] = [tab(), tab(), tab()];
  const leads = async (rooms: Rooms) => {
    rooms.load();
    rooms.lead();
    await loaded();
    await loaded();
    await fake.elapse();
    await fake.channels.at(-1)!.status("SUBSCRIBED");
    return [
      fake.channels.at(-1)!.topic,
      ...told().map((it) => (it as { payload: string }).payload),
    ];
  };
  const room = third.room<string>("b");
  room.track("third");
  await loaded();
  assertEquals(await leads(first), ["presence:b", "third"]);
  presentWithBob(fake.channels[0]!);
  await loaded();
  first.disconnect();
  assertEquals(await leads(second), ["presence:b", "third"]);
  assertEquals([room.getSnapshot().isLive, room.getSnapshot().people.length], [false, 2]);
  second.disconnect();
  // What it heard from the others it goes on showing.
  assertEquals(await leads(third), ["presence:b", "third"]);
  assertEquals([room.getSnapshot().isLive, room.getSnapshot().people.length], [false, 2]);
});

Deno.test("a leader that was robbed leaves its channels to the next one, which announces for it", async () => {
  const { fake, tab, told } = surroundings();
  const [robbed, next] = [tab(), tab()];
  robbed.lead();
  robbed.room<Doing>("a").track({ doing: "squats" });
  await loaded();
  await fake.elapse();
  await fake.channels[0]!.status("SUBSCRIBED");
  robbed.follow();
  next.lead();
  await loaded();
  await loaded();
  await fake.elapse();
  await fake.channels.at(-1)!.status("SUBSCRIBED");
  assertEquals(fake.channels.length, 2);
  assertEquals((told().at(-1) as { payload: Doing }).payload, { doing: "squats" });
  presentWithBob(fake.channels.at(-1)!);
  await loaded();
  assertEquals(robbed.room("a").getSnapshot().people.length, 2);
});
