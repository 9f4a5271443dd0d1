/** A server, a network and some devices, as one seed sets them up. */
import { liveQuery } from "dexie";
import type { Row } from "@fitos/protocol";
import type { SyncIssue } from "../../src/api.ts";
import { Chance } from "./chance.ts";
import { Device, type Tab, type World } from "./device.ts";
import { Ledger } from "./ledger.ts";
import { type Call, Network } from "./network.ts";
import { Oracle } from "./oracle.ts";
import { Server, type Transaction } from "./server.ts";
import { type Limits, Service } from "./service.ts";
import { rowId } from "./tables.ts";
import { Time } from "./time.ts";
import { Turns } from "./turns.ts";

const USERS = ["00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"];
const YEAR = 31_536_000_000;

export class Stage implements World {
  readonly turns = new Turns();
  readonly time = new Time();
  readonly chance: Chance;
  readonly server: Server;
  readonly service: Service;
  readonly network: Network;
  readonly devices: Device[];
  readonly ledger = new Ledger();
  readonly oracle: Oracle;
  listeners: World["listeners"] = [];
  /** Pokes on their way. */
  pokes: { device: Device; poke: () => void }[] = [];
  /** Transactions of plain SQL that have not ended. */
  sql: Transaction[] = [];
  /** Issues that their authors have decided. */
  readonly dismissed = new Map<string, SyncIssue[]>();
  /** What takes its time on the way back, so that the rest overtakes it. */
  readonly slow: Call["kind"] | null;
  /** Something of the server's was taken back, or may have been. */
  restored = false;
  /** The steps, and between them what went over the network. */
  readonly trace: string[] = [];
  #marks = 0;

  constructor(seed: number) {
    this.chance = new Chance(seed);
    const { chance } = this;
    this.server = new Server(this.time);
    const limits: Limits = {
      mutations: chance.pick([1000, 1000, 1000, 4, 3]),
      patience: chance.pick([1000, 1000, 1, 0]),
      page: chance.pick([1000, 1000, 4, 2, 1]),
    };
    this.slow = chance.pick([null, null, "pull", "pull", "push", "digest"]);
    this.service = new Service(this.server, limits);
    this.network = new Network(this.time, this.server, this.service);
    this.network.onAnswer = (call, result) => this.ledger.hear(call, result, this.server.epoch);
    this.network.log = (line) => this.trace.push(line);
    this.oracle = new Oracle(this.ledger);
    this.server.members = new Set(USERS);
    this.server.onPoke = (scope) => {
      this.pokes.push(...this.listeners.filter(({ topic }) => topic === scope));
    };
    this.devices = ["a", "b", "c"].slice(0, 2 + chance.below(2)).map((name, i) =>
      new Device(this, {
        name,
        user: i === 0 ? USERS[0]! : chance.pick(USERS),
        skew: chance.pick([0, 0, 0, 5000, YEAR, -YEAR]),
        leaderless: chance.flip(0.4),
      })
    );
    this.trace.push(
      JSON.stringify({
        limits,
        slow: this.slow,
        devices: this.devices.map(({ options }) => options),
      }),
    );
  }

  mark(bad = false): string {
    return `${bad ? "bad" : "m"}${++this.#marks}`;
  }

  async open(device: Device): Promise<Tab> {
    const tab = await device.open();
    const { db } = tab;
    // P7: what a live query shows, not only what a reading finds.
    const pairs = liveQuery(() =>
      db.transaction("r", ["accounts", "_sync_state"], () =>
        Promise.all([
          db.table("_sync_state").get("engine"),
          db.table<Row>("accounts").toArray(),
        ]))
    );
    pairs.subscribe({
      next: ([state, rows]) => {
        if (!tab.alive || !state?.cursor) return;
        const seen = rows.map((row): [string, Row] => [
          rowId("accounts", [String(row.pair), String(row.side)]),
          row,
        ]);
        this.oracle.wholePairs(device.name, new Map(seen));
      },
      error: () => {},
    });
    tab.connect();
    return tab;
  }

  /** Everything comes to rest but what waits for the network or for time to pass. */
  async rest(): Promise<void> {
    do {
      await this.time.moveTo(this.time.now, () => this.turns.run());
      await this.turns.run();
    } while (this.time.next <= this.time.now);
  }

  pass(ms: number): Promise<void> {
    return this.time.moveTo(this.time.now + ms, () => this.turns.run());
  }

  get breaches(): string[] {
    this.oracle.epoch = this.server.epoch;
    const errors = this.turns.errors.map((error) => `thrown: ${(error as Error)?.stack ?? error}`);
    return [
      ...this.service.breaches,
      ...this.ledger.breaches,
      ...this.oracle.breaches,
      ...errors,
    ];
  }
}
