/**
 * Two tenants write at random, into their own rows and at each other's. Everything either is told (answers,
 * refusals, rows, pokes) is searched for what only the other may know.
 */
import fc from "fast-check";
import { assert, assertEquals, assertGreater } from "@std/assert";
import { type Database, withDatabase } from "./database.ts";
import { type Device, device, type Write } from "./device.ts";

const RUNS = 12;

type Step = {
  /** Which of the two acts. */
  by: 0 | 1;
  /** Whose row it aims at. */
  at: 0 | 1;
  table: "workouts" | "exercises" | "templates" | "profiles" | "exercise_logs";
  op: Write["op"];
  /** Whether it names the row's owner as the new one. */
  claims: boolean;
  /** Makes the database complain of the value. */
  spoilt: boolean;
  how: "push" | "sql";
};

const step: fc.Arbitrary<Step> = fc.record({
  by: fc.constantFrom(0, 1),
  at: fc.constantFrom(0, 1),
  table: fc.constantFrom("workouts", "exercises", "templates", "profiles", "exercise_logs"),
  op: fc.constantFrom("insert", "update", "update", "delete"),
  claims: fc.boolean(),
  spoilt: fc.boolean(),
  how: fc.constantFrom("push", "push", "sql"),
});

Deno.test(
  "S4, S6: nothing that only one tenant may know is in what the other is told",
  withDatabase(async (db) => {
    let own = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 10 }), async (steps) => {
        const both: [Tenant, Tenant] = [await tenant(db), await tenant(db)];
        for (const one of both) await one.hear();
        for (const one of steps) {
          await act(db, both, one);
          for (const listener of both) await listener.hear();
        }
        for (const listener of both) await listener.hearAll();
        const [anna, ben] = both.map(({ told }) => told.join("\n")) as [string, string];
        for (const secret of both[1].secrets) assert(!anna.includes(secret), `${secret}: ${anna}`);
        for (const secret of both[0].secrets) assert(!ben.includes(secret), `${secret}: ${ben}`);
        if (anna.includes(both[0].canary)) own++;
      }),
      { numRuns: RUNS },
    );
    assertGreater(own, RUNS / 2, "who owns a canary hears it, or the search would prove nothing");

    const pokes = await db.admin((sql) => sql`select event, payload from realtime.messages`);
    assertGreater(pokes.length, 0);
    for (const { event, payload } of pokes) {
      // The id is the message's own, and random.
      const { id: _, ...told } = payload;
      assertEquals([event, told], ["poke", {}]);
    }
  }),
);

type Tenant = {
  id: string;
  canary: string;
  secrets: string[];
  keys: Record<Step["table"], string>;
  phone: Device;
  told: string[];
  /** Pulls what is new. */
  hear(): Promise<void>;
  /** Pulls as a device does that knows nothing yet. */
  hearAll(): Promise<void>;
};

async function tenant(db: Database): Promise<Tenant> {
  const id = await db.user();
  const canary = `canary-${crypto.randomUUID()}`;
  const phone = device(db, id);
  const told: string[] = [];
  const key = () => crypto.randomUUID() as string;
  const keys = {
    workouts: key(),
    exercises: key(),
    templates: key(),
    profiles: id,
    exercise_logs: key(),
  };
  await db.sql`insert into public.profiles (id, display_name) values (${id}, ${canary})`;
  await db.sql`insert into public.exercises (id, owner_id, name)
    values (${keys.exercises}, ${id}, ${canary})`;
  await db.sql`insert into public.workouts (id, user_id, title, notes, scheduled_for)
    values (${keys.workouts}, ${id}, ${canary}, ${canary}, '2026-01-01')`;
  return {
    ...{ id, canary, keys, phone, told },
    secrets: [canary, id],
    async hear() {
      told.push(JSON.stringify(await phone.read()));
      await phone.pull();
    },
    async hearAll() {
      told.push(JSON.stringify(await phone.read({ cursor: null })));
    },
  };
}

async function act(db: Database, both: [Tenant, Tenant], step: Step): Promise<void> {
  const { phone, canary, id, told } = both[step.by];
  const target = both[step.at];
  const { table, op } = step;
  const key = target.keys[table];
  const owner = table === "profiles" ? "id" : table === "exercises" ? "owner_id" : "user_id";
  const text = step.spoilt ? canary.repeat(200) : canary;
  const values = {
    ...{
      workouts: { title: text, scheduled_for: "2026-01-01" },
      exercises: { name: text },
      templates: { name: text },
      profiles: { display_name: text },
      exercise_logs: {
        notes: text,
        workout_id: target.keys.workouts,
        exercise_id: target.keys.exercises,
      },
    }[table],
    ...(step.claims ? { [owner]: target.id } : {}),
  };
  if (step.how === "push") {
    const write = { table, op, key: [key], ...(op === "delete" ? {} : { values }) };
    const later = Date.now() * 1000;
    told.push(JSON.stringify(await phone.send(phone.number({ ...write, clock: later }))));
    return;
  }
  // SQL of the actor's own: what it is told is PostgreSQL's affair, what the other hears of it is ours.
  await db.as(
    id,
    (sql) =>
      op === "delete"
        ? sql`delete from public.${sql(table)} where id = ${key}`
        : sql`update public.${sql(table)} set ${
          sql(values as Record<string, string>)
        } where id = ${key}`,
  )
    .catch((error) => {
      if (!/^(23|42)/.test(error.code)) throw error;
    });
}
