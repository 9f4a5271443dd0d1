// A push from request to response. Everything it needs is handed in.
import { type Refusal, REFUSALS } from "@fitos/protocol";
import { readBody } from "./body.ts";
import type { Push } from "./database.ts";
import { parseJson } from "./json.ts";
import { isRefusal, refuse } from "./refuse.ts";
import { readRequest } from "./request.ts";
import type { Verify } from "./verify.ts";

export type Dependencies = {
  verify: Verify;
  push: Push;
  /** Told of what should not happen; the client hears `internal` and nothing else. */
  report: (error: unknown) => void;
};

/** Answers a PushResponse, or a Refusal with its status; never throws. */
export function createHandler(dependencies: Dependencies): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: CORS });
    try {
      return respond(await answer(request, dependencies));
    } catch (error) {
      dependencies.report(error);
      return respond(refuse("internal", "something broke on the server; try again later"));
    }
  };
}

/** Cheapest check first: an unknown sender's body is never read. */
async function answer(request: Request, { verify, push }: Dependencies) {
  if (request.method !== "POST") return refuse("method_not_allowed", "use POST");
  const verified = await verify(request.headers.get("authorization"));
  if (isRefusal(verified)) return verified;
  const body = await readBody(request);
  if (isRefusal(body)) return body;
  const json = parseJson(body.text);
  if (isRefusal(json)) return json;
  const batch = readRequest(json.value);
  if (isRefusal(batch)) return batch;
  return await push(verified.claims, batch);
}

function respond(answered: object): Response {
  if (!isRefusal(answered)) return Response.json(answered, { headers: HEADERS });
  const { status } = REFUSALS[answered.error.code];
  return Response.json(answered, { status, headers: { ...HEADERS, ...hints(answered) } });
}

function hints({ error }: Refusal): Record<string, string> {
  if (error.code === "method_not_allowed") return { allow: "POST, OPTIONS" };
  if (error.retry_after === undefined) return {};
  return { "retry-after": String(Math.ceil(error.retry_after)) };
}

/** Any origin may ask: a token is sent by the app that holds it, never by the browser on its own. */
const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "POST, OPTIONS",
  "access-control-allow-headers":
    "authorization, x-client-info, apikey, content-type, x-retry-count, traceparent, tracestate, baggage",
  "access-control-expose-headers": "retry-after",
  "access-control-max-age": "86400",
};

const HEADERS = { ...CORS, "cache-control": "no-store" };
