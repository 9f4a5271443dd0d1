/**
 * The tabs of one database: the leader tells how it goes, the others ask it to sync, and ask whether it is
 * still there when they have not heard of it for a while. A hidden page, whose timers the browser slows
 * down, answers within a second; a frozen one does not.
 */
import type { Applied } from "./changes.ts";
import type { EngineModel } from "./engine.ts";
import type { Platform } from "./platform.ts";
import type { SharedModel } from "./status.ts";

type Message =
  | { type: "model"; model: SharedModel }
  | { type: "hello" }
  /** The sender leads from now on: what another leader was told may never be answered. */
  | { type: "leads" }
  | { type: "sync"; id: string }
  | { type: "synced"; id: string }
  | { type: "queued"; rows: number }
  | { type: "wiped" }
  | { type: "listen"; to: Listening }
  | { type: "applied"; applied: Applied };

/** What a tab wants to hear of from the leader. */
export interface Listening {
  /** What pulls change in these. */
  tables: readonly string[];
  /** Who is in rooms, which is told over a channel of their own. */
  rooms: boolean;
}

export interface TabsOptions {
  platform: Pick<Platform, "after" | "random" | "uuid">;
  onModel(model: SharedModel): void;
  /** Another tab asks this one, which leads, to sync. */
  onRequest(): Promise<void>;
  /** Whoever leads does not answer. */
  onSilence(): void;
  listensTo(): Listening;
  onListen(to: Listening): void;
  onApplied(applied: Applied): void;
  /** Another tab has queued rows. */
  onQueued(rows: number): void;
  /** Another tab deletes the database. */
  onWiped(): void;
}

/** Milliseconds between two questions; up to twice as many, lest all tabs ask at once. */
const ASK_EVERY = 3_000;
/** So many questions without an answer are a silence: one may have been asked just before a sleep. */
const PATIENCE = 2;

export class Tabs {
  #leading = false;
  #shared: SharedModel | null = null;
  #closed = false;
  /** Requests to the leader, by id; told whether it has synced. */
  #waiting = new Map<string, (synced: boolean) => void>();
  /** Questions since the leader was last heard. */
  #unanswered = 0;
  /** A leader's timer is for its answer, a follower's for its next question. */
  #cancelTimer = () => {};

  constructor(
    private readonly channel: BroadcastChannel | null,
    private readonly options: TabsOptions,
  ) {
    if (!channel) return;
    channel.onmessage = ({ data }) => this.#receive(data as Message);
    this.#send({ type: "hello" });
    this.#heard();
    this.listen();
  }

  /** Tells the leader what this tab listens to. */
  listen(): void {
    const to = this.options.listensTo();
    if (to.rooms || to.tables.length > 0) this.#send({ type: "listen", to });
  }

  /** Tells the leader of rows to send. */
  queued(rows: number): void {
    if (!this.#leading) this.#send({ type: "queued", rows });
  }

  /** Tells the other tabs what a pull has changed. */
  applied(applied: Applied): void {
    this.#send({ type: "applied", applied });
  }

  /** Tells the other tabs, where this one leads. */
  share(model: EngineModel): void {
    if (model.leading !== this.#leading) this.#changed(model.leading);
    if (!model.leading) return;
    const { connected, online, reachable, session, exchange, pullDue, live, trouble } = model;
    const shared = { connected, online, reachable, session, exchange, pullDue, live, trouble };
    if (JSON.stringify(shared) === JSON.stringify(this.#shared)) return;
    this.#shared = shared;
    this.#send({ type: "model", model: shared });
  }

  /** Asks the leader to sync; resolves when it has, or with false where there is nobody to ask. */
  async request(): Promise<boolean> {
    if (!this.channel || !this.#shared) return false;
    const id = this.options.platform.uuid();
    const answered = new Promise<boolean>((resolve) => this.#waiting.set(id, resolve));
    this.#send({ type: "sync", id });
    return await answered;
  }

  close(): void {
    this.#closed = true;
    this.#cancelTimer();
    this.channel?.close();
    this.#giveUp();
  }

  #changed(leading: boolean): void {
    this.#leading = leading;
    this.#send({ type: leading ? "leads" : "hello" });
    // Who leads has nobody to wait for.
    if (leading) this.#giveUp();
    this.#heard();
  }

  /** The leader has been heard, or is new. */
  #heard(): void {
    this.#unanswered = 0;
    this.#askLater();
  }

  #askLater(): void {
    const { platform, onSilence } = this.options;
    this.#cancelTimer();
    if (this.#leading || this.#closed || !this.channel) return;
    this.#cancelTimer = platform.after(ASK_EVERY * (1 + platform.random()), () => {
      if (this.#unanswered++ < PATIENCE) this.#send({ type: "hello" });
      else {
        this.#unanswered = 0;
        onSilence();
      }
      this.#askLater();
    });
  }

  #giveUp(): void {
    for (const resolve of this.#waiting.values()) resolve(false);
    this.#waiting.clear();
  }

  #receive(message: Message): void {
    switch (message.type) {
      case "model":
        this.#heard();
        this.#shared = message.model;
        return this.options.onModel(message.model);
      case "hello":
        // From a timer: Chromium's frozen pages get messages, and no timer of theirs runs.
        if (!this.#leading) return;
        this.#cancelTimer();
        this.#cancelTimer = this.options.platform.after(0, () => {
          if (this.#shared) this.#send({ type: "model", model: this.#shared });
        });
        return;
      case "leads":
        this.#heard();
        this.listen();
        for (const id of this.#waiting.keys()) this.#send({ type: "sync", id });
        return;
      case "sync":
        if (!this.#leading) return;
        void this.options.onRequest().then(() => this.#send({ type: "synced", id: message.id }));
        return;
      case "listen":
        return this.options.onListen(message.to);
      case "applied":
        return this.options.onApplied(message.applied);
      case "queued":
        return this.options.onQueued(message.rows);
      case "wiped":
        return this.options.onWiped();
      case "synced":
        this.#waiting.get(message.id)?.(true);
        this.#waiting.delete(message.id);
    }
  }

  #send(message: Message): void {
    if (!this.#closed) this.channel?.postMessage(message);
  }
}
