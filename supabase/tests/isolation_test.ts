/** Two tenants: what one holds never shows in what the other is answered, nor can the other change it. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Database, withDatabase } from "./database.ts";
import { call, device, uuid, type Write } from "./device.ts";

const CANARY = "canary-7f3a";

/** Anna with a row in every table, her coach, and a stranger. */
async function tenants(db: Database) {
  const [anna, coach, stranger] = [await db.user(), await db.user(), await db.user()];
  await db.sql`insert into public.profiles (id, display_name) values
    (${anna}, ${CANARY}), (${coach}, 'Coach'), (${stranger}, 'Stranger')`;
  await db.sql`insert into public.exercises (id, owner_id, name) values
    (${uuid(1)}, null, 'Squat'), (${uuid(2)}, ${anna}, ${CANARY})`;
  await db.sql`insert into public.workouts (id, user_id, title, scheduled_for)
    values (${uuid(3)}, ${anna}, ${CANARY}, '2026-01-01')`;
  await db.sql`insert into public.exercise_logs (id, workout_id, user_id, exercise_id, notes)
    values (${uuid(4)}, ${uuid(3)}, ${anna}, ${uuid(2)}, ${CANARY})`;
  await db.sql`insert into public.templates (id, user_id, name)
    values (${uuid(5)}, ${anna}, ${CANARY})`;
  await db.sql`insert into public.coach_athletes (coach_id, athlete_id) values (${coach}, ${anna})`;
  return { anna, coach, stranger };
}

const everything = async (db: Database) =>
  JSON.stringify(
    await db.sql`
      select p.*, e.*, w.*, l.*, t.*, c.* from public.profiles p full join public.exercises e on false
      full join public.workouts w on false full join public.exercise_logs l on false
      full join public.templates t on false full join public.coach_athletes c on false order by 1, 2, 3`,
  );

Deno.test(
  "S4: a pull brings exactly what a SELECT as the same user returns",
  withDatabase(async (db) => {
    const { anna, coach, stranger } = await tenants(db);
    for (const user of [anna, coach, stranger]) {
      const phone = device(db, user);
      await phone.pull();
      for (const table of ["profiles", "exercises", "workouts", "exercise_logs", "templates"]) {
        const seen = await db.as(
          user,
          (sql) => sql`select id from public.${sql(table)} order by id`,
        );
        const pulled = [...phone.rows(table).values()].map((row) => row.id).sort();
        assertEquals(pulled, seen.map((row) => row.id), `${table} of ${user}`);
      }
      const links = await db.as(user, (sql) => sql`select 1 from public.coach_athletes`);
      assertEquals(phone.rows("coach_athletes").size, links.length);
    }
  }),
);

Deno.test(
  "S4: nothing of a tenant, neither value nor key, reaches another, whatever happens to the rows",
  withDatabase(async (db) => {
    const { anna, stranger } = await tenants(db);
    const phone = device(db, stranger);
    const digest = async () =>
      JSON.stringify(
        await db.as(stranger, async (sql) => {
          const ask = (more: string) =>
            sql.unsafe(
              `select public.sync_digest('{"protocol":1,"cursor":null,"buckets":1${more}}')`,
            );
          return [await ask(""), await ask(`,"repair":{"table":"workouts","wanted":[0]}`)];
        }),
      );
    let traffic = JSON.stringify(await phone.read()) + await digest();
    await phone.pull();
    await db.sql`update public.workouts set title = title || '!'`;
    traffic += JSON.stringify(await phone.read()) + await digest();
    await db.sql`delete from auth.users where id = ${anna}`;
    traffic += JSON.stringify(await phone.read());
    for (const secret of [CANARY, anna, ...[2, 3, 4, 5].map(uuid)]) {
      assertEquals(traffic.includes(secret), false, secret);
    }
  }),
);

Deno.test(
  "S4: a coach hears nothing of an athlete's templates and other coaches, not even keys",
  withDatabase(async (db) => {
    const { anna, coach, stranger } = await tenants(db);
    const board = device(db, coach);
    await board.pull();
    await db
      .sql`insert into public.coach_athletes (coach_id, athlete_id) values (${stranger}, ${anna})`;
    await db.sql`update public.templates set name = 'changed'`;
    const answer = JSON.stringify(await board.read());
    assertEquals([answer.includes(stranger), answer.includes(uuid(5))], [false, false]);
  }),
);

Deno.test(
  "N6: a push writes nothing of another tenant's, and what it is answered shows nothing",
  withDatabase(async (db) => {
    const { anna, stranger } = await tenants(db);
    const phone = device(db, stranger);
    const before = await everything(db);
    const targets: [string, number, Record<string, string>][] = [
      ["exercises", 1, { name: "mine" }],
      ["exercises", 2, { name: "mine" }],
      ["workouts", 3, { title: "mine", scheduled_for: "2026-01-01" }],
      ["exercise_logs", 4, { notes: "mine", workout_id: uuid(3), exercise_id: uuid(1) }],
      ["templates", 5, { name: "mine" }],
    ];
    const later = Date.now() * 1000;
    for (const [table, n, values] of targets) {
      const key = [uuid(n)];
      const writes: Write[] = [
        { table, op: "update", key, values, clock: later },
        { table, op: "insert", key, values, clock: later },
        { table, op: "delete", key, clock: later },
      ];
      for (const write of writes) {
        const answer = JSON.stringify(await phone.send(phone.number(write)));
        assertEquals(answer.includes(CANARY) || answer.includes(anna), false, answer);
      }
    }
    await phone.push(
      { table: "profiles", op: "delete", key: [anna] },
      { table: "coach_athletes", op: "insert", key: [stranger, anna], values: {} },
    );
    assertEquals(await everything(db), before);
  }),
);

