import { assertEquals, assertRejects } from "@std/assert";
import { digestOf, type DigestResponse, type Row } from "@fitos/protocol";
import { supabase, testDatabase } from "../test/database.ts";

const wordsOf = ({ title }: Row) => String(title ?? "").toLowerCase().split(" ");
const LOCAL = {
  workouts: { fields: ["_words", "_photo"], onApply: (row: Row) => ({ _words: wordsOf(row) }) },
};
const STORES = { workouts: "id, title, *_words", links: "[coach+athlete]", local: "++id" };

interface Mine {
  id: string;
  title?: string;
  _words?: string[];
  _photo?: Blob;
}

async function opened() {
  const { db, server, reload } = await testDatabase({ stores: STORES, local: LOCAL });
  return { db, server, reload, workouts: db.table<Mine, string>("workouts") };
}

Deno.test("local fields hold anything, and never leave the device", async () => {
  const { db, server, workouts } = await opened();
  const _photo = new Blob(["a picture"]);
  await workouts.add({ id: "a", title: "Long run", _words: ["long", "run"], _photo });
  await workouts.update("a", { title: "Longer run", _words: ["longer", "run"] });
  await assertRejects(() => workouts.add({ id: "b", title: _photo as never }), Error, "title");
  db.sync.connect(supabase());
  await db.sync.settled();
  assertEquals(
    server.mutations.map(({ op, values }) => [op, values]),
    [
      ["insert", { id: "a", title: "Long run" }],
      ["update", { id: "a", title: "Longer run" }],
    ],
  );
  const kept = (await workouts.get("a"))!;
  assertEquals([kept._words, await kept._photo!.text()], [["longer", "run"], "a picture"]);
  await db.sync.disconnect();
  db.close();
});

Deno.test("a write of local fields alone is not queued", async () => {
  const { db, server, workouts } = await opened();
  await workouts.add({ id: "a", title: "Run" });
  db.sync.connect(supabase());
  await db.sync.settled();
  await workouts.update("a", { _words: ["jog"] });
  await workouts.put({ id: "a", title: "Run", _words: ["jog", "trot"] });
  assertEquals(db.sync.getSnapshot().pendingCount, 0);
  await db.sync.settled();
  assertEquals(server.mutations.length, 1);
  assertEquals((await workouts.get("a"))!._words, ["jog", "trot"]);
  await db.sync.disconnect();
  db.close();
});

Deno.test("what arrives leaves local fields as they are, and what can be derived is", async () => {
  const { db, server, workouts } = await opened();
  await workouts.add({ id: "a", title: "Run", _words: ["run"], _photo: new Blob(["p"]) });
  db.sync.connect(supabase());
  await db.sync.settled();
  const b = { id: "b", title: "Leg Day" };
  server.changes = { rows: { workouts: [{ id: "a", title: "Long Run" }, b] }, gone: {} };
  await db.sync.syncAll();
  const a = (await workouts.get("a"))!;
  assertEquals([a.title, a._words, await a._photo!.text()], ["Long Run", ["long", "run"], "p"]);
  assertEquals(await workouts.where("_words").equals("leg").toArray(), [
    { ...b, _words: ["leg", "day"] },
  ]);
  // Under an own edit that waits, too.
  await workouts.update("a", { title: "My run" });
  server.pushAnswers.push((request) => server.applied(request, { 2: "denied" }));
  await db.sync.syncAll();
  const back = (await workouts.get("a"))!;
  assertEquals([back.title, back._words], ["Long Run", ["long", "run"]]);
  const [issue] = db.sync.getSnapshot().syncErrors;
  assertEquals(issue!.values, { id: "a", title: "My run" });
  await db.sync.retry(issue!.id);
  assertEquals(await (await workouts.get("a"))!._photo!.text(), "p");
  await db.sync.disconnect();
  db.close();
});

Deno.test("a comparison knows nothing of local fields", async () => {
  const { db, server, workouts } = await opened();
  await workouts.add({ id: "a", title: "Run", _words: ["run"] });
  db.sync.connect(supabase());
  await db.sync.settled();
  const entries: [string[], Row][] = [[["a"], { id: "a", title: "Run" }]];
  server.digest = ({ tables }) => {
    const { answer } = server.checkpoint();
    const digest = { [tables![0]!]: tables![0] === "workouts" ? digestOf(entries, 16) : [] };
    return Promise.resolve({ answer: { ...answer, digest } as DigestResponse });
  };
  assertEquals(await db.sync.verify(), 0);
  await db.sync.disconnect();
  db.close();
});

Deno.test("local fields of no synced table, or of a key, are refused at the opening", async () => {
  for (const local of [{ drafts: { fields: ["x"] } }, { links: { fields: ["coach"] } }]) {
    const [name] = Object.keys(local);
    await assertRejects(() => testDatabase({ local }), Error, `local.${name}`);
  }
});
