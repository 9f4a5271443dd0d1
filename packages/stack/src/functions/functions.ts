// `/functions/v1/<name>`: every folder in supabase/functions with an index.ts, served as config.toml says.
import { jwtVerify } from "jose";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { Config, FunctionSettings } from "../config.ts";
import { type Keys, legacyKey } from "../keys.ts";
import { problem } from "../problem.ts";
import { BootFailed, bootWorker, type Worker, WorkerDied } from "./worker.ts";

export type Functions = {
  fetch(request: Request): Promise<Response>;
  stop(): Promise<void>;
};

type FunctionsOptions = {
  root: string;
  config: Config;
  keys: Keys;
  apiUrl: string;
  dbUrl: string;
  log: (line: string) => void;
};

const DEFAULTS: FunctionSettings = { enabled: true, verify_jwt: true };

/** A worker starts with the first request for its function and again after a crash or a change. */
export function serveFunctions(options: FunctionsOptions): Functions {
  const { root, config, keys, log } = options;
  const workers = new Map<string, Promise<Worker>>();

  return {
    async fetch(request) {
      const name = new URL(request.url).pathname.split("/")[3] ?? "";
      const settings = config.functions[name] ?? DEFAULTS;
      const entrypoint = findEntrypoint(root, name, settings);
      if (!entrypoint || !settings.enabled) {
        return problem(404, "NOT_FOUND", "Requested function was not found");
      }
      if (settings.verify_jwt && request.method !== "OPTIONS") {
        const refusal = await refuseStranger(request, keys);
        if (refusal) return refusal;
      }
      try {
        const worker = await current(name, entrypoint, settings);
        return await worker.fetch(request);
      } catch (error) {
        return explain(error, name, log);
      }
    },
    async stop() {
      const booted = await Promise.allSettled(workers.values());
      await Promise.all(booted.flatMap((it) => it.status === "fulfilled" ? [it.value.stop()] : []));
    },
  };

  async function current(name: string, entrypoint: string, settings: FunctionSettings) {
    const known = workers.get(name);
    if (known) {
      const worker = await known;
      if (worker.alive() && !worker.sources.changed()) return worker;
      // Whoever comes first replaces it; the others wait for the same new one.
      if (workers.get(name) !== known) return await workers.get(name)!;
      worker.retire();
    }
    const booting = environment(options).then((env) =>
      bootWorker({
        name,
        entrypoint,
        importMap: settings.import_map && join(root, "supabase", settings.import_map),
        root,
        env,
        log,
      })
    );
    workers.set(name, booting);
    try {
      return await booting;
    } catch (error) {
      if (workers.get(name) === booting) workers.delete(name);
      throw error;
    }
  }
}

function findEntrypoint(root: string, name: string, settings: FunctionSettings) {
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) return null;
  const path = settings.entrypoint
    ? join(root, "supabase", settings.entrypoint)
    : join(root, "supabase", "functions", name, "index.ts");
  try {
    return Deno.statSync(path).isFile ? path : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** verify_jwt: a token of this project, or one of its API keys. It does not ask for a user. */
async function refuseStranger(request: Request, keys: Keys): Promise<Response | null> {
  const apiKeys = [keys.publishableKey, keys.secretKey];
  if (apiKeys.includes(request.headers.get("apikey") ?? "")) {
    const bearer = request.headers.get("authorization");
    if (!bearer || bearer.startsWith("Bearer sb_")) return null;
  }
  const header = request.headers.get("authorization");
  if (!header) {
    return problem(401, "UNAUTHORIZED_NO_AUTH_HEADER", "Missing authorization header");
  }
  const token = header.replace(/^Bearer /i, "");
  if (apiKeys.includes(token)) return null;
  try {
    await jwtVerify(token, new TextEncoder().encode(keys.jwtSecret), { algorithms: ["HS256"] });
    return null;
  } catch {
    // Whatever is wrong with it, the platform says only this.
    return problem(401, "UNAUTHORIZED_INVALID_JWT_FORMAT", "Invalid JWT");
  }
}

/** The platform's variables, then supabase/functions/.env, which may not replace the SUPABASE_ ones. */
async function environment({ root, keys, apiUrl, dbUrl }: FunctionsOptions) {
  let own: Record<string, string | undefined> = {};
  try {
    own = parseEnv(await Deno.readTextFile(join(root, "supabase", "functions", ".env")));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const allowed = Object.entries(own).flatMap(([name, value]) =>
    name.startsWith("SUPABASE_") || value === undefined ? [] : [[name, value]]
  );
  return {
    ...Object.fromEntries(allowed) as Record<string, string>,
    SUPABASE_URL: apiUrl,
    SUPABASE_DB_URL: dbUrl,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: keys.publishableKey }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: keys.secretKey }),
    // Tokens are signed with HS256 here, and such a project has no public keys.
    SUPABASE_JWKS: JSON.stringify({ keys: [] }),
    SUPABASE_ANON_KEY: await legacyKey("anon", keys.jwtSecret),
    SUPABASE_SERVICE_ROLE_KEY: await legacyKey("service_role", keys.jwtSecret),
  };
}

function explain(error: unknown, name: string, log: (line: string) => void): Response {
  if (error instanceof BootFailed) {
    log(`[${name}] did not start:\n${error.output}`);
    return problem(503, "BOOT_ERROR", "Function failed to start (please check logs)");
  }
  if (error instanceof WorkerDied) {
    return error.limit
      ? problem(
        546,
        "WORKER_LIMIT",
        "Function failed due to not having enough compute resources (please check logs)",
      )
      : problem(500, "WORKER_ERROR", "Function exited due to an error (please check logs)");
  }
  log(`[${name}] ${error}`);
  return problem(502, "BAD_GATEWAY", "The function could not be reached (please check logs)");
}
