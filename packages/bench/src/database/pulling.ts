/** A client that pulls, as far as a measurement needs one. */
import type { Sql } from "./project.ts";

export type Pulled = {
  cursor: string;
  rows: number;
  /** What the calls took; reading their JSON is the client's work and not in it. */
  ms: number;
};

type Answer = { page: string | null; cursor?: string; rows?: Record<string, unknown[]> };

/** One checkpoint from `cursor` on, page by page. */
export async function pull(sql: Sql, cursor: string | null): Promise<Pulled> {
  let page: string | null = null;
  let rows = 0;
  let ms = 0;
  while (true) {
    const request = JSON.stringify({ protocol: 1, cursor, page, limit: 1000 });
    const start = performance.now();
    const [row] = await sql`select public.sync_pull(${request}::text::jsonb)::text as answer`;
    ms += performance.now() - start;
    const answer: Answer = JSON.parse(row?.answer);
    if (!answer.rows) throw new Error(`a pull was not answered: ${row?.answer}`);
    for (const found of Object.values(answer.rows)) rows += found.length;
    if (answer.page === null) return { cursor: answer.cursor!, rows, ms };
    page = answer.page;
  }
}
