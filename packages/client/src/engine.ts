/**
 * The one place that decides what to do next. Events change the model (`reduce`), the model decides
 * (`decide`); carrying it out is the syncer's business. Pure: time and chance are handed in.
 *
 *   wait for: connected - leading - online - the backoff's end
 *   then:     push what waits, pull after every push, poke, wake-up and poll interval
 *
 * Without a session it goes on asking for one, at the backoff's pace: the event that tells of a new
 * one may get lost. `engine_table_test.ts` holds every state against these:
 *
 *   E1  An exchange begins only while connected, leading and online, and none is under way.
 *   E2  It is under way until its own ending comes, or the connection ends; nothing else ends it, and
 *       an ending without an exchange (a former connection's) changes nothing.
 *   E3  No dead end: while anything is to be pushed or pulled, there is a time at which it is tried,
 *       or the phase names the event that is waited for.
 *   E4  Every wait is bounded, whatever the server asks for.
 *   E5  A pull that was asked for stays due until a pull begins.
 *   E6  Exchanges without success follow each other at once AT_ONCE times at most.
 *   E7  The network's return, a new session and a person's wish end backing off and being stopped;
 *       nothing but these, and connecting anew, ends being stopped.
 *   E8  Nothing of a connection outlives it: no lead, no channel, no exchange.
 */
import type { Failure } from "./transport.ts";

export interface EngineModel {
  readonly connected: boolean;
  /** Whether this tab is the one that syncs. */
  readonly leading: boolean;
  /** What the device believes of its network. */
  readonly online: boolean;
  /** Whether the last exchange reached the server. */
  readonly reachable: boolean;
  readonly session: "unknown" | "live" | "none";
  /** Rows waiting to be sent. */
  readonly pending: number;
  readonly exchange: null | "push" | "pull";
  /** Asked for while an exchange was under way, or not yet done. */
  readonly pullDue: boolean;
  /** Whether pokes arrive. */
  readonly live: boolean;
  /** Failures in a row. */
  readonly failures: number;
  /** Milliseconds since 1970 before which nothing is sent. */
  readonly notBefore: number;
  readonly lastPull: number;
  /** Milliseconds since 1970 before which what was pushed here is not pulled. */
  readonly quietUntil: number;
  /** What went wrong last, for a person. */
  readonly trouble: string | null;
  /** The server will not talk to this client whatever it sends: only a person can help. */
  readonly stopped: boolean;
}

export type EngineEvent =
  | { type: "connected" }
  | { type: "disconnected" }
  | { type: "leading"; leading: boolean }
  | { type: "network"; online: boolean }
  | { type: "session"; live: boolean }
  | { type: "queue"; pending: number }
  | { type: "live"; live: boolean }
  | { type: "poked" }
  /** A person asked, or the page woke up: do not wait for the backoff. */
  | { type: "now" }
  | { type: "started"; exchange: "push" | "pull" }
  | { type: "pushed" }
  | { type: "pulled" }
  /** The exchange ended without a result, and has to be decided anew. */
  | { type: "abandoned" }
  | { type: "failed"; failure: Failure }
  /** The stores can't be read, whether or not an exchange is under way. */
  | { type: "unread"; failure: Failure }
  /** Time has passed. */
  | { type: "tick" };

/** What is due, or what is waited for: the first that holds. */
export type Phase =
  /** `connected` ends it. */
  | "disconnected"
  /** Its ending ends it. */
  | "exchanging"
  /** `leading` ends it. */
  | "following"
  /** `network` ends it. */
  | "offline"
  /** A person ends it, or a new session or network. */
  | "stopped"
  /** Time ends it. */
  | "backing off"
  | "push"
  | "pull"
  /** Nothing is to be done yet; the pull after a push ends it, the next poll, or a wish. */
  | "resting";

export type Decision =
  | { do: "push" }
  | { do: "pull" }
  /** Nothing before `until` (milliseconds since 1970), or before the next event where null. */
  | { do: "wait"; until: number | null };

/** The longest wait after failures: a server that is back is found within this time. */
export const LONGEST_BACKOFF = 30_000;
/** The longest a server is taken at its word that asks to wait. */
export const LONGEST_RETRY_AFTER = 3_600_000;
const FIRST_BACKOFF = 500;
/** A smaller batch, fresh numbers or a reset are new attempts, not the same one again; but not for ever. */
export const AT_ONCE = 8;
const NEVER_LESS = 10;
/** A poke may get lost; without any, polling is all there is. */
export const POLL_LIVE = 300_000;
export const POLL_DEAF = 20_000;
/**
 * After a push the pull waits for its poke, for a next push, and lets other devices' pulls go first: nothing
 * is shown differently here before it.
 */
export const QUIET_AFTER_PUSH = 50;

export const INITIAL: EngineModel = {
  connected: false,
  leading: false,
  online: true,
  reachable: true,
  session: "unknown",
  pending: 0,
  exchange: null,
  pullDue: true,
  live: false,
  failures: 0,
  notBefore: 0,
  lastPull: 0,
  quietUntil: 0,
  trouble: null,
  stopped: false,
};

const FRESH = { failures: 0, notBefore: 0, quietUntil: 0, trouble: null, stopped: false } as const;
/** After an exchange that the server carried out. */
const REACHED = { ...FRESH, exchange: null, reachable: true, session: "live" } as const;

