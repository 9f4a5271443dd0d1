/** A first sync against the least that any answer in JSON costs. */
import { inTurns, time } from "../statistics.ts";
import { atLeast, type Figure, observed } from "../suite.ts";
import { type Project, ROWS, WRITTEN } from "./project.ts";
import { pull } from "./pulling.ts";

const ROUNDS = 5;
const TOTAL = 100_000;

export async function snapshot(project: Project, say: (line: string) => void): Promise<Figure[]> {
  const db = await project.copy("snapshot");
  const { sql } = await db.signIn();
  const columns = WRITTEN.replace("id, ", "");
  for (let written = 0; written < TOTAL; written += ROWS) {
    await sql.unsafe(
      `insert into public.tracked (${columns}) select ${columns} from public.source`,
    );
  }
  await db.owner`vacuum analyze`;
  const measured = await inTurns(ROUNDS, {
    aggregate: async () => ({
      ms: await time(() => sql`select jsonb_agg(to_jsonb(t))::text from public.tracked t`),
    }),
    pulled: async () => {
      const { rows, ms } = await pull(sql, null);
      if (rows !== TOTAL) throw new Error(`${rows} rows came, there are ${TOTAL}`);
      return { ms };
    },
  }, (round) => say(`snapshot: round ${round} of ${ROUNDS}`));
  await db.close();
  const { aggregate, pulled } = measured;
  return [
    atLeast(
      `full pull of ${TOTAL} rows against jsonb_agg(to_jsonb(t))`,
      aggregate.ms / pulled.ms,
      "x",
      0.6,
    ),
    observed(`full pull of ${TOTAL} rows`, TOTAL / pulled.ms * 1000, "rows/s"),
    observed(`jsonb_agg of ${TOTAL} rows`, TOTAL / aggregate.ms * 1000, "rows/s"),
  ];
}
