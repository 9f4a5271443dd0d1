// Real PostgreSQL (17 unless told otherwise) in the state of a fresh Supabase project, without Docker.
import { resolve } from "node:path";
import { postgresBinaries } from "./binaries.ts";
import { prepareDataFolder, releaseStaleLock } from "./data_folder.ts";
import { StackError } from "./error.ts";
import { type ServerUser, serverUser } from "./os_user.ts";
import { freePort, portTaken, refuseTakenPort } from "./port.ts";
import { applyPlatform, asAdmin } from "./platform.ts";
import { type ServerProcess, spawnGuarded } from "./server_process.ts";

export type PostgresOptions = {
  /** The data folder (PGDATA). Made when missing; its parent must exist or be creatable. */
  dataDir: string;
  /** TCP port on 127.0.0.1; 0 takes a free one. */
  port: number;
  /** false trades crash safety for speed (no fsync): for tests that never cut the power. Default true. */
  durable?: boolean;
  /** Further server settings, such as `{ max_prepared_transactions: "10" }`. */
  settings?: Record<string, string>;
  /** The folder of another PostgreSQL's programs, such as /usr/lib/postgresql/15/bin. */
  binaries?: string | undefined;
  /** Receives the server's log, line by line. */
  log?: (line: string) => void;
};

export type Postgres = {
  /** As the role `postgres`, to the database `postgres`: what an application's owner uses. */
  url: string;
  /** As the superuser `supabase_admin`. */
  adminUrl: string;
  port: number;
  dataDir: string;
  /**
   * Makes a database in the platform's state, or a copy of `template` (which nobody may be connected to),
   * owned by `postgres`; answers its url. Takes about 50 ms.
   */
  createDatabase(name: string, options?: { template?: string }): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  /** The url of another database of this server, as `postgres` unless said otherwise. */
  urlOf(database: string, role?: string): string;
  /** Stops in an orderly way: connections are ended, everything is flushed. */
  stop(): Promise<void>;
  /** kill -9 of the server: what a crash does. */
  kill(): Promise<void>;
};

const TEMPLATE = "platform_template";

/**
 * Starts PostgreSQL and brings it to the platform's state. The server ends with this process, however it
 * ends.
 * @throws {StackError} when a port, a folder or a permission is in the way; `advice` says what to do.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { durable = true } = options;
  const dataDir = resolve(options.dataDir);
  const port = options.port === 0 ? freePort() : options.port;
  const user = await serverUser();
  const binaries = await postgresBinaries(user, options.binaries);
  await releaseStaleLock(dataDir);
  refuseTakenPort(port);
  await prepareDataFolder(dataDir, binaries, user, durable);

  const server = await launch(binaries.postgres, { ...options, dataDir, port, durable }, user);
  const urlOf = (database: string, role = "postgres") =>
    `postgres://${role}:postgres@127.0.0.1:${port}/${database}`;
  const adminUrl = urlOf("postgres", "supabase_admin");
  const stop = async () => {
    server.signal("SIGINT");
    await server.exited;
  };

  try {
    await applyPlatform(adminUrl);
    await asAdmin(adminUrl, async (sql) => {
      const [found] = await sql`select from pg_database where datname = ${TEMPLATE}`;
      if (!found) await sql`create database ${sql(TEMPLATE)} is_template true`;
    });
    await applyPlatform(urlOf(TEMPLATE, "supabase_admin"));
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    url: urlOf("postgres"),
    adminUrl,
    port,
    dataDir,
    urlOf,
    async createDatabase(name, { template = TEMPLATE } = {}) {
      await asAdmin(
        adminUrl,
        (sql) => sql`create database ${sql(name)} template ${sql(template)} owner postgres`,
      );
      return urlOf(name);
    },
    async dropDatabase(name) {
      await asAdmin(adminUrl, (sql) => sql`drop database if exists ${sql(name)} with (force)`);
    },
    stop,
    async kill() {
      server.signal("SIGKILL");
      await server.exited;
    },
  };
}

/** Starts the server and waits until it takes connections. */
async function launch(
  command: string,
  options: PostgresOptions & { durable: boolean },
  user: ServerUser | undefined,
): Promise<ServerProcess> {
  const settings: Record<string, string> = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    wal_level: "logical",
    max_connections: "100",
    jit: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    // Without fsync a kill -9 still loses nothing (the kernel has the pages), a power cut would.
    ...(options.durable ? {} : { fsync: "off", full_page_writes: "off" }),
    ...options.settings,
  };
  const server = await spawnGuarded(
    command,
    [
      ...["-D", options.dataDir, "-p", String(options.port)],
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    { cwd: options.dataDir, env: { LC_ALL: "C", PATH: "/usr/bin:/bin" }, user, endSignal: "INT" },
  );
  await untilReady(server, options);
  return server;
}

function untilReady(server: ServerProcess, options: PostgresOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const complaints: string[] = [];
  (async () => {
    for await (const line of server.lines) {
      options.log?.(line);
      if (line.includes("database system is ready to accept connections")) resolve();
      if (/\b(FATAL|ERROR|HINT|LOG: {2}could not)\b/.test(line)) complaints.push(line);
      if (complaints.length > 20) complaints.shift();
    }
    const code = await server.exited;
    options.log?.(`PostgreSQL has ended (code ${code})`);
    reject(whyNotStarted(complaints.join("\n"), options));
  })().catch(reject);
  return promise;
}

function whyNotStarted(complaints: string, { port, dataDir }: PostgresOptions): StackError {
  if (complaints.includes("Address already in use")) return portTaken(port);
  if (complaints.includes("shared memory block")) {
    return new StackError(
      "data_folder_busy",
      `Processes of a killed PostgreSQL server still hold ${dataDir}.`,
      "Wait a few seconds and start again.",
    );
  }
  return new StackError(
    "postgres_failed",
    `PostgreSQL did not start on ${dataDir}.\n${complaints || "It said nothing."}`,
    "If the message names a damaged file, begin again with --fresh (this deletes the local data).",
  );
}
