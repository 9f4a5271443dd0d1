/**
 * Elements that show a person how syncing goes: `<sync-status>`, `<sync-button>`, `<sync-errors>`.
 * Each takes `db.sync` as its property `sync` and defines itself on import.
 */
export { describe, type StatusWords, type Tone } from "./status_words.ts";
export { describeIssue, type IssueWords } from "./issue_words.ts";
export { SyncController } from "./sync_controller.ts";
export { SyncButton } from "./sync_button.ts";
export { SyncErrors } from "./sync_errors.ts";
export { SyncStatus } from "./sync_status.ts";
