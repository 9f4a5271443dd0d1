/**
 * Whether a snapshot, as PostgreSQL writes it (`xmin:xmax:xip,xip`), sees a committed transaction.
 * Ids have 64 bits, so they are compared as bigints.
 */
export function covers(snapshot: string, xid: string): boolean {
  const [, xmax, running] = snapshot.split(":");
  if (xmax === undefined) throw new Error(`not a snapshot: ${snapshot}`);
  return BigInt(xid) < BigInt(xmax) && !(running ?? "").split(",").includes(xid);
}
