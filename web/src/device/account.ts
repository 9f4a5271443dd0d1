/** Whose database this device holds, and its way to the server: for the pages and for the worker. */
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { type DeviceStorage, deviceStorage } from "@fitos/sync";
import { type FitosDb, openFitos } from "../data/db.ts";
import { remembered, type User } from "./remembered.ts";

/** A Supabase project and its publishable key. */
export interface Project {
  url: string;
  key: string;
}

/** What the device keeps of a person: who they are, and their session. */
export function openStorage(): DeviceStorage {
  return deviceStorage("fitos-device");
}

export function openProject({ url, key }: Project, storage: DeviceStorage): SupabaseClient {
  return createClient(url, key, {
    // The engine refreshes tokens while there is a network; a refresh without one would block
    // auth-js for minutes.
    auth: {
      storage,
      storageKey: "fitos.session",
      autoRefreshToken: false,
      detectSessionInUrl: false,
    },
  });
}

/** The user's database, syncing. */
export function openDatabase(
  user: string,
  { auth, realtime }: SupabaseClient,
  project: Project,
): FitosDb {
  const db = openFitos(user);
  db.sync.connect({ ...project, auth, realtime });
  return db;
}

/** The database of who uses this device, syncing; null while nobody does. */
export async function deviceAccount(project: Project): Promise<FitosDb | null> {
  const storage = openStorage();
  const user: User | null = await remembered(storage);
  return user && openDatabase(user.id, openProject(project, storage), project);
}
