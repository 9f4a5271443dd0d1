/** Measuring so that two numbers can be compared: in turns, and by the median. */

/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("the median of nothing");
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)]!;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1]!;
  return (lower + upper) / 2;
}

/** Measures one round of one contestant; answers what its figures are made of, in milliseconds. */
export type Contestant<Measure extends string> = () => Promise<Record<Measure, number>>;

/**
 * Lets the contestants take turns (A B C, A B C ...), so that a machine that grows slower or faster does so
 * for all of them, and answers the median of each measure.
 */
export async function inTurns<Name extends string, Measure extends string>(
  rounds: number,
  contestants: Record<Name, Contestant<Measure>>,
  between: (round: number) => void | Promise<void> = () => undefined,
): Promise<Record<Name, Record<Measure, number>>> {
  const names = Object.keys(contestants) as Name[];
  const seen = new Map<Name, Record<Measure, number>[]>(names.map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const name of names) seen.get(name)!.push(await contestants[name]());
    await between(round);
  }
  return Object.fromEntries(
    names.map((name) => [name, medians(seen.get(name)!)]),
  ) as Record<Name, Record<Measure, number>>;
}

/** Runs `work`; answers how many milliseconds it took. */
export async function time(work: () => PromiseLike<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function medians<Measure extends string>(
  rounds: Record<Measure, number>[],
): Record<Measure, number> {
  const measures = Object.keys(rounds[0] ?? {}) as Measure[];
  return Object.fromEntries(
    measures.map((measure) => [measure, median(rounds.map((round) => round[measure]))]),
  ) as Record<Measure, number>;
}
