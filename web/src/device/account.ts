/** Whose database this device holds, and its way to the server: for the pages and for the worker. */
import { GoTrueClient } from "@supabase/auth-js";
import { RealtimeClient } from "@supabase/realtime-js";
import { type DeviceStorage, deviceStorage } from "@fitos/sync";
import { type FitosDb, openFitos } from "../data/db.ts";
import { remembered, type User } from "./remembered.ts";

/** A Supabase project and its publishable key. */
export interface Project {
  url: string;
  key: string;
  /**
   * What its databases and channels on this device begin with; FitOS's own where left out. Two projects on one
   * origin need two: what auth-js tells other tabs of a session, it tells by this name.
   */
  name?: string;
}

/** What FitOS uses of Supabase's client: the whole of it would be half as much again to load. */
export interface Supabase {
  auth: GoTrueClient;
  realtime: RealtimeClient;
}

/** What the device keeps of a person: who they are, and their session. */
export function openStorage({ name = "fitos" }: Pick<Project, "name"> = {}): DeviceStorage {
  return deviceStorage(`${name}-device`);
}

export function openProject(
  { url, key, name = "fitos" }: Project,
  storage: DeviceStorage,
): Supabase {
  const base = url.replace(/\/*$/, "/");
  const auth = new GoTrueClient({
    url: `${base}auth/v1`,
    headers: { Authorization: `Bearer ${key}`, apikey: key },
    storage,
    storageKey: `${name}.session`,
    // The engine refreshes tokens while there is a network; a refresh without one would block
    // auth-js for minutes.
    autoRefreshToken: false,
    detectSessionInUrl: false,
  });
  const realtime = new RealtimeClient(`${base.replace(/^http/, "ws")}realtime/v1`, {
    params: { apikey: key },
    accessToken: async () => (await auth.getSession()).data.session?.access_token ?? key,
  });
  // A socket ends with the token it has, unless it is given the next one in time.
  auth.onAuthStateChange((event, session) => {
    if (event === "SIGNED_OUT") void realtime.setAuth();
    else if (session) void realtime.setAuth(session.access_token);
  });
  return { auth, realtime };
}

/** The user's database, syncing. */
export function openDatabase(
  user: string,
  { auth, realtime }: Supabase,
  project: Project,
): FitosDb {
  const { url, key, name } = project;
  const db = openFitos(user, name);
  db.sync.connect({ url, key, auth, realtime });
  return db;
}

/** The database of who uses this device, syncing; null while nobody does. */
export async function deviceAccount(project: Project): Promise<FitosDb | null> {
  const storage = openStorage(project);
  const user: User | null = await remembered(storage);
  return user && openDatabase(user.id, openProject(project, storage), project);
}
