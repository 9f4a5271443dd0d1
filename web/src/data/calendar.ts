import { addDays, type Day } from "./dates.ts";
import { weekOf } from "./progress.ts";

/** YYYY-MM */
export type Month = string;

export const monthOf = (day: Day): Month => day.slice(0, 7);

/** The weeks of a month, Monday first, with the days of its neighbours that fill them. */
export function weeksOf(month: Month): Day[][] {
  const weeks: Day[][] = [];
  for (let monday = weekOf(`${month}-01`); monthOf(monday) <= month; monday = addDays(monday, 7)) {
    weeks.push(Array.from({ length: 7 }, (_, index) => addDays(monday, index)));
  }
  return weeks;
}

/** The month so many months later, or earlier when negative. */
export function addMonths(month: Month, months: number): Month {
  const [year, number] = month.split("-").map(Number) as [number, number];
  const count = year * 12 + number - 1 + months;
  return `${Math.floor(count / 12)}-${String(count % 12 + 1).padStart(2, "0")}`;
}

/** "November 2026". */
export function monthLabel(month: Month): string {
  return LABEL.format(new Date(`${month}-01T12:00:00`));
}

const LABEL = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric" });
