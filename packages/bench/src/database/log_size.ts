/** A small pull must not feel how long the log is, nor who is writing meanwhile. */
import { inTurns } from "../statistics.ts";
import { atMost, type Figure, observed } from "../suite.ts";
import type { Database, Project, Sql } from "./project.ts";
import { pull } from "./pulling.ts";

const ROUNDS = 25;
const CHANGED = 10;

export async function logSize(project: Project, say: (line: string) => void): Promise<Figure[]> {
  const small = await site(project, "log_small", 10_000, say);
  const large = await site(project, "log_large", 1_000_000, say);
  say(`log size: ${ROUNDS} rounds`);
  const contestants = { small: () => changeAndPull(small), large: () => changeAndPull(large) };
  const calm = await inTurns(ROUNDS, contestants);

  // From here on it is open: its id is in every cursor, and what commits later lies above it.
  const writer = await large.db.signIn();
  await writer.sql`begin`;
  await writer.sql`insert into public.tracked (title, notes, position) values ('late', '', 0)`;
  await fill(large.db, large.user.id, 20_000);
  large.cursor = (await pull(large.user.sql, large.cursor)).cursor;
  say(`log size, beside an open transaction: ${ROUNDS} rounds`);
  const beside = await inTurns(ROUNDS, contestants);
  await writer.sql`rollback`;
  await Promise.all([small.db.close(), large.db.close()]);

  return [
    atMost(
      `pull of ${CHANGED} rows, log of 1,000,000 entries against 10,000`,
      calm.large.ms / calm.small.ms,
      "x",
      1.5,
    ),
    atMost(
      `pull of ${CHANGED} rows, log of 1,000,000 and a writer that stays open, against 10,000`,
      beside.large.ms / beside.small.ms,
      "x",
      1.5,
    ),
    observed(`pull of ${CHANGED} rows, log of 10,000 entries`, calm.small.ms, "ms"),
    observed(`pull of ${CHANGED} rows, log of 1,000,000 entries`, calm.large.ms, "ms"),
    observed(`pull of ${CHANGED} rows beside the open writer`, beside.large.ms, "ms"),
  ];
}

type Site = { db: Database; user: { id: string; sql: Sql }; cursor: string | null };

/** A database with a log of about so many entries, and a user who has read all that is theirs. */
async function site(
  project: Project,
  name: string,
  entries: number,
  say: (line: string) => void,
): Promise<Site> {
  say(`log size: writing ${entries} entries`);
  const db = await project.copy(name);
  const user = await db.signIn();
  await user.sql`insert into public.tracked (title, notes, position)
    select title, notes, position from public.source limit 100`;
  await fill(db, user.id, entries);
  await db.owner`vacuum analyze`;
  return { db, user, cursor: (await pull(user.sql, null)).cursor };
}

/**
 * Log entries as a thousand users leave them: transactions of a thousand entries each, a tenth of them the
 * given user's. Written straight into the log, or a million would take minutes.
 */
async function fill(db: Database, user: string, entries: number): Promise<void> {
  for (let written = 0; written < entries; written += 1000) {
    await db.owner`
      insert into sync.log (scope, xid, table_id, gone, keys)
      select
        case when n % 10 = 0 then ${user} else md5((n + ${written})::text)::uuid::text end,
        pg_current_xact_id(), t.id, false, array[r.ids[1 + n % 100]::text]
      from generate_series(1, 1000) n,
        (select id from sync.tables where relation = 'public.tracked'::regclass) t,
        (select array_agg(id) as ids from public.tracked where user_id = ${user}) r`;
  }
}

async function changeAndPull(site: Site): Promise<{ ms: number }> {
  const { sql } = site.user;
  await sql`update public.tracked set position = position + 1
    where id in (select id from public.tracked order by id limit ${CHANGED})`;
  const { cursor, rows, ms } = await pull(sql, site.cursor);
  if (rows !== CHANGED) throw new Error(`${rows} rows came, ${CHANGED} were changed`);
  site.cursor = cursor;
  return { ms };
}
