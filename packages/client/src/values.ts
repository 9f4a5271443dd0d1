import type { Base } from "./store.ts";
import { type Json, type Key, LIMITS, type Row } from "@fitos/protocol";

/** A value that can't be synced was written to a synced table; the write did not happen. */
export class SyncValueError extends Error {
  override name = "SyncValueError";
  /** `path` is the field, as `workouts.sets[2].load`. */
  constructor(readonly path: string, advice: string) {
    super(`${path} ${advice}`);
  }
}

/**
 * The form in which a row is stored and sent: JSON, dates as ISO text, so that one index never holds
 * two types. Answers the row itself where nothing has to change. Throws SyncValueError.
 */
export function toStored(table: string, row: unknown): Row {
  if (typeof row !== "object" || row === null || Array.isArray(row)) {
    throw new SyncValueError(table, "holds objects; this is no object.");
  }
  const stored = toJson(table, row, 1) as Row;
  // Writing every row out only to measure it cost a third of a tracked bulkPut.
  if (weightOf(stored) > LIMITS.mutationBytes) refuseBeyond(table, bytesOf(stored));
  return stored;
}

function refuseBeyond(table: string, bytes: number): void {
  if (bytes <= LIMITS.mutationBytes) return;
  throw new SyncValueError(
    table,
    `row has ${bytes} bytes; at most ${LIMITS.mutationBytes} can be synced.`,
  );
}

function toJson(path: string, value: unknown, depth: number): Json | undefined {
  switch (typeof value) {
    case "string":
      if (value.includes("\u0000") || !value.isWellFormed()) {
        throw new SyncValueError(
          path,
          "has a character PostgreSQL can't store (NUL or half a surrogate pair).",
        );
      }
      return value;
    case "boolean":
    case "undefined":
      return value;
    case "number":
      if (!Number.isFinite(value)) {
        throw new SyncValueError(path, `is ${value}, which JSON can't carry.`);
      }
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
        throw new SyncValueError(path, "is an integer beyond 2^53; write it as a string.");
      }
      // As `numeric` writes it out, which is what the server counts.
      if (value !== 0 && Math.abs(Math.log10(Math.abs(value))) > LIMITS.numberDigits - 18) {
        throw new SyncValueError(
          path,
          `has more than ${LIMITS.numberDigits} digits; write it as a string.`,
        );
      }
      return value;
    case "object":
      if (value === null) return null;
      if (value instanceof Date) {
        if (Number.isNaN(value.getTime())) throw new SyncValueError(path, "is an invalid Date.");
        return value.toISOString();
      }
      // A request has about five levels around a value.
      if (depth > LIMITS.depth - 8) {
        throw new SyncValueError(path, "is nested too deeply to be synced.");
      }
      if (Array.isArray(value)) {
        const items = value.map((item, i) => toJson(`${path}[${i}]`, item, depth + 1) ?? null);
        return items.every((item, i) => item === value[i]) ? value : items;
      }
      if (isPlain(value)) return toJsonObject(path, value as Row, depth);
  }
  throw new SyncValueError(path, `is a ${nameOf(value)}, which JSON can't carry.`);
}

function toJsonObject(path: string, value: Row, depth: number): Row {
  let copy: Row | null = null;
  for (const [name, field] of Object.entries(value)) {
    const stored = toJson(`${path}.${name}`, field, depth + 1);
    if (stored === field) continue;
    copy ??= Object.assign(Object.create(Object.getPrototypeOf(value)), value) as Row;
    copy[name] = stored as Json;
  }
  return copy ?? value;
}

/** Objects, and instances of a class the app mapped its table to; not the platform's own kinds. */
function isPlain(value: object): boolean {
  return Object.prototype.toString.call(value) === "[object Object]";
}

function nameOf(value: unknown): string {
  return typeof value === "object"
    ? Object.prototype.toString.call(value).slice(8, -1)
    : typeof value;
}

/** The primary key of a row as the wire has it. */
export function wireKey(key: IDBValidKey): Key {
  return (Array.isArray(key) ? key : [key]) as Key;
}

/** The primary key as Dexie has it. */
export function storeKey(key: Key): IDBValidKey {
  return key.length === 1 ? key[0] as IDBValidKey : key as IDBValidKey;
}

/** A text that two keys share exactly when they are the same key. */
export function keyId(key: Key): string {
  return JSON.stringify(key);
}

/** The key of a server's row. */
export function keyOf(row: Row, columns: readonly string[]): Key {
  return columns.map((column) => row[column]) as Key;
}

const encoder = new TextEncoder();

/** Bytes of a value on the wire. */
export function bytesOf(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).length;
}

/** Bytes that a value takes at most on the wire, by its shape alone. */
export function weightOf(value: Json | undefined): number {
  if (typeof value === "string") return 2 + value.length * CHARACTER;
  if (typeof value !== "object" || value === null) return 24;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + 1 + weightOf(item), 2);
  let weight = 2;
  for (const name in value) weight += 4 + name.length * CHARACTER + weightOf(value[name]);
  return weight;
}

/** A control character is written as an escape, `\u001f`. */
const CHARACTER = 6;

/** The fields in which two rows differ, those that only one of them has included. */
export function changedFields(value: Row, base: Row): string[] {
  const names = new Set([...Object.keys(base), ...Object.keys(value)]);
  return [...names].filter((name) => !same(value[name], base[name]));
}

/** What of the row under a write is kept beside its values: all of it where there are none. */
export function baseOf(value: Row | null, under: Row | null): Base | null {
  if (value === null || under === null) return under;
  return some(under, changedFields(value, under));
}

/** Some columns of a row, as it has them. */
export function some(row: Row, names: readonly string[]): Base {
  return Object.fromEntries(names.map((name) => [name, row[name]]));
}

function same(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
    return false;
  }
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length &&
    names.every((name) => same((one as Row)[name], (other as Row)[name]));
}
