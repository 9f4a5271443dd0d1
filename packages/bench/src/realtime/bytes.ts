/** What a changed row costs on the wire: bodies of requests and answers, without HTTP's own headers. */
import type { Site } from "../client/site.ts";
import { type Figure, observed } from "../suite.ts";
import { member } from "./crowd.ts";
import { CHANGES, type Say } from "./suite.ts";

/** Of a bulkPut. */
const MANY = 1_000;

export async function bytes(site: Site, say: Say): Promise<Figure[]> {
  const { email } = await site.signUp();
  const [sending, receiving] = [counter(), counter()];
  await using one = await member(site.project, email, "whole", sending.fetch);
  await using other = await member(site.project, email, "whole", receiving.fetch);
  const rows = Array.from({ length: MANY }, (_, position) => ({
    id: crypto.randomUUID(),
    title: `set ${position}`,
    notes: "felt good",
    position,
  }));
  const has = async (title: string) => {
    const { id } = rows.at(-1)!;
    while ((await other.table.get(id))?.title !== title) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const measured = async (what: string, count: number, write: () => Promise<unknown>) => {
    const before = [sending.total(), receiving.total()];
    await write();
    await one.db.sync.settled();
    return [
      observed(
        `${what}: sent and answered, a row`,
        (sending.total() - before[0]!) / count,
        "bytes",
      ),
      observed(
        `${what}: on another device, a row`,
        (receiving.total() - before[1]!) / count,
        "bytes",
      ),
    ];
  };
  say(`bytes: ${CHANGES} single changes, one of ${MANY} rows`);
  const table = one.table;
  return [
    ...await measured(`bulkAdd of ${MANY} rows`, MANY, async () => {
      await table.bulkAdd(rows);
      await has(rows.at(-1)!.title);
    }),
    ...await measured("single update", CHANGES, async () => {
      for (let n = 0; n < CHANGES; n++) {
        await table.update(rows.at(-1)!.id, { title: `change ${n}` });
        await one.db.sync.settled();
        await has(`change ${n}`);
      }
    }),
  ];
}

/** A fetch that counts what passes through it. */
function counter() {
  let total = 0;
  return {
    total: () => total,
    fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
      if (init?.body instanceof Blob) total += init.body.size;
      const response = await fetch(input, init);
      const body = await response.blob();
      total += body.size;
      return new Response(body, response);
    },
  };
}
