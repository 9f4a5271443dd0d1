// The one address of a project: routes to the services, answers preflights, keeps strangers out.
import { problem } from "./problem.ts";

type Service = (request: Request) => Response | Promise<Response>;

export type Services = {
  auth: Service;
  rest: Service;
  functions: Service;
  realtime: Service;
};

export type Gateway = { port: number; stop(): Promise<void> };

const ALLOWED_HEADERS = [
  ...["authorization", "x-client-info", "apikey", "content-type"],
  ...["x-retry-count", "traceparent", "tracestate", "baggage"],
  ...["accept-profile", "content-profile", "prefer", "range", "x-supabase-api-version", "x-region"],
].join(", ");

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": ALLOWED_HEADERS,
  "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
  "access-control-expose-headers":
    "content-range, content-location, preference-applied, sb-error-code, retry-after",
  "access-control-max-age": "3600",
};

/** How long requests that are under way may take once the stack stops. */
const GRACE_MS = 2000;

/** Listens on 127.0.0.1. Services are looked up per request, so that one can be replaced while it runs. */
export function openGateway(
  { port, services, log }: { port: number; services: Services; log: (line: string) => void },
): Gateway {
  const waiting = new Set<() => void>();
  const answer = (request: Request) =>
    new Promise<Response>((resolve, reject) => {
      const giveUp = () => resolve(problem(503, "SERVICE_UNAVAILABLE", "The stack has stopped"));
      waiting.add(giveUp);
      route(request, services).then(resolve, reject).finally(() => waiting.delete(giveUp));
    });
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port,
    onListen: () => undefined,
    onError(error) {
      log(`gateway: ${error}`);
      return problem(500, "INTERNAL_ERROR", "The service failed (please check the stack's log)");
    },
  }, answer);
  return {
    port: server.addr.port,
    async stop() {
      // A request to a database that was killed under it may never end by itself.
      const timer = setTimeout(() => waiting.forEach((giveUp) => giveUp()), GRACE_MS);
      await server.shutdown();
      clearTimeout(timer);
    },
  };
}

async function route(request: Request, services: Services): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname.startsWith("/realtime/v1/")) return await services.realtime(request);
  // A function answers its own preflight and sets its own CORS headers, as on the platform.
  if (pathname.startsWith("/functions/v1/")) return await services.functions(request);

  const service = pathname.startsWith("/auth/v1/")
    ? services.auth
    : pathname.startsWith("/rest/v1/")
    ? services.rest
    : undefined;
  if (!service) return problem(404, "NOT_FOUND", `${pathname} is not served by this stack`);
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: CORS });
  return withCors(await service(request));
}

function withCors(response: Response): Response {
  const headers = new Headers(response.headers);
  headers.set("access-control-allow-origin", CORS["access-control-allow-origin"]);
  headers.set("access-control-expose-headers", CORS["access-control-expose-headers"]);
  return new Response(response.body, { status: response.status, headers });
}
