/** A client that pushes, as far as a measurement needs one. */
import { time } from "../statistics.ts";
import type { Sql } from "./project.ts";

/** The most a push may carry. */
export const BATCH = 1000;

export type Push = {
  table: string;
  op: "insert" | "update";
  rows: { id: string; [column: string]: unknown }[];
  client: string;
  /** The number of the first mutation. */
  first: number;
};

/** Milliseconds that the database takes to apply them, in full batches. */
export async function push(sql: Sql, { table, op, rows, client, first }: Push): Promise<number> {
  const requests = portions(rows).map((portion, batch) => {
    const mutations = portion.map((values, i) => {
      const n = first + batch * BATCH + i;
      return { n, table, op, key: [values.id], values, clock: 1_700_000_000_000_000 + n };
    });
    return JSON.stringify({ protocol: 1, client, mutations });
  });
  return await time(async () => {
    for (const request of requests) {
      const [row] = await sql.unsafe(
        "select public.sync_changes($1::text::jsonb) as answer",
        [request],
      );
      refuseRefusals(row?.answer);
    }
  });
}

/** A refused push is fast, and no figure. */
function refuseRefusals(answer: { outcomes?: { code: string }[] }): void {
  if (answer.outcomes?.every(({ code }) => code === "applied")) return;
  const fault = answer.outcomes?.find(({ code }) => code !== "applied") ?? answer;
  throw new Error(`a push was not applied: ${JSON.stringify(fault)}`);
}

export const portions = <T>(all: T[]): T[][] =>
  Array.from(
    { length: Math.ceil(all.length / BATCH) },
    (_, n) => all.slice(n * BATCH, (n + 1) * BATCH),
  );
