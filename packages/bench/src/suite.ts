/** What a suite of benchmarks is, and what it gives. */

/** One measured number. */
export type Figure = {
  name: string;
  value: number;
  /** `x` (a ratio), `ms`, `rows/s` ... */
  unit: string;
  /** What the project promises, such as `<= 2`; null where the figure is only for the reader. */
  goal: string | null;
  /** Whether the goal is met; true without one. */
  ok: boolean;
};

export type Suite = {
  /** One line for the list of suites. */
  about: string;
  /** What it can measure on its own, in the order in which it does. */
  parts: readonly string[];
  /** Measures the named parts; `say` is told what is going on. `rows` is for those that take a count. */
  run(parts: readonly string[], say: (line: string) => void, rows: number): Promise<Figure[]>;
};

export const atMost = (name: string, value: number, unit: string, goal: number): Figure => ({
  name,
  value,
  unit,
  goal: `<= ${goal}`,
  ok: value <= goal,
});

export const atLeast = (name: string, value: number, unit: string, goal: number): Figure => ({
  name,
  value,
  unit,
  goal: `>= ${goal}`,
  ok: value >= goal,
});

/** A figure without a goal. */
export const observed = (name: string, value: number, unit: string): Figure => ({
  name,
  value,
  unit,
  goal: null,
  ok: true,
});
