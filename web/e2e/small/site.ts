/** The smallest app, served; each test has an origin of its own, with a server of its own behind it. */
import { bundle } from "../bundle.ts";
import { SmallServer } from "./server.ts";

const SCRIPT = { "content-type": "text/javascript" };
/** A service worker that every request passes through, and that takes over at once. */
const WORKER = `
  addEventListener("install", (event) => event.waitUntil(skipWaiting()));
  addEventListener("activate", (event) => event.waitUntil(clients.claim()));
  addEventListener("fetch", (event) => event.respondWith(fetch(event.request)));
`;

export interface SmallSite extends AsyncDisposable {
  /** An origin that nothing is stored for yet. */
  origin(name: string): { url: string; server: SmallServer };
}

export async function openSmallSite(): Promise<SmallSite> {
  const script = await bundle("small/page.ts");
  const servers = new Map<string, SmallServer>();
  const http = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { hostname, pathname } = new URL(request.url);
    if (pathname === "/auth/v1/health") return Response.json({});
    if (request.method === "POST") return await servers.get(hostname)!.answer(request);
    if (pathname === "/worker.js") return new Response(WORKER, { headers: SCRIPT });
    return pathname === "/page.js" ? new Response(script, { headers: SCRIPT }) : new Response(
      '<!doctype html><title>Small</title><script type="module" src="/page.js"></script>',
      {
        headers: { "content-type": "text/html" },
      },
    );
  });
  return {
    origin(name) {
      const server = new SmallServer();
      servers.set(`${name}.localhost`, server);
      return { url: `http://${name}.localhost:${http.addr.port}/`, server };
    },
    [Symbol.asyncDispose]: () => http.shutdown(),
  };
}
