/** What browsers do to a page that syncs, in Chromium with profiles on disk: nothing is lost, nothing doubled. */
import { assert, assertEquals } from "@std/assert";
import { cp } from "node:fs/promises";
import type { Page } from "playwright-core";
import { type Device, openDevice } from "./browser.ts";
import { eventually } from "./eventually.ts";
import { cdp, lifecycle, settled, shows, snapshot, stored, troubled, write } from "./small/look.ts";
import type { SmallServer } from "./small/server.ts";
import { openSmallSite } from "./small/site.ts";

const site = await openSmallSite();
const folder = await Deno.makeTempDir({ prefix: "fitos-faults-" });
Deno.test.afterAll(async () => {
  await site[Symbol.asyncDispose]();
  await Deno.remove(folder, { recursive: true });
});

interface Fault {
  device: Device;
  server: SmallServer;
  url: string;
  /** Another tab of the same browser. */
  tab(query?: string): Promise<Page>;
}

/** A test with an origin, a server and a browser of its own. */
function fault(
  name: string,
  work: (fault: Fault) => Promise<void>,
  { query = "", start = "" } = {},
): void {
  Deno.test(name, async () => {
    const { url, server } = site.origin(`fault-${crypto.randomUUID().slice(0, 8)}`);
    const device = await openDevice(start || url + query, `${folder}/${crypto.randomUUID()}`);
    const tab = async (query = "") => {
      const page = await device.context.newPage();
      await page.goto(url + query);
      return page;
    };
    try {
      await work({ device, server, url, tab });
    } finally {
      await device.close();
    }
  });
}

fault("P1: what was written is there after kill -9, and is sent", async ({ device, server }) => {
  await write(device.page, "a", "before the power cut");
  await device.killAndStart();
  assertEquals(await stored(device.page), { rows: ["a"], queued: ["a"] });
  await device.page.evaluate(() => connect());
  await settled(device.page);
  assertEquals(server.titles, ["before the power cut"]);
}, { query: "?wait" });

fault(
  "P1: a browser killed in mid-transaction has both or neither, row and queue",
  async ({ device }) => {
    for (let round = 0; round < 3; round++) {
      const started = device.page.evaluate(async (round) => {
        const texts = Array.from(
          { length: 40 },
          (_, i) => ({ id: `${round}-${i}`, title: "x".repeat(20_000) }),
        );
        for (const row of texts) {
          await db.transaction("rw", db.rows, async () => {
            await db.rows.put(row);
            await db.rows.put({ ...row, id: `${row.id}-twin` });
          });
        }
      }, round).catch(() => {});
      await device.page.evaluate(async (round) => {
        while (await db.rows.where("id").startsWith(`${round}-`).count() < 5);
      }, round);
      await device.killAndStart();
      await started;
      const { rows, queued } = await stored(device.page);
      assertEquals(queued.toSorted(), rows.toSorted());
      for (const id of rows) if (!id.endsWith("-twin")) assert(rows.includes(`${id}-twin`), id);
    }
  },
  { query: "?wait" },
);

fault(
  "a full device is told, keeps the queue, and goes on when there is room",
  async ({ device, server, url }) => {
    // Chromium remembers what room there is, so the limit comes before the database.
    const page = await device.context.newPage();
    const session = await cdp(page);
    const { origin } = new URL(url);
    await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 200_000 });
    await page.goto(`${url}?wait`);
    await write(page, "a", "fits");
    const refused = await page.evaluate(() => {
      const title = Array.from({ length: 50_000 }, () => Math.random()).join();
      return db.rows.put({ id: "b", title }).then(() => null, (error: Error) => error.name);
    });
    assert(refused !== null, "the write that was not saved failed");
    await troubled(page, "no room left");
    assertEquals(await stored(page), { rows: ["a"], queued: ["a"] });
    await session.send("Storage.overrideQuotaForOrigin", { origin });
    await write(page, "c", "fits again");
    await troubled(page, null);
    await page.evaluate(() => connect());
    await settled(page);
    assertEquals(server.titles, ["fits", "fits again"]);
  },
  { start: "about:blank" },
);

fault(
  "evicted storage: the connection is lost, the rows come again from the server",
  async ({ device, server, url }) => {
    const { page } = device;
    await write(page, "a", "sent in time");
    await settled(page);
    const session = await cdp(page);
    const { origin } = new URL(url);
    await session.send("Storage.clearDataForOrigin", { origin, storageTypes: "indexeddb" });
    server.write({ id: "b", title: "by another device" });
    await shows(page, ["sent in time", "by another device"]);
    await write(page, "c", "afterwards");
    await settled(page);
    assertEquals(server.titles, ["sent in time", "afterwards"]);
  },
);

