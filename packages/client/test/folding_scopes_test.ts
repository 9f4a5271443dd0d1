/** Who hears of what: many scopes, very many, and strangers; by the official client on the stack. */
import { assert, assertEquals } from "@std/assert";
import { device, leave, person, sql, until, workout } from "./live.ts";

/** Gives a coach so many athletes, each of whom is a scope of theirs. */
const coaches = (coach: string, athletes: number) =>
  sql`with made as (
      insert into auth.users (id, email)
      select id, id || '@example.com' from (select gen_random_uuid() as id from generate_series(1, ${athletes})) ids
      returning id
    ) insert into public.coach_athletes (coach_id, athlete_id) select ${coach}, id from made`;

const athletesOf = async (coach: string) =>
  (await sql`select athlete_id from public.coach_athletes where coach_id = ${coach}
    order by athlete_id`).map((row) => String(row["athlete_id"]));

for (const scopes of [200, 1_000]) {
  Deno.test(`S10: of ${scopes} scopes every change is poked, by one topic of the user's own`, async () => {
    const someone = await person();
    await coaches(someone.id, scopes);
    const db = await device(someone);
    const shown = () => db.sync.getSnapshot();
    await until(() => shown().isLive);
    const { requests, supabase: { realtime } } = someone;
    assertEquals(realtime.getChannels().map(({ topic }) => topic).sort(), [
      "realtime:sync-all",
      `realtime:sync-user:${someone.id}`,
      "realtime:sync:library",
    ]);
    assertEquals(requests.filter((url) => url.endsWith("/sync_listen")).length, 1);
    await until(() => shown().state === "synced");
    // Of the first athlete, of the last, and of one who came while the device listened.
    const [athletes, late] = [await athletesOf(someone.id), await person()];
    for (const athlete of [athletes[0]!, athletes.at(-1)!]) {
      const { length } = requests;
      const before = await db.table("workouts").count();
      await workout(athlete);
      await until(async () => await db.table("workouts").count() === before + 1);
      assert(requests.length > length);
    }
    await sql`insert into public.coach_athletes values (${someone.id}, ${late.id})`;
    await until(() => requests.filter((url) => url.endsWith("/sync_listen")).length === 2);
    await until(() => shown().isLive);
    const before = await db.table("workouts").count();
    await workout(late.id);
    await until(async () => await db.table("workouts").count() === before + 1);
    await db.sync.disconnect();
    db.close();
    await leave(someone.supabase);
    await leave(late.supabase);
  });
}

Deno.test("what concerns very many scopes is told to everybody, who pull within ten seconds", async () => {
  const someone = await person();
  const spread = 0.9;
  const db = await device(someone, { pace: 20, overrides: { random: () => spread } });
  const isSynced = () => db.sync.getSnapshot().isLive && db.sync.getSnapshot().state === "synced";
  await until(isSynced);
  const others = Array.from({ length: 251 }, () => crypto.randomUUID());
  await sql.begin(async (sql) => {
    await sql`insert into auth.users ${
      sql(others.map((id) => ({ id, email: `${id}@example.com` })))
    }`;
    await sql`insert into public.workouts (user_id, title, scheduled_for)
      select id::uuid, 'Legs', '2026-11-24' from unnest(${[...others, someone.id]}::text[]) id`;
  });
  const written = performance.now();
  await until(async () => await db.table("workouts").count() === 1, 2_000);
  const waited = (performance.now() - written) * 20;
  // Neither at once nor as late as the next poll.
  assert(waited > spread * 10_000 / 2 && waited < 60_000, `${waited} ms of the device's time`);
  await db.sync.disconnect();
  db.close();
  await leave(someone.supabase);
});

Deno.test("a stranger joins neither the topic of a scope nor that of a user, and pokes nobody", async () => {
  const [anna, stranger] = [await person(), await person()];
  const { realtime } = stranger.supabase;
  const joined = (topic: string) =>
    new Promise<string>((resolve) => {
      const channel = realtime.channel(topic, { config: { private: true } });
      channel.subscribe((status) => {
        resolve(status);
        if (status === "CHANNEL_ERROR") void realtime.removeChannel(channel);
      });
    });
  for (const topic of [anna.id, `private:${anna.id}`].map((scope) => `sync:${scope}`)) {
    assertEquals(await joined(topic), "CHANNEL_ERROR", topic);
  }
  assertEquals(await joined(`sync-user:${anna.id}`), "CHANNEL_ERROR");
  assertEquals(await joined(`sync-user:${stranger.id}`), "SUBSCRIBED");

  // Everybody's topic they may hear, and say nothing there.
  let pokes = 0;
  const heard = anna.supabase.channel("sync-all", { config: { private: true } })
    .on("broadcast", { event: "poke" }, () => pokes++);
  await new Promise<void>((resolve) => heard.subscribe((s) => s === "SUBSCRIBED" && resolve()));
  assertEquals(await joined("sync-all"), "SUBSCRIBED");
  const [channel] = realtime.getChannels().filter(({ topic }) => topic.endsWith("sync-all"));
  await channel!.send({ type: "broadcast", event: "poke", payload: {} });
  await sql`select realtime.send('{}', 'poke', 'sync-all', true)`;
  await until(() => pokes > 0);
  assertEquals(pokes, 1);
  await leave(stranger.supabase);
  await leave(anna.supabase);
});
