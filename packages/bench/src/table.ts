import type { Figure } from "./suite.ts";

/** The figures as a table for a terminal. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.goal === null ? "" : figure.ok ? "ok" : "MISSED",
    figure.name,
    `${written(figure.value)} ${figure.unit}`,
    figure.goal ?? "",
  ]);
  const all = [["", "figure", "measured", "goal"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]!.length)));
  return all.map(([verdict, name, value, goal]) =>
    [
      verdict!.padEnd(widths[0]!),
      name!.padEnd(widths[1]!),
      value!.padStart(widths[2]!),
      goal,
    ].join("  ").trimEnd()
  ).join("\n");
}

/** Three digits that count; whole numbers from a hundred on. */
const written = (value: number) => value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
