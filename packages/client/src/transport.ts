/** The exchanges with the server. Whatever is not a well-formed answer is a network failure (SPEC W2). */
import {
  type DigestRequest,
  type DigestResponse,
  digestResponse,
  type ListenRequest,
  type ListenResponse,
  listenResponse,
  type PullRequest,
  type PullResponse,
  pullResponse,
  type PushRequest,
  type PushResponse,
  pushResponse,
  type Refusal,
  refusal,
  type RefusalCode,
  REFUSALS,
  type RequestRemedy,
} from "@fitos/protocol";
import type * as z from "zod/mini";

/** An exchange that brought no answer. Nothing is lost: the queue is as it was. */
export interface Failure {
  /** `network`: no answer, or none that can be read. */
  code: RefusalCode | "network";
  remedy: RequestRemedy;
  /** For a person. */
  message: string;
  /** The part of the request at fault, as a path into it: `mutations[3].values.title`. */
  field?: string;
  /** No answer came within the time there is. */
  late?: boolean;
  /** Milliseconds the server asked to wait. */
  retryAfter: number;
}

export type Result<T> = { answer: T } | { failure: Failure };

/** What the engine needs of the network. */
export interface Transport {
  push(request: PushRequest, token: string): Promise<Result<PushResponse>>;
  pull(request: PullRequest, token: string): Promise<Result<PullResponse>>;
  digest(request: DigestRequest, token: string): Promise<Result<DigestResponse>>;
  listen(request: ListenRequest, token: string): Promise<Result<ListenResponse>>;
  /** Whether the server answers at all, without a token; null where it does. */
  reach(): Promise<Failure | null>;
}

const TIMEOUT = 30_000;

/** Supabase over HTTP: the edge function for pushes, PostgREST for pulls. */
export function httpTransport(url: string, key: string, send: typeof fetch): Transport {
  const base = url.replace(/\/+$/, "");
  return {
    async push(request, token) {
      const body = await packed(plain(request));
      const result = await post("/functions/v1/sync-push", body, token, pushResponse);
      if ("failure" in result || answersAll(request, result.answer)) return result;
      return unreadable("the answer leaves out a mutation");
    },
    pull: (request, token) => rpc("sync_pull", request, token, pullResponse),
    digest: (request, token) => rpc("sync_digest", request, token, digestResponse),
    listen: (request, token) => rpc("sync_listen", request, token, listenResponse),
    async reach() {
      try {
        const response = await send(`${base}/auth/v1/health`, {
          headers: { apikey: key },
          cache: "no-store",
          signal: AbortSignal.timeout(TIMEOUT),
        });
        // Whatever its status: a captive portal's page is none.
        await response.json();
        return null;
      } catch (error) {
        return unanswered(error);
      }
    },
  };

  function rpc<S extends z.ZodMiniType>(name: string, request: unknown, token: string, schema: S) {
    return post(`/rest/v1/rpc/${name}`, plain({ request }), token, schema);
  }

  async function post<S extends z.ZodMiniType>(
    path: string,
    { type, bytes }: Body,
    token: string,
    schema: S,
  ): Promise<Result<z.output<S>>> {
    let response: Response;
    let answer: unknown;
    try {
      // POST for the pull too: a GET may be served by a read replica, whose snapshot lacks the
      // transactions that are still running. Nobody caches what a POST answers, and with `cache: "no-store"`
      // Chromium would ask for permission before each: twice the round trips.
      response = await send(base + path, {
        method: "POST",
        headers: {
          "content-type": type,
          apikey: key,
          authorization: `Bearer ${token}`,
        },
        body: bytes,
        signal: AbortSignal.timeout(TIMEOUT),
      });
      answer = await response.json();
    } catch (error) {
      return { failure: unanswered(error) };
    }
    const refused = refusal.safeParse(answer);
    if (refused.success) return { failure: refusedBy(refused.data, response) };
    if (!response.ok) return { failure: failedWith(response) };
    const parsed = schema.safeParse(answer);
    return parsed.success ? { answer: parsed.data } : unreadable("the answer has another form");
  }
}

/** No blob: Chromium's network process would have to ask another one for its bytes. */
interface Body {
  type: string;
  bytes: Uint8Array<ArrayBuffer>;
}

const plain = (value: unknown): Body => ({
  type: "application/json",
  bytes: new TextEncoder().encode(JSON.stringify(value)),
});

/** Bytes from which on gzip saves more than its own time. */
const WORTH_PACKING = 1024;

/** A push is what a phone uploads; its type says that it is gzipped, which passes every gateway. */
async function packed(body: Body): Promise<Body> {
  // Safari before 16.4 has none.
  if (body.bytes.length < WORTH_PACKING || typeof CompressionStream === "undefined") return body;
  const stream = new Response(body.bytes).body!.pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return { type: "application/gzip", bytes };
}

/** Every mutation has its outcome, in order, and the mark says no more than that. */
function answersAll({ mutations }: PushRequest, { outcomes }: PushResponse): boolean {
  return outcomes.length === mutations.length &&
    outcomes.every(({ n }, i) => n === mutations[i]!.n);
}

function unanswered(error: unknown): Failure {
  const { failure } = unreadable(error instanceof Error ? error.message : String(error));
  return { ...failure, late: error instanceof Error && error.name === "TimeoutError" };
}

function unreadable(detail: string): { failure: Failure } {
  return {
    failure: {
      code: "network",
      remedy: "retry",
      message: `The server can't be reached (${detail}).`,
      retryAfter: 0,
    },
  };
}

function refusedBy({ error }: Refusal, response: Response): Failure {
  const { code, message, field } = error;
  return {
    code,
    remedy: REFUSALS[code].remedy,
    message: field ? `${field}: ${message}` : message,
    ...(field ? { field } : {}),
    retryAfter: (error.retry_after ?? 0) * 1000 || waitOf(response),
  };
}

/** A gateway's or PostgREST's own error. */
function failedWith(response: Response): Failure {
  const byStatus: { [status: number]: RefusalCode } = {
    401: "unauthenticated",
    403: "forbidden",
    413: "too_large",
    429: "rate_limited",
  };
  const code = byStatus[response.status] ?? "unavailable";
  return {
    code,
    remedy: REFUSALS[code].remedy,
    message: response.status === 404
      ? "The server does not know this path: are the migration and the function deployed?"
      : `The server answered ${response.status}.`,
    retryAfter: waitOf(response),
  };
}

function waitOf(response: Response): number {
  const seconds = Number(response.headers.get("retry-after"));
  return Number.isFinite(seconds) ? seconds * 1000 : 0;
}
