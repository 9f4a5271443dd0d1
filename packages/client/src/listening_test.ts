/** SPEC S10: who holds too many scopes to listen to each has them noted, and does not insist. */
import { assertEquals } from "@std/assert";
import type { PullResponse } from "@fitos/protocol";
import {
  NO_NETWORK,
  type ScriptedServer,
  supabase,
  testDatabase,
  type TestDb,
} from "../test/database.ts";

/** What the server says of the caller's scopes in the answers to come. */
function answering(server: ScriptedServer, ...folds: boolean[]) {
  for (const fold of folds) {
    server.pullAnswers.push(() => {
      const { answer } = server.checkpoint();
      return { answer: { ...answer, unheard: fold ? 9 : 0, fold } as PullResponse };
    });
  }
}

/** Without a wish of its own, which would be a pull more. */
async function rest(db: TestDb) {
  while (db.sync.getSnapshot().state !== "synced") await new Promise((end) => setTimeout(end));
}

Deno.test("S10: scopes are noted before the next pull, which follows at once; then all is as ever", async () => {
  const { db, server } = await testDatabase();
  answering(server, true, false);
  const order: string[] = [];
  const { pull, listen } = server;
  server.pull = (request) => (order.push("pull"), pull(request));
  server.listen = () => (order.push("listen"), listen());
  db.sync.connect(supabase());
  await rest(db);
  assertEquals(order, ["pull", "listen", "pull"]);
  await db.sync.syncAll();
  assertEquals(order.slice(3), ["pull"]);
  await db.sync.disconnect();
  db.close();
});

Deno.test("S10: where nothing is noted, or the request fails, it pulls as ever and never in a loop", async () => {
  const { db, server } = await testDatabase();
  answering(server, true, true, true);
  server.listen = () => (server.listens++, Promise.resolve(NO_NETWORK));
  db.sync.connect(supabase());
  await rest(db);
  assertEquals([server.pulls.length, server.listens], [2, 1]);
  assertEquals(db.sync.getSnapshot().state, "synced");
  await db.sync.syncAll();
  assertEquals([server.pulls.length, server.listens], [3, 2]);
  await db.sync.disconnect();
  db.close();
});
