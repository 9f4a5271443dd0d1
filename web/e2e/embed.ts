/** The sample pages of other sites, each visited on a device of its own. */
import type {
  BrowserContextOptions,
  FrameLocator,
  Locator,
  Page,
  WebSocket,
} from "playwright-core";
import { hostPages } from "../embed/hosts.ts";
import { PHONE, type Site } from "./app.ts";
import { type Cable, layCable } from "./cable.ts";
import { DEMO_ACCOUNTS } from "../demo.ts";

export interface Hosts extends AsyncDisposable {
  url: string;
  /** The ways to the Supabase project and to FitOS's own server. */
  api: Cable;
  fitos: Cable;
}

export interface HostVisit {
  page: Page;
  /** Where the widget is: the page, or the frame in it. */
  place: Page | FrameLocator;
  /** What the page complained of, violations of its policy among it. */
  complaints: string[];
  sockets: WebSocket[];
}

/** Serves the pages, with cables between them and what they need. */
export function openHosts({ app }: Site): Hosts {
  const aged = serveAged(app.url);
  const [api, fitos] = [layCable(app.stack.apiUrl), layCable(aged.url)];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    hostPages({ fitos: fitos.url, project: api.url, key: app.stack.publishableKey }),
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    api,
    fitos,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await api[Symbol.asyncDispose]();
      await fitos[Symbol.asyncDispose]();
      await aged.stop();
    },
  };
}

/** What FitOS's server says, five minutes later: its script has to be asked for again, if it can be. */
function serveAged(fitos: string) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const answer = await fetch(fitos + new URL(request.url).pathname);
    const headers = new Headers(answer.headers);
    const kept = headers.get("cache-control")!.replace("max-age=300", "max-age=0");
    headers.set("cache-control", kept);
    headers.delete("content-encoding");
    return new Response(answer.body, { status: answer.status, headers });
  });
  return { url: `http://127.0.0.1:${server.addr.port}`, stop: () => server.shutdown() };
}

/** Opens a sample page, on a phone unless told otherwise; `before` runs in it before anything else. */
export async function visitHost(
  site: Site,
  hosts: Hosts,
  name: string,
  options: BrowserContextOptions = {},
  before?: () => void,
): Promise<HostVisit> {
  const context = await site.browser.newContext({ viewport: PHONE, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  const sockets: WebSocket[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("websocket", (socket) => sockets.push(socket));
  // Also what a policy only reports is a violation, which no console has to tell.
  await page.addInitScript(() =>
    document.addEventListener(
      "securitypolicyviolation",
      ({ violatedDirective, blockedURI }) =>
        console.error(`violated: ${violatedDirective} by ${blockedURI}`),
    )
  );
  if (before) await page.addInitScript(before);
  await page.goto(`${hosts.url}/${name}.html`);
  const place = name === "iframe" ? page.frameLocator("iframe") : page;
  return { page, place, complaints, sockets };
}

/** Signs in to the widget by typing, and waits for its first sync. */
export async function signInToWidget(
  place: Page | FrameLocator | Locator,
  label: "Athlete" | "Coach" = "Athlete",
): Promise<void> {
  const { email, password } = DEMO_ACCOUNTS.find((account) => account.label === label)!;
  await place.getByLabel("E-mail").first().fill(email);
  await place.getByLabel("Password").first().fill(password);
  await place.getByRole("button", { name: "Sign in", exact: true }).first().click();
  await widgetShows(place, "Synced");
}

/** Waits until the widget's status says so. */
export async function widgetShows(
  place: Page | FrameLocator | Locator,
  status: string | RegExp,
): Promise<void> {
  await place.getByRole("status").filter({ hasText: status }).first().waitFor();
}
