// Who may read and write a topic: decided by the policies on realtime.messages, by trying.
import { errors, type JWTPayload, jwtVerify } from "jose";
import type postgres from "postgres";
import type { Keys } from "../keys.ts";

/** Whom a socket speaks for on a channel; `exp` in seconds since 1970, absent for API keys. */
export type Caller = { role: Role; claims: JWTPayload };
type Role = "anon" | "authenticated" | "service_role";

export type ReadAccess = { broadcast: boolean; presence: boolean };

/** A refusal in the platform's words, shown to the client as the reason. */
export type Refusal = { refused: string };

export type Access = {
  identify(token: string): Promise<Caller | Refusal>;
  /** Are probe rows of the topic visible to the caller? Rolled back. */
  mayRead(topic: string, caller: Caller): Promise<ReadAccess>;
  /** May the caller insert a message of this extension? Rolled back. */
  mayWrite(topic: string, caller: Caller, extension: "broadcast" | "presence"): Promise<boolean>;
};

/** `sql` is the superuser's: it lays the probe rows and takes the caller's role for the trial. */
export function accessBy(sql: postgres.Sql, keys: Keys): Access {
  const secret = new TextEncoder().encode(keys.jwtSecret);

  return {
    async identify(token) {
      if (token === keys.publishableKey) return { role: "anon", claims: { role: "anon" } };
      if (token === keys.secretKey) {
        return { role: "service_role", claims: { role: "service_role" } };
      }
      try {
        const { payload } = await jwtVerify(token, secret, { algorithms: ["HS256"] });
        return isRole(payload.role)
          ? { role: payload.role, claims: payload }
          : { refused: "InvalidJWTToken: Fields `role` and `exp` are required in JWT" };
      } catch (error) {
        if (error instanceof errors.JWTExpired) {
          return { refused: "InvalidJWTToken: Token has expired" };
        }
        if (error instanceof errors.JOSEError) {
          return { refused: "MalformedJWT: The token provided is not a valid JWT" };
        }
        throw error;
      }
    },

    mayRead: (topic, caller) =>
      trial(async (tx) => {
        const probes = await tx<{ id: string; extension: "broadcast" | "presence" }[]>`
          insert into realtime.messages (topic, extension, event, private)
          values (${topic}, 'broadcast', 'probe', true), (${topic}, 'presence', 'probe', true)
          returning id, extension`;
        await become(tx, topic, caller);
        const visible = await tx<{ extension: string }[]>`
          select extension from realtime.messages
          where id = any(${
          probes.map(({ id }) => id)
        }) and inserted_at >= now() at time zone 'utc'`;
        const seen = new Set(visible.map(({ extension }) => extension));
        return { broadcast: seen.has("broadcast"), presence: seen.has("presence") };
      }, { broadcast: false, presence: false }),

    mayWrite: (topic, caller, extension) =>
      trial(async (tx) => {
        await become(tx, topic, caller);
        await tx`insert into realtime.messages (topic, extension, event, private)
          values (${topic}, ${extension}, 'probe', true)`;
        return true;
      }, false),
  };

  /** A policy that denies, or that fails, is a no; anything else that goes wrong is not an answer. */
  async function trial<T>(
    work: (tx: postgres.TransactionSql) => Promise<T>,
    denied: T,
  ): Promise<T> {
    let answer = denied;
    try {
      await sql.begin(async (tx) => {
        answer = await work(tx);
        throw ROLL_BACK;
      });
    } catch (error) {
      if (error === ROLL_BACK) return answer;
      if (isDenial(error)) return denied;
      throw error;
    }
    return answer;
  }
}

const ROLL_BACK = Symbol("the trial is over");

async function become(tx: postgres.TransactionSql, topic: string, { role, claims }: Caller) {
  await tx`
    select set_config('role', ${role}, true),
      set_config('realtime.topic', ${topic}, true),
      set_config('request.jwt.claims', ${JSON.stringify(claims)}, true),
      set_config('request.jwt.claim.sub', ${claims.sub ?? ""}, true),
      set_config('request.jwt.claim.role', ${role}, true)`;
}

/** Classes 22 and 42 (42501 among them) and P0001 come from the policy's own SQL. */
function isDenial(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^(22|42)/.test(code) || code === "P0001";
}

const isRole = (role: unknown): role is Role =>
  role === "anon" || role === "authenticated" || role === "service_role";
