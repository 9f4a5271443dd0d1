/** What happens to servers: a crash in mid-batch, a standby, a restore. Each test has servers of its own. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ignoreDriverFaults } from "@fitos/dev";
import type { PushRequest } from "../../packages/protocol/src/mod.ts";
import { startPostgres } from "../../packages/stack/src/mod.ts";
import { serverUser } from "../../packages/stack/src/os_user.ts";
import { binaries } from "./binaries.ts";
import type { Database } from "./database.ts";
import { type Device, device, uuid, workout } from "./device.ts";
import { copyFolder, migrate, openFolder, remote, startBare } from "./servers.ts";

const insert = (sql: Database["sql"], user: string, n: number) =>
  sql`insert into public.workouts (id, user_id, title, scheduled_for)
    values (${uuid(n)}, ${user}, ${`workout ${n}`}, '2026-11-23')`;

const ids = (at: Device) => [...at.rows("workouts").values()].map((row) => row.id).sort();
const stored = async (db: Database) =>
  (await db.sql`select id from public.workouts order by id`).map((row) => row.id as string);

/** Pushes batches until the server is gone; answers what was acknowledged and the request that was not. */
async function pushUntilGone(phone: Device, first: number) {
  const acknowledged: string[] = [];
  for (let n = first;; n += 20) {
    const request: PushRequest = phone.number(
      ...Array.from({ length: 20 }, (_, i) => workout(n + i)),
    );
    try {
      const { outcomes } = await phone.send(request);
      for (const [i, outcome] of outcomes.entries()) {
        if (outcome.code === "applied") acknowledged.push(uuid(n + i));
      }
    } catch (error) {
      assert(error instanceof Error);
      return { acknowledged, unanswered: request };
    }
  }
}

Deno.test("P2, N3, S2: kill -9 in mid-batch loses nothing acknowledged, and cursors go on", async () => {
  const root = await openFolder();
  const start = () => startPostgres({ dataDir: `${root}/data`, port: 0, binaries });
  let server = await start();
  let db = remote(server.url);
  await migrate(db);
  const anna = await db.user();
  const clients = [1, 2, 3].map(() => crypto.randomUUID());
  const reader = device(db, anna);
  await insert(db.sql, anna, 1);
  await reader.pull();
  // Transactions that the crash aborts: their ids may be given out a second time.
  const open = await Promise.all([1, 2, 3].map(async (n) => {
    const session = await db.connect().reserve();
    await session`begin`;
    await insert(session, anna, 900_000 + n);
    return session;
  }));
  const pushing = clients.map((client, i) =>
    pushUntilGone(device(db, anna, client), 1000 * 100 * (i + 1))
  );
  await new Promise((resolve) => setTimeout(resolve, 400));
  await reader.pull();
  using _ = ignoreDriverFaults();
  await server.kill();
  const results = await Promise.all(pushing);
  open.forEach((session) => session.release());
  await db.close();

  server = await start();
  db = remote(server.url);
  try {
    const acknowledged = results.flatMap((result) => result.acknowledged);
    assert(acknowledged.length > 20, "the server was killed before it had answered");
    const found = new Set(await stored(db));
    assertEquals(acknowledged.filter((id) => !found.has(id)), []);
    // The batches whose answers were lost were written whole or not at all; sent again, they are there once.
    for (const [i, { unanswered }] of results.entries()) {
      const there = unanswered.mutations.filter(({ key }) => found.has(String(key[0]))).length;
      assert(there === 0 || there === unanswered.mutations.length, `${there} of a batch`);
      const answer = await device(db, anna, clients[i]).send(unanswered);
      assertEquals([...new Set(answer.outcomes.map(({ code }) => code))], ["applied"]);
    }
    const after = device(db, anna);
    after.cursor = reader.cursor;
    for (const id of ids(reader)) after.rows("workouts").set(JSON.stringify([id]), { id: id! });
    for (let n = 2; n < 12; n++) await insert(db.sql, anna, n);
    await after.pull();
    assertEquals(ids(after), await stored(db));
  } finally {
    await db.close();
    await server.stop();
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("S5: a standby refuses pulls; promoted, it is another epoch, and loses no queue", async () => {
  const root = await openFolder();
  const settings = { fsync: "off" };
  let primary = await startPostgres({ dataDir: `${root}/primary`, port: 0, settings, binaries });
  const setUp = remote(primary.url);
  await migrate(setUp);
  const anna = await setUp.user();
  await setUp.close();
  await primary.stop();
  await copyFolder(`${root}/primary`, `${root}/standby`);
  primary = await startPostgres({ dataDir: `${root}/primary`, port: 0, settings, binaries });
  await Deno.writeTextFile(`${root}/standby/standby.signal`, "");
  const user = await serverUser();
  if (user) await Deno.chown(`${root}/standby/standby.signal`, user.uid, user.gid);
  const standby = await startBare(`${root}/standby`, {
    wal_level: "logical",
    primary_conninfo: `host=127.0.0.1 port=${primary.port} user=supabase_admin password=postgres`,
  });
  const [first, second] = [remote(primary.url), remote(standby.url)];
  try {
    const phone = device(first, anna);
    await phone.push(workout(1));
    await phone.pull();
    const [{ lsn }] = await first.sql`select pg_current_wal_lsn() as lsn` as unknown as [
      { lsn: string },
    ];
    while (!(await second.sql`select pg_last_wal_replay_lsn() >= ${lsn}::pg_lsn as ok`)[0]?.ok) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const elsewhere = device(second, anna, phone.client);
    assertEquals(
      (await elsewhere.read({ cursor: phone.cursor }) as { error?: { code: string } })
        .error?.code,
      "unavailable",
    );
    await assertRejects(() => elsewhere.send(phone.number(workout(2))));

    await first.close();
    await primary.kill();
    await second.admin((sql) => sql`select pg_promote()`);
    assertEquals(await elsewhere.read({ cursor: phone.cursor }), { protocol: 1, reset: "epoch" });
    await elsewhere.pull();
    assertEquals(ids(elsewhere), [uuid(1)]);
    // Another client id numbers what is unanswered afresh.
    const renumbered = device(second, anna);
    assertEquals(await renumbered.push(workout(2)), ["applied"]);
    await elsewhere.pull();
    assertEquals(ids(elsewhere), [uuid(1), uuid(2)]);
  } finally {
    await second.close();
    await standby.stop();
    await Deno.remove(root, { recursive: true });
  }
});
