/** Supabase's auth and realtime clients, put together as FitOS does. */
import { startStack } from "@fitos/stack";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { DeviceStorage } from "@fitos/sync";
import { join } from "node:path";
import { openProject } from "../src/device/account.ts";

Deno.test("the socket has the token of the session, the renewed one, and none after leaving", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "fitos-project-" });
  await Deno.chmod(dataDir, 0o755);
  const root = join(import.meta.dirname!, "../..");
  const stack = await startStack({ root, dataDir, ports: { api: 0, db: 0 }, durable: false });
  const key = stack.publishableKey;
  // With a slash at its end, as people copy it.
  const { auth, realtime } = openProject({ url: `${stack.apiUrl}/`, key }, inMemory());
  try {
    const { data: { session }, error } = await auth.signUp({
      email: "project@fitos.example",
      password: "correct horse battery",
    });
    assertEquals(error, null);
    const first = session!.access_token;
    assertEquals(await tokenOf(realtime, first), first);
    const statuses: string[] = [];
    const joined = new Promise<void>((resolve) =>
      realtime.channel("anything").subscribe((status) => {
        statuses.push(status);
        if (status === "SUBSCRIBED") resolve();
      })
    );
    await joined;
    assertEquals(statuses, ["SUBSCRIBED"]);

    // A token says when it was made in whole seconds.
    await new Promise((later) => setTimeout(later, 1_100));
    const { data: renewed } = await auth.refreshSession();
    const second = renewed.session!.access_token;
    assertNotEquals(second, first);
    assertEquals(await tokenOf(realtime, second), second);

    await auth.signOut({ scope: "local" });
    assertEquals(await tokenOf(realtime, key), key);
    assert(!(await auth.getSession()).data.session);
  } finally {
    await realtime.removeAllChannels();
    await realtime.disconnect();
    await auth.dispose();
    await stack.stop();
    await Deno.remove(dataDir, { recursive: true });
  }
});

/** The socket's token, once it is the one that is waited for, or has not become it for long. */
async function tokenOf(
  realtime: { accessTokenValue: string | null },
  wanted: string,
): Promise<string | null> {
  for (let tries = 0; realtime.accessTokenValue !== wanted && tries < 100; tries++) {
    await new Promise((again) => setTimeout(again, 20));
  }
  return realtime.accessTokenValue;
}

function inMemory(): DeviceStorage {
  const items = new Map<string, string>();
  return {
    getItem: (key) => Promise.resolve(items.get(key) ?? null),
    setItem: (key, value) => Promise.resolve(void items.set(key, value)),
    removeItem: (key) => Promise.resolve(void items.delete(key)),
    watch: () => () => {},
    close: () => {},
  };
}
