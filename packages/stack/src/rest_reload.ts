// PostgREST's channel: DDL announces itself on `pgrst` and the REST service reads the schema again.
import postgres from "postgres";

/** Calls `reload` after each committed change of the schema. Ends with the returned function. */
export async function followSchema(
  adminUrl: string,
  reload: () => void,
): Promise<() => Promise<void>> {
  const sql = postgres(adminUrl, { max: 1 });
  await sql.listen("pgrst", reload);
  return () => sql.end({ timeout: 1 });
}
