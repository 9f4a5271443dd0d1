/** A browser profile: one IndexedDB, the tabs on it, and what the platform gives them. */
import { Dexie } from "dexie";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import type { ChannelLike, SupabaseLike } from "../../src/api.ts";
import { type Platform, supabaseSync } from "../../src/mod.ts";
import type { OutboxRecord } from "../../src/store.ts";
import type { Chance } from "./chance.ts";
import type { Network } from "./network.ts";
import { STORES, SYNCED } from "./tables.ts";
import type { Time } from "./time.ts";
import type { Turns } from "./turns.ts";

export interface World {
  turns: Turns;
  time: Time;
  chance: Chance;
  network: Network;
  /** Who listens to a topic. */
  listeners: { topic: string; device: Device; poke: () => void }[];
}

export interface DeviceOptions {
  name: string;
  user: string;
  /** Milliseconds its clock is ahead. */
  skew: number;
  /** Every tab takes itself for the leader (P15). */
  leaderless: boolean;
}

/** A record of the outbox as it was written first. */
export type Queued = OutboxRecord & { table: string };

export class Device {
  readonly indexedDB = new IDBFactory();
  tabs: Tab[] = [];
  online = true;
  /** What the tabs have queued, in the order in which it was committed. */
  queued: Queued[] = [];
  /** Who waits for the lead, the leader first. */
  readonly leads: Lead[] = [];
  #ids = 0;

  constructor(readonly world: World, readonly options: DeviceOptions) {}

  get name(): string {
    return this.options.name;
  }

  uuid(): string {
    const first = String(this.name.charCodeAt(0)).padStart(8, "0");
    return `${first}-0000-4000-8000-${String(++this.#ids).padStart(12, "0")}`;
  }

  async open(): Promise<Tab> {
    const tab = new Tab(this);
    await this.world.turns.until(tab.db.open());
    this.tabs.push(tab);
    return tab;
  }

  setOnline(online: boolean): void {
    this.online = online;
    if (!online) this.world.network.cut(this.name);
    for (const tab of this.tabs) tab.wake();
  }

  /** As a Web Lock: waiting ends with `signal`, and who is robbed is told so. */
  lead(
    tab: Tab,
    { signal, steal }: { signal: AbortSignal; steal: boolean },
    work: () => Promise<void>,
  ): Promise<void> {
    if (this.options.leaderless) return work();
    return new Promise((resolve, reject) => {
      const rob = () => reject(new DOMException("the lead is another's", "AbortError"));
      const wait: Lead = {
        tab,
        rob,
        begin: () => {
          signal.removeEventListener("abort", giveUp);
          work().then(() => this.#remove(wait)).then(resolve, reject);
        },
      };
      const giveUp = () => {
        this.#remove(wait);
        rob();
      };
      signal.addEventListener("abort", giveUp, { once: true });
      const robbed = steal ? this.leads.shift() : undefined;
      if (steal) this.leads.unshift(wait);
      else this.leads.push(wait);
      robbed?.rob();
      if (this.leads[0] === wait) wait.begin();
    });
  }

  leave(tab: Tab): void {
    for (const lead of this.leads.filter((one) => one.tab === tab).reverse()) this.#remove(lead);
  }

  #remove(lead: Lead): void {
    const at = this.leads.indexOf(lead);
    if (at < 0) return;
    this.leads.splice(at, 1);
    if (at === 0) this.leads[0]?.begin();
  }
}

interface Lead {
  tab: Tab;
  begin(): void;
  rob(): void;
}

export class Tab {
  alive = true;
  connected = false;
  readonly db: Dexie;
  #wakes = new Set<() => void>();
  #channels = new Set<TabChannel>();

