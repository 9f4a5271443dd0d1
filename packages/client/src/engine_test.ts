import { assert, assertEquals } from "@std/assert";
import {
  decide,
  type EngineEvent,
  type EngineModel,
  INITIAL,
  isAtRest,
  LONGEST_BACKOFF,
  POLL_DEAF,
  POLL_LIVE,
  QUIET_AFTER_PUSH,
  reduce,
} from "./engine.ts";
import type { Failure } from "./transport.ts";

const NOW = 1_000_000;
const failure = (part: Partial<Failure>): EngineEvent => ({
  type: "failed",
  failure: { code: "network", remedy: "retry", message: "cut", retryAfter: 0, ...part },
});
const after = (model: EngineModel, ...events: EngineEvent[]) =>
  events.reduce((model, event) => reduce(model, event, NOW, 1), model);

const failing = (model: EngineModel, part: Partial<Failure> = {}) =>
  after(model, { type: "started", exchange: "pull" }, failure(part));

const READY = after(
  INITIAL,
  { type: "connected" },
  { type: "leading", leading: true },
  { type: "started", exchange: "pull" },
  { type: "pulled" },
);

Deno.test("decide: nothing is sent before connecting, without the lead, or offline", () => {
  const pending: EngineEvent = { type: "queue", pending: 1 };
  const waits = { do: "wait", until: null };
  assertEquals(decide(after(INITIAL, pending), NOW), waits);
  assertEquals(decide(after(INITIAL, { type: "connected" }, pending), NOW), waits);
  assertEquals(decide(after(READY, { type: "network", online: false }, pending), NOW), waits);
});

Deno.test("decide: what waits is pushed before anything is pulled, one exchange at a time", () => {
  const model = after(READY, { type: "queue", pending: 1 }, { type: "poked" });
  assertEquals(decide(model, NOW), { do: "push" });
  const pushing = after(model, { type: "started", exchange: "push" });
  assertEquals(decide(pushing, NOW), { do: "wait", until: null });
  const pushed = after(pushing, { type: "pushed" }, { type: "queue", pending: 0 });
  // Its poke, and other devices, come first.
  assertEquals(decide(pushed, NOW), { do: "wait", until: NOW + QUIET_AFTER_PUSH });
  assertEquals(isAtRest(pushed, NOW), false);
  assertEquals(decide(pushed, NOW + QUIET_AFTER_PUSH), { do: "pull" });
  assertEquals(decide(after(pushed, { type: "now" }), NOW), { do: "pull" });
});

Deno.test("decide: a poke during a pull asks for another one", () => {
  const pulling = after(READY, { type: "poked" }, { type: "started", exchange: "pull" });
  assertEquals(decide(after(pulling, { type: "pulled" }), NOW).do, "wait");
  assertEquals(decide(after(pulling, { type: "poked" }, { type: "pulled" }), NOW).do, "pull");
});

Deno.test("decide: polls every 20 s without pokes, every 5 min with them", () => {
  assertEquals(decide(READY, NOW), { do: "wait", until: NOW + POLL_DEAF });
  assertEquals(decide(READY, NOW + POLL_DEAF), { do: "pull" });
  const live = after(READY, { type: "live", live: true }, { type: "started", exchange: "pull" }, {
    type: "pulled",
  });
  assertEquals(decide(live, NOW), { do: "wait", until: NOW + POLL_LIVE });
});

Deno.test("P16: after any number of failures the next attempt is at most 30 s away", () => {
  let model = READY;
  for (let i = 0; i < 50; i++) {
    model = failing(model);
    const decision = decide(model, NOW);
    assert(decision.do === "wait" && decision.until !== null);
    assert(decision.until <= NOW + LONGEST_BACKOFF);
    assertEquals(decide(model, decision.until).do, "pull");
  }
});

Deno.test("Retry-After is waited for, however short the backoff", () => {
  const model = failing(READY, { code: "rate_limited", retryAfter: 90_000 });
  assertEquals(decide(model, NOW), { do: "wait", until: NOW + 90_000 });
});

Deno.test("coming online, signing in and a person's wish end the waiting", () => {
  const waiting = failing(failing(failing(READY)));
  assertEquals(decide(waiting, NOW).do, "wait");
  assertEquals(decide(after(waiting, { type: "now" }), NOW).do, "pull");
  const back = after(waiting, { type: "network", online: false }, {
    type: "network",
    online: true,
  });
  assertEquals(decide(back, NOW).do, "pull");
  const signedOut = failing(READY, { code: "unauthenticated", remedy: "sign_in" });
  assertEquals(signedOut.session, "none");
  assertEquals(decide(after(signedOut, { type: "session", live: true }), NOW).do, "pull");
});

Deno.test("a client the server will not talk to stops, until a person asks", () => {
  const stopped = failing(READY, { code: "unsupported_protocol", remedy: "stop" });
  assertEquals(decide(stopped, NOW + 1e9), { do: "wait", until: null });
  assertEquals(decide(after(stopped, { type: "now" }), NOW).do, "pull");
  // It was another user's session, perhaps, and now it is the right one's.
  assertEquals(decide(after(stopped, { type: "session", live: true }), NOW).do, "pull");
});

Deno.test("a smaller batch and fresh numbers are tried at once, but not for ever", () => {
  let model = after(READY, { type: "queue", pending: 1 });
  const waits = Array.from({ length: 12 }, () => {
    model = failing(model, { code: "too_large", remedy: "split" });
    return decide(model, NOW).do;
  });
  assertEquals(waits.slice(0, 8), Array(8).fill("push"));
  assertEquals(waits.slice(8), Array(4).fill("wait"));
});
