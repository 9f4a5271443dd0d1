/** Pushes against the fastest way to write the same JSON: one statement over jsonb_to_recordset. */
import { atLeast, type Figure, observed } from "../suite.ts";
import { inTurns, time } from "../statistics.ts";
import { type Project, ROWS, type Sql, WRITTEN } from "./project.ts";
import { portions, push as send } from "./pushing.ts";

const ROUNDS = 5;

export async function push(project: Project, say: (line: string) => void): Promise<Figure[]> {
  const db = await project.copy("push");
  const measured = await inTurns(ROUNDS, {
    plain: async () => await plainly(await db.signIn()),
    pushed: async () => await pushed(await db.signIn()),
  }, async (round) => {
    say(`push: round ${round} of ${ROUNDS}`);
    await db.owner`vacuum analyze`;
  });
  await db.close();
  const { plain, pushed: push } = measured;
  return [
    atLeast(
      `sync_changes, ${ROWS} inserts, against insert ... select from jsonb_to_recordset`,
      plain.insert / push.insert,
      "x",
      0.3,
    ),
    observed("sync_changes, inserts", ROWS / push.insert * 1000, "rows/s"),
    atLeast(
      `sync_changes, ${ROWS} updates, against the upsert`,
      plain.update / push.update,
      "x",
      0.25,
    ),
    observed("sync_changes, updates", ROWS / push.update * 1000, "rows/s"),
  ];
}

type User = { id: string; sql: Sql };

async function plainly({ sql }: User) {
  const upsert = `on conflict (id) do update set
    title = excluded.title, notes = excluded.notes, weight = excluded.weight,
    position = excluded.position, done_at = excluded.done_at`;
  const write = async (rows: Row[], more: string) =>
    await total(
      // Its rows come in the same portions.
      portions(rows).map((portion) => () =>
        sql.unsafe(
          `insert into public.plain (${WRITTEN})
          select ${WRITTEN} from jsonb_to_recordset($1::text::jsonb)
            as r(id uuid, title text, notes text, weight numeric, position int, done_at timestamptz)
          ${more}`,
          [JSON.stringify(portion)],
        )
      ),
    );
  const rows = await made(sql);
  const insert = await write(rows, "");
  return { insert, update: await write(changed(rows), upsert) };
}

async function pushed({ sql }: User) {
  const client = crypto.randomUUID();
  const rows = await made(sql);
  const insert = await send(sql, { table: "tracked", op: "insert", rows, client, first: 1 });
  const first = rows.length + 1;
  const again = changed(rows);
  return {
    insert,
    update: await send(sql, { table: "tracked", op: "update", rows: again, client, first }),
  };
}

type Row = { id: string; position: number; [column: string]: unknown };

/** New ids for the source's rows: every round inserts rows that were never there. */
async function made(sql: Sql): Promise<Row[]> {
  const rows = await sql`select title, notes, weight, position, done_at from public.source`;
  return rows.map((row) => ({ ...row, id: crypto.randomUUID(), position: row.position }));
}

const changed = (rows: Row[]) => rows.map((row) => ({ ...row, position: row.position + 1 }));

async function total(calls: (() => PromiseLike<unknown>)[]): Promise<number> {
  return await time(async () => {
    for (const call of calls) await call();
  });
}
