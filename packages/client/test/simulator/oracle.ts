/** What must hold at every moment, on every device (P2, P4, P7, P8). */
import { covers, OUTCOMES, type Row } from "@fitos/protocol";
import type { EngineState } from "../../src/store.ts";
import type { Tab } from "./device.ts";
import type { Ledger, Written } from "./ledger.ts";
import { keyIn, rowId, SUM, TABLES } from "./tables.ts";

/** One transaction's reading of a device. */
export interface View {
  state: EngineState | null;
  /** By id. */
  rows: Map<string, Row>;
}

const NAMES = Object.keys(TABLES);

export async function look({ db, device }: Tab): Promise<View> {
  const reading = db.transaction("r", [...NAMES, "_sync_state"], () =>
    Promise.all([
      db.table<EngineState>("_sync_state").get("engine"),
      ...NAMES.map((table) => db.table<Row>(table).toArray()),
    ]));
  const [state, ...tables] = await device.world.turns.until(reading);
  return { state: state ?? null, rows: byId(tables) };
}

const byId = (tables: Row[][]): Map<string, Row> =>
  new Map(
    tables.flatMap((rows, i) =>
      rows.map((row): [string, Row] => [rowId(NAMES[i]!, keyIn(NAMES[i]!, row)), row])
    ),
  );

export class Oracle {
  readonly breaches: string[] = [];
  /** The last cursor of each device. */
  #cursors = new Map<string, { epoch: number; xmax: number }>();

  constructor(private readonly ledger: Ledger) {}

  async check(tab: Tab): Promise<void> {
    const view = await look(tab);
    const { name } = tab.device;
    this.#forward(name, view);
    const { cursor, first, verify } = view.state ?? {};
    // Catching up is seen as it comes, and what it had brought before a reset until the comparison after it.
    if (cursor !== null && !first && !verify) this.wholePairs(name, view.rows);
    for (const [id, chain] of this.ledger.chains) {
      if (id.startsWith(`${name} `)) this.#ownWrites(chain, view);
    }
  }

  /** P4, P7: a pair is seen whole or not at all. */
  wholePairs(device: string, rows: Map<string, Row>): void {
    const pairs = Map.groupBy(
      [...rows].flatMap(([id, row]) => id.startsWith("accounts ") ? [row] : []),
      ({ pair }) => pair,
    );
    for (const [pair, sides] of pairs) {
      const sum = sides.reduce((sum, { amount }) => sum + Number(amount), 0);
      if (sum === SUM && sides.length === 2) continue;
      this.breaches.push(`P7: ${device} sees a torn pair ${pair}: ${JSON.stringify(sides)}`);
    }
  }

  /** P8: the applied cursor never goes back. */
  #forward(device: string, { state }: View): void {
    if (!state?.cursor) return;
    const { epoch, base } = JSON.parse(state.cursor) as { epoch: number; base: string };
    const xmax = Number(base.split(":")[1]);
    const before = this.#cursors.get(device);
    this.#cursors.set(device, { epoch, xmax });
    if (before?.epoch === epoch && xmax < before.xmax) {
      this.breaches.push(`P8: the cursor of ${device} went back from ${before.xmax} to ${xmax}`);
    }
  }

  /** P8: what its author wrote is what they see, until they have heard otherwise or a cursor covers it. */
  #ownWrites(chain: Written[], view: View): void {
    const row = view.rows.get(chain[0]!.id);
    const later = new Set<string>();
    for (const written of chain.toReversed()) {
      if (this.unfinished(written, view)) {
        const own = written.op === "delete" ? [] : ownColumns(written);
        const wrong = written.op === "delete"
          ? later.size === 0 && row
          : own.some((column) => !later.has(column) && row?.[column] !== written.values[column]);
        if (wrong) {
          const seen = JSON.stringify(row);
          this.breaches.push(`P8: ${written.device} sees ${seen} over ${JSON.stringify(written)}`);
        }
      }
      if (written.op !== "update" || !isMerged(written)) return;
      for (const column of written.changed) later.add(column);
    }
  }

  /** As far as its device can know (SPEC L2). */
  unfinished(written: Written, { state }: View): boolean {
    const heard = this.ledger.heard(written);
    if (!heard) return true;
    const { outcome, xid, epoch } = heard;
    if (OUTCOMES[outcome.code] !== "keep") return false;
    if (!state || (!state.cursor && state.first)) return false;
    // What a cursor has covered is what its author sees, also after it was dropped.
    const cursor = state.cursor ?? state.former;
    if (!cursor) return epoch === this.epoch;
    const { epoch: known, base } = JSON.parse(cursor) as { epoch: number; base: string };
    return known === epoch && xid !== null && !covers(state.snapshot ?? base, xid);
  }

  /** The server's, as it is now. */
  epoch = 1;
}

const isMerged = ({ table }: Written) => TABLES[table]!.rules.strategy === "field_merge";

const ownColumns = (written: Written): string[] =>
  written.op === "update" && isMerged(written) ? written.changed : Object.keys(written.values);