Deno.test(
  "C5: a delete of a row that is gone keeps nobody else's restore out",
  withDatabase(async (db) => {
    const { anna, stranger } = await tenants(db);
    const [phone, tablet, other] = [device(db, anna), device(db, anna), device(db, stranger)];
    const ago = Date.now() * 1000 - 3_600_000_000;
    const insert = (clock: number): Write => ({
      table: "templates",
      op: "insert",
      key: [uuid(50)],
      values: { name: "mine" },
      clock,
    });
    const remove = (clock: number): Write => ({
      table: "templates",
      op: "delete",
      key: [uuid(50)],
      clock,
    });
    await phone.push(insert(ago), remove(ago + 1000));
    // Whether the row was theirs or never was is not told.
    assertEquals(await other.push(remove(Date.now() * 1000)), ["applied"]);
    assertEquals(await phone.push(insert(ago + 1_800_000_000)), ["applied"]);
    await phone.push(remove(ago + 1_900_000_000));
    // Her own devices' deletes count, as ever.
    assertEquals(await tablet.push(remove(ago + 2_500_000_000)), ["applied"]);
    assertEquals(await phone.push(insert(ago + 2_000_000_000)), ["superseded"]);
  }),
);

Deno.test(
  "N6: who may delete but not update can push a delete; who may neither is denied",
  withDatabase(async (db) => {
    const { anna, coach } = await tenants(db);
    await db.sql`insert into public.workouts (id, user_id, title, scheduled_for, assigned_by)
      values (${uuid(6)}, ${anna}, 'assigned', '2026-01-01', ${coach})`;
    const board = device(db, coach);
    const retitle = (n: number): Write => ({
      table: "workouts",
      op: "update",
      key: [uuid(n)],
      values: { title: "by the coach", scheduled_for: "2026-01-02" },
      // Later than what SQL has just written: the server's clock has microseconds.
      clock: (Date.now() + 1000) * 1000,
    });
    assertEquals(await board.push(retitle(3), retitle(6)), ["denied", "applied"]);
    assertEquals(
      await board.push(
        { table: "workouts", op: "delete", key: [uuid(3)], clock: Date.now() * 1000 },
        { table: "coach_athletes", op: "delete", key: [coach, anna], clock: Date.now() * 1000 },
      ),
      ["denied", "applied"],
    );
    // Without the link the coach has no say any more.
    assertEquals(await board.push(retitle(6)), ["denied"]);
  }),
);

Deno.test(
  "S6: a private topic is joined by those who hold its scope",
  withDatabase(async (db) => {
    const { anna, coach, stranger } = await tenants(db);
    const joins = (user: string, topic: string) =>
      db.as(user, async (sql) => {
        await sql`reset role`;
        await sql`insert into realtime.messages (topic, extension) values (${topic}, 'broadcast')`;
        await sql`set local role authenticated`;
        await sql`select set_config('realtime.topic', ${topic}, true)`;
        return (await sql`select 1 from realtime.messages`).length > 0;
      });
    assertEquals(await joins(anna, `sync:${anna}`), true);
    assertEquals(await joins(coach, `sync:${anna}`), true);
    assertEquals(await joins(stranger, `sync:${anna}`), false);
    assertEquals(await joins(coach, `sync:private:${anna}`), false);
    assertEquals(await joins(stranger, `sync:library`), true);
  }),
);

Deno.test(
  "the engine's own tables show a user their own clients and scopes, and take no writes",
  withDatabase(async (db) => {
    const { anna, stranger } = await tenants(db);
    await device(db, anna).push({ table: "profiles", op: "update", key: [anna], values: {} });
    await db.as(stranger, async (sql) => {
      for (const table of ["clients", "answers"]) {
        assertEquals((await sql`select 1 from sync.${sql(table)}`).length, 0);
      }
      const scopes = await sql`select distinct scope from sync.log`;
      assertEquals(scopes.some((row) => row.scope.includes(anna)), false);
    });
    for (const table of ["clocks", "state"]) {
      const denied = await db.as(stranger, (sql) => sql`select 1 from sync.${sql(table)}`)
        .then(() => "", (error: Error) => error.message);
      assertStringIncludes(denied, "permission denied");
    }
    const written = await db.as(stranger, (sql) => sql`delete from sync.log`)
      .then(() => "", (error: Error) => error.message);
    assertStringIncludes(written, "permission denied");
    const answer = await call<{ error: { code: string } }>(db, stranger, "sync_pull", []);
    assertEquals(answer.error.code, "bad_request");
  }),
);
