/** Runs the engine: events in, decisions carried out, one exchange at a time, in the tab that leads. */
import type { Row } from "@fitos/protocol";
import { Dexie } from "dexie";
import {
  type Presence,
  type RowChanges,
  type RowFilter,
  type SupabaseLike,
  type SyncApi,
  type SyncExport,
  type SyncSnapshot,
  UnsentError,
} from "./api.ts";
import { Changes } from "./changes.ts";
import type { HybridClock } from "./clock.ts";
import { decide, type EngineEvent, INITIAL, isAtRest, reduce } from "./engine.ts";
import { type Ending, Exchange } from "./exchange.ts";
import { ExchangeLog } from "./exchange_log.ts";
import { exportOwn, unsyncedKeys } from "./export.ts";
import type { SyncInspection } from "./inspect.ts";
import { discardIssue, retryIssue, rowOf } from "./issues.ts";
import { Lead } from "./lead.ts";
import type { Platform } from "./platform.ts";
import { Pokes } from "./pokes.ts";
import { Rooms } from "./rooms.ts";
import {
  concernsEngine,
  latestClock,
  NOTHING_STORED,
  type Progress,
  readStored,
  type SharedModel,
  snapshotOf,
} from "./status.ts";
import { Sessions } from "./sessions.ts";
import { inWords, type StorageHealth } from "./storage_health.ts";
import type { Store } from "./store.ts";
import { Tabs } from "./tabs.ts";
import { httpTransport, type Transport } from "./transport.ts";

export interface SyncerOptions {
  store: Store;
  clock: HybridClock;
  platform: Platform;
  health: StorageHealth;
  /** For tests; HTTP where absent. */
  transport?: Transport;
}

/** What exists between connect and disconnect. */
interface Connection {
  sessions: Sessions;
  exchange: Exchange;
  pokes: Pokes;
  tabs: Tabs;
  lead: Lead;
  abort: AbortController;
  cleanUp: (() => void)[];
}

export class Syncer implements SyncApi {
  #model = INITIAL;
  /** What the leading tab says of itself, in the tabs that follow. */
  #leader: SharedModel | null = null;
  #stored = NOTHING_STORED;
  #progress: Progress = null;
  #snapshot: SyncSnapshot;
  #connection: Connection | null = null;
  #subscribers = new Set<() => void>();
  #waiting = new Set<{ condition: () => boolean; resolve: () => void }>();
  #cancelTimer = () => {};
  #reading: Promise<void> | null = null;
  #readAgain = false;
  #cancelRefresh: (() => void) | null = null;
  readonly #log: ExchangeLog;
  readonly #changes: Changes;
  readonly #rooms: Rooms;
  readonly #onMutated: (parts: object) => void;

