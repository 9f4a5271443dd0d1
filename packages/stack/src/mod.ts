// The local Supabase: real PostgreSQL, Auth, REST, Realtime and edge functions without Docker.
export { StackError, type StackErrorCode } from "./error.ts";
export { applyMigrations } from "./migrate.ts";
export { type Postgres, type PostgresOptions, startPostgres } from "./postgres.ts";
export { type Stack, type StackOptions, startStack } from "./stack.ts";
