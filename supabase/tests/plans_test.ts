/**
 * A session keeps its plans. One that was made while there were ten rows must still be good for twenty
 * thousand, though nobody has told the planner of them: statistics may be as late as they like.
 */
import { assert, assertEquals } from "@std/assert";
import postgres from "postgres";
import type { PushResponse } from "../../packages/protocol/src/mod.ts";
import { type Database, type Sql, type Transaction, withDatabase } from "./database.ts";
import { ask, device } from "./device.ts";

const GROWN = 20_000;

async function counts(sql: Transaction): Promise<Map<string, number>> {
  const tables = await sql`
    select relname, (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as rows
    from pg_stat_xact_all_tables where schemaname in ('public', 'sync')`;
  return new Map(tables.map(({ relname, rows }) => [relname, rows]));
}

/** Rows that the statements of a transaction have read, in whatever way a plan has chosen. */
async function read(
  db: Database,
  user: string,
  session: Sql,
  name: "sync_changes" | "sync_pull",
  request: unknown,
) {
  return await db.as(user, async (tx) => {
    // Of transactions before, too, as long as they have not been reported.
    const before = await counts(tx);
    const answer = await ask(tx, name, request);
    const after = await counts(tx);
    const rows = (table: string) => (after.get(table) ?? 0) - (before.get(table) ?? 0);
    return { answer, rows };
  }, session);
}

// An index for the policy's sake promises as few rows as the key, as long as everybody has one.
const OWN =
  "create policy own on public.notes to authenticated using (owner = (select auth.uid()))";
const SHARED = `create policy shared on public.notes for select to authenticated
  using (owner in (select s.owner from public.shares s where s.reader = (select auth.uid())))`;

for (
  const [strategy, policies] of [
    ["last_write_wins", OWN],
    ["last_write_wins", `${OWN}; ${SHARED}`],
    ["field_merge", OWN],
    ["server_wins", OWN],
  ] as const
) {
  Deno.test(
    `${strategy}: plans kept from when a table was all but empty read few rows of a large one${
      policies === OWN ? "" : ", shared"
    }`,
    withDatabase(async (db) => {
      await db.sql.unsafe(`
        create table public.notes (
          id uuid primary key default gen_random_uuid(), owner uuid default auth.uid(), body text
        ) with (autovacuum_enabled = off);
        create index on public.notes (owner);
        create table public.shares (owner uuid, reader uuid, primary key (owner, reader)) with (autovacuum_enabled = off);
        create index on public.shares (reader);
        alter table public.notes enable row level security;
        grant select, insert, update, delete on public.notes to authenticated;
        grant select on public.shares to authenticated;
        ${policies};
        select sync.enable('public.notes', scope => 'owner::text', strategy => '${strategy}');
        alter table sync.log set (autovacuum_enabled = off);
        alter table sync.clocks set (autovacuum_enabled = off);
        insert into public.notes (owner, body) select gen_random_uuid(), 'somebody else''s' from generate_series(1, 5);
        analyze public.notes, public.shares, sync.log, sync.clocks;
      `);
      const anna = await db.user();
      const phone = device(db, anna);
      const session = postgres(db.url, { max: 1, onnotice: () => undefined });
      const id = crypto.randomUUID();
      const key = [id];
      let seen = 0;
      const write = (body: string) =>
        phone.number({
          table: "notes",
          op: "update",
          key,
          values: { owner: anna, body },
          // The incarnation, or the last write (C7).
          seen: strategy === "field_merge" ? 1 : ++seen,
        });
      const push = (body: string) => read(db, anna, session, "sync_changes", write(body));
      const outcome = ({ answer }: Awaited<ReturnType<typeof push>>) =>
        (answer as PushResponse).outcomes[0]?.code;
      const pull = async () => {
        const request = { protocol: 1, cursor: phone.cursor, scopes: true };
        return await read(db, anna, session, "sync_pull", request);
      };
      try {
        assertEquals(
          await phone.push({
            table: "notes",
            op: "insert",
            key,
            values: { owner: anna, body: "" },
          }),
          ["applied"],
        );
        // As often as PL/pgSQL needs to decide for a plan, and more.
        for (let round = 0; round < 8; round++) {
          await phone.pull();
          assertEquals(outcome(await push(`small ${round}`)), "applied");
          await pull();
        }

        await db.sql`
          insert into public.notes (owner, body) select ${anna}, 'n' from generate_series(1, ${GROWN})`;
        await db.sql`
          insert into public.shares select gen_random_uuid(), gen_random_uuid() from generate_series(1, ${GROWN})`;
        await phone.pull();
        const pushed = await push("large");
        assertEquals(outcome(pushed), "applied");
        const pulled = await pull();
        for (const table of ["notes", "shares", "log", "clocks"]) {
          assert(
            pulled.rows(table) < 100,
            `pull: ${pulled.rows(table)} rows of ${table} were read`,
          );
        }
        for (const table of ["notes", "shares", "log"]) {
          assert(
            pushed.rows(table) < 100,
            `push: ${pushed.rows(table)} rows of ${table} were read`,
          );
        }
        assertEquals(
          (pulled.answer as { rows: unknown }).rows,
          { notes: [{ id, owner: anna, body: "large" }] },
        );
      } finally {
        await session.end();
      }
    }),
  );
}
