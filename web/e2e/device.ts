/** A device without a screen: the app's own database on an IndexedDB in memory, really signed in. */
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { Dexie } from "dexie";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import type { Stack } from "@fitos/stack";
import { type FitosDb, openFitos } from "../src/data/db.ts";

Dexie.dependencies.IDBKeyRange ??= IDBKeyRange as unknown as typeof globalThis.IDBKeyRange;

export interface Device {
  user: string;
  db: FitosDb;
  supabase: SupabaseClient;
  connect(): void;
  /** Ends timers, sockets and the database. */
  close(): Promise<void>;
}

/** Signs up and opens the user's database; `url` is another way to the stack. */
export async function signUp(stack: Stack, email: string, url = stack.apiUrl): Promise<Device> {
  const supabase = createClient(url, stack.publishableKey);
  const { data, error } = await supabase.auth.signUp({ email, password: PASSWORD });
  if (error) throw error;
  return device(stack, supabase, data.user!.id, url);
}

/** Another device of a user who has signed up. */
export async function signIn(stack: Stack, email: string, url = stack.apiUrl): Promise<Device> {
  const supabase = createClient(url, stack.publishableKey);
  const { data, error } = await supabase.auth.signInWithPassword({ email, password: PASSWORD });
  if (error) throw error;
  return device(stack, supabase, data.user.id, url);
}

const PASSWORD = "correct horse battery";

function device(stack: Stack, supabase: SupabaseClient, user: string, url: string): Device {
  // Each device has an IndexedDB of its own, under the names that the app gives.
  Dexie.dependencies.indexedDB = new IDBFactory() as unknown as typeof indexedDB;
  const db = openFitos(user);
  return {
    user,
    db,
    supabase,
    connect: () =>
      db.sync.connect({
        url,
        key: stack.publishableKey,
        auth: supabase.auth,
        realtime: supabase.realtime,
      }),
    async close() {
      await db.sync.disconnect();
      db.close();
      await supabase.auth.stopAutoRefresh();
      await supabase.removeAllChannels();
      await supabase.realtime.disconnect();
    },
  };
}
