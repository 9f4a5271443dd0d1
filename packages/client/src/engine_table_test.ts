/** Every state the engine can reach, with every event in it, against the rules E1 to E8 of engine.ts. */
import { assert, assertEquals } from "@std/assert";
import { EVENTS, label, NOW, reachable, type Transition } from "../test/engine_states.ts";
import { TABLE } from "../test/engine_table.ts";
import {
  AT_ONCE,
  decide,
  type EngineEvent,
  type EngineModel,
  LONGEST_BACKOFF,
  LONGEST_RETRY_AFTER,
  type Phase,
  phaseOf,
  POLL_LIVE,
  reduce,
} from "./engine.ts";

const { states, transitions } = reachable();

/** What ends each phase; the compiler refuses one without. */
const ENDED_BY: Record<Phase, EngineEvent | "time"> = {
  disconnected: { type: "connected" },
  exchanging: { type: "abandoned" },
  following: { type: "leading", leading: true },
  offline: { type: "network", online: true },
  stopped: { type: "now" },
  "backing off": "time",
  push: { type: "started", exchange: "push" },
  pull: { type: "started", exchange: "pull" },
  resting: "time",
};

function eachTransition(rule: (transition: Transition) => boolean, name: string): void {
  for (const transition of transitions) {
    const { before, event, after } = transition;
    assert(
      rule(transition),
      `${name}: ${label(before)} -${JSON.stringify(event)}-> ${label(after)}`,
    );
  }
}

Deno.test("the engine's table: each phase and each event lead where the table says, and nowhere else", () => {
  const found: Partial<Record<Phase, Partial<Record<EngineEvent["type"], Set<Phase>>>>> = {};
  for (const { before, event, after, now } of transitions) {
    const row = found[phaseOf(before, now)] ??= {};
    (row[event.type] ??= new Set()).add(phaseOf(after, now));
  }
  const sorted = (phases: Iterable<Phase> = []) => [...phases].sort();
  for (const phase of Object.keys(TABLE) as Phase[]) {
    for (const type of Object.keys(EVENTS) as EngineEvent["type"][]) {
      const cell = TABLE[phase][type];
      const wanted = cell === "stays" ? [phase] : cell === "never" ? [] : cell;
      assertEquals(sorted(found[phase]?.[type]), sorted(wanted), `${phase} x ${type}`);
    }
  }
});

Deno.test("E1: an exchange begins only while connected, leading and online, and none is under way", () => {
  for (const { model, now } of states) {
    if (decide(model, now).do === "wait") continue;
    const { connected, leading, online, exchange, stopped } = model;
    assert(connected && leading && online && !exchange && !stopped, label(model));
  }
});

Deno.test("E2: an exchange ends with its ending or with the connection, and an ending without one changes nothing", () => {
  const endings = ["pushed", "pulled", "abandoned", "failed"];
  eachTransition(({ before, event, after }) => {
    if (!before.exchange) return !endings.includes(event.type) || before === after;
    const ends = endings.includes(event.type) || event.type === "disconnected";
    return ends ? after.exchange === null : after.exchange === before.exchange;
  }, "E2");
});

Deno.test("E3, P16: from every state, what each phase names leads to an exchange", () => {
  for (const state of states) {
    let { model, now } = state;
    const way: Phase[] = [];
    while (decide(model, now).do === "wait") {
      const phase = phaseOf(model, now);
      way.push(phase);
      assert(way.length <= 8, `${label(state.model)} goes round: ${way}`);
      const end = ENDED_BY[phase];
      if (end === "time") {
        const decision = decide(model, now);
        assert(decision.do === "wait" && decision.until !== null && decision.until > now);
        now = decision.until;
      } else model = reduce(model, end, now, 0.5);
    }
  }
});

Deno.test("E4: every wait is bounded, also where the server asks for more", () => {
  for (const { model, now } of states) {
    const decision = decide(model, now);
    if (decision.do !== "wait" || decision.until === null) continue;
    const longest = Math.max(LONGEST_BACKOFF, LONGEST_RETRY_AFTER, POLL_LIVE);
    assert(decision.until > now && decision.until <= now + longest, label(model));
  }
});

Deno.test("E5: a pull that was asked for stays due until a pull begins", () => {
  eachTransition(({ before, event, after }) => {
    const begins = event.type === "started" && event.exchange === "pull";
    return begins ? !after.pullDue : after.pullDue || !before.pullDue;
  }, "E5");
  const asks: Partial<Record<EngineEvent["type"], true>> = {
    connected: true,
    poked: true,
    now: true,
    pushed: true,
    abandoned: true,
    failed: true,
    unread: true,
  };
  eachTransition(
    ({ before, event, after }) => !asks[event.type] || before === after || after.pullDue,
    "E5",
  );
});

Deno.test("E6: exchanges without success follow each other at once eight times at most", () => {
  const fruitless: EngineEvent[] = [
    { type: "abandoned" },
    ...EVENTS.failed.filter(({ failure }) => failure.remedy !== "stop"),
  ];
  for (const event of fruitless) {
    for (const { model: first, now } of states.filter(({ model }) => model.failures === 0)) {
      let model: EngineModel = first;
      let attempts = 0;
      for (
        let decision = decide(model, now);
        decision.do !== "wait";
        decision = decide(model, now)
      ) {
        assert(++attempts <= AT_ONCE + 1, `${label(first)}: ${event.type} at once for ever`);
        model = reduce(model, { type: "started", exchange: decision.do }, now, 0);
        model = reduce(model, event, now, 0);
      }
    }
  }
});

Deno.test("E7: the network's return, a new session and a wish end the waiting", () => {
  eachTransition(({ before, event, after, now }) => {
    const ends = event.type === "now" ||
      (event.type === "network" && event.online && !before.online) ||
      (event.type === "session" && event.live && before.session !== "live");
    const phase = phaseOf(after, now);
    if (ends) return phase !== "backing off" && phase !== "stopped";
    return !before.stopped || after.stopped || ["connected", "session"].includes(event.type);
  }, "E7");
});

Deno.test("E8: nothing of a connection outlives it", () => {
  for (const { model } of states) {
    const { connected, leading, live, exchange } = model;
    assert(connected || (!leading && !live && !exchange), label(model));
  }
});

Deno.test("the table is explored: every phase, every event, in a thousand states", () => {
  assertEquals(new Set(states.map(({ model, now }) => phaseOf(model, now))).size, 9);
  assert(states.length > 1000, String(states.length));
  assert(states.every(({ now }) => now >= NOW));
});
