/** P15: two tabs that lead at once, as for a moment after a frozen leader was robbed, do no harm. */
import { assert, assertEquals } from "@std/assert";
import { IDBFactory } from "fake-indexeddb";
import type { PullCheckpoint, PullResponse, PushRequest } from "@fitos/protocol";
import type { Platform } from "./mod.ts";
import {
  acknowledged,
  NO_NETWORK,
  refusedWith,
  type ScriptedServer,
  supabase,
  type TestDatabase,
  testDatabase,
} from "../test/database.ts";

const row = (id: string, title: string) => ({ id, title });
const BOTH_LEAD: Partial<Platform> = { lead: (_name, _how, work) => work() };

interface Tabs {
  db: TestDatabase["db"];
  other: TestDatabase["db"];
  server: ScriptedServer;
  close(): Promise<void>;
}

/** Two tabs of one database, of which neither is connected. */
async function tabs(): Promise<Tabs> {
  const indexedDB = new IDBFactory();
  const { db, server } = await testDatabase({ indexedDB, overrides: BOTH_LEAD });
  const { db: other } = await testDatabase({ indexedDB, server, overrides: BOTH_LEAD });
  const close = async () => {
    for (const tab of [db, other]) {
      await tab.sync.disconnect();
      tab.close();
    }
  };
  return { db, other, server, close };
}

/** An answer that is on its way until the test lets it arrive. */
function delayed<R, A>(answer: (request: R) => A) {
  const asked = Promise.withResolvers<void>();
  const arrives = Promise.withResolvers<void>();
  return {
    asked: asked.promise,
    arrive: () => arrives.resolve(),
    /** What the server says is decided when it is asked. */
    answer: async (request: R): Promise<A> => {
      const said = answer(request);
      asked.resolve();
      await arrives.promise;
      return said;
    },
  };
}

Deno.test("N3: what a write has seen stays the same when it is sent again, whatever was pulled meanwhile", async () => {
  const { db, other, server, close } = await tabs();
  server.strategies = { workouts: { strategy: "server_wins", seen: true, groups: [] } };
  const tell = (title: string, version: string) => () => {
    server.changes.rows.workouts = [row("a", title)];
    const { answer } = server.checkpoint();
    return { answer: { ...answer, versions: { workouts: [version] } } as typeof answer };
  };
  server.pullAnswers.push(tell("0", "1.x"));
  db.sync.connect(supabase());
  await db.sync.settled();
  // Before an answer comes another tab learns of a newer version.
  const lost = delayed(() => NO_NETWORK);
  server.pushAnswers.push(lost.answer);
  await db.workouts.update("a", { title: "mine" });
  await lost.asked;
  server.pullAnswers.push(tell("theirs", "2.y"));
  server.pushAnswers.push(() => NO_NETWORK);
  other.sync.connect(supabase());
  while ((await db.table("_sync_versions_workouts").toArray())[0].versions['["a"]'] !== "2.y") {
    await new Promise((r) => setTimeout(r, 5));
  }
  lost.arrive();
  await db.sync.settled();
  const [first, ...again] = server.mutations;
  assertEquals(first!.seen, "1.x");
  assertEquals(again, again.map(() => first!));
  assert(again.length > 0);
  await close();
});

Deno.test("P14: a restore that is learned of after another tab's gap has renumbered the queue loses nothing acknowledged", async () => {
  const { db, other, server, close } = await tabs();
  db.sync.connect(supabase());
  await db.sync.settled();
  // Acknowledged, and not covered: no pull comes through.
  const { pull } = server;
  server.pull = () => Promise.resolve(NO_NETWORK);
  await db.workouts.add(row("a", "acknowledged"));
  await acknowledged(db, 1);
  // One tab asks the restored server for what is new; before the answer the other learns of a gap.
  const reset = delayed(() => ({ answer: { protocol: 1, reset: "epoch" } as PullResponse }));
  server.pull = async (request) => {
    server.pull = () => Promise.resolve(NO_NETWORK);
    const answer = await reset.answer(request);
    server.pull = pull;
    return answer;
  };
  await db.sync.disconnect();
  other.sync.connect(supabase());
  await reset.asked;
  db.sync.connect(supabase());
  server.pushAnswers.push(() => refusedWith("gap", "renumber"));
  await db.workouts.add(row("b", "queued"));
  await acknowledged(db, 2);
  const before = server.mutations.length;
  reset.arrive();
  await other.sync.settled();
  const again = server.mutations.slice(before).map(({ values }) => values!.title);
  assertEquals(again.sort(), ["acknowledged", "queued"]);
  await close();
});

