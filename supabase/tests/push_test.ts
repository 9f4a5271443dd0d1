import { assertEquals, assertLess, assertNotEquals, assertRejects } from "@std/assert";
import { withDatabase } from "./database.ts";
import { device, uuid, workout, type Write } from "./device.ts";

Deno.test(
  "N1: a client numbers its mutations from 1; the mark is kept per user and client",
  withDatabase(async (db) => {
    const [anna, ben] = [await db.user(), await db.user()];
    const phone = device(db, anna);
    assertEquals(await phone.push(workout(1), workout(2)), ["applied", "applied"]);
    assertEquals(await device(db, anna).push(workout(3)), ["applied"]);
    // Another user's client of the same id is another client, and shows nothing of the first.
    assertEquals(await device(db, ben, phone.client).push(workout(4)), ["applied"]);
    const marks = await db.sql`select high_water::int from sync.clients order by high_water`;
    assertEquals(marks.map((mark) => mark.high_water), [1, 1, 2]);
  }),
);

Deno.test(
  "N2: a number too high and a hole are refused as a gap, and nothing is written",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    const { mutations: [first, second, third] } = phone.number(workout(1), workout(2), workout(3));
    const send = (...mutations: unknown[]) =>
      phone.send({ protocol: 1, client: phone.client, mutations });
    const late = await send(second);
    assertEquals([late.error.code, late.error.expected], ["gap", 1]);
    const hole = await send(first, third);
    assertEquals([hole.error.code, hole.error.field, hole.error.expected], [
      "gap",
      "mutations[1].n",
      2,
    ]);
    const [traces] = await db.sql`
      select (select count(*) from sync.clients) + (select count(*) from public.workouts) as n`;
    assertEquals(Number(traces?.n), 0);
    assertEquals((await send(first, second, third)).high_water, 3);
  }),
);

Deno.test(
  "N3: a replay gets the stored outcomes and writes nothing",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    const request = phone.number(workout(1), workout(2, { title: "" }));
    const answer = await phone.send(request);
    await db.sql`update public.workouts set title = 'changed since'`;
    const replay = await phone.send(request);
    assertEquals(replay.outcomes, answer.outcomes);
    assertEquals(replay.xid, answer.xid);
    assertEquals((await db.sql`select title from public.workouts`)[0]?.title, "changed since");

    // Of two pushes sent again as one, the later of which wrote nothing: what was written is told still.
    const refused = phone.number(workout(4, { title: "" }));
    assertEquals((await phone.send(refused)).xid, null);
    const both = await phone.send({
      ...request,
      mutations: [...request.mutations, ...refused.mutations],
    });
    assertEquals(both.xid, answer.xid);

    const longer = phone.number(workout(3));
    const mixed = await phone.send({
      ...request,
      mutations: [...refused.mutations, ...longer.mutations],
    });
    assertEquals(mixed.outcomes.map((outcome) => outcome.code), ["check_violation", "applied"]);
    assertNotEquals(mixed.xid, answer.xid);
  }),
);

Deno.test(
  "N3: two replays at once write once",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    const request = phone.number(workout(1), workout(2, {}, "delete"), workout(1, {}, "update"));
    const answers = await Promise.all([1, 2, 3].map(() => phone.send(request)));
    assertEquals(answers[1], { ...answers[0]!, now: answers[1]!.now });
    assertEquals(answers[2], { ...answers[0]!, now: answers[2]!.now });
    const [stored] = await db.sql`select count(*)::int as n from sync.answers`;
    assertEquals(stored?.n, 1);
  }),
);

Deno.test(
  "N3: a number that comes again with other content is refused",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    const request = phone.number(workout(1));
    await phone.send(request);
    const [mutation] = request.mutations;
    const other = { ...mutation, values: { ...mutation!.values, title: "other" } };
    const refused = await phone.send({ ...request, mutations: [other] });
    assertEquals([refused.error.code, refused.error.field], ["reused_number", "mutations[0].n"]);
  }),
);

Deno.test(
  "N3: a number whose answer is no longer kept is told so",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    const request = phone.number(workout(1));
    await phone.send(request);
    await db.sql`delete from sync.answers`;
    assertEquals((await phone.send(request)).error.code, "answer_expired");
  }),
);

