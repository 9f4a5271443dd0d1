/** Field merge, compare-and-set and resolvers beside plain SQL, whole runs and real versions. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { Outcome, PullCheckpoint, Row } from "../../packages/protocol/src/mod.ts";
import { type Database, withDatabase } from "./database.ts";
import { type Device, device, workout } from "./device.ts";

const LATER = 9e15;

async function plans(db: Database, how = "strategy => 'field_merge'") {
  await db.sql.unsafe(`
    create table public.plans (
      id int primary key, title text default 'new', weight numeric, unit text, extra json, touched int default 0
    );
    grant all on public.plans to authenticated;
    select sync.enable('public.plans', $$'library'::text$$, ${how});
  `);
}

const patch = (values: Row, seen?: number | string, clock?: number) => ({
  table: "plans",
  op: "update" as const,
  key: [1],
  values,
  ...(seen === undefined ? {} : { seen }),
  ...(clock === undefined ? {} : { clock }),
});
const insert = (values: Row, key = 1) => ({
  table: "plans",
  op: "insert" as const,
  key: [key],
  values,
});

const outcomes = async (phone: Device, ...writes: Parameters<Device["push"]>) =>
  (await phone.send(phone.number(...writes))).outcomes.map(({ code, fields }: Outcome) =>
    fields ? [code, ...fields] : [code]
  );

const plan = async (db: Database) => ({ ...(await db.sql`select * from public.plans`)[0] });

Deno.test(
  "C11: plain SQL raises the clocks of the fields it changed, of no others",
  withDatabase(async (db) => {
    await plans(db, `strategy => 'field_merge', groups => '[["weight", "unit"]]'`);
    const [phone, laptop] = [device(db, await db.user()), device(db, await db.user())];
    assertEquals(await outcomes(phone, { ...insert({ title: "first" }), clock: 100 }), [[
      "applied",
    ]]);
    await phone.pull();
    const { versions } = await device(db, phone.user).read() as PullCheckpoint;
    const seen = versions!.plans![0]!;
    await db.sql`update public.plans set weight = 1.0, title = title, extra = '{}'`;
    assertEquals(
      await outcomes(laptop, patch({ title: "mine", weight: 2, unit: "kg", extra: {} }, seen, 200)),
      [["superseded", "extra", "unit", "weight"]],
    );
    const { title, weight, unit } = await plan(db);
    assertEquals([title, weight, unit], ["mine", "1.0", null]);
    // 1.00 is another value than 1.0, and a row that is only touched is nobody's field.
    await db.sql`update public.plans set weight = 1.00`;
    await db.sql`update public.plans set title = title`;
    assertEquals(await outcomes(phone, patch({ title: "again" }, seen, 300)), [["applied"]]);
    const [clocks] = await db.sql`
      select array(select jsonb_object_keys(fields) order by 1) as units from sync.clocks c
      join sync.tables t on t.id = c.table_id where t.name = 'plans'`;
    assertEquals(clocks?.units, ["extra", "title", "weight"]);
  }),
);

Deno.test(
  "C9: a row that plain SQL deleted stays deleted for edits that had seen it; an insert restores it",
  withDatabase(async (db) => {
    await plans(db);
    const phone = device(db, await db.user());
    await phone.push(insert({ title: "first" }), insert({ title: "other" }, 2));
    await db.sql`delete from public.plans where id = 1`;
    assertEquals(await outcomes(phone, patch({ title: "edit" }, 1, LATER)), [["superseded"]]);
    assertEquals(await outcomes(phone, { ...insert({ title: "again" }), clock: LATER }), [[
      "applied",
    ]]);
    assertEquals(await outcomes(phone, patch({ title: "of the first" }, 1, LATER)), [[
      "superseded",
    ]]);
    assertEquals(await outcomes(phone, patch({ title: "edit" }, 4, LATER)), [["applied"]]);
    // Plain SQL that empties the table and fills it again begins new incarnations.
    await db.sql`truncate public.plans`;
    await db.sql`insert into public.plans values (1, 'by SQL')`;
    assertEquals(await outcomes(phone, patch({ title: "edit" }, 4, LATER)), [["superseded"]]);
    assertEquals((await plan(db)).title, "by SQL");
  }),
);

Deno.test(
  "C9: a workout that one device deletes stays deleted, with its sets, whatever another one edits",
  withDatabase(async (db) => {
    const anna = await db.user();
    const [phone, laptop] = [device(db, anna), device(db, anna)];
    await phone.push({ ...workout(1), clock: 100 });
    await laptop.pull();
    assertEquals(await phone.push({ ...workout(1, {}, "delete"), seen: 1 }), ["applied"]);
    assertEquals(
      await laptop.push({ ...workout(1, { title: "late" }, "update"), clock: LATER }),
      ["superseded"],
    );
    const [count] = await db.sql`select count(*)::int as n from public.workouts`;
    assertEquals(count?.n, 0);
  }),
);

Deno.test(
  "C1, C9: a delete that wins though a later edit was written leaves the clock of that edit",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    const clock = async () => {
      const [row] = await db.sql`select clock, writer, deleted from sync.clocks c
        join sync.tables t on t.id = c.table_id where t.name = 'workouts'`;
      return { ...row };
    };
    await phone.push({ ...workout(1), clock: 100 });
    await db.sql`update public.workouts set notes = 'later'`;
    const edited = await clock();
    assertEquals(await phone.push({ ...workout(1, {}, "delete"), clock: 200 }), ["applied"]);
    assertEquals(await clock(), { ...edited, deleted: true });
  }),
);

Deno.test(
  "C11: a patch of a part of a group is refused, an insert of one is whole",
  withDatabase(async (db) => {
    await plans(db, `strategy => 'field_merge', groups => '[["weight", "unit"]]'`);
    const phone = device(db, await db.user());
    assertEquals(await phone.push(insert({ weight: 1 })), ["applied"]);
    const refused = await phone.send(phone.number(patch({ unit: "kg", title: "x" }, 1)));
    assertEquals([refused.outcomes[0]?.code, refused.outcomes[0]?.column], [
      "partial_group",
      "unit",
    ]);
    assertEquals(await phone.push(patch({ unit: "kg", weight: 2 }, 1)), ["applied"]);
  }),
);

Deno.test(
  "C11: in one run rows may lose different fields",
  withDatabase(async (db) => {
    await plans(db);
    const [phone, laptop] = [device(db, await db.user()), device(db, await db.user())];
    await phone.push(
      ...[1, 2, 3].map((key) => ({ ...insert({ title: "first" }, key), clock: 100 + key })),
    );
    await phone.push({ ...patch({ title: "later" }, 1), key: [1], clock: 500 });
    await phone.push({ ...patch({ touched: 9 }, 2), key: [2], clock: 501 });
    const edit = (key: number) => ({
      ...patch({ title: "mine", touched: 5 }),
      key: [key],
      clock: 200,
    });
    assertEquals(await outcomes(laptop, edit(1), edit(2), edit(3)), [
      ["superseded", "title"],
      ["superseded", "touched"],
      ["applied"],
    ]);
    const rows = await db.sql`select title, touched from public.plans order by id`.values();
    assertEquals([...rows].map((row) => [...row]), [["later", 5], ["mine", 9], ["mine", 5]]);
  }),
);

Deno.test(
  "C12: server_wins takes what has seen the row as it is, by a pull or by its own last write",
  withDatabase(async (db) => {
    await plans(db, "strategy => 'server_wins'");
    const phone = device(db, await db.user());
    await db.sql`insert into public.plans values (1, 'by SQL')`;
    const read = async () =>
      (await device(db, phone.user).read() as PullCheckpoint).versions!.plans![0]!;
    const seen = await read();
    assertEquals(await outcomes(phone, patch({ title: "unseen" })), [["superseded"]]);
    assertEquals(
      await outcomes(
        phone,
        patch({ title: "seen" }, seen, LATER),
        patch({ title: "on" }, 2, LATER),
      ),
      [["applied"], ["applied"]],
    );
    assertEquals(await outcomes(phone, patch({ title: "stale" }, seen, LATER)), [["superseded"]]);
    await db.sql`update public.plans set touched = 1`;
    assertEquals(await outcomes(phone, patch({ title: "overtaken" }, 3, LATER)), [["superseded"]]);
    assertEquals((await plan(db)).title, "on");
    assertEquals(await outcomes(phone, patch({ title: "seen again" }, await read(), LATER)), [[
      "applied",
    ]]);
  }),
);

for (const strategy of ["server_wins", "resolver"]) {
  Deno.test(
    `C7, ${strategy}: a write that changes nothing is its author's last write all the same`,
    withDatabase(async (db) => {
      await db.sql.unsafe(`
        create table public.plans (id int primary key, title text);
        create function public.pick(stored public.plans, proposed public.plans) returns public.plans
          language sql as $$ select case when proposed is not distinct from stored then proposed end $$;
        grant all on public.plans to authenticated;
      `);
      await db.sql.unsafe(
        `select sync.enable('public.plans', $$'library'::text$$, ${
          strategy === "resolver" ? "resolver => 'public.pick'" : `'${strategy}'`
        })`,
      );
      await db.sql`insert into public.plans values (1, 'same')`;
      const phone = device(db, await db.user());
      const { versions } = await device(db, phone.user).read() as PullCheckpoint;
      // Where there is a resolver it is asked: the phone has not seen the row as it is.
      const same = patch(
        { title: "same" },
        strategy === "resolver" ? undefined : versions!.plans![0]!,
      );
      const writes = [same, patch({}, 1), patch({ title: "next" }, 2), {
        ...patch({}, 3),
        op: "delete" as const,
      }];
      assertEquals(await outcomes(phone, ...writes), writes.map(() => ["applied"]));
    }),
  );
}

Deno.test(
  "C13: a resolver must exist, of the table's own row type; it decides as the caller",
  withDatabase(async (db) => {
    const refused = async () =>
      await assertRejects(() => plans(db, "resolver => 'public.pick'")) as Error;
    assertStringIncludes((await refused()).message, "no function public.pick(stored public.plans");
    await db.sql.unsafe(`
      create table public.plans (id int primary key, title text, bytes bytea, n bigint);
      create function public.pick(stored public.plans, proposed public.plans) returns public.plans
        language sql as $$ select row(stored.id, proposed.title, stored.bytes || proposed.bytes, stored.n)::public.plans $$;
      grant all on public.plans to authenticated;
      select sync.enable('public.plans', $$'library'::text$$, resolver => 'public.pick');
      insert into public.plans values (1, 'stored', '\\x00ff', 9007199254740993);
    `);
    const phone = device(db, await db.user());
    assertEquals(
      await outcomes(phone, patch({ title: "proposed", bytes: btoa("\x01"), n: 5 })),
      [["superseded", "bytes", "n"]],
    );
    await phone.pull();
    assertEquals([...phone.rows("plans").values()], [
      { id: 1, title: "proposed", bytes: btoa("\0\xff\x01"), n: "9007199254740993" },
    ]);
  }),
);

Deno.test(
  "C13: a resolver's row is a row, whatever columns of it are null; a row of nothing else keeps the stored one",
  withDatabase(async (db) => {
    await db.sql.unsafe(`
      create table public.plans (id int primary key, title text, weight int);
      create function public.pick(stored public.plans, proposed public.plans) returns public.plans
        language plpgsql as $$
        declare none public.plans;
        begin
          return case when proposed.title = 'not this' then none else proposed end;
        end $$;
      grant all on public.plans to authenticated;
      select sync.enable('public.plans', $$'library'::text$$, resolver => 'public.pick');
      insert into public.plans values (1, 'stored', null);
    `);
    const phone = device(db, await db.user());
    assertEquals(await outcomes(phone, patch({ title: "proposed" })), [["applied"]]);
    assertEquals(await outcomes(phone, patch({ title: null, weight: 2 })), [["applied"]]);
    assertEquals(await outcomes(phone, patch({ title: "not this" })), [["superseded"]]);
    assertEquals(await plan(db), { id: 1, title: null, weight: 2 });
  }),
);

Deno.test(
  "sync.enable refuses groups that are none",
  withDatabase(async (db) => {
    for (
      const [how, reason] of [
        [`groups => '[["title", "unit"]]'`, "for field_merge"],
        [`strategy => 'field_merge', groups => '[["title"]]'`, "two or more"],
        [`strategy => 'field_merge', groups => '{}'`, "two or more"],
        [`strategy => 'field_merge', groups => '[["title", "nothing"]]'`, "nothing"],
        [
          `strategy => 'field_merge', groups => '[["title", "unit"], ["unit", "weight"]]'`,
          "one group",
        ],
      ] as const
    ) {
      const error = await assertRejects(() => plans(db, how)) as Error;
      assertStringIncludes(error.message, reason);
    }
  }),
);
