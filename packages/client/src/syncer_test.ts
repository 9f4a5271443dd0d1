import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { PushRequest } from "@fitos/protocol";
import {
  NO_NETWORK,
  refusedWith,
  ScriptedServer,
  supabase,
  testDatabase,
  type TestDb,
  USER,
} from "../test/database.ts";
import { Dexie, liveQuery } from "dexie";
import { IDBFactory } from "fake-indexeddb";
import { type SyncSnapshot, UnsentError } from "./api.ts";

const row = (id: string, title: string) => ({ id, title });

/** Resolves once the snapshot is as wanted. */
function shows(db: TestDb, wanted: (snapshot: SyncSnapshot) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = () => wanted(db.sync.getSnapshot()) && resolve();
    db.sync.subscribe(check);
    check();
  });
}

Deno.test("P1: what was written and not sent is sent after a reload", async () => {
  const first = await testDatabase();
  await first.db.workouts.add(row("a", "offline"));
  const { db, server } = await first.reload();
  await shows(db, ({ pendingCount }) => pendingCount === 1);
  db.sync.connect(supabase());
  await db.sync.settled();
  assertEquals(server.mutations.map(({ n, values }) => [n, values]), [[1, row("a", "offline")]]);
  assertEquals(db.sync.getSnapshot().state, "synced");
  await db.sync.disconnect();
  db.close();
});

Deno.test("P13, L3: a refused write harms no other, is kept with its values, and the row goes back", async () => {
  const { db, server } = await testDatabase();
  server.changes.rows["workouts"] = [row("a", "server's")];
  db.sync.connect(supabase());
  await db.sync.syncAll();
  server.pushAnswers.push((request) => server.applied(request, { 2: "check_violation" }));
  await db.workouts.bulkPut([row("a", "poison"), row("b", "fine")]); // the insert is number 1
  await db.sync.settled();
  assertEquals(await db.workouts.toArray(), [row("a", "server's"), row("b", "fine")]);
  const [issue] = db.sync.getSnapshot().syncErrors;
  assert(issue);
  assertEquals([issue.kind, issue.code, issue.values], [
    "rejection",
    "check_violation",
    row("a", "poison"),
  ]);
  assertEquals(db.sync.getSnapshot().state, "attention");

  await db.sync.retry(issue.id);
  await db.sync.settled();
  assertEquals(server.mutations.at(-1)!.values, row("a", "poison"));
  assertEquals(db.sync.getSnapshot().syncErrors, []);
  await db.sync.disconnect();
  db.close();
});

Deno.test("L3: a lost write is a conflict that survives a reload, until it is discarded", async () => {
  const first = await testDatabase();
  first.server.pushAnswers.push((request) => first.server.applied(request, { 1: "superseded" }));
  await first.db.workouts.add(row("a", "mine"));
  first.db.sync.connect(supabase());
  await first.db.sync.settled();
  const { db } = await first.reload();
  await shows(db, ({ syncErrors }) => syncErrors.length === 1);
  const [issue] = db.sync.getSnapshot().syncErrors;
  assertEquals([issue?.kind, issue?.values], ["conflict", row("a", "mine")]);
  await db.sync.discard(issue!.id);
  await db.sync.settled();
  assertEquals(db.sync.getSnapshot().syncErrors, []);
  db.close();
});

Deno.test("L3: a rejection is edited and tried again, a conflict's version restored, each in a list of its own", async () => {
  const { db, server } = await testDatabase();
  server.pushAnswers.push((request) =>
    server.applied(request, { 1: "check_violation", 2: "superseded" })
  );
  await db.workouts.bulkAdd([row("a", "poison"), row("b", "mine")]);
  db.sync.connect(supabase());
  await db.sync.settled();
  const { rejections, conflicts, syncErrors } = db.sync.getSnapshot();
  assertEquals(syncErrors.length, 2);
  assertEquals([rejections, conflicts].map(([issue]) => issue!.key), [["a"], ["b"]]);
  assert(db.sync.getSnapshot().conflicts === conflicts, "the same until something changes");

  await db.sync.retry(rejections[0]!.id, { title: "edible" });
  await db.sync.retry(conflicts[0]!.id);
  await db.sync.settled();
  const sent = server.mutations.slice(2).map(({ values }) => values);
  assertEquals(sent, [row("a", "edible"), row("b", "mine")]);
  assertEquals(db.sync.getSnapshot().syncErrors, []);
  await db.sync.disconnect();
  db.close();
});

