// Runs in each worker before the function: what the platform's runtime has and plain Deno has not.
const background = new Set<Promise<unknown>>();

Object.assign(globalThis, {
  EdgeRuntime: {
    /** Work that goes on after the response. A rejection is printed, it ends nothing. */
    waitUntil<T>(work: Promise<T>): Promise<T> {
      const settled = work.then(
        () => undefined,
        (error) => console.error("EdgeRuntime.waitUntil:", error),
      ).finally(() => background.delete(settled));
      background.add(settled);
      return work;
    },
  },
});
