/** The last exchanges with the server, in memory: what a person is shown who asks why it does not sync. */
import type { Ending } from "./exchange.ts";
import type { Platform } from "./platform.ts";
import type { Failure, Transport } from "./transport.ts";

/** One push, pull or comparison. It holds no value and no key of any row. */
export interface ExchangeRecord {
  readonly kind: "push" | "pull" | "verify";
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Milliseconds it took; null while it is under way. */
  readonly ms: number | null;
  readonly requests: number;
  /** Rows sent by a push, received by the others; those of deleted rows too. */
  readonly rows: number;
  /** As they travelled, bodies alone. */
  readonly bytesSent: number;
  /** null where the server did not say. */
  readonly bytesReceived: number | null;
  /** null while it is under way. */
  readonly ending: Ending["type"] | null;
  /** Of a failure. */
  readonly code: Failure["code"] | null;
  /** What is known of a failure without a row's values. */
  readonly message: string | null;
}

type Entry = { -readonly [Name in keyof ExchangeRecord]: ExchangeRecord[Name] };

/** Of which a first sync's are one. */
const KEPT = 20;

export class ExchangeLog {
  #entries: Entry[] = [];
  #open: Entry[] = [];

  constructor(private readonly platform: Pick<Platform, "now" | "fetch">) {}

  /** Oldest first. */
  get records(): readonly ExchangeRecord[] {
    return this.#entries.map((entry) => ({ ...entry }));
  }

  /** Notes an exchange, and how it ended. */
  async run(kind: Entry["kind"], work: () => Promise<Ending>): Promise<Ending> {
    const entry: Entry = {
      ...{ kind, startedAt: this.platform.now(), ms: null, requests: 0, rows: 0 },
      ...{ bytesSent: 0, bytesReceived: 0, ending: null, code: null, message: null },
    };
    this.#entries = [...this.#entries.slice(1 - KEPT), entry];
    this.#open.push(entry);
    try {
      const ending = await work();
      entry.ending = ending.type;
      if (ending.type === "failed") {
        entry.code = ending.failure.code;
        entry.message = withoutValues(ending.failure);
      }
      return ending;
    } catch (error) {
      entry.ending = "failed";
      entry.code = "internal";
      // What a database says of a failure may name a key.
      entry.message = error instanceof Error ? error.name : null;
      throw error;
    } finally {
      entry.ms = this.platform.now() - entry.startedAt;
      this.#open = this.#open.filter((open) => open !== entry);
    }
  }

  /** The platform's fetch, counting bytes. */
  readonly fetch: typeof fetch = async (input, init) => {
    const entry = this.#open.at(-1);
    if (entry && init?.body instanceof Uint8Array) entry.bytesSent += init.body.length;
    const response = await this.platform.fetch(input, init);
    const length = response.headers.get("content-length");
    if (entry) {
      entry.bytesReceived = length === null || entry.bytesReceived === null
        ? null
        : entry.bytesReceived + Number(length);
    }
    return response;
  };

  /** The transport, counting requests and rows. */
  count(transport: Transport): Transport {
    const counting = <Name extends "push" | "pull" | "digest" | "listen">(name: Name) =>
      (async (request: Parameters<Transport[Name]>[0], token: string) => {
        const entry = this.#open.at(-1);
        if (entry) {
          entry.requests++;
          if ("mutations" in request) entry.rows += request.mutations.length;
        }
        const result = await transport[name](request as never, token);
        if (entry && "answer" in result && "rows" in result.answer) {
          const { rows, gone } = result.answer;
          for (const { length } of [rows, gone].flatMap(Object.values)) entry.rows += length;
        }
        return result;
      }) as Transport[Name];
    return {
      push: counting("push"),
      pull: counting("pull"),
      digest: counting("digest"),
      listen: counting("listen"),
      reach: () => transport.reach(),
    };
  }
}

/** A refusal that names a field may quote what was in it: the field alone is kept, without what lies in it. */
function withoutValues({ field, message }: Failure): string {
  return field === undefined ? message : field.split(".").slice(0, 3).join(".");
}
