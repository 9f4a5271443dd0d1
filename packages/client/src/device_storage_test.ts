import { assertEquals } from "@std/assert";
import "../test/database.ts"; // an IndexedDB in memory
import { deviceStorage } from "./device_storage.ts";

Deno.test("deviceStorage keeps, replaces and removes texts, as auth-js expects of a storage", async () => {
  const storage = deviceStorage("device-1");
  assertEquals(await storage.getItem("k"), null);
  await storage.setItem("k", "one");
  await storage.setItem("k", "two");
  assertEquals(await storage.getItem("k"), "two");
  await storage.removeItem("k");
  assertEquals(await storage.getItem("k"), null);
  storage.close();
});

Deno.test("deviceStorage tells every watcher, also of what another tab wrote", async () => {
  const here = deviceStorage("device-2");
  const elsewhere = deviceStorage("device-2");
  const seen: (string | null)[] = [];
  const arrived = Promise.withResolvers<void>();
  const first = Promise.withResolvers<void>();
  const unwatch = here.watch("user", (value) => {
    seen.push(value);
    first.resolve();
    if (value === "ada") arrived.resolve();
  });
  await first.promise;
  await elsewhere.setItem("user", "ada");
  await arrived.promise;
  assertEquals(seen, [null, "ada"]);
  unwatch();
  here.close();
  elsewhere.close();
});
