/**
 * The service worker: keeps one whole version of the app on the device, so that FitOS opens without
 * a network. It answers for the app's own files only and stores nothing at run time; requests to
 * Supabase never pass through a cache, because caches know no users.
 */

// The little of a worker's scope that is used here: the compiler reads this file together with the
// page's, whose global types exclude a worker's.
interface LifecycleEvent extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface RequestEvent extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface WorkerScope {
  /** Written by the build: every file of the app, and a hash of them all. */
  readonly SHELL: { version: string; files: string[] };
  readonly location: Location;
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: LifecycleEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: RequestEvent) => void): void;
}

const worker = self as unknown as WorkerScope;
const PREFIX = "fitos-shell-";
const CACHE = PREFIX + worker.SHELL.version;
const PAGE = "index.html";

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(dropOtherVersions()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  event.respondWith(request.mode === "navigate" ? answer(PAGE, request) : answer(url, request));
});

async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll(worker.SHELL.files.map((file) => new Request(file, { cache: "no-cache" })));
  // The app is one script without parts loaded later, so a page that still runs the former version
  // misses nothing when this one takes over the next navigation.
  await worker.skipWaiting();
}

async function dropOtherVersions() {
  const names = await caches.keys();
  const others = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
}

async function answer(file: string | URL, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return await cache.match(file) ?? await fetch(request);
}
