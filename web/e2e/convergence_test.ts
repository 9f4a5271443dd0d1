/**
 * Three devices of two people at random, over a network that loses and repeats, against the real
 * stack: quiet at last, each holds exactly what a SELECT as its user returns (P5), and every row is
 * there once (P2, P3). `FUZZ_SEEDS=1,2,3` chooses other seeds; a failure names its own.
 */
import { startStack } from "@fitos/stack";
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { type Device, signIn, signUp } from "./device.ts";
import { FAULTS, faultyNetwork } from "./faulty_network.ts";

const TABLES = ["profiles", "coach_athletes", "workouts", "exercise_logs", "templates"] as const;
const SEEDS = (Deno.env.get("FUZZ_SEEDS") ?? "1,2,3").split(",").map(Number);
const STEPS = 60;

Deno.test("P2, P3, P5: devices on a bad network converge on what the database holds", async (t) => {
  const dataDir = await Deno.makeTempDir({ prefix: "fitos-convergence-" });
  await Deno.chmod(dataDir, 0o755);
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const stack = await startStack({ root, dataDir, ports: { api: 0, db: 0 }, durable: false });
  const sql = postgres(stack.dbUrl);
  const met = new Map<string, number>();
  try {
    for (const seed of SEEDS) {
      await t.step(`seed ${seed}`, async () => {
        const random = mulberry32(seed);
        let troubled = true;
        const network = faultyNetwork(
          stack.apiUrl,
          () => troubled && random() < 0.4 ? pick(random, FAULTS) : null,
        );
        const email = (name: string) => `${name}-${seed}@example.com`;
        const phone = await signUp(stack, email("athlete"), network.url);
        const laptop = await signIn(stack, email("athlete"), network.url);
        const coach = await signUp(stack, email("coach"), network.url);
        const devices = [phone, laptop, coach];
        try {
          await phone.db.coach_athletes.add(
            { coach_id: coach.user, athlete_id: phone.user } as never,
          );
          for (const device of devices) device.connect();
          for (let step = 0; step < STEPS; step++) {
            await act(random, pick(random, devices), phone.user);
            if (random() < 0.3) await pick(random, devices).db.sync.syncAll();
          }
          troubled = false;
          // Twice: what one device pushed last, the others pull in the second round.
          for (const device of [...devices, ...devices]) {
            await device.db.sync.syncAll();
            await device.db.sync.settled();
          }
          for (const device of devices) await holdsWhatItMayRead(sql, device);
          for (const [fault, count] of network.happened) {
            met.set(fault, (met.get(fault) ?? 0) + count);
          }
        } finally {
          for (const device of devices) await device.close();
          await network.close();
        }
      });
    }
    assertEquals([...met.keys()].sort(), [...FAULTS].sort(), "a fault never happened");
  } finally {
    await sql.end();
    await stack.stop();
    await Deno.remove(dataDir, { recursive: true });
  }
});

/** One thing a person might do; some of it the database will refuse. */
async function act(random: () => number, { db, user }: Device, athlete: string): Promise<void> {
  const workouts = await db.workouts.toArray();
  const workout = workouts.length ? pick(random, workouts) : null;
  const choice = random();
  if (!workout || choice < 0.35) {
    const id = uuid(random);
    const mine = user === athlete;
    await db.transaction("rw", db.workouts, db.exercise_logs, async () => {
      await db.workouts.add({
        id,
        user_id: athlete,
        title: `workout ${Math.floor(random() * 1000)}`,
        scheduled_for: "2026-11-24",
        ...(mine ? {} : { assigned_by: user }),
      } as never);
      if (!mine) return;
      for (let set = 1; set <= 3; set++) {
        await db.exercise_logs.add({
          id: uuid(random),
          workout_id: id,
          user_id: athlete,
          set_number: set,
          reps: Math.floor(random() * 12),
          weight: Math.floor(random() * 400) / 4,
        } as never);
      }
    });
  } else if (choice < 0.65) {
    await db.workouts.update(workout.id, { title: `title ${Math.floor(random() * 1000)}` });
  } else if (choice < 0.8) {
    await db.workouts.update(workout.id, { status: pick(random, ["completed", "skipped"]) });
  } else if (choice < 0.9) {
    await db.workouts.delete(workout.id);
  } else {
    // A title the database refuses.
    await db.workouts.update(workout.id, { title: "x".repeat(121) });
  }
}

/** P5: row by row what plain SQL returns to the user, under row-level security. */
async function holdsWhatItMayRead(sql: postgres.Sql, { db, user }: Device): Promise<void> {
  for (const table of TABLES) {
    const readable = await sql.begin(async (tx) => {
      await tx`select set_config('request.jwt.claims', ${JSON.stringify({ sub: user })}, true)`;
      await tx`set local role authenticated`;
      return await tx<{ row: object }[]>`select to_jsonb(t) as row from ${tx(table)} t`;
    });
    const local = await db.table(table).toArray();
    assertEquals(sorted(local), sorted(readable.map(({ row }) => row)), `${table} differs`);
  }
}

function sorted(rows: object[]): object[] {
  return rows
    .map((row) => Object.fromEntries(Object.entries(row).sort()))
    .sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
}

function pick<T>(random: () => number, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!;
}

function uuid(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join("");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
}

/** Tommy Ettinger's 32-bit generator: small, and the same everywhere. */
function mulberry32(seed: number): () => number {
  return () => {
    seed = seed + 0x6d2b79f5 | 0;
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 4294967296;
  };
}
