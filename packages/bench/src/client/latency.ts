/** How soon an update on one device shows in a live query on another. */
import { median } from "../statistics.ts";
import { atMost, type Figure, observed } from "../suite.ts";
import { openDevice } from "./browser.ts";
import type { Say, Site } from "./suite.ts";

const UPDATES = 100;
const WARM_UP = 20;

export async function latency(site: Site, say: Say): Promise<Figure[]> {
  await using one = await openDevice(site.url);
  await using other = await openDevice(site.url);
  const { email } = await site.signUp();
  for (const { page } of [one, other]) {
    await page.evaluate(
      ([project, email]) => bench.join(project, email),
      [site.project, email] as const,
    );
  }
  const id = await one.page.evaluate(() => bench.addOne());
  say(`latency: ${UPDATES} updates`);
  const took: number[] = [];
  for (let n = 0; n < WARM_UP + UPDATES; n++) {
    const title = `update ${n}`;
    const shown = other.page.evaluate((title) => bench.whenShown(title), title);
    const called = await one.page.evaluate(
      ([id, title]) => bench.retitle(id, title),
      [id, title] as const,
    );
    if (n >= WARM_UP) took.push(await shown - called);
    else await shown;
    // Not while the first device still hears of its own update.
    await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 100));
  }
  const p95 = took.toSorted((a, b) => a - b)[Math.floor(took.length * 0.95)]!;
  return [
    atMost("update on one device, shown on another, median", median(took), "ms", 60),
    observed("update on one device, shown on another, p95", p95, "ms"),
  ];
}
