/** One push or one pull, from the stores to the server and back into the stores. */
import {
  type DigestRequest,
  type Outcome,
  PROTOCOL,
  type PullPage,
  type PushRequest,
} from "@fitos/protocol";
import type { HybridClock } from "./clock.ts";
import { type BatchLimit, FULL_BATCH, renumber, seal, type Sealed, unseal } from "./sealing.ts";
import type { Platform } from "./platform.ts";
import { apply, applyPage, forgetCursor, forgetPages } from "./replica.ts";
import type { Session, Sessions } from "./sessions.ts";
import { settle } from "./settling.ts";
import type { Progress } from "./status.ts";
import type { EngineState, Store } from "./store.ts";
import type { Failure, Transport } from "./transport.ts";
import { bytesOf } from "./values.ts";

export interface ExchangeOptions {
  store: Store;
  clock: HybridClock;
  platform: Pick<Platform, "now" | "uuid">;
  transport: Transport;
  sessions: Sessions;
  /** Aborted by `disconnect`: what runs ends at the next step. */
  signal: AbortSignal;
  onProgress(progress: Progress): void;
}

/** How an exchange ended. `abandoned`: the stores changed under it, so it has to be decided anew. */
export type Ending =
  | { type: "pushed" }
  | { type: "pulled" }
  | { type: "abandoned" }
  | { type: "failed"; failure: Failure };

export class Exchange {
  /** What a batch may hold; shrinks when the server refuses one as too large. */
  #limit: BatchLimit = FULL_BATCH;
  /** How much of it is sent at once; shrinks when no answer comes in time. */
  #send: BatchLimit = FULL_BATCH;
  /** Pushes in a row that brought no answer. */
  #unanswered = 0;
  /** Aborts when this tab leads no more: a pull ends at the next step. */
  lead: AbortSignal | null = null;
  /** The state that the last pull left, as long as this tab has done nothing since. */
  #left: EngineState | null = null;

  constructor(private readonly options: ExchangeOptions) {}

