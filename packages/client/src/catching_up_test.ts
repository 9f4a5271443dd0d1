/** A delta too large for one transaction is applied as it comes. */
import { assertEquals } from "@std/assert";
import { liveQuery } from "dexie";
import {
  bucketOf,
  digestOf,
  type DigestResponse,
  type PullResponse,
  type Row,
} from "@fitos/protocol";
import { NO_NETWORK, type ScriptedServer, supabase, testDatabase } from "../test/database.ts";

const row = (id: string, title: string) => ({ id, title });

async function synced() {
  const opened = await testDatabase();
  await opened.db.workouts.add(row("gone", "was here"));
  opened.db.sync.connect(supabase());
  await opened.db.sync.settled();
  await opened.db.sync.disconnect();
  opened.server.pulls = [];
  return opened;
}

/** One of four pages, each with a row of its own; the last one is the closing. */
function page(server: ScriptedServer, n: number, changes: object = {}) {
  return (): { answer: PullResponse } => {
    const { answer } = server.checkpoint();
    const { rows: pushed } = answer as { rows: { workouts?: Row[] } };
    const rows = { workouts: [...pushed.workouts ?? [], row(`p${n}`, "new")] };
    return {
      answer: { ...answer, rows, page: n < 4 ? `page ${n}` : null, ...changes } as PullResponse,
    };
  };
}

Deno.test("a large delta shows its rows before all have come, and goes on after a reload at its page", async () => {
  const { db, server, reload } = await synced();
  const lost = Promise.withResolvers<void>();
  server.pullAnswers.push(
    page(server, 1),
    page(server, 2, { gone: { workouts: [["gone"]] } }),
    page(server, 3),
    () => {
      lost.resolve();
      return new Promise(() => {});
    },
  );
  db.sync.connect(supabase());
  await lost.promise;
  while (await db.workouts.count() < 3) await new Promise((resolve) => setTimeout(resolve));
  assertEquals(await db.workouts.toCollection().primaryKeys(), ["p1", "p2", "p3"]);
  const { db: again } = await reload();
  server.pullAnswers.push(page(server, 4));
  again.sync.connect(supabase());
  await again.sync.syncAll();
  assertEquals(await again.workouts.count(), 4);
  // All of it began at the same cursor.
  assertEquals(new Set(server.pulls.slice(0, 5).map(({ cursor }) => cursor)).size, 1);
  assertEquals(server.pulls.slice(0, 5).map(({ page }) => page), [
    null,
    "page 1",
    "page 2",
    "page 3",
    "page 3",
  ]);
  await again.sync.disconnect();
  again.close();
});

Deno.test("a live query shows the rows of a first sync while the rest is on its way", async () => {
  const { db, server } = await testDatabase();
  let shown: unknown[] = [];
  const empty = Promise.withResolvers<void>();
  const showing = liveQuery(() => db.workouts.limit(10).toArray()).subscribe((rows) => {
    shown = rows;
    empty.resolve();
  });
  await empty.promise;
  server.pullAnswers.push(page(server, 1), () => new Promise(() => {}));
  db.sync.connect(supabase());
  for (let turn = 0; turn < 200 && shown.length === 0; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assertEquals(shown, [row("p1", "new")]);
  showing.unsubscribe();
  await db.sync.disconnect();
  db.close();
});

Deno.test("S5: what a first sync had brought before a reset, and does not bring again, is found and gone", async () => {
  const { db, server } = await testDatabase();
  const reset = () => ({ answer: { protocol: 1, reset: "scopes" } as PullResponse });
  server.pullAnswers.push(page(server, 1), reset, page(server, 2), page(server, 4));
  const held = [row("p2", "new"), row("p4", "new")];
  server.digest = ({ buckets, repair }) => {
    const { answer } = server.checkpoint();
    const rows = held.filter(({ id }) => repair?.wanted.includes(bucketOf([id], buckets)));
    const found = repair
      ? { repair: { ...repair, rows, versions: null, scopes: null } }
      : { digest: { workouts: digestOf(held.map((row) => [[row.id], row]), buckets) } };
    return Promise.resolve({ answer: { ...answer, ...found } as DigestResponse });
  };
  db.sync.connect(supabase());
  await db.sync.syncAll();
  assertEquals(await db.workouts.toArray(), held);
  await db.sync.disconnect();
  db.close();
});

Deno.test("a page that can't be gone on from begins the delta again, at its cursor and with the queue as it is", async () => {
  const { db, server } = await synced();
  const [one, two, three, four] = [1, 2, 3, 4].map((n) => page(server, n));
  const reset = () => ({ answer: { protocol: 1, reset: "scopes" } as PullResponse });
  server.pullAnswers.push(one!, two!, three!, () => NO_NETWORK, reset, one!, two!, three!, four!);
  await db.workouts.add(row("mine", "unsent"));
  server.pushAnswers.push(() => NO_NETWORK);
  db.sync.connect(supabase());
  await db.sync.settled();
  const cursors = new Set(server.pulls.map(({ cursor }) => cursor));
  assertEquals([cursors.has(null), await db.workouts.count()], [false, 6]);
  assertEquals(server.mutations.at(-1)!.values, row("mine", "unsent"));
  await db.sync.disconnect();
  db.close();
});

Deno.test("P16: comparing waits for the pull of what is new, and does not keep it waiting", async () => {
  const { db, server } = await synced();
  server.pullAnswers.push(() => {
    const { answer } = server.checkpoint();
    return { answer: { ...answer, lost: ["a scope"] } as PullResponse };
  });
  // As long as nobody pulls, more is new than one answer holds.
  let [behind, pulled] = [0, false];
  const digest = () => {
    const { answer } = server.checkpoint();
    if (!pulled) behind++;
    const end = pulled ? { digest: {} } : { page: "page 1" };
    return { answer: { ...answer, ...end } as DigestResponse };
  };
  const { pull } = server;
  server.pull = (request) => {
    if (behind > 0) pulled = true;
    return pull(request);
  };
  server.digest = () => Promise.resolve(digest());
  db.sync.connect(supabase());
  await db.sync.syncAll();
  assertEquals([behind > 0, pulled], [true, true]);
  assertEquals(db.sync.getSnapshot().state, "synced");
  await db.sync.disconnect();
  db.close();
});

Deno.test("S8: a scope that is lost while tables are compared has them compared again", async () => {
  const { db, server } = await synced();
  const asked: string[] = [];
  server.digest = ({ tables }) => {
    asked.push(...tables!);
    const lost = asked.length === 2 ? ["a scope"] : [];
    const { answer } = server.checkpoint();
    return Promise.resolve({ answer: { ...answer, lost, digest: {} } as DigestResponse });
  };
  db.sync.connect(supabase());
  await db.sync.verify();
  assertEquals(asked.slice(0, 4), ["workouts", "links", "workouts", "links"]);
  assertEquals((await db.table("_sync_state").get("engine")).verify, false);
  await db.sync.disconnect();
  db.close();
});
