/** Real Chromium with a profile on disk, that a test can kill -9 and start again. */
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { findChromium } from "@fitos/dev";

export interface Device {
  /** The folder of its profile. */
  readonly profile: string;
  page: Page;
  context: BrowserContext;
  /** Closes the page and opens the app in a new one. */
  reopen(): Promise<void>;
  /** Ends the browser as a power cut would, and starts it again on the same profile. */
  killAndStart(options?: { offline: boolean }): Promise<void>;
  /** Cuts the network, the service worker's included, or gives it back. */
  setOffline(offline: boolean): Promise<void>;
  close(): Promise<void>;
}

/** A phone with a profile of its own, showing the app. */
export async function openDevice(url: string, profile: string): Promise<Device> {
  let process: Deno.ChildProcess;
  let browser: Browser;
  let isClosed = false;

  const device: Device = {
    profile,
    page: null!,
    context: null!,
    async reopen() {
      await device.page.close();
      device.page = await device.context.newPage();
      await device.page.goto(url);
    },
    async killAndStart(options) {
      process.kill("SIGKILL");
      await process.status;
      await browser.close();
      await start(options);
    },
    setOffline: (offline) => device.context.setOffline(offline),
    async close() {
      if (isClosed) return;
      isClosed = true;
      await browser.close();
      process.kill("SIGTERM");
      await process.status;
    },
  };

  async function start({ offline = false } = {}): Promise<void> {
    const executable = findChromium();
    if (!executable) throw new Error("no Chromium; npm test installs one");
    process = new Deno.Command(executable, {
      args: [
        ...FLAGS,
        `--user-data-dir=${profile}`,
        "--remote-debugging-port=0",
        // The app is opened below, once the network is as wanted.
        "about:blank",
      ],
      stdout: "null",
      stderr: "piped",
    }).spawn();
    // By default playwright keeps every page visible and focused, and none can be frozen.
    browser = await chromium.connectOverCDP(await endpointOf(process), { noDefaults: true });
    device.context = browser.contexts()[0]!;
    if (offline) await device.context.setOffline(true);
    device.page = await device.context.newPage();
    await device.page.setViewportSize({ width: 390, height: 844 });
    await device.page.goto(url);
  }

  await start();
  return device;
}

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Chromium says on its standard error where it can be steered from. */
async function endpointOf(process: Deno.ChildProcess): Promise<string> {
  let said = "";
  const reader = process.stderr.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`Chromium ended: ${said}`);
    said += decoder.decode(value);
    const endpoint = said.match(/DevTools listening on (ws:\S+)/)?.[1];
    if (!endpoint) continue;
    void drain(reader);
    return endpoint;
  }
}

/** A full pipe would stop the browser. */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}
