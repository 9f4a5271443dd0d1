/** A server in a few lines that keeps the protocol's promises about numbers, for one table. */
import type { Key, Mutation, Row } from "@fitos/protocol";

interface Client {
  high: number;
  content: Map<number, string>;
}

interface Held {
  path: string;
  arrived(): void;
  released: Promise<void>;
}

export class SmallServer {
  rows = new Map<string, { row: Row | null; xid: number }>();
  /** What was carried out, in order. */
  done: Mutation[] = [];
  /** Requests, by their last word: sync-push, sync_pull, sync_digest. */
  asked: string[] = [];
  #xid = 100;
  #clients = new Map<string, Client>();
  #held: Held[] = [];
  #waiting = new Set<{ condition: () => boolean; resolve: () => void }>();

  /** The next request to this path is carried out, and its answer held back. */
  hold(path: "sync-push" | "sync_pull"): { arrived: Promise<void>; release: () => void } {
    const [arrived, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    this.#held.push({ path, arrived: arrived.resolve, released: released.promise });
    return { arrived: arrived.promise, release: released.resolve };
  }

  /** Resolves once an answer has made it so. */
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add({ condition, resolve }));
  }

  /** The titles that were written, in order; one that is here twice was doubled. */
  get titles(): unknown[] {
    return this.done.map(({ values }) => values?.title);
  }

  /** Another device's write. */
  write(row: Row & { id: string }): void {
    this.rows.set(row.id, { row, xid: ++this.#xid });
  }

  async answer(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname.split("/").at(-1)!;
    this.asked.push(path);
    const body = await request.json();
    const [status, answer] = path === "sync-push"
      ? this.#push(body)
      : [200, this.#pull(body.request.cursor, path === "sync_digest")];
    for (const waiting of this.#waiting) {
      if (!waiting.condition()) continue;
      this.#waiting.delete(waiting);
      waiting.resolve();
    }
    const held = this.#held.find((held) => held.path === path);
    if (held) {
      this.#held.splice(this.#held.indexOf(held), 1);
      held.arrived();
      await held.released;
    }
    return Response.json(answer, { status: status as number });
  }

  #push({ client: id, mutations }: { client: string; mutations: Mutation[] }): [number, object] {
    const client = this.#clients.get(id) ?? { high: 0, content: new Map() };
    const fresh = mutations.filter(({ n }) => n > client.high);
    const refused =
      mutations.some((mutation) =>
          mutation.n <= client.high && client.content.get(mutation.n) !== JSON.stringify(mutation)
        )
        ? "reused_number"
        : fresh[0] && fresh[0].n !== client.high + 1
        ? "gap"
        : null;
    if (refused) return [409, { error: { code: refused, message: refused } }];
    this.#clients.set(id, client);
    const xid = ++this.#xid;
    for (const mutation of fresh) {
      client.high = mutation.n;
      client.content.set(mutation.n, JSON.stringify(mutation));
      this.done.push(mutation);
      this.rows.set(String(mutation.key[0]), { row: mutation.values ?? null, xid });
    }
    const outcomes = mutations.map(({ n }) => ({ n, code: "applied" }));
    const now = Date.now() * 1000;
    return [200, { protocol: 1, now, xid: String(xid), high_water: client.high, outcomes }];
  }

  #pull(cursor: string | null, digest: boolean): object {
    const since = cursor === null ? 0 : Number(cursor);
    const changed = [...this.rows].filter(([, { xid }]) => xid > since);
    return {
      protocol: 1,
      tables: {},
      now: Date.now() * 1000,
      rows: { rows: changed.flatMap(([, { row }]) => row ?? []) },
      gone: { rows: changed.flatMap(([id, { row }]) => row ? [] : [[id] as Key]) },
      page: null,
      cursor: String(this.#xid),
      snapshot: `${this.#xid + 1}:${this.#xid + 1}:`,
      topics: [],
      ...(digest ? { digest: {} } : {}),
    };
  }
}