Deno.test("L1: a live query never shows an older value than the user's own edit", async () => {
  const { db, server } = await testDatabase();
  server.changes.rows["workouts"] = [row("a", "0")];
  db.sync.connect(supabase());
  await db.sync.syncAll();
  const seen: (string | undefined)[] = [];
  const subscription = liveQuery(() => db.workouts.get("a")).subscribe((a) =>
    void seen.push(a?.title)
  );
  // The edit is made while a pull is on its way that brings another's older one.
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  server.pullAnswers.push(async () => {
    asked.resolve();
    await answered.promise;
    server.changes.rows["workouts"] = [row("a", "theirs")];
    return server.checkpoint();
  });
  const synced = db.sync.syncAll();
  await asked.promise;
  await db.workouts.update("a", { title: "mine" });
  answered.resolve();
  await synced;
  await db.sync.settled();
  assertEquals(await db.workouts.get("a"), row("a", "mine"));
  assertEquals([...new Set(seen)].filter((title) => title !== "0"), ["mine"]);
  subscription.unsubscribe();
  await db.sync.disconnect();
  db.close();
});

Deno.test("L2: an acknowledged edit stays on top until a cursor covers its push", async () => {
  const { db, server } = await testDatabase();
  server.changes.rows["workouts"] = [row("a", "0")];
  db.sync.connect(supabase());
  await db.sync.syncAll();
  // The pull after the push was begun before it committed.
  server.pullAnswers.push(() => {
    const { answer } = server.checkpoint();
    server.changes.rows["workouts"] = [row("a", "mine")];
    const stale = {
      rows: { workouts: [row("a", "theirs")] },
      snapshot: "100:101:",
      cursor: "c100",
    };
    return { answer: { ...answer, ...stale } as typeof answer };
  });
  await db.workouts.update("a", { title: "mine" });
  await db.sync.syncAll();
  assertEquals(await db.workouts.get("a"), row("a", "mine"));
  assertEquals(db.sync.getSnapshot().pendingCount, 0);
  await db.sync.syncAll();
  await db.sync.settled();
  assertEquals(await db.workouts.get("a"), row("a", "mine"));
  await db.sync.disconnect();
  db.close();
});

Deno.test("P14, S5: a reset drops what does not come again, and keeps the queue", async () => {
  const { db, server } = await testDatabase();
  server.changes.rows["workouts"] = [row("a", "old"), row("b", "old")];
  db.sync.connect(supabase());
  await db.sync.syncAll();
  server.pushAnswers.push(() => NO_NETWORK);
  server.pullAnswers.push(() => ({ answer: { protocol: 1, reset: "scopes" } }));
  server.changes.rows["workouts"] = [row("b", "new")];
  await db.workouts.add(row("c", "queued"));
  await db.sync.settled();
  assertEquals(await db.workouts.toArray(), [row("b", "new"), row("c", "queued")]);
  assertEquals(server.pulls.some(({ cursor }) => cursor === null), true);
  await db.sync.disconnect();
  db.close();
});

