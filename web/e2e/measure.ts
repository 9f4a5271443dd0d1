/** How heavy a visit is, by the browser's own traces. */
import type { BrowserContext, CDPSession, Page } from "playwright-core";

/** A network in the cellar, as Chromium's tools simulate it. */
export const SLOW_3G = {
  offline: false,
  latency: 400,
  downloadThroughput: 50_000,
  uploadThroughput: 50_000,
};

/** Bytes are those on the wire; times are the browser's, in milliseconds. */
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
  /** Total blocking time: of the tasks of over 50 ms until then, what is over. */
  blocked: number;
  /** Cumulative layout shift. */
  shifted: number;
}

/** Visits the address in a page of its own, on a slow network. */
export async function measure(context: BrowserContext, url: string): Promise<Measured> {
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  const fetched = await wire(cdp, url);
  await cdp.send("Network.emulateNetworkConditions", SLOW_3G);
  await page.addInitScript(observe);
  await page.goto(url, { waitUntil: "load" });
  await page.getByRole("heading", { level: 1 }).waitFor();
  const usableAt = await page.evaluate(() => Math.round(performance.now()));
  const traced = await page.evaluate(traces);
  await page.close();
  const sum = (test: RegExp) =>
    fetched().filter(({ url }) => test.test(url)).reduce((all, { bytes }) => all + bytes, 0);
  return {
    script: sum(/\.js$/),
    worker: await gzipped(`${url}/sw.js`),
    shell: sum(/./),
    requests: fetched().length,
    usableAt,
    ...traced,
  };
}

/** What the page fetches of its own origin over the network, past the service worker. */
async function wire(cdp: CDPSession, origin: string) {
  const sent = new Map<string, { url: string; bytes: number }>();
  await cdp.send("Network.enable");
  cdp.on("Network.responseReceived", ({ requestId, response }) => {
    const { url, fromServiceWorker, fromDiskCache } = response;
    if (new URL(url).origin !== origin || fromServiceWorker || fromDiskCache) return;
    sent.set(requestId, { url, bytes: 0 });
  });
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const request = sent.get(requestId);
    if (request) request.bytes = encodedDataLength;
  });
  return () => [...sent.values()];
}

async function gzipped(url: string): Promise<number> {
  const { body } = await fetch(url);
  let size = 0;
  for await (const chunk of body!.pipeThrough(new CompressionStream("gzip"))) size += chunk.length;
  return size;
}

interface Observed {
  blocked: number;
  shifted: number;
}

/** In the page, before anything else. */
function observe() {
  const observed: Observed = { blocked: 0, shifted: 0 };
  Object.assign(globalThis, { observed });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) observed.blocked += duration - 50;
  }).observe({ type: "longtask", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      observed.shifted += (entry as PerformanceEntry & { value: number }).value;
    }
  }).observe({ type: "layout-shift", buffered: true });
}

async function traces(): Promise<Observed & { paintedAt: number }> {
  const { observed } = globalThis as unknown as { observed: Observed };
  const paintedAt = await new Promise<number>((resolve) =>
    new PerformanceObserver((list) => {
      const [paint] = list.getEntriesByName("first-contentful-paint");
      if (paint) resolve(Math.round(paint.startTime));
    }).observe({ type: "paint", buffered: true })
  );
  const { blocked, shifted } = observed;
  return { paintedAt, blocked: Math.round(blocked), shifted: Math.round(shifted * 1000) / 1000 };
}

/** How much slower than this machine the processor of a modest phone is. */
const SLOWDOWN = 4;

/**
 * Types into the library's search, letter by letter; answers how long each key took until its results were painted,
 * by Event Timing, which leaves out what took less than 16 ms.
 */
export async function keystrokes(page: Page, queries: string[]): Promise<number[]> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(globalThis, { times });
    const observer = new PerformanceObserver((list) => {
      for (const { name, duration } of list.getEntries()) {
        if (name === "input") times.push(duration);
      }
    });
    observer.observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
  });
  const search = page.getByRole("searchbox");
  for (const query of queries) {
    await search.fill("");
    await search.pressSequentially(query, { delay: 60 });
  }
  await page.evaluate(() =>
    new Promise((next) => requestAnimationFrame(() => setTimeout(next, 100)))
  );
  await cdp.detach();
  return await page.evaluate(() => (globalThis as unknown as { times: number[] }).times);
}
