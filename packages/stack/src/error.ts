/** What can keep the stack from starting, and what the person at the keyboard can do about it. */
export type StackErrorCode =
  | "binaries_missing"
  | "config_invalid"
  | "data_folder_busy"
  | "data_folder_foreign"
  | "data_folder_version"
  | "permission"
  | "port_taken"
  | "postgres_failed"
  | "migration_failed";

/** An expected refusal: `message` says what is wrong in one sentence, `advice` what to do next. */
export class StackError extends Error {
  override name = "StackError";

  constructor(
    readonly code: StackErrorCode,
    message: string,
    readonly advice: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
