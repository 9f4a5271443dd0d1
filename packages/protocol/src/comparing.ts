/** What a digest is of, and where two differ (SPEC D2). */
import type { Digest } from "./digest.ts";
import { decimal, hash } from "./hash.ts";
import type { Json, Key, Row } from "./values.ts";

/** The digest of what a device holds of one table: the server's rows, without its own pending writes. */
export function digestOf(rows: Iterable<[Key, Row]>, buckets: number): Digest[string] {
  const found = new Map<number, { rows: number; high: number; low: number }>();
  for (const [key, row] of rows) {
    const at = bucketOf(key, buckets);
    const bucket = found.get(at) ?? { rows: 0, high: 0, low: 0 };
    const { high, low } = hash(canonical(row));
    found.set(at, { rows: bucket.rows + 1, high: bucket.high ^ high, low: bucket.low ^ low });
  }
  return [...found]
    .sort(([a], [b]) => a - b)
    .map(([at, { rows, high, low }]) => [at, rows, decimal({ high, low })]);
}

/** The bucket of a row. */
export const bucketOf = (key: Key, buckets: number): number =>
  hash(canonical(key)).low & (buckets - 1);

/** The buckets in which two digests of a table differ. */
export function differing(one: Digest[string], other: Digest[string]): number[] {
  const seen = new Map(one.map((bucket) => [bucket[0], bucket.join()]));
  const odd = other.filter((bucket) => {
    const same = seen.get(bucket[0]) === bucket.join();
    if (same) seen.delete(bucket[0]);
    return !same;
  });
  return [...new Set([...seen.keys(), ...odd.map(([bucket]) => bucket)])].sort((a, b) => a - b);
}

/** One text for one value on both sides (SPEC D2), as `sync.canonical` makes it. */
export function canonical(value: Json): string {
  if (typeof value === "number") return digits(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.keys(value).sort(byCodePoint)
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name]!)}`);
  return `{${members.join()}}`;
}

const double = new DataView(new ArrayBuffer(8));

function digits(value: number): string {
  // There is no -0 in a numeric.
  double.setFloat64(0, value === 0 ? 0 : value);
  return double.getBigUint64(0).toString(16).padStart(16, "0");
}

/** As UTF-8 sorts, and so the database. JavaScript's own order is that of UTF-16. */
function byCodePoint(a: string, b: string): number {
  if (a === b) return 0;
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  // Never between the halves of a pair: the first that differs may be the second half.
  if (at > 0 && /[\ud800-\udbff]/.test(a[at - 1]!)) at--;
  return (a.codePointAt(at) ?? -1) - (b.codePointAt(at) ?? -1);
}