/** The model after an event at `now` (milliseconds since 1970); `chance` is uniform in [0, 1). */
export function reduce(
  model: EngineModel,
  event: EngineEvent,
  now: number,
  chance: number,
): EngineModel {
  switch (event.type) {
    case "connected":
      return { ...model, ...FRESH, connected: true, session: "unknown", pullDue: true };
    case "disconnected":
      return { ...model, connected: false, leading: false, live: false, exchange: null };
    case "leading":
      return model.connected ? { ...model, leading: event.leading, pullDue: true } : model;
    case "network":
      // Coming back is a reason to try at once; the belief itself may be wrong either way.
      return event.online && !model.online
        ? { ...model, ...FRESH, online: true, pullDue: true }
        : { ...model, online: event.online };
    case "session":
      if (!event.live) return { ...model, session: "none" };
      // What the server refused for good it may have refused to another user.
      return model.session === "live" && !model.stopped
        ? model
        : { ...model, ...FRESH, session: "live" };
    case "queue":
      return { ...model, pending: event.pending };
    case "live":
      if (!model.connected) return model;
      // What was poked while nobody listened is found by a pull.
      return { ...model, live: event.live, pullDue: model.pullDue || event.live };
    case "poked":
      return { ...model, pullDue: true };
    case "now":
      return { ...model, ...FRESH, pullDue: true };
    case "started":
      return {
        ...model,
        exchange: event.exchange,
        quietUntil: 0,
        // A poke from here on asks for another pull.
        pullDue: event.exchange === "pull" ? false : model.pullDue,
      };
    case "pushed":
      return model.exchange
        ? { ...model, ...REACHED, pullDue: true, quietUntil: now + QUIET_AFTER_PUSH }
        : model;
    case "pulled":
      return model.exchange ? { ...model, ...REACHED, lastPull: now } : model;
    case "abandoned":
      return model.exchange
        ? again({ ...model, exchange: null, pullDue: true }, 0, now, chance)
        : model;
    case "failed":
      return model.exchange
        ? failed({ ...model, exchange: null, pullDue: true }, event.failure, now, chance)
        : model;
    case "unread":
      return {
        ...failed({ ...model, pullDue: true }, event.failure, now, chance),
        stopped: model.stopped,
      };
    case "tick":
      return model;
  }
}

function failed(model: EngineModel, failure: Failure, now: number, chance: number): EngineModel {
  const reachable = failure.code !== "network";
  const { remedy, message, retryAfter } = failure;
  if (remedy === "split" || remedy === "renumber") {
    const next = again({ ...model, reachable }, retryAfter, now, chance);
    return next.notBefore > now ? { ...next, trouble: message } : next;
  }
  return {
    ...later(model, retryAfter, now, chance),
    reachable,
    trouble: message,
    session: remedy === "sign_in" ? "none" : model.session,
    stopped: remedy === "stop",
  };
}

/** At once, where that has not been tried too often. */
function again(model: EngineModel, retryAfter: number, now: number, chance: number): EngineModel {
  return model.failures < AT_ONCE
    ? { ...model, failures: model.failures + 1 }
    : later(model, retryAfter, now, chance);
}

function later(model: EngineModel, retryAfter: number, now: number, chance: number): EngineModel {
  const asked = Math.min(retryAfter, LONGEST_RETRY_AFTER);
  const wait = Math.max(asked, backoff(model.failures, chance));
  return { ...model, failures: model.failures + 1, notBefore: now + wait };
}

/**
 * Full jitter (Brooker, "Exponential Backoff And Jitter", 2015), in milliseconds; never so short that
 * the page has no time for anything else.
 */
function backoff(failures: number, chance: number): number {
  return Math.max(NEVER_LESS, chance * Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** failures));
}

/** Whether an attempt has ended: nothing is under way, and nothing is due but for a backoff. */
export function isAtRest(model: EngineModel, now: number): boolean {
  const { exchange, stopped, notBefore, pullDue } = model;
  return !exchange && decide(model, now).do === "wait" && (!pullDue || stopped || now < notBefore);
}

export function phaseOf(model: EngineModel, now: number): Phase {
  if (!model.connected) return "disconnected";
  if (model.exchange) return "exchanging";
  if (!model.leading) return "following";
  if (!model.online) return "offline";
  if (model.stopped) return "stopped";
  if (now < model.notBefore) return "backing off";
  if (model.pending > 0) return "push";
  return now >= pullAt(model) ? "pull" : "resting";
}

const pullAt = ({ pullDue, quietUntil, lastPull, live }: EngineModel): number =>
  pullDue ? quietUntil : lastPull + (live ? POLL_LIVE : POLL_DEAF);

/** What to do at `now`. */
export function decide(model: EngineModel, now: number): Decision {
  const phase = phaseOf(model, now);
  switch (phase) {
    case "push":
    case "pull":
      return { do: phase };
    case "backing off":
      return { do: "wait", until: model.notBefore };
    case "resting":
      return { do: "wait", until: pullAt(model) };
    case "disconnected":
    case "exchanging":
    case "following":
    case "offline":
    case "stopped":
      return { do: "wait", until: null };
  }
}
