import { assertEquals } from "@std/assert";
import { supabase, testDatabase, type Workout } from "../test/database.ts";

const stores = { workouts: "id, &title", links: "[coach+athlete]", local: "++id" };

/** Rows as [id, unique title], and the row that is gone. */
const MOVES: Record<string, { from: [string, string][]; to: [string, string][]; gone?: string }> = {
  "from a row that is gone": { from: [["a", "1"]], to: [["b", "1"]], gone: "a" },
  "along a chain of rows": { from: [["a", "1"], ["b", "2"]], to: [["a", "2"], ["b", "3"]] },
  "in a circle": { from: [["a", "1"], ["b", "2"]], to: [["a", "2"], ["b", "1"]] },
};

for (const [how, { from, to, gone }] of Object.entries(MOVES)) {
  Deno.test(`in one checkpoint, unique values move ${how}`, async () => {
    const { db, server } = await testDatabase({ stores });
    const rows = (all: [string, string][]) => all.map(([id, title]) => ({ id, title }));
    server.changes.rows.workouts = rows(from);
    db.sync.connect(supabase());
    await db.sync.syncAll();
    assertEquals(await db.workouts.toArray(), rows(from));

    server.changes = {
      rows: { workouts: rows(to) },
      gone: gone === undefined ? {} : { workouts: [[gone]] },
    };
    await db.sync.syncAll();
    assertEquals(db.sync.getSnapshot().trouble, null);
    assertEquals(await db.workouts.toArray(), rows(to));
    await db.sync.disconnect();
    db.close();
  });
}

Deno.test("an own unfinished row gives way to the server's with the same unique value", async () => {
  const { db, server } = await testDatabase({ stores: { ...stores, workouts: "id, &*title" } });
  const [mine, other, theirs] = ["Legs", "Arms", "Legs"].map((title, id) => ({
    id: `${id}`,
    title,
  }));
  await db.workouts.bulkAdd([mine!, other!]);
  server.changes.rows.workouts = [theirs!];
  server.pushAnswers.push(async (request) => {
    assertEquals(await db.workouts.toArray(), [other!, theirs!]);
    return server.applied(request, { 1: "unique_violation" });
  });
  db.sync.connect(supabase());
  await db.sync.settled();
  assertEquals(await db.workouts.toArray(), [other!, theirs!]);
  const { trouble, syncErrors } = db.sync.getSnapshot();
  assertEquals(trouble, null);
  assertEquals(syncErrors.map(({ values }) => values), [mine as object]);
  await db.sync.disconnect();
  db.close();
});

Deno.test("L2, C11: of an answered edit, the columns that lost show the server's values at once", async () => {
  const { db, server } = await testDatabase();
  server.strategies = { workouts: { strategy: "field_merge", seen: false, groups: [] } };
  server.changes.rows.workouts = [{ id: "a", title: "0", notes: "0" }];
  db.sync.connect(supabase());
  await db.sync.syncAll();
  server.pushAnswers.push((request) => {
    const { answer } = server.applied(request, { 1: "superseded" });
    server.changes.rows.workouts = [{ id: "a", title: "theirs", notes: "mine" }];
    return { answer: { ...answer, outcomes: [{ ...answer.outcomes[0]!, fields: ["title"] }] } };
  });
  const shown: (Workout | undefined)[] = [];
  server.pullAnswers.push(async () => {
    shown.push(await db.workouts.get("a"));
    return server.checkpoint();
  });
  await db.workouts.update("a", { title: "mine", notes: "mine" });
  await db.sync.settled();
  shown.push(await db.workouts.get("a"));
  assertEquals(shown.map((row) => `${row?.title} ${row?.notes}`), ["0 mine", "theirs mine"]);
  await db.sync.disconnect();
  db.close();
});
