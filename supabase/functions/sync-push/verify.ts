// Whose request is this? A user's access token becomes claims, or a refusal.
import type { Refusal } from "@fitos/protocol";
import { createHash } from "node:crypto";
import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, jwtVerify } from "jose";
import { isRefusal, refuse } from "./refuse.ts";

/** What the token says of its bearer, as policies read it from `request.jwt.claims`. */
export type Claims = { sub: string; role: "authenticated"; exp: number; [claim: string]: unknown };

export type VerifierOptions = {
  /** The project's address, without a slash at its end. */
  url: string;
  /** The project's public keys; none for a project that signs with a shared secret. */
  jwks: JSONWebKeySet;
  /** The publishable key, which the gateway wants from whoever asks the auth server. */
  apikey: string;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds since 1970. */
  now: () => number;
  /** How long the auth server may take. */
  timeoutMs?: number;
};

/** Refusals: unauthenticated, forbidden, unavailable. */
export type Verify = (authorization: string | null) => Promise<{ claims: Claims } | Refusal>;

/**
 * What the keys at hand can't settle (a shared secret, a key rotated in since, an issuer other than
 * `url`, as where functions reach the project by an inner address) the auth server is asked.
 */
export function createVerifier(options: VerifierOptions): Verify {
  const settle = localKeys(options);
  const ask = authServer(options);
  return async (authorization) => {
    const token = /^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
    if (!token) return refuse("unauthenticated", `no token; send the user's as "Bearer <token>"`);
    const claims = claimsOf(token, options.now());
    if (isRefusal(claims)) return claims;
    return await settle(token) ?? await ask(token, claims) ?? { claims };
  };
}

/** Reads a token without trusting it: what is refused here needs no signature to be refused. */
function claimsOf(token: string, now: number): Claims | Refusal {
  if (/^sb_(publishable|secret)_/.test(token)) return notAUser();
  let claims;
  try {
    claims = decodeJwt(token);
  } catch {
    return invalid();
  }
  const { sub, role, exp } = claims;
  if (typeof role === "string" && role !== "authenticated") return notAUser();
  if (!sub || role !== "authenticated" || typeof exp !== "number") return invalid();
  if (exp * 1000 <= now) return refuse("unauthenticated", "the token has expired; refresh it");
  return { ...claims, sub, role, exp };
}

const notAUser = () =>
  refuse("forbidden", "only a signed-in user may push; send the user's token, not an API key");
const invalid = () => refuse("unauthenticated", "the token is not valid; sign in again");

/** Answers undefined where the keys can't tell. */
function localKeys({ jwks, url, now }: VerifierOptions) {
  const keys = createLocalJWKSet(jwks);
  return async (token: string): Promise<{ claims: Claims } | Refusal | undefined> => {
    try {
      const { payload } = await jwtVerify<Claims>(token, keys, {
        audience: "authenticated",
        issuer: `${url}/auth/v1`,
        currentDate: new Date(now()),
      });
      return { claims: payload };
    } catch (error) {
      if (
        error instanceof errors.JWKSNoMatchingKey ||
        error instanceof errors.JWKSMultipleMatchingKeys ||
        error instanceof errors.JOSENotSupported ||
        (error instanceof errors.JWTClaimValidationFailed && error.claim === "iss")
      ) return undefined;
      if (error instanceof errors.JOSEError) return invalid();
      throw error;
    }
  };
}

/** A session ended on the server is noticed this late at most. */
const REMEMBER_MS = 60_000;
const REMEMBERED_TOKENS = 1000;

/** Answers undefined for a good token, and remembers it by its hash. */
function authServer({ url, apikey, fetch, now, timeoutMs = 5000 }: VerifierOptions) {
  const goodUntil = new Map<string, number>();
  const unavailable = () =>
    refuse("unavailable", "the auth server can't be reached; try again", { retry_after: 2 });

  return async (token: string, claims: Claims): Promise<Refusal | undefined> => {
    const id = hash(token);
    if ((goodUntil.get(id) ?? 0) > now()) return undefined;
    let user: { id?: unknown };
    try {
      const response = await fetch(`${url}/auth/v1/user`, {
        headers: { authorization: `Bearer ${token}`, apikey },
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (!response.ok) await response.body?.cancel();
      if (response.status === 401 || response.status === 403) return invalid();
      if (!response.ok) return unavailable();
      user = await response.json();
    } catch {
      // Refused connection, timeout, or an answer that is no JSON: it says nothing of the token.
      return unavailable();
    }
    if (user?.id !== claims.sub) return invalid();
    goodUntil.delete(id);
    goodUntil.set(id, Math.min(claims.exp * 1000, now() + REMEMBER_MS));
    for (const oldest of goodUntil.keys()) {
      if (goodUntil.size <= REMEMBERED_TOKENS) break;
      goodUntil.delete(oldest);
    }
  };
}

const hash = (token: string) => createHash("sha256").update(token).digest("hex");
