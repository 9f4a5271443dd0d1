/** Every way to write a table is tracked, and no write ever suffers from it. */
import { assertEquals } from "@std/assert";
import { type Database, withDatabase } from "./database.ts";
import { type Device, device, uuid } from "./device.ts";

/** What the log has gained for a table since the last look: key, scope, gone. */
async function looked(db: Database, table: string) {
  const entries = await db.sql`
    delete from sync.log l using sync.tables t
    where t.id = l.table_id and t.name = ${table}
    returning l.keys, l.scope, l.gone`;
  return entries.flatMap(({ keys, scope, gone }) =>
    keys.map((key: string) => `${key} ${scope}${gone ? " gone" : ""}`)
  ).sort();
}

async function notes(db: Database, more = "") {
  await db.sql.unsafe(`
    create table public.notes (id int primary key, owner text, body text);
    grant all on public.notes to authenticated;
    ${more};
    select sync.enable('public.notes', scope => 'owner');
  `);
}

Deno.test(
  "S4: plain SQL, upserts, COPY, moves, key changes and TRUNCATE are logged",
  withDatabase(async (db) => {
    await notes(db);
    const after = async (statement: string) => {
      await db.sql.unsafe(statement);
      return await looked(db, "notes");
    };
    assertEquals(await after(`insert into notes values (1, 'a'), (2, null)`), ["1 a"]);
    assertEquals(
      await after(`insert into notes values (1, 'a'), (3, 'b')
        on conflict (id) do update set body = 'again'`),
      // An upsert is an insert and an update to triggers.
      ["1 a", "3 b"],
    );
    assertEquals(await after(`insert into notes values (1) on conflict do nothing`), []);
    assertEquals(await after(`update notes set owner = 'b' where id = 1`), ["1 a gone", "1 b"]);
    assertEquals(await after(`update notes set owner = null where id = 1`), ["1 b gone"]);
    assertEquals(await after(`update notes set id = 30 where id = 3`), ["3 b gone", "30 b"]);
    assertEquals(await after(`update notes set body = body where false`), []);
    assertEquals(await after(`delete from notes where id = 30`), ["30 b gone"]);
    assertEquals(
      await after(`merge into notes n using (values (2, 'c'), (4, 'd')) v(id, owner) on n.id = v.id
        when matched then update set owner = v.owner
        when not matched then insert (id, owner) values (v.id, v.owner)`),
      ["2 c", "4 d"],
    );
    const copy = await db.sql`copy public.notes (id, owner) from stdin`.writable();
    await new Promise<void>((done, fail) => {
      copy.on("error", fail).on("finish", done);
      copy.end("5\te\n6\te\n");
    });
    assertEquals(await looked(db, "notes"), ["5 e", "6 e"]);
    assertEquals(await after(`truncate notes`), ["2 c gone", "4 d gone", "5 e gone", "6 e gone"]);
    const [alive] = await db.sql`select count(*)::int as n from sync.clocks c
      join sync.tables t on t.id = c.table_id where t.name = 'notes' and not deleted`;
    assertEquals(alive?.n, 0);
  }),
);

Deno.test(
  "S4: rows deleted by a cascade reach the client, from several levels",
  withDatabase(async (db) => {
    const anna = await db.user();
    const phone = device(db, anna);
    await db.sql`insert into public.workouts (id, user_id, title, scheduled_for)
      values (${uuid(1)}, ${anna}, 'Legs', '2026-01-01')`;
    const [squat] = await db.sql`
      insert into public.exercises (owner_id, name) values (null, 'Squat') returning id`;
    await db.sql`insert into public.exercise_logs (workout_id, user_id, exercise_id)
      select ${uuid(1)}, ${anna}, ${squat!.id} from generate_series(1, 3)`;
    await phone.pull();
    assertEquals(phone.rows("exercise_logs").size, 3);
    await db.as(anna, (sql) => sql`delete from public.workouts`);
    await phone.pull();
    assertEquals([phone.rows("workouts").size, phone.rows("exercise_logs").size], [0, 0]);
    await db.sql`delete from auth.users where id = ${anna}`;
  }),
);

/** What the holders of two scopes have of `table` after a pull, from the beginning and going on. */
async function held(db: Database, table: string, devices: Device[]) {
  const ids = (at: Device) => [...at.rows(table).values()].map((row) => row.id).sort();
  for (const at of devices) await at.pull();
  const afresh = devices.map(({ user }) => device(db, user));
  for (const at of afresh) await at.pull();
  assertEquals(afresh.map(ids), devices.map(ids));
  return devices.map(ids);
}

