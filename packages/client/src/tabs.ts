/** The tabs of one database: the leader tells how it goes, the others ask it to sync. */
import type { EngineModel } from "./engine.ts";
import type { SharedModel } from "./status.ts";

type Message =
  | { type: "model"; model: SharedModel }
  | { type: "hello" }
  | { type: "sync"; id: string }
  | { type: "synced"; id: string }
  | { type: "wiped" };

export interface TabsOptions {
  uuid(): string;
  onModel(model: SharedModel): void;
  /** Another tab asks this one, which leads, to sync. */
  onRequest(): Promise<void>;
  /** Another tab deletes the database. */
  onWiped(): void;
}

export class Tabs {
  #leading = false;
  #shared: SharedModel | null = null;
  #closed = false;
  /** Requests to the leader, by id; told whether it has synced. */
  #waiting = new Map<string, (synced: boolean) => void>();

  constructor(
    private readonly channel: BroadcastChannel | null,
    private readonly options: TabsOptions,
  ) {
    if (!channel) return;
    channel.onmessage = ({ data }) => this.#receive(data as Message);
    this.#send({ type: "hello" });
  }

  /** Tells the other tabs, where this one leads. */
  share(model: EngineModel): void {
    // Who leads has nobody to wait for.
    if (model.leading && !this.#leading) this.#giveUp();
    this.#leading = model.leading;
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
    const id = this.options.uuid();
    const answered = new Promise<boolean>((resolve) => this.#waiting.set(id, resolve));
    this.#send({ type: "sync", id });
    return await answered;
  }

  close(): void {
    this.#closed = true;
    this.channel?.close();
    this.#giveUp();
  }

  #giveUp(): void {
    for (const resolve of this.#waiting.values()) resolve(false);
    this.#waiting.clear();
  }

  #receive(message: Message): void {
    switch (message.type) {
      case "model":
        this.#shared = message.model;
        return this.options.onModel(message.model);
      case "hello":
        if (this.#leading && this.#shared) this.#send({ type: "model", model: this.#shared });
        return;
      case "sync":
        if (!this.#leading) return;
        void this.options.onRequest().then(() => this.#send({ type: "synced", id: message.id }));
        return;
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
