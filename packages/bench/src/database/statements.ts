/** What tracking adds to the app's own SQL. */
import { atMost, type Figure, observed } from "../suite.ts";
import { inTurns, time } from "../statistics.ts";
import { type Project, ROWS, type Sql, type Table, TABLES, WRITTEN } from "./project.ts";

type Say = (line: string) => void;

const ROUNDS = 7;
const SINGLE_ROUNDS = 200;

/**
 * INSERT, UPDATE and DELETE of 10,000 rows each, without the commit, in a session whose plans were made for
 * single rows.
 */
export async function statements(project: Project, say: Say): Promise<Figure[]> {
  const db = await project.copy("statements");
  const { sql } = await db.signIn();
  for (let n = 0; n < 20; n++) {
    for (const table of TABLES) await oneRow(sql, table);
  }
  const measured = await inTurns(
    ROUNDS,
    each((table) => async () => ({
      insert: await uncommitted(
        sql,
        `insert into public.${table} (${WRITTEN}) select ${WRITTEN} from public.source`,
      ),
      update: await uncommitted(sql, `update public.${table} set position = position + 1`),
      delete: await uncommitted(sql, `delete from public.${table}`),
    })),
    async (round) => {
      say(`statements: round ${round} of ${ROUNDS}`);
      await db.owner`vacuum analyze`;
    },
  );
  await db.close();
  const { plain, triggered, tracked } = measured;
  return (["insert", "update", "delete"] as const).flatMap((op) => [
    atMost(
      `tracked ${op.toUpperCase()} of ${ROWS} rows against a plain one`,
      tracked[op] / plain[op],
      "x",
      { insert: 2, update: 2.3, delete: 5 }[op],
    ),
    observed(
      `empty trigger, ${op.toUpperCase()} against a plain one`,
      triggered[op] / plain[op],
      "x",
    ),
    observed(`plain ${op.toUpperCase()}`, plain[op], "ms"),
  ]);
}

/** Statements of one row, each committed to the disk. */
export async function singleRows(project: Project, say: Say): Promise<Figure[]> {
  const db = await project.copy("single_rows");
  const { sql } = await db.signIn();
  for (const table of TABLES) {
    await sql.unsafe(
      `insert into public.${table} (${WRITTEN}) select ${WRITTEN} from public.source`,
    );
  }
  await db.owner`vacuum analyze`;
  for (let n = 0; n < 20; n++) {
    for (const table of TABLES) await oneRow(sql, table);
  }
  say(`single rows: ${SINGLE_ROUNDS} rounds`);
  const { plain, triggered, tracked } = await inTurns(
    SINGLE_ROUNDS,
    each((table) => () => oneRow(sql, table)),
  );
  await db.close();
  return (["insert", "update", "delete"] as const).flatMap((op) => [
    atMost(
      `tracked ${op.toUpperCase()} of one row with its commit, against a plain one`,
      tracked[op] / plain[op],
      "x",
      1.3,
    ),
    observed(
      `empty trigger, ${op.toUpperCase()} of one row against a plain one`,
      triggered[op] / plain[op],
      "x",
    ),
    observed(`plain ${op.toUpperCase()} of one row with its commit`, plain[op], "ms"),
  ]);
}

const each = <T>(make: (table: Table) => T) =>
  Object.fromEntries(TABLES.map((table) => [table, make(table)])) as Record<Table, T>;

/** The statement's own time; it commits afterwards, as the next statement needs its rows. */
async function uncommitted(sql: Sql, statement: string): Promise<number> {
  return await sql.begin((tx) => time(() => tx.unsafe(statement))) as number;
}

/** Inserts, updates and deletes one row, as an API does it: prepared, each in its own transaction. */
async function oneRow(sql: Sql, table: Table) {
  const id = crypto.randomUUID();
  const notes = id.repeat(14);
  return {
    insert: await time(() =>
      sql`insert into ${sql(table)} (id, title, notes, position) values (${id}, 'set', ${notes}, 1)`
    ),
    update: await time(() => sql`update ${sql(table)} set position = 2 where id = ${id}`),
    delete: await time(() => sql`delete from ${sql(table)} where id = ${id}`),
  };
}
