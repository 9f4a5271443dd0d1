/** The client against the real database and functions, over HTTP with the official supabase-js. */
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { assert, assertEquals } from "@std/assert";
import { startStack } from "@fitos/stack";
import { Dexie, liveQuery, type Table } from "dexie";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import postgres from "postgres";
import { supabaseSync } from "../src/mod.ts";

// Live queries do nothing where the platform has no IndexedDB.
Dexie.dependencies.indexedDB ??= new IDBFactory() as unknown as typeof globalThis.indexedDB;
Dexie.dependencies.IDBKeyRange ??= IDBKeyRange as unknown as typeof globalThis.IDBKeyRange;

type Plan = {
  id: string;
  owner_id?: string;
  title?: string;
  notes?: string;
  reps?: number;
  weight?: number;
};
type Counter = { id: string; n: number };
type Workout = { id: string; user_id?: string; title: string; scheduled_for: string };
type Device = Dexie & {
  plans: Table<Plan, string>;
  counters: Table<Counter, string>;
  workouts: Table<Workout, string>;
  coach_athletes: Table<{ coach_id: string; athlete_id: string }, [string, string]>;
};
type Person = { id: string; supabase: SupabaseClient };

const folder = await Deno.makeTempDir({ prefix: "fitos-client-" });
await Deno.chmod(folder, 0o755);
const stack = await startStack({
  root: new URL("../../..", import.meta.url).pathname,
  dataDir: folder,
  ports: { api: 0, db: 0 },
  durable: false,
});
const sql = postgres(stack.dbUrl, { max: 2, onnotice: () => undefined });
await sql.unsafe(`
  create table public.plans (
    id uuid primary key, owner_id uuid not null default auth.uid(), title text, notes text, reps int, weight int
  );
  create table public.counters (id uuid primary key, owner_id uuid not null default auth.uid(), n int not null);
  alter table public.plans enable row level security;
  alter table public.counters enable row level security;
  create policy "own" on public.plans to authenticated using (owner_id = (select auth.uid()));
  create policy "own" on public.counters to authenticated using (owner_id = (select auth.uid()));
  grant all on public.plans, public.counters to authenticated;
  select sync.enable('public.plans', 'owner_id::text', 'field_merge', groups => '[["reps", "weight"]]');
  select sync.enable('public.counters', 'owner_id::text', 'server_wins');
`);
const closing: (() => void | Promise<void>)[] = [];

Deno.test.afterAll(async () => {
  for (const close of closing) await close();
  await sql.end();
  await stack.stop();
  await Deno.remove(folder, { recursive: true });
});

