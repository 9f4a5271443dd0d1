/** Every table synced: tracked, and all the while pushed to a server and pulled from it. */
import type { Dexie } from "dexie";
import { digestOf, type Key, type Row } from "@fitos/protocol";
import {
  type ChannelLike,
  type Result,
  type SupabaseLike,
  supabaseSync,
  SyncValueError,
  type Transport,
} from "../../packages/client/src/mod.ts";
import { keyOf, toStored } from "../../packages/client/src/values.ts";
import { EchoServer } from "./dexie_suite_server.ts";
import type { Tables } from "./dexie_suite_tracked.ts";

const servers = new Map<string, EchoServer>();
const connected = new Map<Dexie, Tables>();
let sent = 0;

const { deleteDatabase } = IDBFactory.prototype;
IDBFactory.prototype.deleteDatabase = function (database) {
  servers.delete(database);
  return deleteDatabase.call(this, database);
};

export function installSynced(db: Dexie, tables: Tables): void {
  const ask = <T>(work: (server: EchoServer) => Promise<Result<T>>): Promise<Result<T>> => {
    const server = servers.get(db.name);
    return server ? work(server) : Promise.resolve(UNREACHABLE);
  };
  const transport: Transport = {
    push(request) {
      sent += request.mutations.length;
      return ask((server) => server.push(request));
    },
    pull: (request) => ask((server) => server.pull(request)),
    digest: () => Promise.resolve(UNREACHABLE),
    listen: () => Promise.resolve(UNREACHABLE),
    reach: () => Promise.resolve(null),
  };
  supabaseSync({ tables }, { transport })(db);
  db.on("ready", async () => {
    if (!servers.has(db.name)) {
      const rows = await rowsOf(db, tables);
      if (!rows) return;
      servers.set(db.name, new EchoServer(rows));
    }
    if (!connected.has(db)) db.sync.connect(SUPABASE);
    connected.set(db, tables);
  }, true);
}

/** What `populate` left; null where no server could have it. */
async function rowsOf(
  db: Dexie,
  tables: Tables,
): Promise<Record<string, { key: Key; row: Row }[]> | null> {
  const rows: Record<string, { key: Key; row: Row }[]> = {};
  try {
    for (const [name, key] of Object.entries(tables)) {
      rows[name] = (await db.table(name).toArray()).map((value) => {
        const row = toStored(name, value);
        return { key: keyOf(row, [key].flat()), row };
      });
    }
    return rows;
  } catch (error) {
    if (error instanceof SyncValueError) return null;
    throw error;
  }
}

/** Syncs the databases that are open; answers how many rows were sent, and which tables differ. */
export async function finish(): Promise<{ sent: number; compared: number; differ: string[] }> {
  const differ: string[] = [];
  let compared = 0;
  for (const [db, tables] of connected) {
    if (!db.isOpen()) continue;
    await Promise.race([
      db.sync.syncAll().then(() => db.sync.settled()),
      new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT)),
    ]);
    const { trouble } = db.sync.getSnapshot();
    if (trouble !== null) differ.push(`${db.name}: ${trouble}`);
    for (const [name, key] of Object.entries(tables)) {
      const digest = (rows: Row[]) =>
        String(digestOf(rows.map((row) => [keyOf(row, [key].flat()), row]), 1));
      compared++;
      const there = digest(servers.get(db.name)!.rows(name));
      if (digest(await db.table(name).toArray()) !== there) differ.push(`${db.name}.${name}`);
    }
    await db.sync.disconnect();
  }
  return { sent, compared, differ };
}

/** A sync that is stuck shows in what differs. */
const LONGEST_WAIT = 10_000;

const UNREACHABLE = {
  failure: {
    code: "network" as const,
    remedy: "retry" as const,
    message: "no server",
    retryAfter: 0,
  },
};

/** Somebody is signed in; Realtime never joins. */
const SUPABASE = {
  url: "http://localhost",
  key: "key",
  auth: {
    getSession: () =>
      Promise.resolve({ data: { session: { access_token: "token", user: { id: "someone" } } } }),
    onAuthStateChange: () => ({ data: { subscription: { unsubscribe() {} } } }),
    startAutoRefresh: () => Promise.resolve(),
    stopAutoRefresh: () => Promise.resolve(),
  },
  realtime: {
    setAuth: () => Promise.resolve(),
    connect: () => {},
    disconnect: () => Promise.resolve(),
    isConnected: () => true,
    isConnecting: () => false,
    getChannels: () => [],
    channel() {
      const channel: ChannelLike = {
        on: () => channel,
        subscribe: () => channel,
        track: () => Promise.resolve("ok"),
        untrack: () => Promise.resolve("ok"),
        presenceState: () => ({}),
      };
      return channel;
    },
    removeChannel: () => Promise.resolve(),
  },
} satisfies SupabaseLike;