Deno.test(
  "N4: refused mutations raise the mark, deferred ones and all after them do not",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    // Sixty culprits are more than the subtransactions of one batch can part.
    const request = phone.number(
      ...Array.from({ length: 60 }, (_, i) => workout(i + 1, { title: i % 2 ? "ok" : "" })),
    );
    const answer = await phone.send(request);
    const codes = answer.outcomes.map((outcome) => outcome.code);
    const deferred = codes.indexOf("deferred");
    assertEquals(codes.slice(deferred).every((code) => code === "deferred"), true);
    assertEquals(answer.high_water, deferred);
    for (const [i, code] of codes.slice(0, deferred).entries()) {
      assertEquals(code, i % 2 ? "applied" : "check_violation");
    }
    // The rest, sent again under the same numbers, is answered in turn.
    let left = request.mutations.slice(deferred);
    for (let batches = 1; left.length > 0; batches++) {
      assertLess(batches, 16);
      const next = await phone.send({ ...request, mutations: left });
      left = left.filter((mutation) => mutation.n > next.high_water);
    }
    const [written] = await db.sql`select count(*)::int as n from public.workouts`;
    assertEquals(written?.n, 30);
  }),
);

Deno.test(
  "N5: a group with a culprit is refused whole, and its culprit named",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    const grouped = (n: number, values = {}) => ({ ...workout(n, values), group: 2 });
    assertEquals(
      await phone.push(
        workout(1),
        grouped(2),
        grouped(3),
        grouped(4, { title: "" }),
        grouped(5),
        workout(6),
      ),
      ["applied", "group_refused", "group_refused", "check_violation", "group_refused", "applied"],
    );
    const written = await db.sql`select id from public.workouts order by id`;
    assertEquals(written.map((row) => row.id), [uuid(1), uuid(6)]);
  }),
);

Deno.test(
  "N5: a group is refused whole for a fault that is known beforehand",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    assertEquals(
      await phone.push(
        { ...workout(1), group: 1 },
        { ...workout(2, { nonsense: 1 }), group: 1 },
        workout(3),
      ),
      ["group_refused", "unknown_column", "applied"],
    );
  }),
);

Deno.test(
  "N5: a group that is split over two batches is refused",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    await phone.push({ ...workout(1), group: 1 });
    const rest = await phone.send(phone.number({ ...workout(2), group: 1 }));
    assertEquals([rest.error.code, rest.error.field], ["bad_request", "mutations[0].group"]);
  }),
);

Deno.test(
  "N6: one bad write in a thousand harms no other",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    const writes = Array.from({ length: 1000 }, (_, i) => workout(i + 1));
    writes[400] = workout(401, { status: "dreaming" });
    const codes = await phone.push(...writes);
    assertEquals(codes.filter((code) => code === "applied").length, 999);
    assertEquals(codes[400], "check_violation");
  }),
);

Deno.test(
  "N6: a child that comes before its parent is written, one without a parent is refused",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    const [exercise] = await db.sql`
      insert into public.exercises (owner_id, name) values (null, 'Squat') returning id`;
    const log = (n: number, workoutId: string) => ({
      table: "exercise_logs",
      op: "insert" as const,
      key: [uuid(n)],
      values: { id: uuid(n), workout_id: workoutId, exercise_id: exercise!.id },
    });
    const codes = await phone.push(log(10, uuid(1)), log(11, uuid(9)), workout(1), workout(2));
    assertEquals(codes, ["applied", "foreign_key_violation", "applied", "applied"]);
  }),
);

