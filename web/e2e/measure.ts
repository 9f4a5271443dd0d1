/** How heavy a visit is, by the browser's own traces. */
import type { BrowserContext, Page } from "playwright-core";

/** A network in the cellar, as Chromium's tools simulate it. */
export const SLOW_3G = {
  offline: false,
  latency: 400,
  downloadThroughput: 50_000,
  uploadThroughput: 50_000,
};

/** Bytes are gzipped, as a host would send them; times are the browser's, in milliseconds. */
export interface Measured {
  script: number;
  worker: number;
  /** All that the page itself fetched. */
  shell: number;
  /** Requests of the page that reached the network. */
  requests: number;
  /** First contentful paint. */
  paintedAt: number;
  /** When there was a page to use. */
  usableAt: number;
  /** The share of the time until then that tasks of over 50 ms took. */
  blocked: number;
}

/** Visits the address in a page of its own, on a slow network. */
export async function measure(context: BrowserContext, url: string): Promise<Measured> {
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", SLOW_3G);
  await page.addInitScript(observe);
  const own = new Map<string, { isCached: boolean }>();
  page.on("response", (response) => {
    if (new URL(response.url()).origin === url) {
      own.set(response.url(), { isCached: response.fromServiceWorker() });
    }
  });
  await page.goto(url, { waitUntil: "load" });
  await page.getByRole("heading", { level: 1 }).waitFor();
  const usableAt = await page.evaluate(() => Math.round(performance.now()));
  const traced = await page.evaluate(traces);
  await page.close();
  const fetched = [...own].filter(([, { isCached }]) => !isCached).map(([address]) => address);
  const sizes = new Map(
    await Promise.all(fetched.map(async (address) => [address, await gzipped(address)] as const)),
  );
  const sum = (test: RegExp) =>
    [...sizes].filter(([address]) => test.test(address)).reduce((all, [, size]) => all + size, 0);
  return {
    script: sum(/\.js$/),
    worker: await gzipped(`${url}/sw.js`),
    shell: sum(/./),
    requests: fetched.length,
    usableAt,
    ...traced,
  };
}

async function gzipped(url: string): Promise<number> {
  const { body } = await fetch(url);
  let size = 0;
  for await (const chunk of body!.pipeThrough(new CompressionStream("gzip"))) size += chunk.length;
  return size;
}

interface Observed {
  tasks: { at: number; took: number }[];
}

/** In the page, before anything else. */
function observe() {
  const tasks: Observed["tasks"] = [];
  Object.assign(globalThis, { observed: { tasks } });
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      tasks.push({ at: startTime, took: duration });
    }
  }).observe({ type: "longtask", buffered: true });
}

async function traces(): Promise<{ paintedAt: number; blocked: number }> {
  const { observed } = globalThis as unknown as { observed: Observed };
  const paintedAt = await new Promise<number>((resolve) =>
    new PerformanceObserver((list) => {
      const [paint] = list.getEntriesByName("first-contentful-paint");
      if (paint) resolve(paint.startTime);
    }).observe({ type: "paint", buffered: true })
  );
  const until = performance.now();
  const blocked = observed.tasks.reduce((all, { took }) => all + took, 0) / until;
  return { paintedAt: Math.round(paintedAt), blocked: Math.round(blocked * 1000) / 1000 };
}

/** How long a search takes to show its results, in milliseconds, for each of these queries. */
export function searchTimes(page: Page, queries: string[]): Promise<number[]> {
  return page.evaluate(async (queries) => {
    const app = document.querySelector("fitos-app")!;
    const library = app.renderRoot.querySelector("fitos-library")!;
    const input = library.renderRoot.querySelector<HTMLInputElement>("input[type=search]")!;
    const times: number[] = [];
    for (const query of queries) {
      input.value = query;
      const begin = performance.now();
      input.dispatchEvent(new InputEvent("input", { bubbles: true }));
      await library.updateComplete;
      // Layout belongs to what a person waits for.
      library.getBoundingClientRect();
      times.push(performance.now() - begin);
      await new Promise((next) => requestAnimationFrame(next));
    }
    return times;
  }, queries);
}
