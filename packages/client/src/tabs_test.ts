import { assertEquals } from "@std/assert";
import { Pages } from "../test/tabs.ts";
import { INITIAL } from "./engine.ts";
import { Tabs } from "./tabs.ts";

const LEADING = { ...INITIAL, connected: true, leading: true };

function tab(pages: Pages) {
  const page = pages.open();
  const noted: string[] = [];
  const tabs = new Tabs(page.channel, {
    platform: { after: page.after, random: () => 0, uuid: () => crypto.randomUUID() },
    onModel: () => noted.push("model"),
    onRequest: () => (noted.push("asked to sync"), Promise.resolve()),
    onSilence: () => noted.push("silence"),
    listensTo: () => ({ tables: [], rooms: false }),
    onListen() {},
    onApplied() {},
    onQueued() {},
    onWiped() {},
  });
  return { page, tabs, noted };
}

Deno.test("a follower that hears of its leader never takes it for frozen, however long it has nothing to tell", () => {
  const pages = new Pages();
  const [leader, follower] = [tab(pages), tab(pages)];
  leader.tabs.share(LEADING);
  pages.pass(600_000);
  assertEquals(follower.noted.includes("silence"), false);
  assertEquals(leader.noted, []);
  for (const { tabs, page } of [leader, follower]) {
    tabs.close();
    assertEquals(page.timers, 0);
  }
});

Deno.test("P16: a frozen leader is silent, within ten seconds, though it gets messages", () => {
  const pages = new Pages();
  const [leader, follower] = [tab(pages), tab(pages)];
  leader.tabs.share(LEADING);
  leader.page.frozen = true;
  pages.pass(8_000);
  assertEquals(follower.noted, ["model"]);
  pages.pass(2_000);
  assertEquals(follower.noted, ["model", "silence"]);
});

Deno.test("a follower that was frozen itself asks again before it believes in a silence", () => {
  const pages = new Pages();
  const [leader, follower] = [tab(pages), tab(pages)];
  leader.tabs.share(LEADING);
  follower.page.frozen = true;
  pages.pass(60_000);
  follower.page.frozen = false;
  pages.pass(600_000);
  assertEquals(follower.noted.includes("silence"), false);
});

Deno.test("a leader that never was heard is silent too: it froze before this tab opened", () => {
  const pages = new Pages();
  const { noted } = tab(pages);
  pages.pass(10_000);
  assertEquals(noted, ["silence"]);
});

Deno.test("P16: what was asked of a silent leader is asked of the next", async () => {
  const pages = new Pages();
  const [frozen, next, asking] = [tab(pages), tab(pages), tab(pages)];
  frozen.tabs.share(LEADING);
  frozen.page.frozen = true;
  const synced = asking.tabs.request();
  next.tabs.share(LEADING);
  assertEquals(await synced, true);
  assertEquals(next.noted.filter((note) => note === "asked to sync").length, 1);
});

Deno.test("who begins to lead has nobody to wait for", async () => {
  const pages = new Pages();
  const [frozen, heir] = [tab(pages), tab(pages)];
  frozen.tabs.share(LEADING);
  frozen.page.frozen = true;
  const synced = heir.tabs.request();
  heir.tabs.share(LEADING);
  assertEquals(await synced, false);
});