Deno.test("S5: after a restore, acknowledged and queued writes are sent again by a new client", async () => {
  const { db, server } = await testDatabase();
  db.sync.connect(supabase());
  await db.sync.syncAll();
  // Acknowledged, but the pull that would cover it meets a restored server.
  server.pullAnswers.push(() => ({ answer: { protocol: 1, reset: "epoch" } }));
  await db.workouts.add(row("a", "survivor"));
  await db.sync.settled();
  const [before, after] = server.pushes as [PushRequest, PushRequest];
  assert(before.client !== after.client);
  assertEquals(after.mutations, before.mutations);
  assertEquals(await db.workouts.get("a"), row("a", "survivor"));
  await db.sync.disconnect();
  db.close();
});

Deno.test("S3: pages are nothing until the closing one arrives, but for a first sync", async () => {
  const { db, server } = await testDatabase();
  db.sync.connect(supabase());
  await db.sync.syncAll();
  await db.sync.disconnect();
  server.pulls = [];
  const page = (rows: object[], next: string | null) => () => {
    const { answer } = server.checkpoint();
    return {
      answer: { ...answer, rows: { workouts: rows }, page: next, total: 2 } as typeof answer,
    };
  };
  const first = page([row("a", "1")], "p1");
  server.pullAnswers.push(first, () => NO_NETWORK, first, page([row("b", "1")], null));
  const counts: number[] = [];
  const whole = Promise.withResolvers<void>();
  const subscription = liveQuery(() => db.workouts.count()).subscribe((count) => {
    counts.push(count);
    if (count === 2) whole.resolve();
  });
  db.sync.connect(supabase());
  await whole.promise;
  assertEquals([...new Set(counts)], [0, 2]);
  assertEquals(server.pulls.map(({ page }) => page), [null, "p1", null, "p1"]);
  subscription.unsubscribe();
  await db.sync.settled();
  await db.sync.disconnect();
  db.close();
});

Deno.test("another user's session neither pushes nor pulls", async () => {
  const first = await testDatabase();
  first.db.sync.connect(supabase(USER));
  await first.db.sync.syncAll();
  const { db, server } = await first.reload();
  await db.workouts.add(row("a", "the first user's"));
  const [pushes, pulls] = [server.pushes.length, server.pulls.length];
  db.sync.connect(supabase("00000000-0000-4000-8000-00000000000b"));
  await db.sync.syncAll();
  assertEquals([server.pushes.length, server.pulls.length], [pushes, pulls]);
  assert(db.sync.getSnapshot().trouble?.includes("another user"));
  assertEquals(db.sync.getSnapshot().pendingCount, 1);
  await db.sync.disconnect();
  db.close();
});

Deno.test("without a live token nothing is sent and nothing lost; only a missing session is a sign-out", async () => {
  const { db, server } = await testDatabase({ overrides: { random: () => 1 } });
  await db.workouts.add(row("a", "x"));
  for (
    const [answer, wanted] of [
      [{ data: { session: null }, error: new Error("fetch failed") }, "pending"],
      [{ data: { session: null }, error: null }, "signed-out"],
    ] as const
  ) {
    const auth = { ...supabase().auth, getSession: () => Promise.resolve(answer) };
    db.sync.connect({ ...supabase(), auth });
    await db.sync.syncAll();
    const { state, pendingCount, trouble } = db.sync.getSnapshot();
    assertEquals([state, pendingCount], [wanted, 1]);
    assert(trouble?.includes("no live session"));
    await db.sync.disconnect();
  }
  assertEquals([server.pushes.length, server.pulls.length], [0, 0]);
  db.close();
});

Deno.test("a device that has never synced does not say that it is synced", async () => {
  const { db, server } = await testDatabase();
  const asked = Promise.withResolvers<void>();
  const states: string[] = [];
  db.sync.subscribe(() => states.push(db.sync.getSnapshot().state));
  server.pullAnswers.push(() => {
    asked.resolve();
    return server.checkpoint();
  });
  db.sync.connect(supabase());
  states.push(db.sync.getSnapshot().state);
  await asked.promise;
  assert(!states.includes("synced"), states.join());
  await db.sync.settled();
  assertEquals(db.sync.getSnapshot().state, "synced");
  await db.sync.disconnect();
  db.close();
});

