/**
 * The folder of the PostgreSQL that tests start, such as /usr/lib/postgresql/15/bin; undefined for the
 * one that comes along. `npm test` sets it for its second run.
 */
export const binaries: string | undefined = Deno.env.get("TEST_BINARIES");
