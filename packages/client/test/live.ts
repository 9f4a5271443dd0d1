/** The official client on the stack, and all that it sends. */
import { startStack } from "@fitos/stack";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { Dexie } from "dexie";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import postgres from "postgres";
import { type Platform, platform, supabaseSync } from "../src/mod.ts";
import { Pokes } from "../src/pokes.ts";

Dexie.dependencies.indexedDB ??= new IDBFactory() as unknown as typeof globalThis.indexedDB;
Dexie.dependencies.IDBKeyRange ??= IDBKeyRange as unknown as typeof globalThis.IDBKeyRange;

const folder = await Deno.makeTempDir({ prefix: "fitos-live-" });
await Deno.chmod(folder, 0o755);
export const stack = await startStack({
  root: new URL("../../..", import.meta.url).pathname,
  dataDir: folder,
  ports: { api: 0, db: 0 },
  durable: false,
  limits: { messagesPerSecond: 1_000 },
});
export const sql = postgres(stack.dbUrl, { max: 1 });
Deno.test.afterAll(async () => {
  await sql.end();
  await stack.stop();
  await Deno.remove(folder, { recursive: true });
});

/** A signed-in user, their sockets, and all that they send. */
export async function person(
  { email = `${crypto.randomUUID()}@example.com`, ...options }: {
    heartbeatIntervalMs?: number;
    timeout?: number;
    /** Of somebody who has signed up already: another device of theirs. */
    email?: string;
  } = {},
) {
  const sockets = new Set<WebSocket>();
  const frames: string[] = [];
  const requests: string[] = [];
  class WatchedSocket extends WebSocket {
    constructor(url: string | URL) {
      super(url);
      sockets.add(this);
      this.addEventListener("close", () => sockets.delete(this));
    }
    override send(data: Parameters<WebSocket["send"]>[0]) {
      frames.push(String(data));
      super.send(data);
    }
  }
  const watchedFetch = (input: string | URL | Request, init?: RequestInit) => {
    requests.push(String(input instanceof Request ? input.url : input));
    return fetch(input, init);
  };
  const supabase = createClient(stack.apiUrl, stack.publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false },
    global: { fetch: watchedFetch },
    realtime: {
      ...options,
      reconnectAfterMs: () => 1,
      transport: WatchedSocket as unknown as typeof WebSocket,
    },
  });
  const credentials = { email, password: "correct horse" };
  const { data } = await supabase.auth.signUp(credentials);
  if (!data.session) await supabase.auth.signInWithPassword(credentials);
  const { data: { user }, error } = await supabase.auth.getUser();
  if (error || !user) throw error ?? new Error("no user");
  return { email, id: user.id, supabase, sockets, frames, requests, watchedFetch };
}

export type Person = Awaited<ReturnType<typeof person>>;

/** A device of a person, connected; `pace` lets its time run faster. */
export async function device(
  { supabase, watchedFetch }: Pick<Person, "watchedFetch"> & {
    supabase: Pick<SupabaseClient, "auth" | "realtime">;
  },
  { pace = 1, overrides = {} as Partial<Platform> } = {},
) {
  const start = platform.now();
  const db = new Dexie(crypto.randomUUID(), {
    addons: [supabaseSync({ tables: { workouts: "id" } }, {
      platform: {
        ...platform,
        fetch: watchedFetch as typeof fetch,
        now: () => start + (platform.now() - start) * pace,
        after: (ms, callback) => platform.after(ms / pace, callback),
        ...overrides,
      },
    })],
    indexedDB: new IDBFactory() as unknown as typeof globalThis.indexedDB,
    IDBKeyRange: IDBKeyRange as unknown as typeof globalThis.IDBKeyRange,
  });
  db.version(1).stores({ workouts: "id" });
  await db.open();
  const { auth, realtime } = supabase;
  db.sync.connect({ url: stack.apiUrl, key: stack.publishableKey, auth, realtime });
  return db;
}

export async function until(check: () => boolean | Promise<boolean>, ms = 10_000) {
  const end = performance.now() + ms;
  while (!await check()) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export async function leave(supabase: SupabaseClient) {
  await supabase.removeAllChannels();
  await supabase.realtime.disconnect();
}

/** Pokes that wait for nothing. */
export function pokesOf({ id, supabase }: Person, scopes = [id, `private:${id}`, "library"]) {
  const heard = { live: false, lives: 0, pokes: 0, attempts: 0 };
  const pokes = new Pokes({
    realtime: supabase.realtime,
    platform: { random: platform.random, after: (_ms, callback) => platform.after(1, callback) },
    async authorize() {
      heard.attempts++;
      const { data: { session } } = await supabase.auth.getSession();
      await supabase.realtime.setAuth(session!.access_token);
      return true;
    },
    onPoke: () => heard.pokes++,
    onLive(live) {
      heard.live = live;
      if (live) heard.lives++;
    },
  });
  const topics = scopes.map((scope) => `sync:${scope}`);
  pokes.listen({ topics, crowds: [], unheard: 0 });
  return { pokes, heard };
}

export const workout = (owner: string) =>
  sql`insert into public.workouts (id, user_id, title, scheduled_for)
    values (${crypto.randomUUID()}, ${owner}, 'Legs', '2026-11-24')`;
