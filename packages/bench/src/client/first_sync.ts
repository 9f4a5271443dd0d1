/** A first sync through the whole stack, and what the page feels of it. */
import { inTurns } from "../statistics.ts";
import { atMost, type Figure, observed } from "../suite.ts";
import { openDevice, reload } from "./browser.ts";
import type { Say, Site } from "./suite.ts";

const ROUNDS = 5;
const PORTION = 10_000;

export async function firstSync(site: Site, say: Say, count: number): Promise<Figure[]> {
  say(`firstSync: writing ${count} rows`);
  const { id, email } = await site.signUp();
  for (let written = 0; written < count; written += PORTION) {
    await site.owner`
      insert into public.whole (user_id, title, notes, weight, position, done_at)
      select ${id}, 'set ' || n, repeat(md5(n::text), 14), n % 150, n, now()
      from generate_series(${written + 1}::int, ${Math.min(written + PORTION, count)}) n`;
  }
  await site.owner`vacuum analyze`;
  await using device = await openDevice(site.url);
  const { page } = device;
  const { plain, synced } = await inTurns(ROUNDS, {
    plain: async () => {
      await reload(device);
      return await page.evaluate((count) => bench.fillPlain(count), count);
    },
    synced: async () => {
      await reload(device);
      return await page.evaluate(
        ([project, email, count]) => bench.fillSynced(project, email, count),
        [site.project, email, count] as const,
      );
    },
  }, (round) => say(`firstSync: round ${round} of ${ROUNDS}`));
  const name = `first sync of ${count} rows`;
  return [
    atMost(`${name}, until a live query shows some`, synced.first / 1000, "s", 1),
    atMost(`${name}, against bulkPut of rows in memory`, synced.all / plain.all, "x", 1.3),
    atMost(`${name}, task that a moment falls into, p99`, synced.p99, "ms", 100),
    atMost(`${name}, growth of the heap`, synced.heap, "MB", 100),
    observed(`${name}, longest task`, synced.longest, "ms"),
    observed(name, synced.all / 1000, "s"),
    observed(`bulkPut of ${count} rows`, plain.all / 1000, "s"),
    observed(`bulkPut of ${count} rows, task that a moment falls into, p99`, plain.p99, "ms"),
    observed(`bulkPut of ${count} rows, growth of the heap`, plain.heap, "MB"),
  ];
}
