/** The states of the engine that differ for it, found by trying every event in each, from the first on. */
import {
  AT_ONCE,
  decide,
  type EngineEvent,
  type EngineModel,
  INITIAL,
  POLL_LIVE,
  reduce,
} from "../src/engine.ts";
import type { Failure } from "../src/transport.ts";

export const NOW = 1_000_000_000;

const failure = (part: Partial<Failure>): Failure => (
  { code: "network", remedy: "retry", message: "cut", retryAfter: 0, ...part }
);

const FAILURES: Failure[] = [
  failure({}),
  failure({ code: "rate_limited", retryAfter: Infinity }),
  failure({ code: "unauthenticated", remedy: "sign_in" }),
  failure({ code: "too_large", remedy: "split" }),
  failure({ code: "gap", remedy: "renumber" }),
  failure({ code: "unsupported_protocol", remedy: "stop" }),
];

type Samples = { [T in EngineEvent["type"]]: Extract<EngineEvent, { type: T }>[] };

/** Every event, in every kind that differs; the compiler refuses a type that is left out. */
export const EVENTS: Samples = {
  connected: [{ type: "connected" }],
  disconnected: [{ type: "disconnected" }],
  leading: [{ type: "leading", leading: true }, { type: "leading", leading: false }],
  network: [{ type: "network", online: true }, { type: "network", online: false }],
  session: [{ type: "session", live: true }, { type: "session", live: false }],
  queue: [{ type: "queue", pending: 1 }, { type: "queue", pending: 0 }],
  live: [{ type: "live", live: true }, { type: "live", live: false }],
  poked: [{ type: "poked" }],
  now: [{ type: "now" }],
  started: [{ type: "started", exchange: "push" }, { type: "started", exchange: "pull" }],
  pushed: [{ type: "pushed" }],
  pulled: [{ type: "pulled" }],
  abandoned: [{ type: "abandoned" }],
  failed: FAILURES.map((failure) => ({ type: "failed", failure })),
  unread: [{ type: "unread", failure: failure({ code: "internal" }) }],
  tick: [{ type: "tick" }],
};

/** What of a field makes a difference; the compiler refuses a field that is left out. */
const DIFFERENCE: Record<keyof EngineModel, (model: EngineModel, now: number) => unknown> = {
  connected: ({ connected }) => connected,
  leading: ({ leading }) => leading,
  online: ({ online }) => online,
  reachable: () => "is shown, decides nothing",
  session: ({ session }) => session,
  pending: ({ pending }) => pending > 0,
  exchange: ({ exchange }) => exchange,
  pullDue: ({ pullDue }) => pullDue,
  live: ({ live }) => live,
  failures: ({ failures }) => failures === 0 ? "none" : failures < AT_ONCE ? "some" : "many",
  notBefore: ({ notBefore }, now) => notBefore > now,
  lastPull: ({ lastPull }, now) => now - lastPull > POLL_LIVE,
  quietUntil: ({ quietUntil }, now) => quietUntil > now,
  trouble: () => "is shown, decides nothing",
  stopped: ({ stopped }) => stopped,
};

const keyOf = (model: EngineModel, now: number): string =>
  JSON.stringify(Object.values(DIFFERENCE).map((of) => of(model, now)));

export const label = (model: EngineModel): string => JSON.stringify(model);

export interface State {
  model: EngineModel;
  now: number;
}

export interface Transition {
  before: EngineModel;
  event: EngineEvent;
  after: EngineModel;
  now: number;
}

export function reachable(): { states: State[]; transitions: Transition[] } {
  const known = new Set<string>();
  const states: State[] = [];
  const transitions: Transition[] = [];
  const meet = (model: EngineModel, now: number) => {
    const key = keyOf(model, now);
    if (known.has(key)) return;
    known.add(key);
    states.push({ model, now });
  };
  meet(INITIAL, NOW);
  // The list grows while it is gone through.
  for (const { model, now } of states) {
    for (const event of Object.values(EVENTS).flat() as EngineEvent[]) {
      const decision = decide(model, now);
      // Nothing is started but what was decided.
      if (event.type === "started" && event.exchange !== decision.do) continue;
      for (const chance of [0, 0.99]) {
        const after = reduce(model, event, now, chance);
        transitions.push({ before: model, event, after, now });
        meet(after, now);
      }
      if (decision.do === "wait" && decision.until !== null) meet(model, decision.until);
    }
  }
  return { states, transitions };
}
