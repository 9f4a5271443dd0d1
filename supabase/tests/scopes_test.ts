/** SPEC S8: scopes gained and lost without a reset. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { PullCheckpoint, PullPage } from "../../packages/protocol/src/mod.ts";
import { type Database, withDatabase } from "./database.ts";
import { device } from "./device.ts";

/** A client that keeps, beside each row, the scopes it is in. */
function follower(db: Database, user: string) {
  const phone = device(db, user);
  const rows = new Map<string, { text: string; scopes: string[] }>();
  return {
    rows: () => [...rows.values()].map(({ text }) => text).sort(),
    async pull(limit = 1000, between?: () => Promise<unknown>) {
      let page: string | null = null;
      const answers: (PullCheckpoint | PullPage)[] = [];
      do {
        const answer = await phone.read({ page, limit, scopes: true });
        assert("page" in answer, JSON.stringify(answer));
        answers.push(answer);
        page = answer.page;
        if (page !== null) await between?.();
      } while (page !== null);
      const last = answers.at(-1) as PullCheckpoint;
      phone.cursor = last.cursor;
      for (const [id, row] of rows) {
        row.scopes = row.scopes.filter((scope) => !last.lost!.includes(scope));
        if (row.scopes.length === 0) rows.delete(id);
      }
      for (const { rows: found, gone, scopes } of answers) {
        for (const key of gone.notes ?? []) rows.delete(String(key[0]));
        for (const [i, row] of (found.notes ?? []).entries()) {
          rows.set(String(row.id), { text: String(row.body), scopes: scopes!.notes![i]! });
        }
      }
      return { pages: answers.length, lost: last.lost, found: Object.values(last.rows).flat() };
    },
    phone,
  };
}

/** Teams and their members; a note may be in several teams. */
async function teams(db: Database) {
  await db.sql.unsafe(`
    create table public.members (team text, who uuid);
    create table public.notes (id int primary key, teams text[], body text);
    grant select on public.members, public.notes to authenticated;
    create or replace function sync.scopes() returns setof text language sql stable set search_path = ''
      as $$ select team from public.members where who = auth.uid() $$;
    alter table public.notes enable row level security;
    create policy p on public.notes for select to authenticated
      using (teams && array(select team from public.members where who = (select auth.uid())));
    select sync.enable('public.notes', scope => 'teams');
    insert into public.notes values (1, '{red}', 'one'), (2, '{blue}', 'two'), (3, '{red,blue}', 'both');
  `);
  const anna = await db.user();
  const join = (team: string) => db.sql`insert into public.members values (${team}, ${anna})`;
  const leave = (team: string) => db.sql`delete from public.members where team = ${team}`;
  return { anna, join, leave };
}

Deno.test(
  "S8: rows of a gained scope come with the checkpoint, rows of a lost one go by the client's own map",
  withDatabase(async (db) => {
    const { anna, join, leave } = await teams(db);
    const client = follower(db, anna);
    await join("red");
    await client.pull();
    assertEquals(client.rows(), ["both", "one"]);

    await join("blue");
    await client.pull();
    assertEquals(client.rows(), ["both", "one", "two"]);

    await leave("red");
    // Written after the loss: nothing of it may be told.
    await db.sql`insert into public.notes values (99, '{red}', 'canary')`;
    const { lost, found } = await client.pull();
    assertEquals([lost!.length, found], [1, []]);
    assertEquals(client.rows(), ["both", "two"]);

    // Lost and gained again, while it was not looking and while it was.
    await leave("blue");
    await join("red");
    await client.pull();
    assertEquals(client.rows(), ["both", "canary", "one"]);
    await leave("red");
    await client.pull();
    assertEquals(client.rows(), []);
    await join("blue");
    await client.pull();
    assertEquals(client.rows(), ["both", "two"]);
  }),
);

Deno.test(
  "S8: a gained scope of many pages, written to between them, is whole with the rest",
  withDatabase(async (db) => {
    const { anna, join } = await teams(db);
    await db
      .sql`insert into public.notes select i, '{blue}', 'old ' || i from generate_series(10, 59) i`;
    const client = follower(db, anna);
    await join("red");
    await client.pull();
    await join("blue");
    let next = 10;
    const { pages } = await client.pull(7, async () => {
      await db.sql`update public.notes set body = 'new' where id = ${next}`;
      await db.sql`delete from public.notes where id = ${60 - (++next) + 10}`;
      await db.sql`insert into public.notes values (${next + 100}, '{red}', 'fresh')`;
    });
    assert(pages > 5);
    const expected = await db.sql`select body from public.notes order by body collate "C"`;
    assertEquals(client.rows(), expected.map((row) => row.body));
    assertEquals((await client.pull()).found, []);
  }),
);

Deno.test(
  "S8: without asking, and between pages, a change of scopes is a reset; 600 scopes fit a cursor",
  withDatabase(async (db) => {
    const { anna, join } = await teams(db);
    const client = follower(db, anna);
    await join("red");
    await client.pull();
    const first = await client.phone.read({ cursor: null, limit: 1, scopes: true }) as PullPage;
    await join("blue");
    assertEquals(await client.phone.read({ page: first.page, scopes: true }), {
      protocol: 1,
      reset: "scopes",
    });
    assertEquals(await client.phone.read(), { protocol: 1, reset: "scopes" });

    await db
      .sql`insert into public.members select 'team ' || i, ${anna} from generate_series(1, 600) i`;
    await client.pull();
    assert(client.phone.cursor!.length < 6000);
    assertEquals(client.rows(), ["both", "one", "two"]);
  }),
);