async function person(): Promise<Person> {
  const supabase = createClient(stack.apiUrl, stack.publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  closing.push(() => void supabase.realtime.disconnect());
  const { data, error } = await supabase.auth.signUp({
    email: `${crypto.randomUUID()}@example.com`,
    password: "correct horse",
  });
  if (error) throw error;
  return { id: data.user!.id, supabase };
}

/** A device that syncs when it is told to: `connect` is what a network is. */
async function device({ supabase }: Person) {
  const tables = {
    plans: "id",
    counters: "id",
    workouts: "id",
    coach_athletes: ["coach_id", "athlete_id"],
  };
  const db = new Dexie(crypto.randomUUID(), {
    addons: [supabaseSync({ tables })],
    indexedDB: new IDBFactory() as unknown as typeof globalThis.indexedDB,
    IDBKeyRange: IDBKeyRange as unknown as typeof globalThis.IDBKeyRange,
  }) as Device;
  db.version(1).stores({
    plans: "id",
    counters: "id",
    workouts: "id, title",
    coach_athletes: "[coach_id+athlete_id]",
  });
  await db.open();
  closing.push(() => db.close());
  const connected = async <T>(work: () => Promise<T>) => {
    db.sync.connect({
      url: stack.apiUrl,
      key: stack.publishableKey,
      auth: supabase.auth,
      realtime: supabase.realtime,
    });
    try {
      return await work();
    } finally {
      await db.sync.disconnect();
    }
  };
  return {
    db,
    connected,
    /** Online for as long as it takes. */
    sync: () =>
      connected(async () => {
        await db.sync.syncAll();
        await db.sync.settled();
      }),
    verify: () =>
      connected(async () => {
        await db.sync.syncAll();
        return await db.sync.verify();
      }),
    issues: async () => {
      const issues = await db.table("_sync_issues").toArray();
      return issues.map(({ kind, code, values, fields }) => ({ kind, code, values, fields }));
    },
  };
}

const id = () => crypto.randomUUID();

Deno.test("C11: fields that two devices changed offline both survive; of a group that both changed the later wins, and the loser is told which", async () => {
  const anna = await person();
  const [phone, laptop] = [await device(anna), await device(anna)];
  const plan = id();
  await phone.db.plans.add({ id: plan, title: "Legs", notes: "", reps: 5, weight: 100 });
  await phone.sync();
  await laptop.sync();
  await phone.db.plans.update(plan, { title: "Legs and arms", reps: 6 });
  await laptop.db.plans.update(plan, { notes: "slowly", weight: 110 });
  await laptop.sync();
  await phone.sync();
  await laptop.sync();
  const stored = { title: "Legs and arms", notes: "slowly", reps: 5, weight: 110 };
  for (const { db } of [phone, laptop]) {
    const { title, notes, reps, weight } = (await db.plans.get(plan))!;
    assertEquals({ title, notes, reps, weight }, stored);
  }
  assertEquals(await laptop.issues(), []);
  assertEquals(await phone.issues(), [
    {
      kind: "conflict",
      code: "superseded",
      values: { reps: 6, weight: 100 },
      fields: ["reps", "weight"],
    },
  ]);
  const [issue] = phone.db.sync.getSnapshot().syncErrors;
  await phone.db.sync.retry(issue!.id);
  await phone.sync();
  await laptop.sync();
  assertEquals((await laptop.db.plans.get(plan))!.reps, 6);
});

Deno.test("C8, C9: an edit of a row that another device has deleted comes back to its author; what was made anew is another row", async () => {
  const anna = await person();
  const [phone, laptop] = [await device(anna), await device(anna)];
  const plan = id();
  await phone.db.plans.add({ id: plan, title: "Legs" });
  // Its own earlier writes are seen, whether or not they have been answered.
  await phone.db.plans.update(plan, { notes: "first" });
  await phone.sync();
  await phone.db.plans.update(plan, { notes: "second" });
  await phone.sync();
  await laptop.sync();
  assertEquals((await laptop.db.plans.get(plan))!.notes, "second");

  await laptop.db.plans.update(plan, { title: "edited offline" });
  await phone.db.plans.delete(plan);
  await phone.db.plans.add({ id: plan, title: "another" });
  await phone.sync();
  await laptop.sync();
  assertEquals((await laptop.db.plans.get(plan))!.title, "another");
  assertEquals((await laptop.issues()).map(({ code, values }) => [code, values!.title]), [
    ["superseded", "edited offline"],
  ]);
  assertEquals(await phone.issues(), []);
});

Deno.test("C12: server_wins takes one of two edits of the same version, and an author's own edits one after the other", async () => {
  const anna = await person();
  const [phone, laptop] = [await device(anna), await device(anna)];
  const counter = id();
  await phone.db.counters.add({ id: counter, n: 1 });
  await phone.db.counters.update(counter, { n: 2 });
  await phone.sync();
  await laptop.sync();
  await phone.db.counters.update(counter, { n: 3 });
  await phone.db.counters.update(counter, { n: 4 });
  await laptop.db.counters.update(counter, { n: 30 });
  await phone.sync();
  await laptop.sync();
  assertEquals((await laptop.db.counters.get(counter))!.n, 4);
  assertEquals((await laptop.issues()).map(({ code, values }) => [code, values!.n]), [[
    "superseded",
    30,
  ]]);
  assertEquals(await phone.issues(), []);
  await laptop.db.counters.update(counter, { n: 5 });
  await laptop.sync();
  await phone.sync();
  assertEquals((await phone.db.counters.get(counter))!.n, 5);
});

Deno.test("S8: an athlete's old rows arrive when the link is made and are gone when it is cut, pending edits included, without starting over", async () => {
  const [anna, coach] = [await person(), await person()];
  const [phone, board] = [await device(anna), await device(coach)];
  const workouts = Array.from({ length: 40 }, (_, n) => (
    { id: id(), title: `workout ${n}`, scheduled_for: "2026-11-25" }
  ));
  await phone.db.workouts.bulkAdd(workouts);
  await phone.sync();
  const own = id();
  await board.db.workouts.add({ id: own, title: "the coach's own", scheduled_for: "2026-11-25" });
  await board.sync();
  assertEquals(await board.db.workouts.count(), 1);
  const { cursor: before } = await board.db.table("_sync_state").get("engine");

  await phone.db.coach_athletes.add({ coach_id: coach.id, athlete_id: anna.id });
  await phone.sync();
  await board.sync();
  assertEquals(await board.db.workouts.count(), 41);
  await board.db.workouts.update(workouts[3]!.id, { title: "by the coach" });

  await phone.db.coach_athletes.delete([coach.id, anna.id]);
  await phone.sync();
  await board.sync();
  assertEquals((await board.db.workouts.toArray()).map((row) => row.id), [own]);
  // A row out of sight and one that is no more answer alike.
  assertEquals((await board.issues()).map(({ code }) => code), ["superseded"]);
  assertEquals((await phone.db.workouts.get(workouts[3]!.id))!.title, "workout 3");
  const { cursor: after, verify } = await board.db.table("_sync_state").get("engine");
  assert(JSON.parse(before).epoch === JSON.parse(after).epoch && !verify);
  await board.sync();
  assertEquals(await board.db.workouts.count(), 1);
});

Deno.test("S3: a first sync shows its newest rows while the rest is on its way, goes on after a reload, and what was deleted meanwhile is gone", async () => {
  const anna = await person();
  await sql`insert into public.workouts (user_id, title, scheduled_for)
    select ${anna.id}, 'old ' || n, '2026-11-25' from generate_series(1, 3500) n`;
  await sql`insert into public.workouts (user_id, title, scheduled_for) values (${anna.id}, 'newest', '2026-11-25')`;
  const phone = await device(anna);
  const progress: { rows: number; total: number | null }[] = [];
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  phone.db.sync.subscribe(() => {
    const { progress: now } = phone.db.sync.getSnapshot();
    if (now) progress.push(now);
    if (now && now.rows >= 1000) resolve();
  });
  const seen: number[] = [];
  const live = liveQuery(() => phone.db.workouts.count()).subscribe((count) => seen.push(count));
  // The app is closed while the first sync runs.
  await phone.connected(() => begun);
  const there = await phone.db.workouts.count();
  assert(there >= 1000 && there < 3501, String(there));
  assertEquals(await phone.db.workouts.where("title").equals("newest").count(), 1);
  const { cursor, first } = await phone.db.table("_sync_state").get("engine");
  assertEquals([cursor, typeof first.page, first.total >= 3501], [null, "string", true]);
  assertEquals(phone.db.sync.getSnapshot().isReady, false);
  // Own work goes on top, at once.
  const held = await phone.db.workouts.toCollection().first();
  await phone.db.workouts.update(held!.id, { title: "mine" });
  await sql`delete from public.workouts
    where user_id = ${anna.id} and (title = 'newest' or title = 'old 7') and id <> ${held!.id}`;
  const [{ left } = { left: 0 }] = await sql`
    select count(*)::int as left from public.workouts where user_id = ${anna.id}`;

  const pulls = progress.length;
  await phone.sync();
  live.unsubscribe();
  assertEquals(await phone.db.workouts.count(), left);
  assertEquals((await phone.db.workouts.get(held!.id))!.title, "mine");
  assert(phone.db.sync.getSnapshot().isReady);
  // It went on where it was, and said so.
  assert(progress.slice(pulls).every(({ rows }) => rows >= first.rows));
  assert(progress.every(({ total }) => total !== null && total >= 3501));
  assert(seen.length > 2 && seen.at(-1) === left, `${seen} of ${left}`);
  const versions = await phone.db.table("_sync_versions_workouts").toArray();
  assert(versions.every(({ bucket }) => bucket >= 0));
  assertEquals(versions.flatMap(({ versions }) => Object.keys(versions)).length, left);
  assertEquals(await phone.verify(), 0);
});

Deno.test("D1: verify finds what no trigger saw and what happened to the copy, and leaves pending work alone", async () => {
  const anna = await person();
  const phone = await device(anna);
  const workouts = Array.from({ length: 200 }, (_, n) => (
    { id: id(), title: `workout ${n}`, scheduled_for: "2026-11-25" }
  ));
  await phone.db.workouts.bulkAdd(workouts);
  await phone.sync();
  assertEquals(await phone.verify(), 0);
  await sql.begin(async (tx) => {
    await tx`alter table public.workouts disable trigger user`;
    await tx`update public.workouts set title = 'unseen' where id = ${workouts[0]!.id}`;
    await tx`delete from public.workouts where id = ${workouts[1]!.id}`;
    await tx`alter table public.workouts enable trigger user`;
  });
  await phone.sync();
  assertEquals((await phone.db.workouts.get(workouts[0]!.id))!.title, "workout 0");
  await phone.db.workouts.update(workouts[2]!.id, { title: "pending" });
  assert(await phone.verify() >= 1);
  assertEquals((await phone.db.workouts.get(workouts[0]!.id))!.title, "unseen");
  assertEquals(await phone.db.workouts.get(workouts[1]!.id), undefined);
  await phone.sync();
  assertEquals((await phone.db.workouts.get(workouts[2]!.id))!.title, "pending");
  assertEquals(await phone.verify(), 0);
});
