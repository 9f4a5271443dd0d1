/**
 * Random histories through the model and through the database: same answers, same rows (SPEC C3 to C13).
 *
 * HISTORIES sets how many there are for each table (400), HISTORIES_SEED repeats a run that failed.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Database, type Json, withDatabase } from "./database.ts";
import {
  type CoursePush,
  histories,
  type History,
  live,
  permuted,
  versionOf,
} from "./histories.ts";
import { decide, type Kept, NOTHING, type Rules, type Values, type Version } from "./model.ts";

const COUNT = Number(Deno.env.get("HISTORIES") ?? 400);
const SEED = Number(Deno.env.get("HISTORIES_SEED") ?? Date.now());

const defaults: Values = { a: 1, b: null, c: 3, d: null };
const whole = { cascades: false, groups: [], defaults };

const TABLES: Record<string, Rules> = {
  plain: { ...whole, strategy: "last_write_wins" },
  parents: { ...whole, strategy: "last_write_wins", cascades: true },
  merged: { ...whole, strategy: "field_merge", groups: [["c", "d"]] },
  compared: { ...whole, strategy: "server_wins" },
  // The larger `a` is kept, with the newer `b`; the rest stays.
  resolved: {
    ...whole,
    strategy: "resolver",
    resolve: (stored, proposed) =>
      proposed && { ...stored, a: Math.max(stored.a!, proposed.a!), b: proposed.b! },
  },
};

async function tables(db: Database): Promise<void> {
  const columns = "id int primary key, a int default 1, b int, c int default 3, d int";
  await db.sql.unsafe(`
    create table public.plain (${columns});
    create table public.parents (${columns});
    create table public.children (id int primary key references public.parents on delete cascade);
    create table public.merged (${columns});
    create table public.compared (${columns});
    create table public.resolved (${columns});
    -- A thousand devices of one user, in seconds.
    select sync.throttle(2000000000, 2000000000);
    create function public.larger(stored public.resolved, proposed public.resolved)
      returns public.resolved language sql immutable as $$
        select case when proposed.id is not null then
          row(stored.id, greatest(stored.a, proposed.a), proposed.b, stored.c, stored.d)::public.resolved end $$;
    select sync.enable('public.plain', $$'library'::text$$);
    select sync.enable('public.parents', $$'library'::text$$);
    select sync.enable('public.merged', $$'library'::text$$, 'field_merge', groups => '[["c", "d"]]');
    select sync.enable('public.compared', $$'library'::text$$, 'server_wins');
    select sync.enable('public.resolved', $$'library'::text$$, resolver => 'public.larger');
    grant all on public.plain, public.parents, public.merged, public.compared, public.resolved
      to authenticated;
    -- A round trip for a thousand pushes instead of one for each.
    create function public.push_all(requests jsonb) returns jsonb language plpgsql as $$
      declare answers jsonb := '[]'; request jsonb;
      begin
        for request in select jsonb_array_elements(requests) loop
          answers := answers || jsonb_build_array(public.sync_changes(request));
        end loop;
        return answers;
      end $$;
    grant execute on function public.push_all to authenticated;
  `);
}

type Push = Pick<CoursePush, "client" | "mutation">;

/** Sends pushes one by one; answers the outcome of each. */
async function send(db: Database, user: string, pushes: Push[]) {
  const requests = pushes.map(({ client, mutation }) => ({
    protocol: 1,
    client,
    mutations: [mutation],
  }));
  return await db.as(user, async (sql) => {
    const [row] = await sql`select public.push_all(${
      sql.json(requests as unknown as Json)
    }) as answers`;
    return row!.answers.map((answer: { outcomes?: { code: string; fields?: string[] }[] }) => {
      const outcome = answer.outcomes?.[0];
      if (!outcome) throw new Error(JSON.stringify(answer));
      return outcome.fields ? [outcome.code, outcome.fields] : [outcome.code];
    });
  });
}

/** What stands under keys, and its version as a pull would deliver it. */
async function standing(db: Database, table: string, keys: number[]) {
  const rows = await db.sql`
    select t.*, v.version from public.${db.sql(table)} t
    join sync.tables s on s.name = ${table}
    cross join lateral sync.versions(s, array[t.id::text]) v
    where t.id = any (${keys})`;
  return new Map(rows.map(({ id, version, ...values }) => [Number(id), { version, values }]));
}