Deno.test("P14: an answer from before a restore settles nothing that has new numbers since", async () => {
  const { db, other, server, close } = await tabs();
  db.sync.connect(supabase());
  await db.sync.syncAll();
  const reset = delayed(() => ({ answer: { protocol: 1, reset: "epoch" } as PullResponse }));
  server.pullAnswers.push(reset.answer);
  other.sync.connect(supabase());
  await reset.asked;
  // Written by the database as it was before it was restored; the next attempt does not reach it.
  const late = delayed((request: PushRequest) => {
    const answer = server.applied(request);
    server.changes = { rows: {}, gone: {} };
    return answer;
  });
  const lost = delayed(() => NO_NETWORK);
  server.pushAnswers.push(late.answer, lost.answer);
  await db.workouts.add(row("a", "mine"));
  await late.asked;
  reset.arrive();
  await lost.asked;
  late.arrive();
  await db.sync.syncAll();
  lost.arrive();
  await other.sync.settled();
  assertEquals(await db.workouts.toArray(), [row("a", "mine")]);
  assert(server.pushes.length > 2, "what the restored database lacks was not sent again");
  await close();
});

Deno.test("P8, L1: a checkpoint from before another tab's is not applied, and no own edit goes back", async () => {
  const { db, other, server, close } = await tabs();
  server.changes.rows.workouts = [row("a", "0")];
  db.sync.connect(supabase());
  await db.sync.syncAll();
  const older = delayed(() => {
    server.changes.rows.workouts = [row("a", "theirs")];
    return server.checkpoint();
  });
  server.pullAnswers.push(older.answer);
  other.sync.connect(supabase());
  await older.asked;
  await db.workouts.update("a", { title: "mine" });
  await db.sync.syncAll();
  const { cursor } = server.checkpoint().answer as PullCheckpoint;
  older.arrive();
  await other.sync.syncAll();
  assertEquals(await db.workouts.get("a"), row("a", "mine"));
  assertEquals(server.pulls.at(-1)!.cursor, cursor);
  await close();
});

Deno.test("P8: a first sync that ends in one tab does not overrule another that is further", async () => {
  const { db, other, server, close } = await tabs();
  const page = (title: string, page: string | null) => () => {
    server.changes.rows.workouts = [row("a", title)];
    return { answer: { ...server.checkpoint().answer, page } as PullResponse };
  };
  const shows = async (title: string) => {
    while ((await db.workouts.get("a"))?.title !== title) {
      await new Promise((r) => setTimeout(r, 5));
    }
  };
  const older = delayed(page("older", null));
  server.pullAnswers.push(page("oldest", "page 1"), older.answer);
  db.sync.connect(supabase());
  await older.asked;
  await shows("oldest");
  // Meanwhile more is new than one answer holds.
  const rest = delayed(() => server.checkpoint());
  server.pullAnswers.push(page("newer", "page 2"), rest.answer);
  other.sync.connect(supabase());
  await rest.asked;
  await shows("newer");
  older.arrive();
  await db.sync.syncAll();
  assertEquals(await db.workouts.get("a"), row("a", "newer"));
  rest.arrive();
  await other.sync.syncAll();
  assertEquals(server.pulls.slice(0, 5).map(({ page }) => page), [
    null,
    "page 1",
    "page 1",
    "page 2",
    "page 2",
  ]);
  await close();
});