Deno.test("signed out is who signed out, or whom the server no longer knows", async () => {
  const { db, server } = await testDatabase({ overrides: { random: () => 1 } });
  let tell: (event: string, session: null) => void = () => {};
  const auth = supabase().auth;
  auth.onAuthStateChange = (callback) => {
    tell = callback;
    return { data: { subscription: { unsubscribe() {} } } };
  };
  db.sync.connect({ ...supabase(), auth });
  await db.sync.syncAll();
  assertEquals(db.sync.getSnapshot().state, "synced");
  tell("INITIAL_SESSION", null);
  assertEquals(db.sync.getSnapshot().state, "synced");
  tell("SIGNED_OUT", null);
  assertEquals(db.sync.getSnapshot().state, "signed-out");
  await db.sync.disconnect();

  server.pullAnswers.push(() => refusedWith("unauthenticated", "sign_in"));
  db.sync.connect(supabase());
  await db.sync.syncAll();
  assertEquals(db.sync.getSnapshot().state, "signed-out");
  await db.sync.disconnect();
  db.close();
});

Deno.test("P16: a database that opens while another tab writes does not wait for itself", async () => {
  const indexedDB = new IDBFactory();
  const one = await testDatabase({ indexedDB });
  for (let i = 0; i < 10; i++) {
    const opening = testDatabase({ indexedDB });
    for (let j = 0; j < 5; j++) await one.db.workouts.put(row(`r${j}`, String(i)));
    const two = await opening;
    assertEquals(await two.db.workouts.count(), 5);
    two.db.close();
  }
  one.db.close();
});

Deno.test("P15: two leaders on one database lose and double nothing", async () => {
  const indexedDB = new IDBFactory();
  const server = new ScriptedServer();
  const one = await testDatabase({ indexedDB, server });
  const two = await testDatabase({ indexedDB, server });
  const seen = new Map<string, string>();
  server.push = async (request) => {
    await Promise.resolve();
    for (const mutation of request.mutations) {
      const id = `${request.client}/${mutation.n}`;
      const content = JSON.stringify(mutation);
      assertEquals(seen.get(id) ?? content, content, "a number came again with other content");
      seen.set(id, content);
    }
    return server.applied(request);
  };
  one.db.sync.connect(supabase());
  two.db.sync.connect(supabase());
  for (let i = 0; i < 20; i++) {
    await (i % 2 ? one : two).db.workouts.add(row(`r${i}`, "x"));
  }
  await Promise.all([one.db.sync.syncAll(), two.db.sync.syncAll()]);
  await Promise.all([one.db.sync.settled(), two.db.sync.settled()]);
  const ids = [...seen.values()].map((content) => JSON.parse(content).key[0]);
  assertEquals(ids.length, new Set(ids).size, "a row was sent under two numbers");
  assertEquals(ids.length, 20);
  assertEquals(await one.db.workouts.count(), 20);
  await Promise.all([one.db.sync.disconnect(), two.db.sync.disconnect()]);
  one.db.close();
  two.db.close();
});

Deno.test("export names all that exists on this device alone, in the order it was written", async () => {
  const { db, server } = await testDatabase();
  db.sync.connect(supabase());
  await db.workouts.add(row("a", "refused"));
  server.pushAnswers.push((request) => server.applied(request, { 1: "check_violation" }));
  await db.sync.syncAll();
  await db.sync.disconnect();
  await db.workouts.bulkAdd([row("b", "one"), row("c", "two")]);
  await db.links.add({ coach: "x", athlete: "y" });
  await db.workouts.delete("b");
  const { unfinished, issues, user } = await db.sync.export();
  assertEquals(user, USER);
  assertEquals(issues.map(({ table, key, code }) => [table, key, code]), [
    ["workouts", ["a"], "check_violation"],
  ]);
  assertEquals(
    unfinished.map((
      { table, op, key, values, acknowledged },
    ) => [table, op, key, values, acknowledged]),
    [
      ["workouts", "insert", ["b"], row("b", "one"), false],
      ["workouts", "insert", ["c"], row("c", "two"), false],
      ["links", "insert", ["x", "y"], { coach: "x", athlete: "y" }, false],
      ["workouts", "delete", ["b"], null, false],
    ],
  );
  // JSON, so that it can be kept as a file.
  assertEquals(JSON.parse(JSON.stringify(unfinished)), unfinished);
  db.close();
});

