/**
 * A live token for an exchange, or why there is none.
 *
 * A token that has run out is refreshed by auth-js. Where the server can't be reached (a captive portal,
 * whatever the device believes of its network), auth-js goes on trying for half a minute, and then sends
 * nothing for a whole one, not even when the network is back. So a token that runs out is not asked for
 * before something has answered.
 */
import type { AuthLike, RealtimeLike, SessionLike } from "./api.ts";
import type { Platform } from "./platform.ts";
import type { Failure } from "./transport.ts";

export interface Session {
  token: string;
  user: string;
}

export interface SessionsOptions {
  auth: AuthLike;
  realtime: RealtimeLike;
  platform: Pick<Platform, "now" | "after" | "isOnline">;
  /** Whether the server answers, without a token; null where it does. */
  reach(): Promise<Failure | null>;
}

/** Milliseconds before its end from which on auth-js renews a token, whoever asks for it. */
const MARGIN = 100_000;
/**
 * Milliseconds for which what auth-js said last is taken at its word: it tells of changes by itself, and to
 * ask it takes a lock and reads its storage.
 */
const FRESH = 10_000;
/** Milliseconds to wait for auth-js, longer than its own attempts. */
const PATIENCE = 40_000;

export class Sessions {
  /** When the last token seen runs out; milliseconds since 1970. */
  #end = 0;
  #seen: SessionLike | null = null;
  #seenAt = 0;
  #renewing: boolean | null = null;
  #authorizing: Promise<boolean> | null = null;

  constructor(private readonly options: SessionsOptions) {}

  /** What auth-js said of the session, unasked. */
  seen(session: SessionLike | null): void {
    this.#seen = session;
    this.#seenAt = this.options.platform.now();
    this.#end = session ? (session.expires_at ?? Infinity) * 1000 : 0;
  }

  /** Called only while online. */
  async live(): Promise<Session | { failure: Failure }> {
    const { platform, reach } = this.options;
    const now = platform.now();
    if (now > this.#end - MARGIN) {
      const failure = await reach();
      if (failure) return { failure };
    } else if (this.#seen && Math.abs(now - this.#seenAt) < FRESH) {
      return sessionOf(this.#seen);
    }
    const answer = await this.#ask();
    if (answer === null) return refuse("retry", "Signing in again takes too long.");
    const { data: { session }, error } = answer;
    this.seen(session);
    // Without one, a request would run as `anon` and an empty answer would look like success.
    if (session && this.#end > platform.now()) return sessionOf(session);
    // A token that could not be refreshed is no sign-out: the network may be at fault.
    return refuse(error ? "retry" : "sign_in", NO_SESSION);
  }

  /** Lets auth-js renew tokens by itself, for the socket's sake, while the server is there. */
  renew(reachable: boolean): void {
    if (reachable === this.#renewing) return;
    this.#renewing = reachable;
    const { auth } = this.options;
    void (reachable ? auth.startAutoRefresh() : auth.stopAutoRefresh());
  }

  /**
   * Gives Realtime a live token; false where there is none now. Asked for by every channel at once after a
   * wake-up: one answer does for all.
   */
  authorize(): Promise<boolean> {
    const { realtime, platform } = this.options;
    return this.#authorizing ??= (async () => {
      if (!platform.isOnline()) return false;
      const session = await this.live();
      if ("failure" in session) return false;
      await realtime.setAuth(session.token);
      return true;
    })().finally(() => this.#authorizing = null);
  }

  #ask(): Promise<Awaited<ReturnType<AuthLike["getSession"]>> | null> {
    const { auth, platform } = this.options;
    return new Promise((resolve, reject) => {
      const cancel = platform.after(PATIENCE, () => resolve(null));
      auth.getSession().then(resolve, reject).finally(cancel);
    });
  }
}

function sessionOf({ access_token: token, user }: SessionLike): Session {
  return { token, user: user.id };
}

const NO_SESSION = "There is no live session yet; if this lasts, sign in again.";

function refuse(remedy: Failure["remedy"], message: string): { failure: Failure } {
  return { failure: { code: "unauthenticated", remedy, message, retryAfter: 0 } };
}
