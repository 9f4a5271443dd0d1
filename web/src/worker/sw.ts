/**
 * The service worker: keeps one whole version of the app on the device, so that FitOS opens without
 * a network; keeps public files; and sends what waits after the last page was closed.
 */
import { syncWhenWoken } from "@fitos/sync";
import type { WorkboxPlugin } from "workbox-core/types.js";
import { ExpirationPlugin } from "workbox-expiration";
import {
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  precacheAndRoute,
  type PrecacheEntry,
} from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { CacheFirst, NetworkFirst, StaleWhileRevalidate } from "workbox-strategies";
import { config } from "../config.ts";
import { deviceAccount } from "../device/account.ts";
import { CACHES } from "../device/caches.ts";
import { type Caching, cachingOf, dated, isStorable } from "./caching.ts";
import { openWhenClicked, type Pages } from "./notifications.ts";

// The little of a worker's scope that is used here: the compiler reads this file together with the
// page's, whose global types exclude a worker's.
interface Scope extends EventTarget {
  /** Written by the build: the files without which the app does not open. */
  readonly SHELL: PrecacheEntry[];
  readonly location: Location;
  readonly clients: Pages;
  skipWaiting(): Promise<void>;
}

const scope = self as unknown as Scope;
const HOUR = 3600;
const DAY = 24 * HOUR;
const storable = {
  cacheWillUpdate: ({ response }: { response: Response }) =>
    Promise.resolve(isStorable(response) ? dated(response, Date.now()) : null),
};

precacheAndRoute(scope.SHELL);
cleanupOutdatedCaches();
registerRoute(new NavigationRoute(createHandlerBoundToURL("index.html")));

registerRoute(
  ({ url, request }) => url.origin === scope.location.origin && request.destination !== "document",
  new StaleWhileRevalidate({ cacheName: CACHES.assets, plugins: [storable, keep(60, 30 * DAY)] }),
);
registerRoute(
  cached("freshness"),
  new NetworkFirst({
    cacheName: CACHES.freshness,
    networkTimeoutSeconds: 5,
    plugins: [storable, keep(100, HOUR)],
  }),
);
registerRoute(
  cached("performance"),
  new CacheFirst({ cacheName: CACHES.performance, plugins: [storable, keep(200, 7 * DAY)] }),
);

// A page asks for it when its person has agreed and nothing is on its way.
scope.addEventListener("message", (event) => {
  if ((event as MessageEvent).data === "take over") void scope.skipWaiting();
});

syncWhenWoken(scope, () => deviceAccount(config));
openWhenClicked(scope, scope.clients);

function cached(wanted: Caching) {
  return ({ request }: { request: Request }) => cachingOf(request, config) === wanted;
}

function keep(maxEntries: number, maxAgeSeconds: number): WorkboxPlugin {
  // Workbox's own types don't agree about `undefined`, under exactOptionalPropertyTypes.
  return new ExpirationPlugin({
    maxEntries,
    maxAgeSeconds,
    purgeOnQuotaError: true,
  }) as WorkboxPlugin;
}