Deno.test(
  "a row that one statement touches twice (two SET NULL keys) does not break it",
  withDatabase(async (db) => {
    const [anna, ben] = [await db.user(), await db.user()];
    const devices = [device(db, anna), device(db, ben)];
    await db.sql.unsafe(`
      create table public.people (id uuid primary key);
      create table public.duels (
        id int primary key,
        one uuid references public.people on delete set null,
        two uuid references public.people on delete set null
      );
      insert into people values ('${anna}'), ('${ben}');
      insert into duels values (1, '${anna}', '${anna}'), (2, '${anna}', '${ben}');
      grant all on people, duels to authenticated;
      select sync.enable('public.people', scope => 'id::text');
      select sync.enable('public.duels', scope => $$array[one::text, two::text]$$);
    `);
    assertEquals(await held(db, "duels", devices), [[1, 2], [2]]);
    await db.sql`delete from public.people`;
    assertEquals(
      (await db.sql`select from public.duels where one is null and two is null`).length,
      2,
    );
    assertEquals(await held(db, "duels", devices), [[], []]);
  }),
);

Deno.test(
  "what a trigger of the user's makes of a row is what devices get, also after sync.gc",
  withDatabase(async (db) => {
    const [anna, ben] = [await db.user(), await db.user()];
    const devices = [device(db, anna), device(db, ben)];
    await notes(
      db,
      `create function public.meddle() returns trigger language plpgsql as $$
       begin
         if tg_op = 'DELETE' then
           if old.body = 'immortal' then insert into public.notes values (old.*); end if;
           return null;
         end if;
         if new.body = 'delete me' then delete from public.notes where id = new.id; end if;
         if new.body = 'move me' then update public.notes set owner = '${ben}', body = '' where id = new.id; end if;
         if new.body = 'stay' and new.owner <> '${anna}' then
           update public.notes set owner = '${anna}' where id = new.id;
         end if;
         return null;
       end $$;
       create trigger a_meddle after insert or update or delete on public.notes
         for each row execute function public.meddle()`,
    );
    await db.sql`insert into public.notes values
      (1, ${anna}, 'delete me'), (2, ${anna}, 'move me'), (3, ${anna}, ''), (4, ${anna}, 'immortal'), (5, ${anna}, 'stay')`;
    assertEquals(await held(db, "notes", devices), [[3, 4, 5], [2]]);
    await db.sql`update public.notes set owner = ${ben} where id = 5`;
    await db.sql`delete from public.notes where id = 4`;
    assertEquals(await held(db, "notes", devices), [[3, 4, 5], [2]]);
    for (let turn = 0; turn < 3; turn++) {
      await db.sql`update sync.marks set marked_at = marked_at - interval '2 months'`;
      await db.sql`update sync.clocks set clock = clock - 5184000000000`;
      await db.sql`select sync.gc()`;
      // A cursor from before the floor would be reset; what counts is that nothing is forgotten.
      assertEquals(await held(db, "notes", [device(db, anna), device(db, ben)]), [[3, 4, 5], [2]]);
    }
    const [left] = await db.sql`
      select bool_or(deleted) as buried from sync.clocks where key in ('2', '3', '4', '5')`;
    assertEquals(left?.buried, false);
  }),
);

