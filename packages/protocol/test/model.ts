/**
 * The rules of merging (SPEC C1 to C13) as plain functions: what one row becomes when a mutation
 * arrives, or plain SQL writes it. It knows nothing of SQL's own rules, batches, locks or policies;
 * `supabase/tests/histories_test.ts` holds the database against it, and the client's simulator has it for a server.
 */

/** A clock and who wrote: names a write, and of two the later one. */
export type Version = readonly [clock: number, writer: string];

export type Values = Record<string, number | string | null>;

export type Rules = {
  strategy: "last_write_wins" | "field_merge" | "server_wins" | "resolver";
  /** Deleting a row changes others: a delete wins, so inserts begin incarnations (C8). */
  cascades: boolean;
  /** Columns that are one unit (C11); every other column is one of its own. */
  groups: string[][];
  /** What columns hold that an insert does not carry. */
  defaults: Values;
  resolve?: (stored: Values, proposed: Values | null) => Values | null;
};

/** What the server keeps of a key that was ever written. */
export type Kept = {
  /** null: a tombstone. */
  values: Values | null;
  /** The last write. */
  last: Version;
  /** The incarnation; of a tombstone the last one that ended. */
  born: Version;
  /** The last write of each unit since the insert. */
  units: Record<string, Version>;
};

export type Write = {
  op: "insert" | "update" | "delete";
  values: Values;
  version: Version;
  /** What its author had seen; undefined where the mutation does not say. */
  seen: Version | undefined;
};

/** A write through no push. An update names the columns it sets, whatever the strategy. */
export type PlainWrite = Pick<Write, "op" | "values">;

/** `fields`: the columns that lost, where others won. */
export type Decision = {
  kept: Kept | undefined;
  code: "applied" | "superseded" | "partial_group";
  fields?: string[];
};

export const NOTHING: Version = [0, "00000000-0000-0000-0000-000000000000"];

const later = (a: Version, b: Version) => a[0] !== b[0] ? a[0] > b[0] : a[1] > b[1];
const same = (a: Version, b: Version) => a[0] === b[0] && a[1] === b[1];
const latest = (a: Version, b: Version) => later(a, b) ? a : b;

/** C1: the clock a mutation counts with; `last` is the one before it of its client, or 0. */
export const effective = (clock: number, now: number, last: number): number =>
  Math.max(Math.min(clock, now), last + 1);

/** C2: the clock of a write through no push. */
export const stamp = (kept: Kept | undefined, now: number): number =>
  Math.max(now, (kept?.last[0] ?? 0) + 1);

/** Whether plain SQL finds what it writes: an insert no row, anything else one. */
export const touches = (kept: Kept | undefined, op: Write["op"]): boolean =>
  Boolean(kept?.values) !== (op === "insert");

/** What plain SQL makes of a row that it touches. It never loses, since its clock is the latest. */
export function overwrite(
  rules: Rules,
  kept: Kept | undefined,
  { op, values }: PlainWrite,
  clock: number,
): Kept {
  const version: Version = [clock, NOTHING[1]];
  if (op === "insert" || !kept?.values) return begin(rules, { values, version });
  // It says nothing of what it has seen, so it ends all that is older than itself (C9, C10).
  if (op === "delete") return tombstone(version, version);
  const stored = kept.values;
  const changed = Object.keys(values).filter((column) => values[column] !== stored[column]);
  const units = rules.strategy === "field_merge" ? changed.map((c) => unitOf(rules, c)) : [];
  return {
    ...kept,
    values: { ...stored, ...values },
    // A row that was only touched was written all the same (C2); no unit of it was (C11).
    last: version,
    units: { ...kept.units, ...Object.fromEntries(units.map((unit) => [unit, version])) },
  };
}

/** Decides one mutation. */
export function decide(rules: Rules, kept: Kept | undefined, write: Write): Decision {
  if (rules.groups.some((group) => isPart(group, write))) return { kept, code: "partial_group" };
  if (write.op === "delete" && !kept?.values) {
    return { kept: bury(rules, kept, write), code: "applied" };
  }
  if (rules.strategy === "server_wins" || rules.strategy === "resolver") {
    return compareAndSet(rules, kept, write);
  }
  return rules.strategy === "field_merge" || rules.cascades
    ? byIncarnation(rules, kept, write)
    : byClock(rules, kept, write);
}

/** C3, C5, C6: the row is the unit. */
function byClock(rules: Rules, kept: Kept | undefined, write: Write): Decision {
  if (kept && !later(write.version, kept.last)) return superseded(kept);
  if (write.op === "delete") return applied(tombstone(write.version, write.version));
  return applied(kept?.values ? edit(kept, write) : begin(rules, write));
}

