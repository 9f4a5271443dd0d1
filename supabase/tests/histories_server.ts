/** The database as the server of random histories: its tables, and what they are asked, many at once. */
import type { Database, Json } from "./database.ts";
import { type CoursePush, HOUR, type Sql, type Step, type Told } from "./histories_live.ts";
import type { Rules, Values } from "../../packages/protocol/test/model.ts";

const defaults: Values = { a: 1, b: null, c: 3, d: null };
const whole = { cascades: false, groups: [], defaults };

export const TABLES: Record<string, Rules> = {
  plain: { ...whole, strategy: "last_write_wins" },
  parents: { ...whole, strategy: "last_write_wins", cascades: true },
  merged: { ...whole, strategy: "field_merge", groups: [["c", "d"]] },
  compared: { ...whole, strategy: "server_wins" },
  // The larger `a` is kept, with the newer `b`; the rest stays.
  resolved: {
    ...whole,
    strategy: "resolver",
    resolve: (stored, proposed) =>
      proposed &&
      { ...stored, a: Math.max(Number(stored.a), Number(proposed.a)), b: proposed.b! },
  },
};

const TYPES = { id: "int", a: "int", b: "interval", c: "int", d: "int" } as const;

export async function createTables(db: Database): Promise<void> {
  const columns = "id int primary key, a int default 1, b interval, c int default 3, d int";
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
      declare
        told jsonb := '[]'; request jsonb; answer jsonb; before bigint; given bigint;
      begin
        for request in select jsonb_array_elements(requests) loop
          before := sync.now();
          answer := public.sync_changes(request);
          select a.clocks[1] into given from sync.answers a
            where a.client = (request ->> 'client')::uuid and a.first = (request #>> '{mutations,0,n}')::bigint;
          told := told || jsonb_build_array(jsonb_build_object(
            'before', before, 'after', sync.now(), 'clock', given, 'answer', answer
          ));
        end loop;
        return told;
      end $$;
    grant execute on function public.push_all to authenticated;
  `);
}

export type Push = Pick<CoursePush, "client" | "mutation">;
type Outcome = { code: string; fields?: string[] };

/** Sends pushes one by one; answers the outcome and the effective clock of each. */
export async function push(db: Database, user: string, pushes: Push[]) {
  const requests = pushes.map(({ client, mutation }) => ({
    protocol: 1,
    client,
    mutations: [mutation],
  }));
  return await db.as(user, async (sql) => {
    const [row] = await sql`select public.push_all(${
      sql.json(requests as unknown as Json)
    }) as told`;
    return (row!.told as (Told & { answer: { outcomes?: Outcome[] } })[]).map(
      ({ answer, ...told }) => {
        const outcome = answer.outcomes?.[0];
        if (!outcome) throw new Error(JSON.stringify(answer));
        const { code, fields } = outcome;
        return { ...told, outcome: fields ? [code, fields] : [code] };
      },
    );
  });
}

/** Other rows for a statement of many: more than the hundred beyond which clocks are stamped otherwise. */
const CROWD = Array.from({ length: 120 }, (_, i) => ({ id: -1 - i }));

/** One statement of the owner's for all the writes, which name the same columns. */
async function write(db: Database, table: string, writes: Sql[]): Promise<Told[]> {
  const { op, values } = writes[0]!;
  const named = ["id" as const, ...Object.keys(values) as (keyof typeof TYPES)[]];
  const own = writes.map(({ key, values }) => ({ id: key, ...values }));
  const crowd = writes.some(({ crowded }) => crowded)
    ? CROWD.map((row) => ({ ...values, ...row }))
    : [];
  const source = `jsonb_to_recordset($1) r(${named.map((c) => `${c} ${TYPES[c]}`)})`;
  const statement = {
    insert: `insert into public.${table} (${named}) select ${named.map((c) => `r.${c}`)}
      from ${source} on conflict do nothing`,
    update: `update public.${table} t set ${named.map((c) => `${c} = r.${c}`)}
      from ${source} where t.id = r.id`,
    delete: `delete from public.${table} t using ${source} where t.id = r.id`,
  }[op];
  const keys = writes.map(({ key }) => String(key));
  const ahead = writes.filter(({ ahead }) => ahead).map(({ key }) => String(key));
  const [[before], , [after], clocks] = await db.sql.begin((sql) => [
    sql`select sync.now()`,
    sql.unsafe(statement, [sql.json([...own, ...crowd] as Json)]),
    sql`select sync.now()`,
    sql`select c.key, c.clock from sync.clocks c join sync.tables t on t.id = c.table_id
      where t.name = ${table} and c.key = any (${keys})`,
  ]);
  const clockOf = new Map(clocks.map(({ key, clock }) => [key, Number(clock)]));
  if (ahead.length > 0) await advance(db, table, ahead);
  return writes.map(({ key, ahead }) => {
    const clock = clockOf.get(String(key));
    return {
      before: Number(before!.now),
      after: Number(after!.now),
      clock: clock === undefined ? undefined : clock + (ahead ? HOUR : 0),
    };
  });
}

/** As if the clock had been an hour fast at the last write of the rows: whatever it stamped. */
async function advance(db: Database, table: string, keys: string[]): Promise<void> {
  await db.sql`
    update sync.clocks c
    set clock = c.clock + ${HOUR}::bigint,
      born = c.born + case when c.born = c.clock then ${HOUR}::bigint else 0 end,
      fields = (
        select jsonb_object_agg(
          f.unit, case when f.stamp -> 0 = to_jsonb(c.clock)
            then jsonb_build_array(c.clock + ${HOUR}::bigint, f.stamp -> 1) else f.stamp end
        ) from jsonb_each(c.fields) f(unit, stamp)
      )
    from sync.tables t
    where t.id = c.table_id and t.name = ${table} and c.key = any (${keys})`;
}

export type Served = Told & { outcome?: (string | string[])[] };

/** Does one step of each history: the pushes one by one, what plain SQL writes alike by one statement. */
export async function serve(
  db: Database,
  user: string,
  table: string,
  steps: Step[],
): Promise<Served[]> {
  const served: Served[] = [];
  const pushes = steps.flatMap((step, place) => "push" in step ? [{ place, ...step.push }] : []);
  const told = await push(db, user, pushes);
  pushes.forEach(({ place }, i) => served[place] = told[i]!);
  const writes = steps.flatMap((step, place) => "sql" in step ? [{ place, ...step.sql }] : []);
  const alike = Map.groupBy(writes, ({ op, values }) => [op, ...Object.keys(values)].join());
  for (const group of alike.values()) {
    const told = await write(db, table, group);
    group.forEach(({ place }, i) => served[place] = told[i]!);
  }
  return served;
}

export async function clock(db: Database): Promise<number> {
  const [row] = await db.sql`select sync.now()`;
  return Number(row!.now);
}

/** What stands under keys, and its version as a pull would deliver it. */
export async function standing(db: Database, table: string, keys: number[]) {
  const rows = await db.sql`
    select t.*, v.version from public.${db.sql(table)} t
    join sync.tables s on s.name = ${table}
    cross join lateral sync.versions(s, array[t.id::text]) v
    where t.id = any (${keys})`;
  return new Map(rows.map(({ id, version, ...values }) => [Number(id), { version, values }]));
}
