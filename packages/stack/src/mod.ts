// The local Supabase: real PostgreSQL, Auth, REST, Realtime and edge functions without Docker.
export { StackError, type StackErrorCode } from "./error.ts";
export { type Postgres, type PostgresOptions, startPostgres } from "./postgres.ts";
