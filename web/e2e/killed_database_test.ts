/** PostgreSQL is killed under devices that sync: what was acknowledged is there, and there once. */
import { ignoreDriverFaults } from "@fitos/dev";
import { startStack } from "@fitos/stack";
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { signUp } from "./device.ts";

const KILLS = 3;
const WRITES = 20;

Deno.test("P2, P16: kill -9 of PostgreSQL in mid-push loses, doubles and stalls nothing", async () => {
  using _faults = ignoreDriverFaults();
  const dataDir = await Deno.makeTempDir({ prefix: "fitos-killed-" });
  await Deno.chmod(dataDir, 0o755);
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const stack = await startStack({ root, dataDir, ports: { api: 0, db: 0 }, durable: false });
  try {
    const device = await signUp(stack, "athlete@example.com");
    const { db, user } = device;
    device.connect();
    await db.sync.syncAll();
    const written: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const dying = stack.killPostgres();
      for (let i = 0; i < WRITES; i++) {
        const id = crypto.randomUUID();
        written.push(id);
        await db.workouts.add({
          id,
          user_id: user,
          title: `written at kill ${kill}`,
          scheduled_for: "2026-11-24",
        } as never);
        if (i % 5 === 0) void db.sync.syncAll();
      }
      await dying;
      await stack.restartPostgres();
      await db.sync.syncAll();
    }
    await db.sync.syncAll();
    await db.sync.settled();
    assertEquals(db.sync.getSnapshot().syncErrors, []);
    const sql = postgres(stack.dbUrl);
    const rows = await sql<{ id: string }[]>`select id from public.workouts`;
    await sql.end();
    assertEquals(rows.map(({ id }) => id).sort(), written.sort());
    assertEquals(await db.workouts.count(), written.length);
    await device.close();
  } finally {
    await stack.stop();
    await Deno.remove(dataDir, { recursive: true });
  }
});
