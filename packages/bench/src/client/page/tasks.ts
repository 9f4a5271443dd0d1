/** What the page's thread and heap go through while something runs. */

export type Strain = {
  /** The longest task. */
  longest: number;
  /** Of all moments, 99 in 100 fall into a task no longer than this; below 50 ms it is 50. */
  p99: number;
  /** MB above the heap before, garbage that was not yet collected included. */
  heap: number;
};

/** Runs `work`; answers what the page went through meanwhile. */
export async function strainOf(work: () => Promise<unknown>): Promise<Strain> {
  const tasks: number[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  });
  collectGarbage();
  const before = used();
  let peak = before;
  const sampling = setInterval(() => peak = Math.max(peak, used()), 20);
  observer.observe({ type: "longtask" });
  const start = performance.now();
  await work();
  // The last task is reported after it has ended.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const elapsed = performance.now() - start;
  clearInterval(sampling);
  observer.disconnect();
  tasks.sort((a, b) => b - a);
  return {
    longest: tasks[0] ?? SHORT,
    p99: lengthAt(tasks, elapsed / 100),
    heap: (Math.max(peak, used()) - before) / 1e6,
  };
}

/** Chromium reports no shorter tasks than these. */
const SHORT = 50;

/** The task in which the given time has passed, counted from the longest one on. */
function lengthAt(descending: number[], ms: number): number {
  let passed = 0;
  return descending.find((duration) => (passed += duration) >= ms) ?? SHORT;
}

/** Chromium runs with --js-flags=--expose-gc. */
const collectGarbage = () => (globalThis as unknown as { gc(): void }).gc();

const used = () =>
  (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize;
