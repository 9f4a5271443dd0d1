import { atMost, type Figure, observed } from "../suite.ts";

/** The value below which a share of all lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

/** Milliseconds at the median and at the 95th percentile, with their goals where there are any. */
export function spread(
  name: string,
  values: readonly number[],
  goals?: [number, number],
): Figure[] {
  return [["p50", 0.5], ["p95", 0.95]].map(([label, share], i) => {
    const value = percentile(values, share as number);
    return goals
      ? atMost(`${name}, ${label}`, value, "ms", goals[i]!)
      : observed(`${name}, ${label}`, value, "ms");
  });
}
