/** Whole servers for the tests that kill, copy and promote them, with the migrations applied. */
import { join } from "node:path";
import postgres from "postgres";
import { postgresBinaries } from "../../packages/stack/src/binaries.ts";
import { freePort } from "../../packages/stack/src/port.ts";
import { serverUser } from "../../packages/stack/src/os_user.ts";
import { type ServerProcess, spawnGuarded } from "../../packages/stack/src/server_process.ts";
import { binaries } from "./binaries.ts";
import type { Database, Transaction } from "./database.ts";

/** What a device needs of a database, over the url of any server. */
export function remote(url: string): Database {
  const connections: postgres.Sql[] = [];
  const connect = (through = url) => {
    const sql = postgres(through, { max: 4, onnotice: () => undefined, connect_timeout: 5 });
    connections.push(sql);
    return sql;
  };
  const sql = connect();
  return {
    sql,
    url,
    connect: () => connect(),
    admin: (work) => work(connect(url.replace("postgres:postgres@", "supabase_admin:postgres@"))),
    async user() {
      const id = crypto.randomUUID();
      await sql`insert into auth.users (id, email) values (${id}, ${`${id}@example.com`})`;
      return id;
    },
    as: async <T>(user: string, work: (sql: Transaction) => Promise<T>, through = sql) =>
      await through.begin(async (tx) => {
        await tx`select set_config('request.jwt.claims', ${
          JSON.stringify({ sub: user, role: "authenticated" })
        }, true)`;
        await tx`set local role authenticated`;
        return await work(tx);
      }) as T,
    async close() {
      await Promise.all(connections.map((connection) => connection.end({ timeout: 1 })));
    },
  };
}

/** Applies supabase/migrations, once. */
export async function migrate(db: Database): Promise<void> {
  const folder = new URL("../migrations/", import.meta.url);
  const files = [];
  for await (const { name } of Deno.readDir(folder)) files.push(name);
  for (const name of files.sort()) {
    const text = await Deno.readTextFile(new URL(name, folder));
    await db.sql.begin((tx) => tx.unsafe(text));
  }
}

/** Starts a server on a data folder as it is: without initdb, without the platform's objects. */
export async function startBare(
  dataDir: string,
  settings: Record<string, string> = {},
): Promise<{ process: ServerProcess; url: string; stop(): Promise<void> }> {
  const user = await serverUser();
  const port = freePort();
  const { postgres: command } = await postgresBinaries(user, binaries);
  const all = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    timezone: "UTC",
    ...settings,
  };
  const process = await spawnGuarded(command, [
    ...["-D", dataDir, "-p", String(port)],
    ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ], { cwd: dataDir, env: { LC_ALL: "C", PATH: "/usr/bin:/bin" }, user, endSignal: "INT" });
  const said: string[] = [];
  const ready = Promise.withResolvers<void>();
  // Its output has to be read to the end, or it stops when the pipe is full.
  const drained = (async () => {
    for await (const line of process.lines) {
      if (said.push(line) > 100) said.shift();
      if (/ready to accept (read-only )?connections/.test(line)) ready.resolve();
    }
    ready.reject(new Error(`the server did not start:\n${said.join("\n")}`));
  })();
  await ready.promise;
  return {
    process,
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      process.signal("SIGINT");
      await process.exited;
      await drained;
    },
  };
}

/** A folder that the server's own user may use, where this runs as root. */
export async function openFolder(): Promise<string> {
  const root = await Deno.makeTempDir({ prefix: "fitos-servers-" });
  await Deno.chmod(root, 0o755);
  return root;
}

/** Copies a stopped server's data folder, owners and all. */
export async function copyFolder(from: string, to: string): Promise<void> {
  const { success } = await new Deno.Command("cp", { args: ["-a", from, to] }).output();
  if (!success) throw new Error(`could not copy ${from}`);
  for (const name of ["postmaster.pid", "postmaster.opts"]) {
    await Deno.remove(join(to, name)).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}
