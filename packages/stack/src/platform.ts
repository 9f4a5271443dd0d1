// Brings a plain PostgreSQL database to the state of a fresh Supabase project. Every step may run again.
import { getAuthSchemaSql } from "@supabase/lite";
import postgres from "postgres";

const read = (name: string) => Deno.readTextFile(new URL(`platform/${name}.sql`, import.meta.url));

/** Applies the platform to the database behind `adminUrl` (a superuser's). One transaction. */
export async function applyPlatform(adminUrl: string): Promise<void> {
  const steps = [
    await read("01_roles"),
    await read("02_schemas"),
    await read("03_auth"),
    getAuthSchemaSql(),
    await read("05_auth_access"),
    await read("06_realtime"),
    await read("07_realtime_partitions"),
    await read("08_realtime_notify"),
    await read("09_rest_reload"),
  ];
  await asAdmin(adminUrl, (sql) => sql.begin((tx) => tx.unsafe(steps.join("\n"))));
}

/** Makes the partitions of realtime.messages that the next days need and drops those past keeping. */
export async function maintainRealtimePartitions(adminUrl: string): Promise<void> {
  const step = await read("07_realtime_partitions");
  await asAdmin(adminUrl, (sql) => sql.begin((tx) => tx.unsafe(step)));
}

/** One short-lived connection, quiet about "already exists, skipping". */
export async function asAdmin<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}
