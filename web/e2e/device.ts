/** A device without a screen: the app's own database on an IndexedDB in memory, really signed in. */
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { Dexie } from "dexie";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import type { Stack } from "@fitos/stack";
import { type FitosDb, openFitos } from "../src/data/db.ts";

Dexie.dependencies.indexedDB ??= new IDBFactory() as unknown as IDBFactory & typeof indexedDB;
Dexie.dependencies.IDBKeyRange ??= IDBKeyRange as unknown as typeof globalThis.IDBKeyRange;

export interface Device {
  user: string;
  db: FitosDb;
  supabase: SupabaseClient;
  connect(): void;
  /** Ends timers, sockets and the database. */
  close(): Promise<void>;
}

export async function signUp(stack: Stack, email: string): Promise<Device> {
  const supabase = createClient(stack.apiUrl, stack.publishableKey);
  const { data, error } = await supabase.auth.signUp({ email, password: "correct horse" });
  if (error) throw error;
  return device(stack, supabase, data.user!.id);
}

function device(stack: Stack, supabase: SupabaseClient, user: string): Device {
  const db = openFitos(user);
  return {
    user,
    db,
    supabase,
    connect: () =>
      db.sync.connect({
        url: stack.apiUrl,
        key: stack.publishableKey,
        auth: supabase.auth,
        realtime: supabase.realtime,
      }),
    async close() {
      await db.sync.disconnect();
      db.close();
      await supabase.auth.stopAutoRefresh();
      await supabase.removeAllChannels();
      supabase.realtime.disconnect();
    },
  };
}