fault(
  "a connection that the browser closes by force, and tells nobody, is opened again",
  async ({ device, server }) => {
    const { page } = device;
    await write(page, "a", "before");
    await settled(page);
    await closeByForce(page);
    server.write({ id: "b", title: "by another device" });
    await shows(page, ["before", "by another device"]);
    await closeByForce(page);
    await write(page, "c", "afterwards");
    await settled(page);
    assertEquals(server.titles, ["before", "afterwards"]);
  },
);

fault(
  "a newer version in another tab is not blocked; the older one stops, and says so",
  async ({ device, server, tab }) => {
    const { page } = device;
    await settled(page);
    const newer = await tab("?version=2");
    await newer.evaluate(() => db.rows.orderBy("title").toArray());
    await troubled(page, "newer version");
    await write(newer, "a", "by the newer one");
    await settled(newer);
    assertEquals(server.titles, ["by the newer one"]);
  },
);

fault(
  "P16: a frozen tab of the older version is in nobody's way, and knows when it goes on",
  async ({ device, server, tab }) => {
    const older = device.page;
    await settled(older);
    await lifecycle(older, "frozen");
    const newer = await tab("?version=2");
    await write(newer, "a", "by the newer one");
    await settled(newer);
    assertEquals(await snapshot(newer).then(({ trouble }) => trouble), null);
    await lifecycle(older, "active");
    await shows(older, ["by the newer one"]);
    await troubled(older, "newer version");
    assertEquals(server.titles, ["by the newer one"]);
  },
);

fault(
  "P1, P3: a tab that crashes in mid-push loses nothing, and the next one doubles nothing",
  async ({ device, server, tab }) => {
    await settled(device.page);
    const { arrived, release } = server.hold("sync-push");
    await write(device.page, "a", "before the crash");
    await arrived;
    const crashed = new Promise((resolve) => device.page.once("crash", resolve));
    const session = await cdp(device.page);
    // No answer comes from a renderer that is gone.
    session.send("Page.crash").catch(() => {});
    await crashed;
    release();
    const next = await tab();
    await settled(next);
    await shows(next, ["before the crash"]);
    assertEquals(server.titles, ["before the crash"]);
  },
);

fault("two tabs: both write, one syncs, both show all of it", async ({ device, server, tab }) => {
  const [one, other] = [device.page, await tab()];
  await Promise.all([settled(one), settled(other)]);
  await Promise.all([write(one, "a", "by one"), write(other, "b", "by the other")]);
  await Promise.all([settled(one), settled(other)]);
  for (const page of [one, other]) await shows(page, ["by one", "by the other"]);
  assertEquals(server.titles.toSorted(), ["by one", "by the other"]);
});

fault(
  "P16: a leader that is frozen is robbed of the lead; thawed, it doubles nothing",
  async ({ device, server, tab }) => {
    const leader = device.page;
    await settled(leader);
    const follower = await tab();
    await settled(follower);
    await lifecycle(leader, "frozen");
    await write(follower, "a", "while the leader was frozen");
    await settled(follower);
    await lifecycle(leader, "active");
    await write(leader, "b", "after it was thawed");
    await Promise.all([settled(leader), settled(follower)]);
    assertEquals(server.titles, ["while the leader was frozen", "after it was thawed"]);
  },
);

fault(
  "back from the back/forward cache a page pulls before it is trusted",
  async ({ device, server, url }) => {
    const { page } = device;
    await settled(page);
    await page.evaluate(() => Object.assign(globalThis, { cached: true }));
    const elsewhere = `http://127.0.0.1:${new URL(url).port}/?wait`;
    await page.evaluate((url) => void (location.href = url), elsewhere).catch(() => {});
    await page.waitForURL(elsewhere);
    server.write({ id: "a", title: "while it was cached" });
    // Playwright's own would wait for an event that does not come.
    await page.evaluate(() => history.back()).catch(() => {});
    await page.waitForFunction(() => "cached" in globalThis);
    await shows(page, ["while it was cached"]);
  },
  { query: "?patient" },
);

fault(
  "a page that goes to the back/forward cache while it opens its database has it when it is back",
  async ({ device, server, url }) => {
    const { page } = device;
    await settled(page);
    server.write({ id: "a", title: "while it was cached" });
    const elsewhere = `http://127.0.0.1:${new URL(url).port}/?wait`;
    await page.evaluate((url) => {
      Object.assign(globalThis, { cached: true });
      // As a connection that the browser has taken: the next call opens anew.
      db.close({ disableAutoOpen: false });
      db.open().catch(() => {});
      location.href = url;
    }, elsewhere).catch(() => {});
    await page.waitForURL(elsewhere);
    await page.evaluate(() => history.back()).catch(() => {});
    await page.waitForFunction(() => "cached" in globalThis);
    await shows(page, ["while it was cached"]);
    await write(page, "b", "afterwards");
    await settled(page);
    assertEquals(server.titles, ["afterwards"]);
  },
  { query: "?patient" },
);