Deno.test(
  "S6: a transaction pokes a scope once, after a rollback never, above 250 scopes everybody, once",
  withDatabase(async (db) => {
    await notes(db);
    const poked = async () => {
      const rows = await db
        .sql`delete from realtime.messages returning topic, event, private, payload`;
      assertEquals(rows.every((row) => row.event === "poke" && row.private), true);
      // realtime.send gives every message an id; a poke holds nothing else.
      assertEquals(rows.every((row) => Object.keys(row.payload).join() === "id"), true);
      return rows.map((row) => row.topic).sort();
    };
    await db.sql.begin(async (sql) => {
      await sql`select set_config('realtime.topic', 'mine', true)`;
      await sql`insert into public.notes values (1, 'a'), (2, 'a'), (3, 'b')`;
      await sql`update public.notes set owner = 'c' where id = 3`;
      await sql`delete from public.notes`;
      assertEquals((await sql`select realtime.topic() as topic`)[0]?.topic, "mine");
    });
    assertEquals(await poked(), ["sync:a", "sync:b", "sync:c"]);

    await db.sql.begin(async (sql) => {
      await sql`insert into public.notes values (1, 'a')`;
      throw new Error("changed my mind");
    }).catch((error: Error) => assertEquals(error.message, "changed my mind"));
    await db.sql.begin(async (sql) => {
      await sql.savepoint(async (inner) => {
        await inner`insert into public.notes values (1, 'a')`;
        throw new Error("half of it");
      }).catch((error: Error) => assertEquals(error.message, "half of it"));
      await sql`insert into public.notes values (2, 'a')`;
    });
    assertEquals(await poked(), ["sync:a"]);

    await db.sql`insert into public.notes select i, 's' || i from generate_series(101, 350) i`;
    assertEquals((await poked()).length, 250);
    await db.sql`insert into public.notes select i, 's' || i from generate_series(1001, 1251) i`;
    assertEquals(await poked(), ["sync-all"]);
    await db.sql.begin(async (sql) => {
      await sql`delete from public.notes where id between 101 and 200`;
      await sql`delete from public.notes where id > 200`;
      await sql`insert into public.notes values (1, 'late')`;
    });
    const both = await poked();
    assertEquals([both.length, both[0]], [101, "sync-all"]);
  }),
);

Deno.test(
  "S6: without Realtime, or with one that fails, writes go on",
  withDatabase(async (db) => {
    await notes(db);
    await db.admin((sql) =>
      sql.unsafe(`
        alter function realtime.send rename to sent;
        create function realtime.send(jsonb, text, text, boolean) returns void language plpgsql
          as $$ begin raise exception 'broken'; end $$;
      `)
    );
    await db.sql`insert into public.notes values (1, 'a')`;
    await db.admin((sql) => sql`drop function realtime.send`);
    await db.sql`insert into public.notes values (2, 'a')`;
    assertEquals(await looked(db, "notes"), ["1 a", "2 a"]);
  }),
);

Deno.test(
  "keys and scopes too long for an index, and scopes that raise, fail nobody's statement",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    await db.sql.unsafe(`
      create function public.checked(owner text) returns text language plpgsql immutable as $$
      begin
        if owner = 'raise' then raise sqlstate 'PT400'; end if;
        if owner = 'assert' then assert false; end if;
        return owner;
      end $$;
      create table public.files (id text primary key, scopes text[]);
      create table public.hashes (id bytea primary key);
      create table public.pairs (a text, b text, primary key (a, b));
      grant all on public.files to authenticated;
      select sync.enable('public.files', scope => 'scopes');
      select sync.enable('public.hashes', scope => $$'library'::text$$);
      select sync.enable('public.pairs', scope => $$'library'::text$$);
    `);
    // Without what compression could save.
    const noise = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
    const text = (bytes: number) => btoa(String.fromCharCode(...noise(bytes))).slice(0, bytes);
    await db.sql`insert into public.files values (${text(2690)}, '{library}')`;
    await db.sql`insert into public.hashes values (${noise(2600)})`;
    await db.sql`insert into public.pairs values (${text(1330)}, ${text(1330)})`;
    await db.sql`insert into public.files values
      ('a', ${[text(3000), text(3000)]}), ('b', ${[text(3000), "library"]})`;
    await db.sql`update public.files set scopes = scopes || '{library}'::text[] where id = 'a'`;
    for (const owner of ["raise", "assert"]) {
      await db.sql.unsafe(`
        create table public.people (id int primary key, owner text);
        select sync.enable('public.people', scope => 'public.checked(owner)');
        insert into public.people values (1, '${owner}');
        drop table public.people;
      `);
    }
    await phone.pull();
    assertEquals([...phone.rows("files").keys()].sort(), ['["a"]', '["b"]']);
    assertEquals(
      await phone.push({ table: "files", op: "insert", key: [text(2690)], values: {} }),
      ["malformed_key"],
    );
  }),
);

Deno.test(
  "S4: TRUNCATE under an old snapshot takes the rows it does not see from devices too",
  withDatabase(async (db) => {
    const phone = device(db, await db.user());
    await notes(db);
    await db.sql.begin("isolation level repeatable read", async (sql) => {
      await sql`select from public.notes`;
      await db.sql`insert into public.notes values (1, 'library')`;
      await phone.pull();
      await sql`truncate public.notes`;
    });
    const answer = await phone.read();
    assertEquals("reset" in answer && answer.reset, "tables");
  }),
);
