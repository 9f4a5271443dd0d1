import { type Day, dayOf } from "./data/dates.ts";

// The one place that reads the device's clock and makes ids.

export const now = (): Date => new Date();
export const today = (): Day => dayOf(now());
export const timestamp = (): string => now().toISOString();
/** Milliseconds since 1970. */
export const instant = (): number => now().getTime();
export const newId = (): string => crypto.randomUUID();