let keys = 0;

async function runBoth(db: Database, user: string, table: string, batch: History[]): Promise<void> {
  const rules = TABLES[table]!;
  const courses = batch.map((history) => {
    const key = ++keys;
    return { key, history, course: live(history, rules, table, key) };
  });
  const outcomes = await send(db, user, courses.flatMap(({ course }) => course.pushes));
  const rows = await standing(db, table, courses.map(({ key }) => key));
  for (const { key, history, course } of courses) {
    const { kept, decisions, pushes } = course;
    const wanted = {
      outcomes: decisions.map(({ code, fields }) => fields ? [code, fields] : [code]),
      values: kept?.values ?? undefined,
      version: kept?.values && table !== "plain" ? versionOf(kept, rules) : undefined,
    };
    const found = {
      outcomes: outcomes.splice(0, pushes.length),
      values: rows.get(key)?.values,
      version: table === "plain" ? undefined : rows.get(key)?.version,
    };
    assertEquals(found, wanted, JSON.stringify({ table, history, pushes }));
  }
}

for (const table of Object.keys(TABLES)) {
  Deno.test(
    `C3 to C13: random histories of "${table}" end as the model says`,
    withDatabase(async (db) => {
      await tables(db);
      const user = await db.user();
      let ran = 0;
      while (ran < COUNT) {
        await fc.assert(
          fc.asyncProperty(
            fc.array(histories(true), { minLength: 1, maxLength: 100, size: "max" }),
            async (batch) => {
              await runBoth(db, user, table, batch);
              ran += batch.length;
            },
          ),
          { numRuns: 4, seed: SEED + ran },
        );
      }
    }),
  );
}

for (const table of ["plain", "parents", "merged"]) {
  Deno.test(
    `C4: five mutations of "${table}" give one row in every order that respects what was seen`,
    withDatabase(async (db) => {
      await tables(db);
      const user = await db.user();
      const rules = TABLES[table]!;
      let orders = 0;
      await fc.assert(
        fc.asyncProperty(histories(false), async (history) => {
          const trials = permuted(live(history, rules, table, 0), 5).map((pushes) => {
            const key = ++keys;
            return { key, pushes: asStrangers(pushes, key) };
          });
          orders += trials.length;
          await send(db, user, trials.flatMap(({ pushes }) => pushes));
          const rows = await standing(db, table, trials.map(({ key }) => key));
          const ends = trials.map(({ key }) => JSON.stringify(rows.get(key)?.values));
          assertEquals(new Set(ends).size, 1, JSON.stringify({ table, history, ends }));
        }),
        { numRuns: Math.ceil(COUNT / 25), seed: SEED },
      );
      assert(orders > COUNT / 25);
    }),
  );

  Deno.test(`C4: so says the model of "${table}"`, () => {
    const rules = TABLES[table]!;
    fc.assert(
      fc.property(histories(false), (history) => {
        const ends = permuted(live(history, rules, table, 0), 6).map((pushes) => {
          let kept: Kept | undefined;
          for (const push of pushes) kept = decide(rules, kept, push.write).kept;
          return JSON.stringify(kept?.values);
        });
        assertEquals(new Set(ends).size, 1, JSON.stringify({ table, history, ends }));
      }),
      { numRuns: COUNT, seed: SEED },
    );
  });
}

/**
 * Every order gets clients of its own, one for each mutation, since a client's mutations keep theirs.
 * What was seen is named by version.
 */
function asStrangers(pushes: CoursePush[], key: number): Push[] {
  const clientOf = (index: number) =>
    `${String(index).padStart(8, "0")}-0000-4000-8000-${String(key).padStart(12, "0")}`;
  const renamed = (version: Version) => {
    const made = pushes.find(({ write }) => String(write.version) === String(version));
    return `${version[0]}.${made ? clientOf(made.index) : NOTHING[1]}`;
  };
  return pushes.map(({ index, mutation, write }) => {
    const { seen: _, ...rest } = mutation;
    const seen = write.seen && { seen: renamed(write.seen) };
    return { client: clientOf(index), mutation: { ...rest, ...seen, n: 1, key: [key] } };
  });
}
