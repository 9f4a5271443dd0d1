/** Where values stand in a plot. */
export interface Scale {
  /** Round numbers from below the least value, or 0, to above the greatest. */
  ticks: number[];
  /** How far up the value stands, from 0 at the lowest tick to 1 at the highest. */
  share(value: number): number;
}

/**
 * A scale with up to five steps of 1, 2 or 5 times a power of ten. Lengths are compared from 0;
 * `isFromZero` is false for positions, whose changes would be lost far above it.
 */
export function scaleOf(values: readonly number[], { isFromZero = true } = {}): Scale {
  const greatest = Math.max(0, ...values);
  const least = isFromZero || !values.length ? 0 : Math.min(...values);
  const rough = (greatest - least || greatest || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough)! * power;
  const first = Math.floor(least / step);
  const count = Math.max(1, Math.ceil(greatest / step) - first);
  const ticks = Array.from({ length: count + 1 }, (_, index) => (first + index) * step);
  return { ticks, share: (value) => (value / step - first) / count };
}

/** Every how many of so many labels may be shown in this width. */
export function labelEvery(count: number, width: number, labelWidth: number): number {
  return Math.max(1, Math.ceil(count * labelWidth / width));
}
