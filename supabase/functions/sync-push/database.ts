// The one transaction of a push, as the user who sent it.
import {
  type PushRequest,
  type PushResponse,
  pushResponse,
  type Refusal,
  refusal,
} from "@fitos/protocol";
import postgres, { type ISql, type Sql } from "postgres";
import { union } from "zod/mini";
import { isRefusal, refuse } from "./refuse.ts";
import type { Claims } from "./verify.ts";

/** Throws on what no client could have caused, such as a missing function. */
export type Push = (claims: Claims, request: PushRequest) => Promise<PushResponse | Refusal>;

/** A pool for one worker of many: small, unprepared (the pooler may switch servers), and silent. */
export function connect(url: string): Sql {
  return postgres(url, {
    max: 4,
    prepare: false,
    fetch_types: false,
    idle_timeout: 20,
    connect_timeout: 5,
    connection: { application_name: "sync-push" },
    // The default prints notices, and a trigger's notice may hold a row's values.
    onnotice: () => {},
  });
}

/** Deadlocks and serialization failures are rolled back and gone at the next try. */
const ATTEMPTS = 3;

/**
 * Hands batches to `public.sync_changes`, which decides everything. What it refuses is rolled back;
 * what the server can't do now is reported and answered `unavailable`.
 */
export function createPush(sql: Sql, report: (error: unknown) => void): Push {
  return async (claims, request) => {
    for (let attempt = 1;; attempt++) {
      try {
        return await transact(sql, claims, request);
      } catch (error) {
        if (error instanceof RolledBack) return error.refusal;
        const trouble = troubleOf(error);
        if (trouble === "bug") throw error;
        if (trouble === "conflict" && attempt < ATTEMPTS) continue;
        report(error);
        return refuse("unavailable", "the database could not finish this; try again", {
          retry_after: trouble === "conflict" ? 1 : 2,
        });
      }
    }
  };
}

const answer = union([refusal, pushResponse]);

function transact(sql: Sql, claims: Claims, request: PushRequest): Promise<PushResponse> {
  return sql.begin((transaction) =>
    pushIn(transaction, claims, request).catch((error) =>
      isFatal(error) ? never() : Promise.reject(error)
    )
  );
}

async function pushIn(sql: ISql, claims: Claims, request: PushRequest): Promise<PushResponse> {
  // Both at once. The first has no parameters: one that has is described by the server before the driver
  // sends its values, and nothing follows it until then.
  const [, [row]] = await Promise.all([
    // 8 s is the platform's own limit for `authenticated`, which `set role` does not bring along. It holds
    // for statements that begin later.
    sql`
      select set_config('role', 'authenticated', true),
        set_config('synchronous_commit', 'on', true),
        set_config('statement_timeout', '8s', true)`,
    // The request as text, cast once: a parameter of type jsonb would be serialized by the driver again.
    sql`
      with claims as materialized (
        select set_config('request.jwt.claims', ${JSON.stringify(claims)}, true) as token,
          set_config('request.jwt.claim.sub', ${claims.sub}, true) as sub
      )
      select public.sync_changes(${JSON.stringify(request)}::text::jsonb) as answer
      from claims where token <> '' and sub <> ''`,
  ]);
  const answered = answer.parse(row?.answer);
  if (isRefusal(answered)) throw new RolledBack(answered);
  return answered;
}

/**
 * Does this error end the connection? Thrown, the driver would write a ROLLBACK into the closed
 * socket and fail where nobody can catch it (postgres 3.4.9, porsager/postgres#1208). It rejects the
 * transaction by itself when the socket closes, so its callback waits for that.
 */
function isFatal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("severity" in error) return error.severity === "FATAL" || error.severity === "PANIC";
  return "code" in error && DISCONNECTED.has(String(error.code));
}

/** A new one each time: whatever waits is collected with it. */
const never = () => new Promise<never>(() => {});

/** The driver rolls back when its callback throws; this carries the refusal out. */
class RolledBack extends Error {
  constructor(readonly refusal: Refusal) {
    super("rolled back");
  }
}

type Trouble = "conflict" | "unavailable" | "bug";

function troubleOf(error: unknown): Trouble {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "40001" || code === "40P01") return "conflict";
  return UNAVAILABLE.test(code) || DISCONNECTED.has(code) ? "unavailable" : "bug";
}

/**
 * SQLSTATEs of a server that is short of time or resources, stopping or starting: 08 connection,
 * 25006 a standby, 53 resources, 55P03 lock timeout, 57014 canceled, 57P shutting down.
 */
const UNAVAILABLE = /^(08...|25006|53...|55P03|57014|57P..)$/;

/** The driver's and the operating system's words for a connection that is not there. */
const DISCONNECTED = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
]);