  constructor(private readonly options: SyncerOptions) {
    const { clock, health, platform, store } = options;
    const { db } = store;
    this.#log = new ExchangeLog(platform);
    this.#snapshot = snapshotOf(null, this.#model, this.#stored, null, health);
    health.onChange = () => this.#show({});
    health.onOutdated = () => void this.disconnect();
    const call = (callback: () => void) => this.#call(callback);
    const listening = () => this.#connection?.tabs.listen();
    this.#changes = new Changes(call, listening);
    this.#rooms = new Rooms(call, listening);
    store.observer = {
      concerns: (table) => this.#changes.concerns(table),
      tell: (applied) => {
        if (Object.values(applied).every(({ length }) => length === 0)) return;
        this.#changes.tell(applied);
        this.#connection?.tabs.applied(applied);
      },
    };
    store.onQueued = (rows) => {
      this.#queued(rows);
      this.#connection?.tabs.queued(rows);
    };
    this.#onMutated = (parts) => {
      // At once: what is written here next comes after what another tab wrote.
      clock.see(latestClock(db.name, parts));
      if (concernsEngine(db.name, parts)) this.#refreshSoon();
    };
    db.on("close", () => {
      Dexie.on.storagemutated.unsubscribe(this.#onMutated);
      this.#cancelRefresh?.();
      this.#cancelRefresh = null;
      // The browser may have closed it, and an engine that hears of no write would wait for nothing.
      if (this.#connection) platform.after(0, () => this.#dispatch({ type: "poked" }));
    });
  }

  /**
   * To be called when the database has opened. Nothing is awaited: a reading that another tab's
   * write has started waits for the opening to end, and the opening must not wait for it.
   */
  opened(): void {
    Dexie.on("storagemutated", this.#onMutated);
    void this.#refresh();
  }

  getSnapshot(): SyncSnapshot {
    return this.#snapshot;
  }

  subscribe(callback: () => void): () => void;
  subscribe<T>(
    table: string,
    filter: RowFilter<T>,
    callback: (changes: RowChanges<T>) => void,
  ): () => void;
  subscribe(
    first: string | (() => void),
    filter?: RowFilter<Row>,
    callback?: (changes: RowChanges<Row>) => void,
  ): () => void {
    if (typeof first === "string") {
      // Throws where it is none.
      this.options.store.keyColumns(first);
      return this.#changes.subscribe(first, filter!, callback!);
    }
    this.#subscribers.add(first);
    return () => this.#subscribers.delete(first);
  }

  presence<T>(room: string): Presence<T> {
    return this.#rooms.room(room);
  }

  connect(supabase: SupabaseLike): void {
    if (this.#connection) throw new Error("already connected; call disconnect() first");
    const { store, clock, platform, health } = this.options;
    if (health.isOutdated) return;
    const { auth, realtime, url, key } = supabase;
    const transport = this.#log.count(
      this.options.transport ?? httpTransport(url, key, this.#log.fetch),
    );
    const abort = new AbortController();
    const sessions = new Sessions({ auth, realtime, platform, reach: () => transport.reach() });
    const authorize = () => sessions.authorize();
    this.#rooms.connect({
      realtime,
      platform,
      authorize,
      name: tabsName(store),
      user: async () => (await store.read((stores) => stores.state())).user,
    });
    const connection: Connection = {
      sessions,
      exchange: new Exchange({
        store,
        clock,
        platform,
        transport,
        sessions,
        signal: abort.signal,
        onProgress: (progress) => this.#show({ progress }),
      }),
      pokes: new Pokes({
        realtime,
        platform,
        authorize,
        onPoke: () => this.#dispatch({ type: "poked" }),
        onLive: (live) => this.#dispatch({ type: "live", live }),
      }),
      tabs: new Tabs(platform.tabs(tabsName(store)), {
        platform,
        onModel: (model) => this.#show({ leader: model }),
        onRequest: () => this.syncAll(),
        onSilence: () => connection.lead.take(),
        listensTo: () => ({ tables: this.#changes.tables, rooms: this.#rooms.areUsed }),
        onListen: ({ tables, rooms }) => {
          this.#changes.alsoFor(tables);
          if (rooms && this.#model.leading) this.#rooms.load();
        },
        onApplied: (applied) => this.#changes.tell(applied),
        onQueued: (rows) => this.#queued(rows),
        onWiped: () => {
          void this.disconnect();
          store.db.close({ disableAutoOpen: true });
        },
      }),
      lead: new Lead({
        platform,
        name: tabsName(store),
        signal: abort.signal,
        onLead: (lead) => {
          connection.exchange.lead = lead;
          this.#dispatch({ type: "leading", leading: true });
          this.#rooms.lead();
        },
        onRobbed: () => {
          connection.pokes.close();
          this.#rooms.follow();
          this.#dispatch({ type: "live", live: false });
          this.#dispatch({ type: "leading", leading: false });
        },
      }),
      abort,
      cleanUp: [platform.onWake(() => this.#woke(connection))],
    };
    this.#connection = connection;
    const { data: { subscription } } = auth.onAuthStateChange((event, session) => {
      sessions.seen(session);
      const live = event === "SIGNED_OUT" ? false : session !== null || null;
      if (live === null) return;
      // Realtime goes on with a token that was given up; and one who waits for a token has it now.
      const changes = live === (this.#model.session === "none");
      this.#dispatch({ type: "session", live });
      if (changes) this.#listenAnew();
    });
    connection.cleanUp.push(() => subscription.unsubscribe());
    this.#dispatch({ type: "connected" });
    this.#dispatch({ type: "network", online: platform.isOnline() });
    sessions.renew(false);
    void connection.lead.run();
  }

  async disconnect(): Promise<void> {
    const connection = this.#connection;
    if (!connection) return;
    this.#connection = null;
    this.#cancelTimer();
    connection.abort.abort();
    connection.pokes.close();
    this.#rooms.disconnect();
    connection.tabs.close();
    for (const cleanUp of connection.cleanUp) cleanUp();
    this.#leader = null;
    this.#dispatch({ type: "disconnected" });
    await this.#reading;
  }

  async syncAll(): Promise<void> {
    const connection = this.#connection;
    if (!connection) throw new Error("not connected; call connect() first");
    if (!this.#model.leading && await connection.tabs.request()) return;
    this.#dispatch({ type: "now" });
    await this.#until(() => {
      const { connected, online, leading } = this.#model;
      return !connected || !online ||
        (leading && isAtRest(this.#model, this.options.platform.now()));
    });
  }

  async settled(): Promise<void> {
    await this.#refresh();
    await this.#until(() =>
      this.#stored.pending === 0 && this.#stored.uncovered === 0 && this.#model.exchange === null
    );
  }

  async verify(): Promise<number> {
    const connection = this.#connection;
    if (!connection) throw new Error("not connected; call connect() first");
    // Pushes and pulls of whichever tab may run beside it: a cursor that moved is begun from again.
    for (let attempt = 0; attempt < VERIFY_ATTEMPTS; attempt++) {
      let mended = 0;
      const ending = await this.#log.run(
        "verify",
        () => connection.exchange.verify((buckets) => mended += buckets),
      );
      if (ending.type === "failed") throw new Error(ending.failure.message);
      if (ending.type === "pulled") return mended;
      await this.syncAll();
    }
    throw new Error("too much changes meanwhile; try again later");
  }

  async wipe({ evenUnsent = false } = {}): Promise<void> {
    const { store, platform } = this.options;
    await this.#refresh();
    const { pending, issues } = this.#stored;
    if (!evenUnsent && pending + issues.length > 0) throw new UnsentError(pending, issues.length);
    // Also where this tab is not connected, and so has no channel of its own.
    const channel = platform.tabs(tabsName(store));
    channel?.postMessage({ type: "wiped" });
    await this.disconnect();
    channel?.close();
    // A later call must not bring an empty database back.
    store.db.close({ disableAutoOpen: true });
    await store.db.delete({ disableAutoOpen: true });
  }

  persist(): Promise<boolean> {
    return this.options.health.persist();
  }

  unsynced(table: string): Promise<IDBValidKey[]> {
    return unsyncedKeys(this.options.store, table);
  }

  export(): Promise<SyncExport> {
    return exportOwn(this.options.store);
  }

  async inspect(): Promise<SyncInspection> {
    const { inspect } = await import("./inspect.ts");
    return await inspect({
      ...this.options,
      model: this.#model,
      exchanges: this.#log.records,
    });
  }

  current(issue: number): Promise<Row | null> {
    return rowOf(this.options.store, issue);
  }

  async retry(issue: number, edited?: Row): Promise<void> {
    await retryIssue(this.options.store, issue, edited);
    await this.#refresh();
  }

  async discard(issue: number): Promise<void> {
    await discardIssue(this.options.store, issue);
    await this.#refresh();
  }

  #until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add({ condition, resolve }));
  }

  #woke(connection: Connection): void {
    const online = this.options.platform.isOnline();
    if (!online) connection.sessions.renew(false);
    if (online && this.#model.online) this.#dispatch({ type: "now" });
    this.#dispatch({ type: "network", online });
    // The leader may be a hidden tab, which nothing has woken.
    if (!this.#model.leading) void connection.tabs.request();
    if (online) this.#listenAnew();
  }

  #listenAnew(): void {
    this.#connection?.pokes.refresh();
    this.#rooms.refresh();
  }

  #dispatch(event: EngineEvent): void {
    const { platform } = this.options;
    this.#model = reduce(this.#model, event, platform.now(), platform.random());
    this.#evaluate();
    this.#connection?.tabs.share(this.#model);
    this.#show({});
  }

  #evaluate(): void {
    const { platform } = this.options;
    this.#cancelTimer();
    const connection = this.#connection;
    if (!connection) return;
    const decision = decide(this.#model, platform.now());
    if (decision.do !== "wait") void this.#run(connection, decision.do);
    else if (decision.until !== null) {
      const wait = Math.max(0, decision.until - platform.now());
      this.#cancelTimer = platform.after(wait, () => this.#dispatch({ type: "tick" }));
    }
  }

  async #run(connection: Connection, exchange: "push" | "pull"): Promise<void> {
    const wasToFold = this.#stored.fold;
    this.#dispatch({ type: "started", exchange });
    const ending = await this.#log.run(exchange, () => connection.exchange[exchange]())
      .catch(broken);
    // The queue is counted before the next decision, or a batch would seem to wait still.
    await this.#refresh();
    if (this.#connection !== connection) return;
    // Out there nothing that goes on trying by itself may ask auth-js for a token: see Sessions.
    connection.sessions.renew(ending.type !== "failed" || ending.failure.code !== "network");
    if (ending.type === "pulled" && this.#model.leading) {
      connection.pokes.listen(this.#stored.listening);
    }
    this.#dispatch(ending);
    // Once: a server that does not note the scopes is polled.
    if (this.#stored.fold && !wasToFold) this.#dispatch({ type: "poked" });
  }

  /** Not at once: every write of many would wait for a reading. What waits is counted as it is queued. */
  #refreshSoon(): void {
    this.#cancelRefresh ??= this.options.platform.after(SOON, () => {
      this.#cancelRefresh = null;
      void this.#refresh();
    });
  }

  #queued(rows: number): void {
    this.#stored = { ...this.#stored, pending: this.#stored.pending + rows };
    this.#dispatch({ type: "queue", pending: this.#stored.pending });
  }

  /** Reads what the stores say; calls during a reading share the next one. */
  #refresh(): Promise<void> {
    if (this.#reading) {
      this.#readAgain = true;
      return this.#reading;
    }
    const { store, clock } = this.options;
    this.#reading = (async () => {
      do {
        this.#readAgain = false;
        this.#cancelRefresh?.();
        this.#cancelRefresh = null;
        if (!store.db.isOpen()) break;
        const counted = this.#stored.pending;
        const read = await readStored(store, this.#stored);
        // What has been queued meanwhile may be missing in what was read; storagemutated tells of it, too.
        const meanwhile = this.#stored.pending - counted;
        this.#stored = { ...read, pending: read.pending + Math.max(0, meanwhile) };
        // What this tab has learned itself may not be stored yet.
        if (this.#model.leading) clock.see(read.clock.last);
        else clock.restore(read.clock);
      } while (this.#readAgain);
    })().catch((error) => {
      // What was read last stands until the next change or exchange reads again.
      if (store.db.isOpen()) this.#dispatch({ type: "unread", failure: broken(error).failure });
    }).finally(() => {
      this.#reading = null;
      this.#dispatch({ type: "queue", pending: this.#stored.pending });
    });
    return this.#reading;
  }

  /** A subscriber's error is its own: it is reported, and stops nothing here. */
  #call(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.options.platform.after(0, () => {
        throw error;
      });
    }
  }

  #show(change: { leader?: SharedModel; progress?: Progress }): void {
    if (change.leader) this.#leader = change.leader;
    if (change.progress !== undefined) this.#progress = change.progress;
    const model = this.#model.leading ? this.#model : this.#leader ?? this.#model;
    const next = snapshotOf(
      this.#snapshot,
      model,
      this.#stored,
      this.#progress,
      this.options.health,
    );
    if (next !== this.#snapshot) {
      this.#snapshot = next;
      for (const callback of this.#subscribers) this.#call(callback);
    }
    for (const waiting of this.#waiting) {
      if (!waiting.condition()) continue;
      this.#waiting.delete(waiting);
      waiting.resolve();
    }
  }
}

/** Milliseconds until what another tab, or an app, did to the stores is read. */
const SOON = 200;

const tabsName = ({ db }: Store) => `sync:${db.name}`;

const VERIFY_ATTEMPTS = 5;

/** A bug or a broken database; the engine goes on trying, in sight. */
function broken(error: unknown): Extract<Ending, { type: "failed" }> {
  const message = inWords(error);
  return { type: "failed", failure: { code: "internal", remedy: "retry", message, retryAfter: 0 } };
}
