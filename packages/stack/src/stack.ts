// A whole local Supabase: one call starts it, one stops it.
import { resolve } from "node:path";
import { type AuthAndRest, serveAuthAndRest } from "./auth_rest.ts";
import { readConfig } from "./config.ts";
import { discardDataFolder } from "./data_folder.ts";
import { type Functions, serveFunctions } from "./functions/functions.ts";
import { type Gateway, openGateway } from "./gateway.ts";
import { loadKeys } from "./keys.ts";
import { applyMigrations } from "./migrate.ts";
import { maintainRealtimePartitions } from "./platform.ts";
import { freePort, refuseTakenPort } from "./port.ts";
import { type Postgres, startPostgres } from "./postgres.ts";
import { problem } from "./problem.ts";
import type { Limits } from "./realtime/limits.ts";
import { type Realtime, serveRealtime } from "./realtime/realtime.ts";
import { followSchema } from "./rest_reload.ts";

export type StackOptions = {
  /** The folder that holds `supabase/`. */
  root: string;
  /** Where the database and the keys are kept. Made when missing. */
  dataDir: string;
  /** Deletes the data first. */
  fresh?: boolean;
  /** 0 takes a free port; left out, config.toml's (54321 and 54322 there). */
  ports?: { api?: number; db?: number };
  /** Receives what the services and the functions print, line by line. */
  log?: (line: string) => void;
  /** false: no fsync, for tests. See {@link PostgresOptions}. */
  durable?: boolean;
  /** Further PostgreSQL settings. */
  settings?: Record<string, string>;
  /** The folder of another PostgreSQL's programs. See {@link PostgresOptions}. */
  binaries?: string | undefined;
  /** Realtime's, of the free plan where left out. */
  limits?: Limits;
};

export type Stack = {
  apiUrl: string;
  /** As `postgres`, the database's owner. */
  dbUrl: string;
  /** As the superuser `supabase_admin`; nothing of an application should need it. */
  adminUrl: string;
  publishableKey: string;
  secretKey: string;
  jwtSecret: string;
  /** Makes further databases on the same server. */
  postgres: () => Postgres;
  /** Ends everything; no process is left. */
  stop(): Promise<void>;
  /** kill -9 of the database under the running services. */
  killPostgres(): Promise<void>;
  /** Starts the database again (on the same data and port) and reconnects the services. */
  restartPostgres(): Promise<void>;
  /** Realtime goes down: every socket closes and new ones are refused with 503. */
  stopRealtime(): Promise<void>;
  startRealtime(): Promise<void>;
};

const PARTITION_CHECK_MS = 60 * 60 * 1000;

/**
 * Starts PostgreSQL, applies the migrations, and serves Auth, REST, Realtime and the functions.
 * @throws {StackError} when something is in the way; `advice` says what to do
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { root, dataDir, durable = true, log = () => undefined } = options;
  const config = await readConfig(root);
  const apiPort = (options.ports?.api ?? config.api.port) || freePort();
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  refuseTakenPort(apiPort);

  const postgresDir = resolve(dataDir, "postgres");
  if (options.fresh) await discardDataFolder(postgresDir);
  const postgresOptions = {
    dataDir: postgresDir,
    durable,
    settings: options.settings ?? {},
    binaries: options.binaries,
    log: (line: string) => log(`postgres: ${line}`),
  };
  let postgres = await startPostgres({
    ...postgresOptions,
    port: options.ports?.db ?? config.db.port,
  });
  const { url: dbUrl, adminUrl, port } = postgres;

  let services: Services | undefined;
  let realtime: Realtime | undefined;
  let gateway: Gateway | undefined;
  let functions: Functions | undefined;
  const partitions = setInterval(() => {
    maintainRealtimePartitions(adminUrl).catch((error) => log(`realtime partitions: ${error}`));
  }, PARTITION_CHECK_MS);

  try {
    await applyMigrations({ root, dbUrl, log });
    const keys = await loadKeys(dataDir);
    const connectServices = async () => {
      services = await openServices();
      realtime = await serveRealtime({ server: postgres, keys, log, limits: options.limits });
    };
    const openServices = async (): Promise<Services> => {
      const authRest = serveAuthAndRest({ server: postgres, config, keys, apiUrl });
      return { authRest, unfollow: await followSchema(adminUrl, authRest.reloadSchema) };
    };
    await connectServices();
    const edge = functions = serveFunctions({ root, config, keys, apiUrl, dbUrl, log });
    const down = () => problem(503, "SERVICE_UNAVAILABLE", "The service is down");
    gateway = openGateway({
      port: apiPort,
      log,
      services: {
        auth: (request) => services?.authRest.auth(request) ?? down(),
        rest: (request) => services?.authRest.rest(request) ?? down(),
        functions: edge.fetch,
        realtime: (request) => realtime?.fetch(request) ?? down(),
      },
    });
    const stopRealtime = async () => {
      const running = realtime;
      realtime = undefined;
      await running?.stop();
    };
    return {
      apiUrl,
      dbUrl,
      adminUrl,
      ...keys,
      postgres: () => postgres,
      stop: stopAll,
      killPostgres: () => postgres.kill(),
      async restartPostgres() {
        await Promise.all([stopRealtime(), closeServices()]);
        await postgres.stop();
        postgres = await startPostgres({ ...postgresOptions, port });
        await connectServices();
      },
      stopRealtime,
      async startRealtime() {
        realtime ??= await serveRealtime({ server: postgres, keys, log, limits: options.limits });
      },
    };
  } catch (error) {
    await stopAll();
    throw error;
  }

  async function closeServices() {
    const running = services;
    services = undefined;
    await running?.unfollow();
    await running?.authRest.close();
  }

  async function stopAll() {
    clearInterval(partitions);
    await realtime?.stop();
    await functions?.stop();
    await gateway?.stop();
    await closeServices();
    await postgres.stop();
  }
}

type Services = { authRest: AuthAndRest; unfollow: () => Promise<void> };