Deno.test("wipe deletes the database in every tab, and keeps what is not sent unless told otherwise", async () => {
  const indexedDB = new IDBFactory();
  const overrides = { tabs: (name: string) => new BroadcastChannel(name) };
  const one = await testDatabase({ indexedDB, overrides });
  const two = await testDatabase({ indexedDB, server: one.server, overrides });
  two.db.sync.connect(supabase());
  await one.db.workouts.add(row("a", "unsent"));
  const unsent = await assertRejects(() => one.db.sync.wipe(), UnsentError);
  assertEquals([unsent.pending, unsent.issues], [1, 0]);
  assertEquals(await one.db.workouts.count(), 1);

  one.db.sync.connect(supabase());
  await one.db.sync.settled();
  await one.db.sync.wipe();
  // Neither tab's next call brings it back.
  for (const { db } of [one, two]) {
    await assertRejects(() => db.workouts.add(row("b", "too late")), Dexie.DatabaseClosedError);
  }
  assertEquals(await indexedDB.databases(), []);

  const three = await testDatabase({ indexedDB });
  await three.db.workouts.add(row("a", "unsent"));
  await three.db.sync.wipe({ evenUnsent: true });
  assertEquals(await indexedDB.databases(), []);
});

Deno.test("P4: what was refused as one transaction is tried again as one", async () => {
  const { db, server } = await testDatabase();
  server.pushAnswers.push((request) =>
    server.applied(request, { 1: "group_refused", 2: "check_violation" })
  );
  await db.transaction("rw", db.workouts, async () => {
    await db.workouts.add(row("a", "one half"));
    await db.workouts.add(row("b", "poison"));
  });
  db.sync.connect(supabase());
  await db.sync.settled();
  const culprit = db.sync.getSnapshot().rejections.find(({ code }) => code === "check_violation")!;
  await db.sync.retry(culprit.id, { title: "the other half" });
  await db.sync.settled();
  const again = server.mutations.slice(2);
  assertEquals(again.map(({ values }) => values), [
    row("a", "one half"),
    row("b", "the other half"),
  ]);
  assertEquals(new Set(again.map(({ group }) => group)).size, 1);
  assertEquals(db.sync.getSnapshot().syncErrors, []);
  await db.sync.disconnect();
  db.close();
});

Deno.test("which rows are not confirmed yet is told, and followed by a live query", async () => {
  const { db, server } = await testDatabase();
  const told: IDBValidKey[][] = [];
  const confirmed = Promise.withResolvers<void>();
  await db.workouts.bulkAdd([row("a", "1"), row("b", "1")]);
  await db.links.add({ coach: "c", athlete: "a" });
  assertEquals(await db.sync.unsynced("links"), [["c", "a"]]);
  const subscription = liveQuery(() => db.sync.unsynced("workouts")).subscribe((keys) => {
    told.push(keys);
    if (keys.length === 0) confirmed.resolve();
  });
  // Acknowledged is not confirmed: no pull has brought it.
  server.pullAnswers.push(() => server.checkpoint(), () => NO_NETWORK);
  db.sync.connect(supabase());
  await confirmed.promise;
  assertEquals(told[0], ["a", "b"]);
  subscription.unsubscribe();
  await db.sync.disconnect();
  assertThrows(() => db.sync.unsynced("local"), Error, "not a synced table");
  db.close();
});
