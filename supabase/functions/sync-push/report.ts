// What may be logged of an error: enough to find the place, no values of rows, no tokens.

/** The names PostgreSQL gives with an error. Its message, detail and context quote values. */
const NAMES = ["code", "routine", "schema_name", "table_name", "column_name", "constraint_name"];

/** One line for the function's log. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `thrown: ${typeof error}`;
  if (error.name === "PostgresError") {
    const names = NAMES.filter((name) => name in error)
      .map((name) => `${name}=${Reflect.get(error, name)}`);
    return `PostgresError ${names.join(" ")}`;
  }
  return error.stack ?? error.name;
}
