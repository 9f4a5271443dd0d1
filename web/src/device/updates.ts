import type { SyncApi } from "@fitos/sync";

/** What is used of a page's registration and workers, so that a test can stand in. */
type Workers = Pick<
  ServiceWorkerContainer,
  "register" | "controller" | "ready" | "addEventListener"
>;

/** With Background Sync, where the browser has it. */
type Registration = ServiceWorkerRegistration & {
  sync?: { register(tag: string): Promise<void> };
};

/** What there is to tell a person about versions. */
export type UpdateState =
  | "none"
  /** A new version has been fetched and waits for the person's word. */
  | "offered"
  /** The word was given; what is being sent is waited for. */
  | "awaited"
  /** Another tab has taken up the new version: this one has to be loaded again. */
  | "outdated";

/** Tells whether changes are on their way: `db.sync`. */
interface Sending extends Pick<SyncApi, "getSnapshot"> {
  subscribe(callback: () => void): () => void;
}

/**
 * Keeps FitOS on the device and offers new versions. None is forced on anybody, and none is taken up
 * while changes are being sent.
 */
export class Updates {
  state: UpdateState = "none";
  #registration: ServiceWorkerRegistration | undefined;
  readonly #workers: Workers | undefined;
  readonly #changed: () => void;
  readonly #reload: () => void;

  constructor(
    changed: () => void,
    workers: Workers | undefined = navigator.serviceWorker,
    reload = () => location.reload(),
  ) {
    this.#changed = changed;
    this.#workers = workers;
    this.#reload = reload;
  }

  /** Resolves once a worker is active; never where the browser has none. */
  get ready(): Promise<Registration> {
    return this.#workers?.ready ?? new Promise(() => {});
  }

  async start(script: string): Promise<void> {
    const workers = this.#workers;
    if (!workers) return;
    // The first worker that a page meets is no update.
    const isFirst = !workers.controller;
    workers.addEventListener("controllerchange", () => {
      if (!isFirst && this.state !== "awaited") this.#set("outdated");
    });
    const registration = await workers.register(script, { updateViaCache: "none" });
    this.#registration = registration;
    this.#look();
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", () => this.#look());
    });
  }

  /** Asks the server for a new version; one that stays open for days hears of it so. */
  async check(): Promise<void> {
    // Without a network there is none.
    await this.#registration?.update().catch(() => undefined);
  }

  /** Takes up the new version as soon as nothing is being sent, and loads the page again. */
  accept(sync: Sending | undefined): void {
    if (this.state === "outdated") return whenIdle(sync, this.#reload);
    const worker = this.#registration?.waiting;
    if (this.state !== "offered" || !worker) return;
    this.#set("awaited");
    worker.addEventListener("statechange", () => {
      if (worker.state === "activated") whenIdle(sync, this.#reload);
    });
    whenIdle(sync, () => worker.postMessage("take over"));
  }

  #look() {
    const { waiting, active } = this.#registration ?? {};
    if (waiting && active && this.state === "none") this.#set("offered");
  }

  #set(state: UpdateState) {
    this.state = state;
    this.#changed();
  }
}

/** Once no push and no pull is under way; `sync` is undefined while nobody is signed in. */
function whenIdle(sync: Sending | undefined, then: () => void): void {
  if (!sync?.getSnapshot().isSyncing) return then();
  const end = sync.subscribe(() => {
    if (sync.getSnapshot().isSyncing) return;
    end();
    then();
  });
}
