/** What a page and FitOS's widget in it see of each other: nothing but what is meant to be seen. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { Page } from "playwright-core";
import type {} from "../embed/src/widget.ts";
import { openSite } from "./app.ts";
import { judge } from "./axe.ts";
import { eventually } from "./eventually.ts";
import { openHosts, signInToWidget, visitHost, widgetShows } from "./embed.ts";

Deno.test("the widget and the page around it", async (t) => {
  await using site = await openSite();
  await using hosts = openHosts(site);
  const visit = (name: string, ...how: [object?, (() => void)?]) =>
    visitHost(site, hosts, name, ...how);

  await t.step("it looks the same on every page", async () => {
    const seen: [string, Uint8Array][] = [];
    for (const name of ["plain", "wordpress", "arabic"]) {
      const { page } = await visit(name);
      await signInToWidget(page);
      // Once it is live it pulls, which shows; then it rests.
      await eventually(page, isLive, "fitos-widget");
      await page.evaluate(settled);
      await widgetShows(page, "Synced");
      seen.push([name, await picture(page)]);
      await page.context().close();
    }
    const [[, plain], ...others] = seen as [[string, Uint8Array], ...typeof seen];
    for (const [name, other] of others) assert(isSame(plain, other), `${name} looks different`);
  });

  await t.step("it is as large as its reader wants, whatever the page's root", async () => {
    const { page } = await visit("wordpress");
    const cdp = await page.context().newCDPSession(page);
    const size = () =>
      page.getByLabel("E-mail").evaluate((field) => parseFloat(getComputedStyle(field).fontSize));
    assertEquals(await size(), 16);
    await cdp.send("Page.setFontSizes", { fontSizes: { standard: 24 } });
    await page.reload();
    assertEquals(await size(), 24);
    await page.context().close();
  });

  await t.step("the page looks as it did without it", async () => {
    const { page } = await visit("wordpress");
    await signInToWidget(page);
    const before = await page.evaluate(async () => {
      const widget = document.querySelector("fitos-widget")!;
      const place = document.createElement("fitos-nothing");
      const styles = () =>
        [...document.querySelectorAll("html, body, body *:not(fitos-widget, fitos-nothing)")]
          .map((element) => {
            const style = getComputedStyle(element);
            // A page is as long as what is in it.
            const length = /^(height|block-size|perspective-origin|transform-origin)$/;
            const names = [...style].filter((name) =>
              !length.test(name) || !element.querySelector("fitos-widget, fitos-nothing")
            );
            return `${element.tagName} ${names.map((name) => style.getPropertyValue(name))}`;
          });
      const withIt = styles();
      const head = document.head.innerHTML;
      widget.replaceWith(place);
      await new Promise((next) => setTimeout(next, 100));
      return { withIt, without: styles(), head, adopted: document.adoptedStyleSheets.length };
    });
    assertEquals(before.withIt, before.without);
    assertEquals(before.adopted, 0);
    const { text } = await page.request.get(page.url()).then(async (answer) => ({
      text: await answer.text(),
    }));
    // What stands in the head is what the page has written there.
    const written = text.match(/<head>([^]*)<\/head>/)![1]!;
    assertEquals(
      count(before.head, /<(script|style|link|meta)/g),
      count(
        written,
        /<(script|style|link|meta)/g,
      ),
    );
    await page.context().close();
  });

  await t.step("the page's globals, databases and storages stay as they are", async () => {
    const { page, complaints } = await visit("wordpress", {}, () => {
      // Those of the page, and what hangs on them.
      const keys = () =>
        [globalThis, Object, Object.prototype, Symbol, Promise, Promise.prototype, Array.prototype]
          .flatMap((object, index) =>
            Reflect.ownKeys(object).map((key) => `${index} ${String(key)}`)
          );
      const atFirst = keys();
      Object.assign(globalThis, { added: () => keys().filter((key) => !atFirst.includes(key)) });
    });
    const own = ["added", "jQuery", "$", "Dexie", "fitos"].map((name) => `0 ${name}`);
    await page.evaluate(makeOwnDatabase);
    await signInToWidget(page);
    await page.getByRole("button", { name: "Account" }).click();
    await page.getByRole("button", { name: "How syncing goes" }).click();
    await page.getByRole("button", { name: /Compare/ }).waitFor();
    const added = await page.evaluate(() => (globalThis as never as { added(): string[] }).added());
    assertEquals(added.filter((name) => !own.includes(name)), []);
    const project = `fitos@${hosts.api.url}`;
    const names = await databases(page);
    assertEquals(names.filter((name) => !name.startsWith(project)), ["app", "fitos-device"]);
    assertEquals(names.length, 4);
    await page.getByRole("button", { name: "Account" }).click();
    await page.getByRole("button", { name: "Account" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Delete my data").check();
    await page.getByRole("button", { name: "Delete and sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    assertEquals(await databases(page), ["app", "fitos-device", `${project}-device`]);
    assertEquals(await page.evaluate(readOwnDatabase), "the page's own");
    const kept = await page.evaluate(async () => ({
      cookies: document.cookie,
      local: Object.keys(localStorage),
      caches: await caches.keys(),
      workers: (await navigator.serviceWorker.getRegistrations()).length,
    }));
    assertEquals(kept, {
      cookies: "",
      local: ["fitos.session"],
      caches: ["fitos-freshness"],
      workers: 0,
    });
    assertEquals(complaints, []);
    await page.context().close();
  });

  await t.step("two widgets share one database and one socket, until both are gone", async () => {
    const { page, sockets, complaints } = await visit("two");
    const [first, second] = [page.locator("#first"), page.locator("#second")];
    await first.getByLabel("E-mail").waitFor();
    // The same project, otherwise written.
    await second.evaluate((widget) =>
      widget.setAttribute("project", `${widget.getAttribute("project")}/`)
    );
    await signInToWidget(page);
    await second.getByRole("heading", { name: "Upper body" }).waitFor();
    await eventually(page, isLive, "fitos-widget");
    await first.getByRole("checkbox").nth(0).click();
    await second.getByText("1 of 8 sets done").waitFor();
    await second.getByRole("checkbox").nth(1).click();
    await first.getByText("2 of 8 sets done").waitFor();
    assertEquals((await databases(page)).length, 2);
    assertEquals(sockets.length, 1);

    // Moved, it is the same as before.
    await page.evaluate(() =>
      document.querySelector("main")!.prepend(document.querySelector("#second")!)
    );
    await second.getByText("2 of 8 sets done").waitFor();
    await page.evaluate(() => document.querySelector("#second")!.remove());
    await first.getByRole("checkbox").nth(0).click();
    await first.getByText("1 of 8 sets done").waitFor();
    await widgetShows(page, "Synced");
    assertEquals([sockets.length, sockets[0]!.isClosed()], [1, false]);

    const closed = sockets[0]!.waitForEvent("close");
    const last = await page.evaluateHandle(() => {
      const last = document.querySelector("#first")!;
      last.remove();
      return last;
    });
    await closed;
    // Nothing is open any more, so nothing is in the way of a deletion.
    await page.evaluate(async () => {
      for (const { name } of await indexedDB.databases()) {
        if (name!.endsWith("-device")) continue;
        await new Promise<void>((resolve, reject) => {
          const request = indexedDB.deleteDatabase(name!);
          request.onsuccess = () => resolve();
          request.onblocked = () => reject(new Error(`${name} is still open`));
        });
      }
    });
    await page.evaluate((last) => document.querySelector("main")!.append(last), last);
    await page.getByText("1 of 8 sets done").waitFor();
    await page.getByRole("checkbox").nth(1).click();
    await page.getByText("0 of 8 sets done").waitFor();
    await widgetShows(page, "Synced");
    assertEquals(complaints, []);
    await page.context().close();
  });

  await t.step("two projects on one page keep their sessions to themselves", async () => {
    const { page, sockets } = await visit("two");
    await page.getByLabel("E-mail").first().waitFor();
    const told: [url: string, user: string][] = [];
    page.on("websocket", (socket) =>
      socket.on("framesent", ({ payload }) => {
        for (const user of usersIn(String(payload))) told.push([new URL(socket.url()).host, user]);
      }));
    const [one, other] = [hosts.api.url, hosts.api.url.replace("127.0.0.1", "localhost")];
    await page.locator("#second").evaluate(
      (widget, other) => widget.setAttribute("project", other),
      other,
    );
    await signInToWidget(page.locator("#second"), "Coach");
    await eventually(page, isLive, "#second");
    await signInToWidget(page.locator("#first"), "Athlete");
    await page.locator("#second").getByRole("heading", { name: "Mobility" }).waitFor();
    await page.locator("#first").getByRole("heading", { name: "Upper body" }).waitFor();
    await eventually(page, isLive, "fitos-widget");
    assertEquals(sockets.length, 2);
    assertEquals((await databases(page)).length, 4);
    const users = (url: string) =>
      new Set(told.filter(([host]) => host === new URL(url).host).map(([, user]) => user));
    assertEquals([users(one).size, users(other).size], [1, 1]);
    assertNotEquals([...users(one)], [...users(other)]);
    await page.context().close();
  });

  await t.step("the script may be there twice, and the page hears what happens", async () => {
    const { page, complaints } = await visit("plain", {}, () => {
      const heard: string[] = [];
      Object.assign(globalThis, { heard });
      for (const type of ["fitos-account", "fitos-set", "fitos-status", "sync-signed-out"]) {
        addEventListener(type, (event) => {
          const { detail } = event as CustomEvent;
          heard.push(
            `${type} ${JSON.stringify({ ...detail, workout: undefined, set: undefined })}`,
          );
        });
      }
    });
    await page.evaluate((fitos) => {
      const script = document.createElement("script");
      script.type = "module";
      script.src = `${fitos}/embed/today.js?again`;
      document.head.append(script);
      return new Promise((loaded) => script.onload = loaded);
    }, hosts.fitos.url);
    await signInToWidget(page);
    await page.getByRole("checkbox").nth(3).click();
    await page.getByRole("checkbox", { checked: true }).first().waitFor();
    await page.getByRole("checkbox").nth(3).click();
    await widgetShows(page, "Synced");
    await page.getByRole("button", { name: "Account" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("E-mail").waitFor();
    const heard = await page.evaluate(() => (globalThis as never as { heard: string[] }).heard);
    assertEquals(heard.filter((event) => !event.startsWith("fitos-status")), [
      'fitos-account {"signedIn":false}',
      'fitos-account {"signedIn":true}',
      'fitos-set {"done":true}',
      'fitos-set {"done":false}',
      'fitos-account {"signedIn":false}',
    ]);
    assert(heard.includes('fitos-status {"state":"synced","pending":0}'), heard.join("\n"));
    assertEquals(complaints, []);
    await page.context().close();
  });

  await t.step("the keyboard does it all, and axe finds nothing", async () => {
    {
      const { page } = await visit("plain");
      await page.getByLabel("E-mail").waitFor();
      const found = await judge(page, "signing in");
      await page.keyboard.press("Tab");
      await page.keyboard.type("athlete@fitos.example");
      await page.keyboard.press("Tab");
      await page.keyboard.type("train-offline");
      await page.keyboard.press("Enter");
      await widgetShows(page, "Synced");
      // The focus is where the form was: at the widget's beginning.
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Sign out" }).waitFor();
      found.push(...await judge(page, "account"));
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Sign out" }).waitFor({ state: "hidden" });
      for (let tab = 0; tab < 3; tab++) await page.keyboard.press("Tab");
      await page.keyboard.press("Space");
      await page.getByText("1 of 8 sets done").waitFor();
      found.push(...await judge(page, "training"));
      await page.keyboard.press("Space");
      await page.getByText("0 of 8 sets done").waitFor();
      await widgetShows(page, "Synced");
      assertEquals(found, []);
      await page.context().close();
    }
  });

  await t.step("dark and light are the page's to say, and its attribute's", async () => {
    const { page } = await visit("plain", { colorScheme: "dark" });
    await page.getByLabel("E-mail").waitFor();
    const paper = () =>
      page.locator("[part=widget]").evaluate((widget) => getComputedStyle(widget).backgroundColor);
    const dark = await paper();
    await page.evaluate(() =>
      document.querySelector("fitos-widget")!.setAttribute("scheme", "light")
    );
    const light = await paper();
    assertNotEquals(light, dark);
    await page.evaluate(() => document.querySelector("meta[name=color-scheme]")!.remove());
    await page.evaluate(() => document.querySelector("fitos-widget")!.removeAttribute("scheme"));
    assertEquals(await paper(), light);
    await page.context().close();
  });
});

/** The widget alone, at a place and of a width that every page has. */
async function picture(page: Page): Promise<Uint8Array> {
  await page.setViewportSize({ width: 400, height: 1300 });
  await page.evaluate(async () => {
    const widget = document.querySelector<HTMLElement>("fitos-widget")!;
    widget.style.cssText = "position: fixed; inset: 0; background: white; margin: 0 !important";
    (document.activeElement as HTMLElement | null)?.blur();
    await new Promise((next) => requestAnimationFrame(() => setTimeout(next, 50)));
  });
  return await page.screenshot({
    clip: { x: 0, y: 0, width: 390, height: 1200 },
    animations: "disabled",
  });
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

function count(text: string, what: RegExp): number {
  return text.match(what)?.length ?? 0;
}

/** Whose tokens are in the text. */
function usersIn(text: string): string[] {
  return [...text.matchAll(/eyJ[\w-]+\.(eyJ[\w-]+)\./g)].map(([, claims]) =>
    JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(claims!, { alphabet: "base64url" })))
      .sub
  );
}