  constructor(readonly device: Device) {
    const { name, user } = device.options;
    const { network } = device.world;
    const transport = network.transport({
      user,
      device: name,
      online: () => device.online,
      alive: () => this.alive,
    });
    this.db = new Dexie(`simulated-${name}`, {
      addons: [supabaseSync({ tables: SYNCED }, { platform: this.#platform(), transport })],
      indexedDB: device.indexedDB as unknown as typeof globalThis.indexedDB,
      IDBKeyRange: IDBKeyRange as unknown as typeof globalThis.IDBKeyRange,
    });
    this.db.version(1).stores(STORES);
    this.db.use({
      stack: "dbcore",
      name: "Queued",
      level: 0.5,
      create: (core) => ({
        table: (name) => {
          const table = core.table(name);
          const [, of] = name.split("_sync_outbox_");
          if (of === undefined) return table;
          return {
            ...table,
            mutate: (request) => {
              if (request.type === "add") {
                const records = structuredClone(request.values) as OutboxRecord[];
                // What is not committed never was, and another write may get its clock.
                (request.trans as unknown as IDBTransaction).addEventListener("complete", () => {
                  device.queued.push(...records.map((record) => ({ ...record, table: of })));
                });
              }
              return table.mutate(request);
            },
          };
        },
      }),
    });
  }

  connect(): void {
    this.connected = true;
    this.db.sync.connect(this.#supabase());
  }

  async disconnect(): Promise<void> {
    this.connected = false;
    await this.device.world.turns.until(this.db.sync.disconnect());
  }

  /** The page is gone, in the middle of whatever it was at; what was not committed never was. */
  kill(): void {
    this.alive = false;
    const connection = this.db.backendDB() as unknown as Backend | null;
    for (const transaction of connection?._rawDatabase.transactions ?? []) {
      if (transaction.db !== connection) continue;
      if (!["committing", "finished"].includes(transaction._state)) transaction.abort();
    }
    this.db.close({ disableAutoOpen: true });
    for (const channel of this.#channels) channel.close();
    this.device.tabs = this.device.tabs.filter((tab) => tab !== this);
    this.device.leave(this);
    const { world } = this.device;
    world.listeners = world.listeners.filter(({ poke }) => !this.#pokes.has(poke));
  }

  readonly #pokes = new Set<() => void>();

  wake(): void {
    for (const wake of this.#wakes) wake();
  }

  #platform(): Platform {
    const { device } = this;
    const { time, chance } = device.world;
    return {
      now: () => time.now + device.options.skew,
      random: () => chance.next(),
      uuid: () => device.uuid(),
      after: (ms, callback) => time.after(ms, () => this.alive && callback()),
      fetch: () => Promise.reject(new Error("there is no HTTP here")),
      isOnline: () => device.online,
      onFreeze: () => () => {},
      onWake: (callback) => {
        this.#wakes.add(callback);
        return () => this.#wakes.delete(callback);
      },
      lead: (_, how, work) => device.lead(this, how, work),
      persist: () => Promise.resolve(false),
      persisted: () => Promise.resolve(null),
      estimate: () => Promise.resolve(null),
      tabs: () => {
        const channel = new TabChannel(this);
        this.#channels.add(channel);
        return channel as unknown as BroadcastChannel;
      },
    };
  }

  receive(from: TabChannel, data: unknown): void {
    for (const channel of this.#channels) {
      if (channel !== from && this.alive) channel.onmessage?.({ data: structuredClone(data) });
    }
  }

  #supabase(): SupabaseLike {
    const { device } = this;
    const { world, options: { user } } = device;
    const nothing = () => Promise.resolve();
    return {
      url: "",
      key: "",
      auth: {
        getSession: () =>
          Promise.resolve({ data: { session: { access_token: user, user: { id: user } } } }),
        onAuthStateChange: () => ({ data: { subscription: { unsubscribe() {} } } }),
        startAutoRefresh: nothing,
        stopAutoRefresh: nothing,
      },
      realtime: {
        setAuth: nothing,
        connect: () => {},
        disconnect: () => Promise.resolve(),
        isConnected: () => true,
        isConnecting: () => false,
        getChannels: () => [],
        channel: (topic) => {
          let poke = () => {};
          const channel: ChannelLike = {
            track: () => Promise.resolve("ok"),
            untrack: () => Promise.resolve("ok"),
            presenceState: () => ({}),
            on: (_, __, callback) => (poke = callback, channel),
            subscribe: (callback) => {
              this.#pokes.add(poke);
              world.listeners.push({ topic, device, poke });
              world.turns.add(() => this.alive && callback("SUBSCRIBED"));
              return channel;
            },
          };
          return Object.assign(channel, {
            leave: () => world.listeners = world.listeners.filter((one) => one.poke !== poke),
          });
        },
        removeChannel: (channel) => {
          (channel as ChannelLike & { leave(): void }).leave();
          return nothing();
        },
      },
    };
  }
}

/** What fake-indexeddb keeps of a connection. */
interface Backend {
  _rawDatabase: { transactions: { db: unknown; _state: string; abort(): void }[] };
}

/** A BroadcastChannel among the tabs of one device. */
class TabChannel {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  #closed = false;

  constructor(private readonly tab: Tab) {}

  postMessage(data: unknown): void {
    const { device } = this.tab;
    if (this.#closed) return;
    device.world.turns.add(() => {
      for (const tab of device.tabs) tab.receive(this, data);
    });
  }

  close(): void {
    this.#closed = true;
    this.onmessage = null;
  }
}
