import { assertEquals, assertRejects } from "@std/assert";
import { supabase, type TestDatabase, testDatabase } from "../test/database.ts";
import { Locks, Pages } from "../test/tabs.ts";
import { IDBFactory } from "fake-indexeddb";
import { Lead } from "./lead.ts";

/** A tab that notes when it leads. */
function tab(locks: Locks) {
  const abort = new AbortController();
  const noted: string[] = [];
  const signals: AbortSignal[] = [];
  const lead = new Lead({
    platform: locks,
    name: "db",
    signal: abort.signal,
    onLead: (signal) => {
      noted.push("leads");
      signals.push(signal);
    },
    onRobbed: () => noted.push("robbed"),
  });
  return { lead, noted, signals, close: () => abort.abort(), run: lead.run() };
}

/** Until every promise that can has settled. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("the next tab leads when the leader closes", async () => {
  const locks = new Locks();
  const [one, two] = [tab(locks), tab(locks)];
  await settled();
  assertEquals([one.noted, two.noted], [["leads"], []]);
  one.close();
  await one.run;
  await settled();
  assertEquals([one.noted, two.noted], [["leads"], ["leads"]]);
  assertEquals(one.signals[0]!.aborted, true);
  two.close();
  await two.run;
});

Deno.test("a robbed leader stops, waits its turn, and leads again", async () => {
  const locks = new Locks();
  const [one, two] = [tab(locks), tab(locks)];
  await settled();
  two.lead.take();
  await settled();
  assertEquals([one.noted, two.noted], [["leads", "robbed"], ["leads"]]);
  assertEquals([one.signals[0]!.aborted, two.signals[0]!.aborted], [true, false]);
  two.close();
  await settled();
  assertEquals([one.noted, two.noted], [["leads", "robbed", "leads"], ["leads"]]);
  one.close();
  await Promise.all([one.run, two.run]);
});

Deno.test("who wanted to take the lead as its turn came does not take it back later", async () => {
  const locks = new Locks();
  const [one, two] = [tab(locks), tab(locks)];
  await settled();
  one.lead.take();
  two.lead.take();
  await settled();
  assertEquals([one.noted, two.noted], [["leads", "robbed"], ["leads"]]);
  for (const { close } of [one, two]) close();
  await Promise.all([one.run, two.run]);
});

Deno.test("a platform that breaks is no reason to try for ever", async () => {
  const lead = () => Promise.reject(new DOMException("opaque origin", "SecurityError"));
  const { signal } = new AbortController();
  const options = { platform: { lead }, name: "db", signal, onLead() {}, onRobbed() {} };
  await assertRejects(() => new Lead(options).run(), DOMException, "opaque");
});

Deno.test("P16, P15: a frozen leader's tab is taken over from; thawed it follows, and nothing is sent twice", async () => {
  const [indexedDB, locks, pages] = [new IDBFactory(), new Locks(), new Pages()];
  const tabs: ReturnType<Pages["open"]>[] = [];
  const open = (server?: TestDatabase["server"]) => {
    const page = pages.open();
    const chance = 0.3 * tabs.push(page);
    return testDatabase({
      indexedDB,
      ...(server ? { server } : {}),
      overrides: {
        lead: locks.lead,
        tabs: () => page.channel,
        after: page.after,
        random: () => chance,
      },
    });
  };
  // A minute a second.
  const clock = setInterval(() => pages.pass(60), 1);
  const one = await open();
  const { server } = one;
  const [two, three] = [await open(server), await open(server)];
  const row = (id: string) => ({ id, title: "x" });
  one.db.sync.connect(supabase());
  await one.db.sync.settled();
  two.db.sync.connect(supabase());
  three.db.sync.connect(supabase());
  // In mid-push; the answer comes when others have long taken over.
  const [asked, thawed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  server.pushAnswers.push(async (request) => {
    asked.resolve();
    await thawed.promise;
    return server.applied(request);
  });
  await one.db.workouts.add(row("a"));
  await asked.promise;
  tabs[0]!.frozen = true;
  await two.db.workouts.add(row("b"));
  await three.db.sync.syncAll();
  await two.db.sync.settled();
  assertEquals(server.pushes.length, 3);
  const [sent, again] = server.pushes;
  assertEquals(again, sent, "another tab goes on with the batch as it was sealed");
  tabs[0]!.frozen = false;
  thawed.resolve();
  await one.db.sync.syncAll();
  await one.db.workouts.add(row("c"));
  await one.db.sync.settled();
  assertEquals(server.mutations.map(({ n, key }) => [n, key[0]]), [
    [1, "a"],
    [1, "a"],
    [2, "b"],
    [3, "c"],
  ]);
  for (const { db } of [one, two, three]) {
    await db.sync.disconnect();
    db.close();
  }
  clearInterval(clock);
});
