export const english = { syncNow: "Sync now" };

export type ButtonWords = typeof english;
