/**
 * From 'online again' to the first push, with a token that ran out meanwhile: the real auth-js, which
 * would send nothing for a minute had it been asked for a token without a network.
 */
import { createClient } from "@supabase/supabase-js";
import { assert, assertEquals } from "@std/assert";
import { startStack } from "@fitos/stack";
import { Dexie, type Table } from "dexie";
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { platform, supabaseSync } from "../src/mod.ts";

const LIFETIME = 3;
const ROOT = new URL("../../..", import.meta.url).pathname;

const folder = await Deno.makeTempDir({ prefix: "fitos-online-again-" });
await Deno.chmod(folder, 0o755);
const root = `${folder}/root`;
await shortLived(root);
const stack = await startStack({
  root,
  dataDir: `${folder}/data`,
  ports: { api: 0, db: 0 },
  durable: false,
});

Deno.test.afterAll(async () => {
  await stack.stop();
  await Deno.remove(folder, { recursive: true });
});

/** The project as it is, but for the lifetime of its tokens. */
async function shortLived(root: string): Promise<void> {
  await Deno.mkdir(`${root}/supabase`, { recursive: true });
  for (const [from, to] of [[ROOT, root], [`${ROOT}supabase`, `${root}/supabase`]] as const) {
    for await (const { name } of Deno.readDir(from)) {
      if (name === "supabase" || name === "config.toml") continue;
      await Deno.symlink(`${from}/${name}`, `${to}/${name}`);
    }
  }
  const config = await Deno.readTextFile(`${ROOT}supabase/config.toml`);
  const changed = config.replace(/^jwt_expiry = .*$/m, `jwt_expiry = ${LIFETIME}`);
  assert(changed !== config);
  await Deno.writeTextFile(`${root}/supabase/config.toml`, changed);
}

for (const believed of ["offline", "online"] as const) {
  Deno.test(`a push follows the network at once, the token having run out while the device believed itself ${believed}`, async () => {
    const network = unreliable();
    const supabase = createClient(stack.apiUrl, stack.publishableKey, {
      auth: { persistSession: false, autoRefreshToken: false },
      global: { fetch: network.fetch },
    });
    const { error } = await supabase.auth.signUp({
      email: `${crypto.randomUUID()}@example.com`,
      password: "correct horse",
    });
    if (error) throw error;
    const { data: { session } } = await supabase.auth.getSession();
    let [online, wake] = [true, () => {}];
    const db = new Dexie(crypto.randomUUID(), {
      addons: [supabaseSync({ tables: { workouts: "id" } }, {
        platform: {
          ...platform,
          fetch: network.fetch,
          isOnline: () => online,
          onWake: (callback) => {
            wake = callback;
            return () => {};
          },
        },
      })],
      indexedDB: new IDBFactory() as unknown as typeof globalThis.indexedDB,
      IDBKeyRange: IDBKeyRange as unknown as typeof globalThis.IDBKeyRange,
    }) as Dexie & { workouts: Table<object, string> };
    db.version(1).stores({ workouts: "id" });
    const { auth, realtime } = supabase;
    db.sync.connect({ url: stack.apiUrl, key: stack.publishableKey, auth, realtime });
    await db.sync.settled();
    // The socket asks for a token of its own as it joins.
    while (!db.sync.getSnapshot().isLive) await pause(10);
    await pause(500);

    network.down = true;
    online = believed === "online";
    wake();
    await db.workouts.add({
      id: crypto.randomUUID(),
      title: "Squats",
      scheduled_for: "2026-11-25",
    });
    await pause((session!.expires_at! + 1) * 1000 - Date.now());
    // Another wake-up, the token having run out.
    wake();
    await pause(500);
    assertEquals(network.refused.filter((path) => path.includes("/token")), []);
    assertEquals(db.sync.getSnapshot().pendingCount, 1);

    Object.assign(network, { down: false, again: true });
    online = true;
    const at = Date.now();
    wake();
    await network.pushed.promise;
    const took = Date.now() - at;
    console.log(`first push ${took} ms after the network was back`);
    // A minute where auth-js was asked too early; half a minute where a backoff is waited for.
    assert(took < 10_000, `${took} ms`);
    await db.sync.settled();
    await db.sync.disconnect();
    await realtime.disconnect();
    db.close();
  });
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function unreliable() {
  const network = {
    down: false,
    /** Back after it was down. */
    again: false,
    refused: [] as string[],
    /** A push arrived after the network had been down. */
    pushed: Promise.withResolvers<void>(),
    fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
      const { pathname } = new URL(input instanceof Request ? input.url : input);
      if (network.down) {
        network.refused.push(pathname);
        throw new TypeError("fetch failed");
      }
      const response = await fetch(input, init);
      if (pathname.includes("sync-push") && network.again && response.ok) {
        network.pushed.resolve();
      }
      return response;
    },
  };
  return network;
}
