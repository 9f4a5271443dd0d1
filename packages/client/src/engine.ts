/**
 * The one place that decides what to do next. Events change the model (`reduce`), the model decides
 * (`decide`); carrying it out is the syncer's business. Pure: time and chance are handed in.
 *
 *   wait for: connected - leading - online - session - the backoff's end
 *   then:     push what waits, pull after every push, poke, wake-up and poll interval
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
  /** Time has passed. */
  | { type: "tick" };

export type Decision =
  | { do: "push" }
  | { do: "pull" }
  /** Nothing before `until` (milliseconds since 1970), or before the next event where null. */
  | { do: "wait"; until: number | null };

/** The longest wait after failures: a server that is back is found within this time. */
export const LONGEST_BACKOFF = 30_000;
const FIRST_BACKOFF = 500;
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
      return { ...model, leading: event.leading, pullDue: true };
    case "network":
      // Coming back is a reason to try at once; the belief itself may be wrong either way.
      return event.online && !model.online
        ? { ...model, ...FRESH, online: true, pullDue: true }
        : { ...model, online: event.online };
    case "session":
      return event.live
        ? { ...model, ...(model.session === "live" ? {} : FRESH), session: "live" }
        : { ...model, session: "none" };
    case "queue":
      return { ...model, pending: event.pending };
    case "live":
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
        // A poke from here on asks for another pull.
        pullDue: event.exchange === "pull" ? false : model.pullDue,
      };
    case "pushed":
      return { ...model, ...REACHED, pullDue: true, quietUntil: now + QUIET_AFTER_PUSH };
    case "pulled":
      return { ...model, ...REACHED, lastPull: now };
    case "abandoned":
      return { ...model, exchange: null, pullDue: true };
    case "failed":
      return failed({ ...model, exchange: null, pullDue: true }, event.failure, now, chance);
    case "tick":
      return model;
  }
}

function failed(model: EngineModel, failure: Failure, now: number, chance: number): EngineModel {
  const reachable = failure.code !== "network";
  const trouble = failure.message;
  // A smaller batch or fresh numbers are a new attempt, not the same one again.
  const again = failure.remedy === "split" || failure.remedy === "renumber";
  if (again && model.failures < 8) return { ...model, reachable, failures: model.failures + 1 };
  return {
    ...model,
    reachable,
    trouble,
    session: failure.remedy === "sign_in" ? "none" : model.session,
    stopped: failure.remedy === "stop",
    failures: model.failures + 1,
    notBefore: now + Math.max(failure.retryAfter, backoff(model.failures, chance)),
  };
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

/** What to do at `now`. */
export function decide(model: EngineModel, now: number): Decision {
  const { connected, leading, online, stopped, exchange, notBefore } = model;
  if (!connected || !leading || !online || stopped || exchange) return { do: "wait", until: null };
  if (now < notBefore) return { do: "wait", until: notBefore };
  if (model.pending > 0) return { do: "push" };
  const pollAt = model.lastPull + (model.live ? POLL_LIVE : POLL_DEAF);
  const pullAt = model.pullDue ? model.quietUntil : pollAt;
  return now >= pullAt ? { do: "pull" } : { do: "wait", until: pullAt };
}
