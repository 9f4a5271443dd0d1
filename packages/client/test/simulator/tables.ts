/** The tables of the simulated project, one for each way in which conflicts are decided. */
import type { Key, Strategy } from "@fitos/protocol";
import type { Rules, Values } from "../../../protocol/test/model.ts";

export interface SimTable {
  key: readonly string[];
  rules: Rules;
  /** How a pull tells of it (SPEC S9). */
  told: Strategy;
}

const plain = { cascades: false, groups: [], defaults: {} };
const GROUPS = [["reps", "weight"]];

export const TABLES: Record<string, SimTable> = {
  notes: {
    key: ["id"],
    rules: { ...plain, strategy: "last_write_wins" },
    told: { strategy: "last_write_wins", seen: false, groups: [] },
  },
  plans: {
    key: ["id"],
    rules: { ...plain, strategy: "field_merge", groups: GROUPS },
    told: { strategy: "field_merge", seen: true, groups: GROUPS },
  },
  counters: {
    key: ["id"],
    rules: { ...plain, strategy: "server_wins" },
    told: { strategy: "server_wins", seen: true, groups: [] },
  },
  // Two rows make a pair, whose amounts have one sum; only whole transactions write them.
  accounts: {
    key: ["pair", "side"],
    rules: { ...plain, strategy: "last_write_wins" },
    told: { strategy: "last_write_wins", seen: false, groups: [] },
  },
};

export const SYNCED = Object.fromEntries(
  Object.entries(TABLES).map(([name, { key }]) => [name, key.length === 1 ? key[0]! : key]),
);

export const STORES = {
  notes: "id, title",
  plans: "id",
  counters: "id",
  accounts: "[pair+side]",
};

/** What the two amounts of a pair are together. */
export const SUM = 200;

/** The scope whose members may change; every user has one of their own besides. */
export const CLUB = "club";

/** The constraint that some writes break. */
export const breaksCheck = (values: Values): boolean =>
  Object.values(values).some((value) => String(value).startsWith("bad"));

export const rowId = (table: string, key: Key): string => `${table} ${JSON.stringify(key)}`;

export const keyIn = (table: string, values: { [column: string]: unknown }): Key =>
  TABLES[table]!.key.map((column) => values[column]) as Key;
