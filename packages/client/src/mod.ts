/** Dexie and Supabase as one database: a Dexie addon that queues, pushes, pulls and listens. */
export { supabaseSync, type Surroundings } from "./addon.ts";
export * from "./api.ts";
export type { ExchangeRecord } from "./exchange_log.ts";
export type { SyncInspection, TableInspection } from "./inspect.ts";
export type { LocalFields } from "./local_fields.ts";
export { type Platform, platform } from "./platform.ts";
export { SYNC_TAG, type Synced, syncWhenWoken, wakeWorker } from "./background.ts";
export { type DeviceStorage, deviceStorage } from "./device_storage.ts";
export type { Failure, Result, Transport } from "./transport.ts";
export type { SyncedDexie } from "./types.ts";
export { SyncValueError } from "./values.ts";