fault(
  "a service worker that is replaced in mid-push neither loses nor doubles it",
  async ({ device, server }) => {
    const { page } = device;
    await page.evaluate(async () => {
      await navigator.serviceWorker.register("/worker.js?1");
      await navigator.serviceWorker.ready;
    });
    await settled(page);
    const { arrived, release } = server.hold("sync-push");
    await write(page, "a", "in mid-push");
    await arrived;
    // Chromium lets the former one answer first, as its requests pass through it.
    const replaced = page.evaluate(async () => {
      const controlled = new Promise((resolve) =>
        navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true })
      );
      await navigator.serviceWorker.register("/worker.js?2");
      await controlled;
    });
    await eventually(page, async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      return registration!.waiting !== null;
    }, undefined);
    await write(page, "b", "after the update");
    release();
    await Promise.all([settled(page), replaced]);
    assertEquals(server.titles, ["in mid-push", "after the update"]);
  },
);

fault(
  "without Background Sync a page sends what waits when the network is back, and when it is looked at",
  async ({ device, server }) => {
    const { page } = device;
    await settled(page);
    await device.setOffline(true);
    await write(page, "a", "offline");
    await page.waitForFunction(() => !db.sync.getSnapshot().isOnline);
    await device.setOffline(false);
    await settled(page);
    assertEquals(server.titles, ["offline"]);
    server.write({ id: "b", title: "while nobody looked" });
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await shows(page, ["offline", "while nobody looked"]);
  },
  { query: "?patient" },
);

fault(
  "a cloned profile gets a number of its own, and nothing of either is lost",
  async ({ device, server, url }) => {
    await write(device.page, "a", "before the copy");
    await settled(device.page);
    const profile = `${folder}/${crypto.randomUUID()}`;
    await write(device.page, "b", "on the original");
    await settled(device.page);
    await device.page.evaluate(() => db.sync.disconnect());
    await device.close();
    // But for the links that say which browser has it open.
    const filter = (path: string) => !path.includes("Singleton");
    await cp(device.profile, profile, { recursive: true, filter });
    const [original, clone] = [
      await openDevice(url, device.profile),
      await openDevice(url, profile),
    ];
    try {
      for (const [i, { page }] of [original, clone].entries()) {
        await write(page, `c${i}`, `number ${i}`);
        await settled(page);
      }
      await write(original.page, "d", "once more");
      await settled(original.page);
      assertEquals(server.titles, [
        "before the copy",
        "on the original",
        "number 0",
        "number 1",
        "once more",
      ]);
    } finally {
      await original.close();
      await clone.close();
    }
  },
);

fault("storage that the browser may evict, as a private window's, is told", async ({ device }) => {
  await settled(device.page);
  await device.page.waitForFunction(() => db.sync.getSnapshot().isPersistent === false);
});

fault(
  "a store that is corrupted on disk is rebuilt from the server",
  async ({ device, server, url }) => {
    await write(device.page, "a", "on the server");
    await settled(device.page);
    await device.close();
    const stores = `${device.profile}/Default/IndexedDB`;
    let corrupted = 0;
    for await (const { name } of Deno.readDir(stores)) {
      for await (const file of Deno.readDir(`${stores}/${name}`)) {
        if (!/^MANIFEST|\.(log|ldb)$/.test(file.name)) continue;
        await Deno.writeTextFile(`${stores}/${name}/${file.name}`, "no database any more");
        corrupted++;
      }
    }
    assert(corrupted > 0);
    const again = await openDevice(url, device.profile);
    try {
      await shows(again.page, ["on the server"]);
      await write(again.page, "b", "afterwards");
      await settled(again.page);
      assertEquals(server.titles, ["on the server", "afterwards"]);
    } finally {
      await again.close();
    }
  },
);

/** As a browser does that is short of something: there is no event, transactions throw from then on. */
async function closeByForce(page: Page): Promise<void> {
  const tools = await page.context().newPage();
  await tools.goto("chrome://indexeddb-internals");
  const connections = (count: number) =>
    tools.getByText(`Open connections: ${count}`, { exact: true }).waitFor();
  await connections(1);
  await tools.evaluate(() => document.querySelector<HTMLElement>(".force-close")!.click());
  await connections(0);
  await tools.close();
}
