/** Calendar days are text, YYYY-MM-DD, in the device's time zone, as people mean them. */
export type Day = string;

/** The calendar day of an instant. */
export function dayOf(instant: Date): Day {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${instant.getFullYear()}-${two(instant.getMonth() + 1)}-${two(instant.getDate())}`;
}

/** The day so many days later, or earlier when negative. */
export function addDays(day: Day, days: number): Day {
  const noon = atNoon(day);
  noon.setDate(noon.getDate() + days);
  return dayOf(noon);
}

/** "Today", "Tomorrow", "Yesterday", or "Friday 27 November". */
export function dayLabel(day: Day, today: Day): string {
  if (day === today) return "Today";
  if (day === addDays(today, 1)) return "Tomorrow";
  if (day === addDays(today, -1)) return "Yesterday";
  return longDay(day);
}

/** "Friday 27 November". */
export function longDay(day: Day): string {
  return LONG.format(atNoon(day)).replace(",", "");
}

/** "27 Nov". */
export function shortDay(day: Day): string {
  return SHORT.format(atNoon(day));
}

const SHORT = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const LONG = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });

/** Noon, so that no change to summer time moves the day. */
function atNoon(day: Day): Date {
  return new Date(`${day}T12:00:00`);
}
