import { assertEquals } from "@std/assert";
import { Pages, Time } from "../test/tabs.ts";
import { INITIAL } from "./engine.ts";
import { Tabs } from "./tabs.ts";

const LEADING = { ...INITIAL, connected: true, leading: true };

function tab(pages: Pages, time: Time) {
  const channel = pages.open();
  const noted: string[] = [];
  const tabs = new Tabs(channel, {
    platform: { after: time.after, random: () => 0, uuid: () => crypto.randomUUID() },
    onModel: () => noted.push("model"),
    onRequest: () => (noted.push("asked to sync"), Promise.resolve()),
    onSilence: () => noted.push("silence"),
    onWiped() {},
  });
  return { channel, tabs, noted };
}

Deno.test("a follower that hears of its leader never takes it for frozen, however long it has nothing to tell", () => {
  const [pages, time] = [new Pages(), new Time()];
  const [leader, follower] = [tab(pages, time), tab(pages, time)];
  leader.tabs.share(LEADING);
  time.pass(600_000);
  assertEquals(follower.noted.includes("silence"), false);
  assertEquals(leader.noted, []);
  for (const { tabs } of [leader, follower]) tabs.close();
  assertEquals(time.waiting, 0);
});

Deno.test("P16: a leader that does not answer twice is silent, within ten seconds", () => {
  const [pages, time] = [new Pages(), new Time()];
  const [leader, follower] = [tab(pages, time), tab(pages, time)];
  leader.tabs.share(LEADING);
  leader.channel.freeze();
  time.pass(8_000);
  assertEquals(follower.noted, ["model"]);
  time.pass(2_000);
  assertEquals(follower.noted, ["model", "silence"]);
});

Deno.test("a follower that was frozen itself asks again before it believes in a silence", () => {
  const [pages, time] = [new Pages(), new Time()];
  const [leader, follower] = [tab(pages, time), tab(pages, time)];
  leader.tabs.share(LEADING);
  time.pass(2_999);
  follower.channel.freeze();
  // Its timer runs before what it has missed is delivered.
  time.pass(3_001);
  follower.channel.thaw();
  time.pass(600_000);
  assertEquals(follower.noted.includes("silence"), false);
});

Deno.test("a leader that never was heard is silent too: it froze before this tab opened", () => {
  const [pages, time] = [new Pages(), new Time()];
  const { noted } = tab(pages, time);
  time.pass(10_000);
  assertEquals(noted, ["silence"]);
});

Deno.test("P16: what was asked of a silent leader is asked of the next", async () => {
  const [pages, time] = [new Pages(), new Time()];
  const [frozen, next, asking] = [tab(pages, time), tab(pages, time), tab(pages, time)];
  frozen.tabs.share(LEADING);
  frozen.channel.freeze();
  const synced = asking.tabs.request();
  next.tabs.share(LEADING);
  assertEquals(await synced, true);
  assertEquals(next.noted.filter((note) => note === "asked to sync").length, 1);
});

Deno.test("who begins to lead has nobody to wait for", async () => {
  const [pages, time] = [new Pages(), new Time()];
  const [frozen, heir] = [tab(pages, time), tab(pages, time)];
  frozen.tabs.share(LEADING);
  frozen.channel.freeze();
  const synced = heir.tabs.request();
  heir.tabs.share(LEADING);
  assertEquals(await synced, false);
});
