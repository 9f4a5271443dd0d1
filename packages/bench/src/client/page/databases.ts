/** One table of the app, in plain Dexie at the durability of the tracked one, and synced. */
import { supabaseSync } from "@fitos/sync";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { Dexie, type Table } from "dexie";
import type { Row } from "./rows.ts";

export type Project = { url: string; key: string };

/** As they are enabled on the stack: last_write_wins, field_merge, and in one scope of all. */
export type Synced = "whole" | "merged" | "shared";

export type Opened = { db: Dexie; table: Table<Row, string> };

const SCHEMA = "id, position";
let opened = 0;

export function openPlain(): Promise<Opened> {
  const db = new Dexie(name(), { chromeTransactionDurability: "strict" });
  db.version(1).stores({ whole: SCHEMA });
  return open(db, "whole");
}

/** Not connected. */
export function openSynced(table: Synced): Promise<Opened> {
  const db = new Dexie(name(), { addons: [supabaseSync({ tables: { [table]: "id" } })] });
  db.version(1).stores({ [table]: SCHEMA });
  return open(db, table);
}

/** A synced database that knows how its table decides conflicts, as every one does after its first pull. */
export async function openPulled(user: User, table: Synced): Promise<Opened> {
  const opened = await openSynced(table);
  user.connect(opened.db);
  await opened.db.sync.syncAll();
  if (!opened.db.sync.getSnapshot().isReady) throw new Error("the first pull failed");
  await opened.db.sync.disconnect();
  return opened;
}

export async function remove({ db }: Opened): Promise<void> {
  await db.sync?.disconnect();
  await db.delete();
}

export type User = { supabase: SupabaseClient; connect(db: Dexie): void };

export async function signIn({ url, key }: Project, email: string): Promise<User> {
  const supabase = createClient(url, key, {
    auth: { persistSession: false, storageKey: email },
  });
  const { error } = await supabase.auth.signInWithPassword({ email, password: PASSWORD });
  if (error) throw error;
  const { auth, realtime } = supabase;
  return { supabase, connect: (db) => db.sync.connect({ url, key, auth, realtime }) };
}

export const PASSWORD = "correct horse battery";

const name = () => `measured-${++opened}`;

async function open(db: Dexie, table: string): Promise<Opened> {
  await db.open();
  return { db, table: db.table(table) };
}
