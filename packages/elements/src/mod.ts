/**
 * The elements that every page shows: `<sync-provider>`, `<sync-status>`, `<sync-button>`, `<sync-progress>`. They
 * define themselves on import. The others have modules of their own, to be loaded when they are opened:
 * `import("@fitos/elements/sync-inspector.js")`.
 */
export { type Forms, Locale } from "./core/locale.ts";
export { ContextRequest, SYNC } from "./core/provide.ts";
export { type SnapshotSource, SyncController } from "./core/sync_controller.ts";
export type { Catalogue } from "./languages/catalogue.ts";
export { addLanguage, type LoadLanguage } from "./languages/languages.ts";
export { SyncButton } from "./sync_button/define.ts";
export { SyncProgress } from "./sync_progress/define.ts";
export { SyncProvider } from "./sync_provider/define.ts";
export { SyncStatus } from "./sync_status/define.ts";
export { describe, type Described, type Tone } from "./sync_status/describe.ts";
