/**
 * The smallest app: one synced table. Its address says the rest: `?version=2` is the app's next version,
 * `?wait` connects when the test does, `?patient` never polls.
 */
import { type ChannelLike, platform, type SupabaseLike, supabaseSync } from "@fitos/sync";
import { Dexie, liveQuery, type Table } from "dexie";

export interface Row {
  id: string;
  title: string;
}
export interface SmallDb extends Dexie {
  rows: Table<Row, string>;
}

declare global {
  var db: SmallDb;
  var connect: () => void;
  /** The titles on the screen, in the order of their rows' ids: one live query for as long as the page lives. */
  var shown: string[];
  /** Transactions that have begun and not ended. */
  var inUse: number;
}

const { origin, searchParams } = new URL(location.href);

globalThis.inUse = 0;
const { transaction } = IDBDatabase.prototype;
IDBDatabase.prototype.transaction = function (...args) {
  const begun = transaction.apply(this, args);
  globalThis.inUse += 1;
  const ended = () => globalThis.inUse -= 1;
  begun.addEventListener("complete", ended);
  begun.addEventListener("abort", ended);
  return begun;
};

globalThis.db = open();
globalThis.connect = () => db.sync.connect(server());
globalThis.shown = [];
liveQuery(() => db.rows.toArray()).subscribe((rows) => {
  globalThis.shown = rows.map(({ title }) => title);
});
if (!searchParams.has("wait")) connect();

function open(): SmallDb {
  const sync = supabaseSync({ tables: { rows: "id" } }, {
    platform: {
      ...platform,
      // Backoffs are short.
      random: () => 0.1,
      after: (ms, callback) =>
        searchParams.has("patient") && ms > 10_000 ? () => {} : platform.after(ms, callback),
    },
  });
  const db = new Dexie("small", { addons: [sync] }) as SmallDb;
  db.version(1).stores({ rows: "id" });
  if (searchParams.get("version") === "2") db.version(2).stores({ rows: "id, title" });
  db.open().catch(() => {});
  return db;
}

/** A signed-in user whose pokes never come. */
function server(): SupabaseLike {
  const session = { access_token: "token", user: { id: "00000000-0000-4000-8000-00000000000a" } };
  const channel: ChannelLike = {
    on: () => channel,
    subscribe: () => channel,
    track: () => Promise.resolve("ok"),
    untrack: () => Promise.resolve("ok"),
    presenceState: () => ({}),
  };
  return {
    url: origin,
    key: "key",
    auth: {
      getSession: () => Promise.resolve({ data: { session } }),
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
      channel: () => channel,
      removeChannel: () => Promise.resolve(),
    },
  };
}
