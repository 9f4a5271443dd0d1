/** Clients without a browser: Dexie in memory, everything else as it is. */
import { platform, supabaseSync } from "@fitos/sync";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { Dexie, type Table } from "dexie";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import type { Synced } from "../client/page/databases.ts";
import { PASSWORD, type Project } from "../client/page/databases.ts";

Dexie.dependencies.indexedDB ??= new IDBFactory() as unknown as typeof globalThis.indexedDB;
Dexie.dependencies.IDBKeyRange ??= IDBKeyRange as unknown as typeof globalThis.IDBKeyRange;

export interface Member extends AsyncDisposable {
  db: Dexie;
  table: Table<{ id: string; title: string }, string>;
  supabase: SupabaseClient;
}

/** Signed in, synced, and hearing of every change. */
export async function member(
  { url, key }: Project,
  email: string,
  name: Synced,
  send: typeof fetch = fetch,
): Promise<Member> {
  const supabase = createClient(url, key, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const { error } = await supabase.auth.signInWithPassword({ email, password: PASSWORD });
  if (error) throw error;
  const db = new Dexie(crypto.randomUUID(), {
    addons: [
      supabaseSync({ tables: { [name]: "id" } }, { platform: { ...platform, fetch: send } }),
    ],
    indexedDB: new IDBFactory() as unknown as typeof globalThis.indexedDB,
    IDBKeyRange: IDBKeyRange as unknown as typeof globalThis.IDBKeyRange,
  });
  db.version(1).stores({ [name]: "id" });
  const { auth, realtime } = supabase;
  db.sync.connect({ url, key, auth, realtime });
  await db.sync.settled();
  await new Promise<void>((resolve) => {
    const look = () => db.sync.getSnapshot().isLive && resolve();
    db.sync.subscribe(look);
    look();
  });
  return {
    db,
    table: db.table(name),
    supabase,
    async [Symbol.asyncDispose]() {
      await db.sync.disconnect();
      await realtime.disconnect();
      db.close();
    },
  };
}