  /** Sends the sealed batch, or seals the next one. */
  async push(): Promise<Ending> {
    const { store, transport, platform, clock, sessions } = this.options;
    this.#left = null;
    const session = await sessions.live();
    if ("failure" in session) return failed(session.failure);
    const sealed = await seal(store, session.user, this.#limit, this.#send);
    if (sealed === "another user") return failed(ANOTHER_USER);
    if (sealed === "pull first") return await this.pull();
    if (!sealed) return { type: "abandoned" };
    const { request } = sealed;
    const sentAt = platform.now();
    const result = await transport.push(request, session.token);
    // Sent again as it is, by whoever leads next.
    if (this.options.signal.aborted) return ABANDONED;
    if ("failure" in result) return await this.#refused(sealed, result.failure);
    const took = platform.now() - sentAt;
    clock.observe(result.answer.now, sentAt);
    await settle(store, sealed, result.answer, platform.now(), clock.state);
    this.#limit = doubled(this.#limit);
    this.#send = took > SLOW ? share(request, SLOW / took) : doubled(this.#send);
    this.#unanswered = 0;
    return { type: "pushed" };
  }

  async #refused(sealed: Sealed, failure: Failure): Promise<Ending> {
    const { request } = sealed;
    const { store, platform, clock } = this.options;
    const culprit = culpritOf(request, failure);
    if (culprit !== null) {
      const answer = withoutCulprit(request, culprit, failure);
      await settle(store, sealed, answer, platform.now(), clock.state);
      return { type: "pushed" };
    }
    if (failure.remedy === "renumber") {
      await renumber(store, request.client, platform.uuid());
    }
    if (failure.remedy === "split") {
      this.#limit = smaller(request);
      await unseal(store, sealed);
    }
    // More than the server or the network can do in the time there is, perhaps.
    const late = failure.code === "unavailable" || failure.late;
    if (late && ++this.#unanswered % PATIENCE === 0) this.#send = share(request, 1 / 2);
    return failed(failure);
  }

  /**
   * Fetches a checkpoint, page by page, and applies it whole. A first sync, and whatever else is larger than
   * WHOLE_PAGES, is applied as it comes, each page while the next one is on its way, and goes on after a
   * reload where it was.
   */
  async pull(): Promise<Ending> {
    const { store, transport, platform, clock, onProgress } = this.options;
    const { lead } = this;
    // Another tab may have moved on from it; then nothing is applied, and the next pull reads.
    const session = await this.#session(this.#left);
    this.#left = null;
    if ("failure" in session) return failed(session.failure);
    const { user, token } = session;
    let { state } = session;
    if (state.verify && state.cursor !== null) {
      const ending = await this.verify();
      if (ending !== BEHIND) return ending;
      state = await store.read((stores) => stores.state());
    }
    // First, since what is written meanwhile is told to nobody. A hint like each poke: the pull does not need it.
    if (state.fold) await transport.listen({ protocol: PROTOCOL }, token);
    const { cursor, client, first } = state;
    const ask = async (page: string | null) => {
      const sentAt = platform.now();
      const request = { protocol: PROTOCOL, cursor, page, scopes: true } as const;
      return { sentAt, page, result: await transport.pull(request, token) };
    };
    const announcing = announcer(store, platform);
    let streams = cursor === null || first !== null;
    let held: { answer: PullPage; page: string | null }[] = [];
    let next = ask(first?.page ?? null);
    try {
      for (;;) {
        const { sentAt, page, result } = await next;
        if ("failure" in result) return failed(result.failure);
        const { answer } = result;
        if (lead?.aborted) return ABANDONED;
        if ("reset" in answer) return await this.#reset(answer.reset, cursor, client, page);
        clock.observe(answer.now, sentAt);
        if (answer.page === null) {
          if (cursor === null && state.former) {
            // After the last answer, so that a restore is before it or met by the new cursor.
            const { former } = state;
            const request = {
              protocol: PROTOCOL,
              cursor: former,
              page: null,
              scopes: true,
            } as const;
            const since = await transport.pull(request, token);
            if ("failure" in since) return failed(since.failure);
            if ("reset" in since.answer && isRestore(since.answer.reset)) {
              return await this.#reset(since.answer.reset, cursor, client);
            }
          }
          const applied = await apply(store, {
            from: cursor,
            pages: held.map(({ answer }) => answer),
            closing: answer,
            after: streams ? page : null,
            user,
            now: platform.now(),
            clock: clock.state,
          });
          if (!applied) return ABANDONED;
          if (applied.verify) return await this.verify();
          this.#left = applied;
          return { type: "pulled" };
        }
        next = ask(answer.page);
        held.push({ answer, page });
        streams ||= held.length > WHOLE_PAGES;
        if (!streams) continue;
        for (const { answer, page } of held) {
          const applied = await applyPage(store, answer, { from: cursor, page }, user);
          if (!applied) return ABANDONED;
          announcing.page();
          onProgress({ rows: applied.rows, total: applied.total });
        }
        held = [];
      }
    } finally {
      announcing.end();
      onProgress(null);
    }
  }

  /**
   * Compares what is held with what may be, table by table, and mends what differs (SPEC D1 to D3).
   * `onMended` is told of how many buckets there were that differed.
   */
  async verify(onMended: (buckets: number) => void = () => {}): Promise<Ending> {
    const [session, { verify }] = await Promise.all([this.#session(), import("./verify.ts")]);
    if ("failure" in session) return failed(session.failure);
    const { store, transport, platform, clock } = this.options;
    return await verify({
      store,
      clock: () => clock.state,
      user: session.user,
      now: () => platform.now(),
      ask: async (question) => {
        const { cursor: from, client } = await store.read((stores) => stores.state());
        const request: DigestRequest = {
          protocol: PROTOCOL,
          cursor: from,
          scopes: true,
          ...question,
        };
        const sentAt = platform.now();
        const result = await transport.digest(request, session.token);
        if (this.options.signal.aborted) return { ending: ABANDONED };
        if ("failure" in result) return { ending: failed(result.failure), failure: result.failure };
        const { answer } = result;
        if ("reset" in answer) return { ending: await this.#reset(answer.reset, from, client) };
        clock.observe(answer.now, sentAt);
        return answer.page === null ? { from, answer } : { ending: BEHIND };
      },
    }, onMended);
  }

  /** The queue outlives every reset; after a restore, what had been acknowledged is sent again. */
  async #reset(
    reason: string,
    cursor: string | null,
    client: string,
    page: string | null = null,
  ): Promise<Ending> {
    const { store, platform } = this.options;
    // A page that can't be gone on from says nothing of the cursor it began at.
    if (page !== null && cursor !== null) {
      await forgetPages(store, cursor);
      return ABANDONED;
    }
    const restored = isRestore(reason);
    if (restored) await renumber(store, client, platform.uuid(), { cursor });
    await forgetCursor(store, cursor, restored);
    return { type: "abandoned" };
  }

  /** A live token of the user this database belongs to. Called only while online. */
  async #session(
    left: EngineState | null = null,
  ): Promise<(Session & { state: EngineState }) | { failure: Failure }> {
    const { sessions, store } = this.options;
    const [session, state] = await Promise.all([
      sessions.live(),
      left ?? store.read((stores) => stores.state()),
    ]);
    if ("failure" in session) return session;
    if ((state.user ?? session.user) !== session.user) return { failure: ANOTHER_USER };
    return { ...session, state };
  }
}

/** Whether the server may have lost what it had acknowledged. */
function isRestore(reset: string): boolean {
  return reset === "epoch" || reset === "ahead";
}

function failed(failure: Failure): Ending {
  return { type: "failed", failure };
}

const ANOTHER_USER: Failure = {
  code: "forbidden",
  remedy: "stop",
  message: "This device's data belongs to another user; sign in as that user to sync it.",
  retryAfter: 0,
};

/** A part of what was sent. */
function share({ mutations }: PushRequest, part: number): BatchLimit {
  return {
    mutations: Math.max(1, Math.floor(mutations.length * part)),
    bytes: Math.max(1, Math.floor(bytesOf(mutations) * part)),
  };
}

/** Half of what was too large; a transaction that was not alone in it may yet fit, whole. */
function smaller(request: PushRequest): BatchLimit {
  const { mutations } = request;
  const half = share(request, 1 / 2);
  const { group } = mutations[0]!;
  const first = mutations.filter((mutation) =>
    mutation.group !== undefined && mutation.group === group
  );
  if (first.length === mutations.length) return half;
  return {
    mutations: Math.max(half.mutations, first.length),
    bytes: Math.max(half.bytes, bytesOf(first)),
  };
}

function doubled({ mutations, bytes }: BatchLimit): BatchLimit {
  return {
    mutations: Math.min(FULL_BATCH.mutations, mutations * 2),
    bytes: Math.min(FULL_BATCH.bytes, bytes * 2),
  };
}

const ABANDONED: Ending = { type: "abandoned" };
/** More is new than one answer holds: a pull comes first, and comparing after it. */
const BEHIND: Ending = { type: "abandoned" };

/**
 * Tells live queries of quiet writes: of the first at once, then ever more seldom, since each of them asks all anew.
 * Of 100,000 rows, with one over a thousand: 1.39 times the time of a bulkPut when told twice a second, 1.31 so.
 */
function announcer(store: Store, platform: Pick<Platform, "now">) {
  let next = 0;
  let pause = FIRST_PAUSE;
  let due = false;
  const announce = () => {
    due = false;
    store.announce();
  };
  return {
    page() {
      due = true;
      if (platform.now() < next) return;
      announce();
      next = platform.now() + pause;
      pause = Math.min(LONGEST_PAUSE, pause * 2);
    },
    end: () => due && announce(),
  };
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 4_000;

/**
 * Pages of a thousand changes that are applied as one transaction: room for the largest group and what came
 * beside it. A reader waits for it: half a second a page.
 */
const WHOLE_PAGES = 2;

/** Milliseconds beyond which the next push is smaller: well within the server's 8 s and a bad network's patience. */
const SLOW = 4_000;

/** Pushes without an answer in time before a smaller one is tried. */
const PATIENCE = 3;

/** The mutation a whole refused request owes its refusal to, by its place; null where none is named. */
function culpritOf({ mutations }: PushRequest, { field, remedy }: Failure): number | null {
  const named = field?.match(/^mutations\[(\d+)\]/)?.[1];
  if (named !== undefined && Number(named) < mutations.length) return Number(named);
  // Nothing smaller can be sent.
  return remedy === "split" && mutations.length === 1 ? 0 : null;
}

/** The answer the server would have given, had it read the rest: the culprit and its group go back. */
function withoutCulprit({ mutations }: PushRequest, culprit: number, { message }: Failure) {
  const { group } = mutations[culprit]!;
  const outcomes = mutations.map(({ n, group: own }, i): Outcome => {
    if (i === culprit) return { n, code: "invalid_value", message };
    return { n, code: group !== undefined && own === group ? "group_refused" : "deferred" };
  });
  // Nothing was written, so no number was used.
  return { outcomes, xid: null, high_water: mutations[0]!.n - 1 };
}