/** C8 to C11. */
function byIncarnation(rules: Rules, kept: Kept | undefined, write: Write): Decision {
  const newer = !kept || later(write.version, kept.born);
  if (write.op === "insert") return newer ? applied(begin(rules, write)) : superseded(kept);
  if (!kept?.values) {
    // C6: under last_write_wins an update carries the whole row, and there is no delete to respect.
    const whole = rules.strategy === "last_write_wins" && !kept && !write.seen;
    return whole ? applied(begin(rules, write)) : superseded(kept);
  }
  const current = write.seen ? same(write.seen, kept.born) : newer;
  if (!current) return superseded(kept);
  if (write.op === "delete") {
    // One that does not say what it has seen has seen everything older than itself (C10).
    const ended = write.seen ? kept.born : latest(kept.born, write.version);
    return applied(tombstone(latest(kept.last, write.version), ended));
  }
  if (rules.strategy === "last_write_wins") {
    return later(write.version, kept.last) ? applied(edit(kept, write)) : superseded(kept);
  }
  return merge(rules, kept, write);
}

/** C11: each unit by itself. */
function merge(rules: Rules, kept: Kept, write: Write): Decision {
  const columns = Object.keys(write.values);
  const loses = (column: string) =>
    !later(write.version, kept.units[unitOf(rules, column)] ?? kept.born);
  const fields = columns.filter(loses).sort();
  if (columns.length > 0 && fields.length === columns.length) return superseded(kept);
  const won = columns.filter((column) => !loses(column));
  const merged: Kept = {
    ...kept,
    values: { ...kept.values, ...pick(write.values, won) },
    last: won.length > 0 ? latest(kept.last, write.version) : kept.last,
    units: {
      ...kept.units,
      ...Object.fromEntries(won.map((c) => [unitOf(rules, c), write.version])),
    },
  };
  return fields.length > 0 ? { kept: merged, code: "superseded", fields } : applied(merged);
}

/** C12, C13. */
function compareAndSet(rules: Rules, kept: Kept | undefined, write: Write): Decision {
  if (!kept?.values) {
    return write.op === "insert" ? applied(begin(rules, write)) : superseded(kept);
  }
  const proposed = write.op === "delete" ? null : { ...kept.values, ...write.values };
  // What is applied is its author's last write of the row, whether or not it changes any of it (C7).
  const written = (values: Values): Kept => ({ ...kept, values, last: write.version });
  if (write.seen && same(write.seen, kept.last)) {
    return applied(proposed ? written(proposed) : tombstone(write.version, kept.born));
  }
  const chosen = rules.resolve?.(kept.values, proposed);
  if (!chosen) return superseded(kept);
  const changed = Object.keys(chosen).some((column) => chosen[column] !== kept.values![column]);
  const next = changed ? written(chosen) : kept;
  const fields = Object.keys(write.values).filter((c) => chosen[c] !== proposed?.[c]).sort();
  if (!proposed) return superseded(next);
  if (fields.length > 0) return { kept: next, code: "superseded", fields };
  return applied(written(chosen));
}

const applied = (kept: Kept | undefined): Decision => ({ kept, code: "applied" });
const superseded = (kept: Kept | undefined): Decision => ({ kept, code: "superseded" });

/** The row as an insert makes it: what it does not carry has its default. */
function begin(rules: Rules, { values, version }: Pick<Write, "values" | "version">): Kept {
  return { values: { ...rules.defaults, ...values }, last: version, born: version, units: {} };
}

/** A write of the whole row, or of the columns it names. One that names none asks for nothing. */
function edit(kept: Kept, { values, version }: Write): Kept {
  if (Object.keys(values).length === 0) return kept;
  return { ...kept, values: { ...kept.values, ...values }, last: version };
}

/** C5: with its clock. */
function tombstone(last: Version, ended: Version): Kept {
  return { values: null, last, born: ended, units: {} };
}

/** A delete of what is gone: an older write must not bring it back (C5). */
function bury(rules: Rules, kept: Kept | undefined, { version, seen }: Write): Kept | undefined {
  const exact = seen && (rules.strategy === "field_merge" || rules.cascades);
  if (!kept || exact) return kept;
  return { ...kept, last: latest(kept.last, version), born: latest(kept.born, version) };
}

/** What a column is decided with: its group, named by the first column, or itself. */
const unitOf = ({ groups }: Rules, column: string): string =>
  groups.find((group) => group.includes(column))?.[0] ?? column;

function isPart(group: string[], { op, values }: Write): boolean {
  const named = group.filter((column) => column in values);
  return op === "update" && named.length > 0 && named.length < group.length;
}

const pick = (values: Values, columns: string[]): Values =>
  Object.fromEntries(columns.map((column) => [column, values[column]!]));
