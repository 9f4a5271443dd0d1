/** The service worker's caches beside the app itself. */
export const CACHES = {
  /** The app's own files that it also opens without. */
  assets: "fitos-assets",
  freshness: "fitos-freshness",
  performance: "fitos-performance",
} as const;

/** At a sign-out: what was fetched for one person is not there for the next. */
export async function clearCaches(): Promise<void> {
  // Only pages of a safe origin have any.
  if (!("caches" in globalThis)) return;
  await Promise.all([CACHES.freshness, CACHES.performance].map((name) => caches.delete(name)));
}
