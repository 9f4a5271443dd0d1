// The local Supabase: real PostgreSQL, Auth, REST, Realtime and edge functions without Docker.
export { defaultDataDir } from "./data_dir.ts";
export { StackError, type StackErrorCode } from "./error.ts";
export { stopWithProcess } from "./lifetime.ts";
export { applyMigrations } from "./migrate.ts";
export { type Postgres, type PostgresOptions, startPostgres } from "./postgres.ts";
export { type Stack, type StackOptions, startStack } from "./stack.ts";
