/**
 * PostgreSQL's `hashtextextended(text, 0)`, so that a browser and a database can compare what they hold. It
 * is Bob Jenkins' lookup3 (burtleburtle.net/bob/c/lookup3.c) as in PostgreSQL's hashfn.c, on a little-endian
 * server; hash partitioning keeps PostgreSQL from ever changing it.
 */

/** A 64-bit hash as two signed 32-bit halves: bigints would take ten times as long. */
export type Hash = { high: number; low: number };

const encoder = new TextEncoder();

export function hash(text: string): Hash {
  const bytes = encoder.encode(text);
  const view = new DataView(bytes.buffer);
  let rest = bytes.length;
  let at = 0;
  let a = (0x9e3779b9 + bytes.length + 3923095) | 0;
  let b = a;
  let c = a;
  for (; rest >= 12; rest -= 12, at += 12) {
    a = (a + view.getInt32(at, true)) | 0;
    b = (b + view.getInt32(at + 4, true)) | 0;
    c = (c + view.getInt32(at + 8, true)) | 0;
    a = ((a - c) | 0) ^ rotate(c, 4), c = (c + b) | 0;
    b = ((b - a) | 0) ^ rotate(a, 6), a = (a + c) | 0;
    c = ((c - b) | 0) ^ rotate(b, 8), b = (b + a) | 0;
    a = ((a - c) | 0) ^ rotate(c, 16), c = (c + b) | 0;
    b = ((b - a) | 0) ^ rotate(a, 19), a = (a + c) | 0;
    c = ((c - b) | 0) ^ rotate(b, 4), b = (b + a) | 0;
  }
  // The lowest byte of c is left to the length.
  for (let i = rest - 1; i >= 8; i--) c = (c + (bytes[at + i]! << (8 * (i - 7)))) | 0;
  for (let i = Math.min(rest, 8) - 1; i >= 4; i--) b = (b + (bytes[at + i]! << (8 * (i - 4)))) | 0;
  for (let i = Math.min(rest, 4) - 1; i >= 0; i--) a = (a + (bytes[at + i]! << (8 * i))) | 0;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return { high: b, low: c };
}

const rotate = (word: number, bits: number) => (word << bits) | (word >>> (32 - bits));

/** As PostgreSQL writes a bigint. */
export function decimal({ high, low }: Hash): string {
  return String((BigInt(high) << 32n) | BigInt(low >>> 0));
}