Deno.test(
  "S10: a topic for each of 89 scopes, the caller's own first, and everybody's; crowds are named",
  withDatabase(async (db) => {
    const { anna, join } = await teams(db);
    const { phone } = follower(db, anna);
    const listening = async () => {
      const { topics, crowds, unheard } = await phone.read({ page: null }) as PullCheckpoint;
      return { topics, crowds, unheard };
    };
    await join("library");
    await join(anna);
    assertEquals(await listening(), {
      topics: [`sync:${anna}`, "sync:library", "sync-all"],
      crowds: ["sync:library", "sync-all"],
      unheard: 0,
    });
    for (let i = 0; i < 87; i++) await join(`team ${i}`);
    const { topics, unheard } = await listening();
    assertEquals([topics.length, topics[0], unheard], [90, `sync:${anna}`, 0]);
    await db.sql`drop function sync.crowds`;
    assertEquals((await listening()).crowds, ["sync-all"]);
  }),
);

Deno.test(
  "S10: 1,000 scopes are one topic, once noted; each gained one has to be noted, and after a day all",
  withDatabase(async (db) => {
    const { anna, join, leave } = await teams(db);
    const { phone } = follower(db, anna);
    const said = async () => {
      const { topics, unheard, fold } = await phone.read({ page: null }) as PullCheckpoint;
      return { topics, unheard, fold };
    };
    const listen = () =>
      db.as(
        anna,
        async (sql) => (await sql`select public.sync_listen('{"protocol": 1}') as a`)[0]!.a,
      );
    const poked = async (write: () => Promise<unknown>) => {
      await db.sql`delete from realtime.messages`;
      await write();
      const sent = await db.sql`select topic from realtime.messages order by topic`;
      return sent.map(({ topic }) => topic);
    };
    const topics = [`sync-user:${anna}`, "sync:library", "sync-all"];
    await join("library");
    // Who has a topic for each is noted for none.
    assertEquals(await listen(), { protocol: 1, listening: 0 });
    await db
      .sql`insert into public.members select 'team ' || i, ${anna} from generate_series(1, 1000) i`;
    assertEquals(await said(), { topics, unheard: 1_000, fold: true });
    const write = (...teams: string[]) =>
      poked(() => db.sql`insert into public.notes values (${next++}, ${teams}, 'new')`);
    let next = 100;
    assertEquals(await write("team 7"), ["sync:team 7"]);

    assertEquals(await listen(), { protocol: 1, listening: 1_000 });
    assertEquals(await said(), { topics, unheard: 0, fold: false });
    // Of a crowd's scope nobody is told by themselves.
    assertEquals(await write("team 7", "team 8", "library"), [
      `sync-user:${anna}`,
      "sync:library",
      "sync:team 7",
      "sync:team 8",
    ]);

    await join("team 1001");
    assertEquals(await said(), { topics, unheard: 1, fold: true });
    await leave("team 7");
    await listen();
    assertEquals(await said(), { topics, unheard: 0, fold: false });
    assertEquals(await write("team 7"), ["sync:team 7"]);
    assertEquals(await write("team 1001"), [`sync-user:${anna}`, "sync:team 1001"]);

    await db.sql`update sync.listeners set listed_at = now() - interval '25 hours'`;
    assertEquals(await said(), { topics, unheard: 0, fold: true });
    await db.sql`update sync.listeners set listed_at = now() - interval '49 hours'`;
    assertEquals((await said()).unheard, 1_000);
    assertEquals(await write("team 1001"), ["sync:team 1001"]);
    assertEquals((await db.sql`select sync.gc() as done`)[0]!.done.listeners, 1_000);
  }),
);

Deno.test(
  "S10: nobody is noted for another's scopes, or as somebody else; a malformed request is refused",
  withDatabase(async (db) => {
    const { anna, join } = await teams(db);
    await join("red");
    const ben = await db.user();
    for (const [scope, user] of [["blue", anna], ["red", ben]] as const) {
      await assertRejects(
        () => db.as(anna, (sql) => sql`insert into sync.listeners values (${scope}, ${user})`),
        Error,
        "row-level security",
      );
    }
    await db.as(anna, (sql) => sql`insert into sync.listeners values ('red', ${anna})`);
    for (
      const statement of ["delete from sync.listeners returning 1", "select from sync.listeners"]
    ) {
      assertEquals((await db.as(ben, (sql) => sql.unsafe(statement))).length, 0, statement);
    }
    for (const request of [[], {}, { protocol: 1, more: 1 }, { protocol: 1, cursor: null }]) {
      const answers = await db.as(
        anna,
        (sql) => sql`select public.sync_listen(${sql.json(request as never)}) as answer`,
      );
      assertEquals(answers[0]!.answer.error.code, "bad_request", JSON.stringify(request));
    }
  }),
);
