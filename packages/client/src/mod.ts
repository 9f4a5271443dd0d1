/** Dexie and Supabase as one database: a Dexie addon that queues, pushes, pulls and listens. */
export type * from "./api.ts";