Deno.test(
  "N6: three generations are written in whatever order they come, later edits with them",
  withDatabase(async (db) => {
    await db.sql.unsafe(`
      create table public.ones (id int primary key);
      create table public.twos (id int primary key, one int not null references public.ones);
      create table public.threes (id int primary key, two int not null references public.twos, v int);
      grant all on public.ones, public.twos, public.threes to authenticated;
      select sync.enable('public.ones', $$'library'::text$$);
      select sync.enable('public.twos', $$'library'::text$$);
      select sync.enable('public.threes', $$'library'::text$$, strategy => 'field_merge');
    `);
    const phone = device(db, await db.user());
    const insert = (table: string, key: number, values = {}) => ({
      table,
      op: "insert" as const,
      key: [key],
      values,
    });
    const batch = [
      ...Array.from({ length: 300 }, (_, i) => insert("threes", i, { two: i })),
      { ...insert("threes", 7, { v: 1 }), op: "update" as const, seen: 8 },
      ...Array.from({ length: 300 }, (_, i) => insert("twos", i, { one: i === 50 ? 999 : i })),
      ...Array.from({ length: 300 }, (_, i) => insert("ones", i)),
    ];
    const codes = await phone.push(...batch);
    const refused = codes.flatMap((code, i) => code === "applied" ? [] : [[code, i]]);
    assertEquals(refused, [["foreign_key_violation", 50], ["foreign_key_violation", 351]]);
    const [row] = await db.sql`select v from public.threes where id = 7`;
    assertEquals(row?.v, 1);
  }),
);

Deno.test(
  "W8: one user's devices push so much in a minute together; more must wait, and then goes through",
  withDatabase(async (db) => {
    const [anna, ben] = [await db.user(), await db.user()];
    await db.sql`select sync.throttle(mutations_per_minute => 1000, pushes_per_minute => 4)`;
    const [phone, laptop] = [device(db, anna), device(db, anna)];
    const many = Array.from({ length: 600 }, (_, n) => workout(n));
    const first = phone.number(...many);
    await phone.send(first);
    const second = laptop.number(...many.slice(0, 401));
    const { error } = await laptop.send(second);
    assertEquals(error.code, "rate_limited");
    assertLess(0, error.retry_after!);
    assertLess(error.retry_after!, 61);
    // Nothing was written, replays cost nothing, others are not concerned.
    assertEquals((await db.sql`select count(*)::int as n from public.workouts`)[0]?.n, 600);
    assertEquals((await phone.send(first)).outcomes.length, 600);
    assertEquals(await device(db, ben).push(workout(700)), ["applied"]);
    assertEquals(await laptop.push(workout(401)).catch(() => "gap"), "gap");

    await db.sql`update sync.answers set answered_at = answered_at - interval '1 minute'`;
    assertEquals((await laptop.send(second)).high_water, 401);
    const third = device(db, anna);
    for (let n = 0; n < 3; n++) assertEquals(await third.push(workout(800 + n)), ["applied"]);
    const fifth = await third.send(third.number(workout(803)));
    assertEquals(fifth.error.code, "rate_limited");
    await assertRejects(async () => void await db.sql`select sync.throttle(999)`);
    await assertRejects(() => db.as(anna, (sql) => sql`select sync.throttle(5000)`));
  }),
);

Deno.test(
  "a push reads the clocks of its own rows, whatever is known of the table's others",
  withDatabase(async (db) => {
    await db.sql.unsafe(`
      create table public.others (id int primary key);
      select sync.enable('public.others', scope => $$'library'::text$$);
      insert into public.others select generate_series(1, 50000);
      analyze sync.clocks;
      create table public.notes (id int primary key, body text);
      grant all on public.notes to authenticated;
      insert into public.notes select generate_series(1, 5000);
      select sync.enable('public.notes', scope => $$'library'::text$$);
    `);
    const { user, number } = device(db, await db.user());
    const write = (id: number): Write => ({
      table: "notes",
      op: "insert",
      key: [-id],
      values: { body: "x" },
    });
    const request = number(...Array.from({ length: 500 }, (_, id) => write(id)));
    const read = await db.as(user, async (sql) => {
      await sql`select public.sync_changes(${sql.json(request as never)})`;
      const [clocks] = await sql`
        select pg_stat_get_xact_tuples_fetched(i.indexrelid) + pg_stat_get_xact_tuples_returned(i.indexrelid) as n
        from pg_index i where i.indrelid = 'sync.clocks'::regclass`;
      return Number(clocks!.n);
    });
    assertEquals(read < 3000, true, `${read} clocks were read`);
  }),
);
