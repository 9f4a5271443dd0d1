/**
 * What was written where, and what its device has heard of it. A device has a clock for one write of a
 * table: that names it.
 */
import {
  type Key,
  type Mutation,
  type Outcome,
  OUTCOMES,
  type PushRequest,
  type PushResponse,
  type Row,
} from "@fitos/protocol";
import type { Result } from "../../src/mod.ts";
import type { Device } from "./device.ts";
import { Foldings } from "./foldings.ts";
import type { Call } from "./network.ts";
import { rowId } from "./tables.ts";
import type { Intent } from "./writes.ts";

export interface Written {
  device: string;
  table: string;
  id: string;
  key: Key;
  op: Intent["op"];
  clock: number;
  /** The whole row; of a delete nothing. */
  values: Row;
  /** The columns that its author changed; of an insert all. */
  changed: string[];
  /** Its device knew it for unfinished when the database was restored: it has to be there afterwards. */
  owed?: boolean;
}

export type Heard = { outcome: Outcome; xid: string | null; epoch: number };

export class Ledger {
  readonly writes: Written[] = [];
  readonly breaches: string[] = [];
  /** The writes of a row on a device, in their order. */
  readonly chains = new Map<string, Written[]>();
  /** The last of each device. */
  readonly #clocks = new Map<string, number>();
  readonly #heard = new Map<string, Heard>();
  readonly #answered = new Map<string, Mutation>();

  /** Of a write, or of the one that it was folded into. */
  heard(written: Written): Heard | undefined {
    const own = this.#heard.get(idOf(written));
    if (own) return own;
    const chain = this.chains.get(`${written.device} ${written.id}`)!;
    const foldings = new Foldings([chain], (one) => this.#answered.get(idOf(one)));
    const bearer = foldings.bearerOf(written);
    return bearer && this.#heard.get(idOf(bearer));
  }

  /** Takes what a device has committed since; `intents`: what it was meant to be, where that is known. */
  take(device: Device, intents?: Intent[]): void {
    const written = device.queued.flatMap((record): Written[] =>
      record.keys.map((key, i) => ({
        device: device.name,
        table: record.table,
        id: rowId(record.table, key),
        key,
        op: record.op,
        clock: record.at - record.size + 1 + i,
        values: record.values[i] ?? {},
        changed: record.op === "update" ? record.changed[i]! : Object.keys(record.values[i] ?? {}),
      }))
    );
    device.queued = [];
    for (const one of written) {
      const last = this.#clocks.get(one.device) ?? 0;
      this.#clocks.set(one.device, one.clock);
      if (one.clock > last) continue;
      this.breaches.push(`C1: ${device.name} wrote ${JSON.stringify(one)} after clock ${last}`);
    }
    this.writes.push(...written);
    for (const one of written) {
      const chain = this.chains.get(`${one.device} ${one.id}`) ?? [];
      this.chains.set(`${one.device} ${one.id}`, chain);
      chain.push(one);
    }
    if (intents && !matches(intents, written)) {
      this.breaches.push(
        `P1: ${device.name} wrote ${JSON.stringify(intents)} and queued ${JSON.stringify(written)}`,
      );
    }
  }

  hear({ kind, request, device }: Call, result: Result<object>, epoch: number): void {
    if (kind !== "push" || !("answer" in result)) return;
    const { outcomes, xid } = result.answer as PushResponse;
    const { mutations } = request as PushRequest;
    outcomes.forEach((outcome, i) => {
      if (OUTCOMES[outcome.code] === "resend") return;
      const { table, clock } = mutations[i]!;
      this.#heard.set(idOf({ device, table, clock }), { outcome, xid, epoch });
      this.#answered.set(idOf({ device, table, clock }), mutations[i]!);
    });
  }
}

const idOf = ({ device, table, clock }: Pick<Written, "device" | "table" | "clock">): string =>
  `${device} ${table} ${clock}`;

/** Each was queued as it was meant, and nothing else. */
function matches(intents: Intent[], written: Written[]): boolean {
  if (intents.length !== written.length) return false;
  const rest = [...written];
  return intents.every(({ table, key, op, set }) => {
    const at = rest.findIndex((one) =>
      one.id === rowId(table, key) && one.op === op &&
      Object.entries(set).every(([column, value]) => one.values[column] === value)
    );
    return at >= 0 && rest.splice(at, 1).length === 1;
  });
}