async function databases(page: Page): Promise<string[]> {
  return await page.evaluate(async () =>
    (await indexedDB.databases()).map(({ name }) => name!).sort()
  );
}

/** Whether the widget's engine is told of changes, over its socket. */
async function isLive(selector: string): Promise<boolean> {
  const root = document.querySelector(selector)!.shadowRoot!;
  return await Promise.resolve(
    root.querySelector("sync-provider")!.sync?.getSnapshot().isLive ?? false,
  );
}

/** Until nothing is under way. The widget's own `settled` is left out of it, as nothing there calls it. */
async function settled(): Promise<void> {
  const root = document.querySelector("fitos-widget")!.shadowRoot!;
  const { sync } = root.querySelector("sync-provider")!;
  while (sync!.getSnapshot().isSyncing) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The page's own things, under names that FitOS might have taken. */
async function makeOwnDatabase(): Promise<void> {
  localStorage.setItem("fitos.session", "the page's own");
  await caches.open("fitos-freshness");
  for (const name of ["app", "fitos-device"]) {
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.open(name, 7);
      request.onerror = () => reject(request.error);
      request.onupgradeneeded = () =>
        request.result.createObjectStore("items").put("the page's own", "fitos.user");
      request.onsuccess = () => resolve(request.result.close());
    });
  }
}

async function readOwnDatabase(): Promise<unknown> {
  return await new Promise((resolve, reject) => {
    const request = indexedDB.open("fitos-device");
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const items = request.result.transaction("items").objectStore("items");
      const item = items.get("fitos.user");
      item.onsuccess = () => {
        request.result.close();
        resolve(item.result);
      };
    };
  });
}
