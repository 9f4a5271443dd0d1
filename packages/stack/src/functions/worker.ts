// One edge function in a Deno process of its own: booted, asked over HTTP, ended.
import { freePort } from "../port.ts";
import { type ServerProcess, spawnGuarded } from "../server_process.ts";
import { readSources, type Sources } from "./sources.ts";

export type WorkerSpec = {
  name: string;
  entrypoint: string;
  importMap?: string | undefined;
  /** The repository: where Deno looks for node_modules. */
  root: string;
  env: Record<string, string>;
  log: (line: string) => void;
};

export type Worker = {
  sources: Sources;
  alive(): boolean;
  /** @throws {WorkerDied} when the process ends before it has answered */
  fetch(request: Request): Promise<Response>;
  /** Ends the worker once the requests under way are answered. */
  retire(): void;
  stop(): Promise<void>;
};

/** The function's process ended before it listened; `output` is what it printed last. */
export class BootFailed extends Error {
  constructor(readonly output: string) {
    super("The function did not start");
  }
}

/** The process ended in the middle of a request. `limit`: by a signal or for want of memory. */
export class WorkerDied extends Error {
  constructor(readonly limit: boolean) {
    super("The function's process ended in the middle of the request");
  }
}

const BOOT_TIMEOUT_MS = 30_000;
/** The platform's: 256 MB of memory, 150 s for a request. */
const MEMORY_MB = 256;
const WALL_CLOCK_MS = 150_000;

const PRELOAD = new URL("preload.ts", import.meta.url).href;

/** @throws {BootFailed} */
export async function bootWorker(spec: WorkerSpec): Promise<Worker> {
  const port = freePort();
  const resolution = spec.importMap ? [`--import-map=${spec.importMap}`] : [];
  const reading = readSources(spec.entrypoint, resolution, spec.root);
  const process = await spawnGuarded(
    Deno.execPath(),
    [
      ...["run", "--quiet", "--no-prompt", `--preload=${PRELOAD}`, ...resolution],
      // No --allow-run and no --allow-ffi: the platform has neither.
      ...["--allow-net", "--allow-env", "--allow-read", "--allow-sys", "--allow-write=/tmp"],
      `--v8-flags=--max-old-space-size=${MEMORY_MB}`,
      spec.entrypoint,
    ],
    {
      cwd: spec.root,
      env: { ...inherited(), ...spec.env, DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${port}` },
      endSignal: "TERM",
    },
  );
  let alive = true;
  const died = process.exited.then((code) => {
    alive = false;
    return code;
  });
  const recent = follow(process, spec);
  const sources = await reading;
  if (!(await listens(port, () => alive))) {
    process.signal("SIGKILL");
    await died;
    throw new BootFailed(recent().join("\n") || "It ended without calling Deno.serve.");
  }

  let underWay = 0;
  let retired = false;
  return {
    sources,
    alive: () => alive && !retired,
    async fetch(request) {
      underWay++;
      try {
        return await forward(request, port);
      } catch (error) {
        if (isTimeout(error)) throw new WorkerDied(true);
        const code = await diedWithin(1_000);
        if (code === undefined) throw error;
        throw new WorkerDied(code > 128 || code === 0);
      } finally {
        underWay--;
        if (retired && underWay === 0) process.signal("SIGTERM");
      }
    },
    retire() {
      retired = true;
      if (underWay === 0) process.signal("SIGTERM");
    },
    async stop() {
      process.signal("SIGKILL");
      await died;
    },
  };

  /** The connection breaks a moment before the process is known to be gone. */
  function diedWithin(ms: number): Promise<number | undefined> {
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    const patience = setTimeout(() => resolve(undefined), ms);
    died.then(resolve);
    return promise.finally(() => clearTimeout(patience));
  }
}

/** Prints the worker's lines and keeps the last ones for an error's explanation. */
function follow(process: ServerProcess, { name, log }: WorkerSpec): () => string[] {
  const recent: string[] = [];
  (async () => {
    for await (const line of process.lines) {
      if (line.startsWith("Listening on ")) continue;
      log(`[${name}] ${line}`);
      recent.push(line);
      if (recent.length > 20) recent.shift();
    }
  })().catch((error) => log(`[${name}] its output cannot be read (${error})`));
  return () => recent;
}

async function listens(port: number, alive: () => boolean): Promise<boolean> {
  const until = performance.now() + BOOT_TIMEOUT_MS;
  while (alive() && performance.now() < until) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return true;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

/** The path keeps the function's name and loses /functions/v1, as on the platform. */
async function forward(request: Request, port: number): Promise<Response> {
  const url = new URL(request.url);
  const target = new URL(
    url.pathname.replace(/^\/functions\/v1/, "") + url.search,
    `http://127.0.0.1:${port}`,
  );
  const headers = new Headers(request.headers);
  headers.set("x-forwarded-host", url.host);
  headers.set("x-forwarded-proto", url.protocol.slice(0, -1));
  headers.set("accept-encoding", "identity");
  const hasBody = request.method !== "GET" && request.method !== "HEAD";
  return await fetch(target, {
    method: request.method,
    headers,
    // Read whole, so that the function sees a content-length as it does behind the platform's gateway.
    body: hasBody ? await request.arrayBuffer() : null,
    redirect: "manual",
    signal: AbortSignal.timeout(WALL_CLOCK_MS),
  });
}

const isTimeout = (error: unknown) =>
  error instanceof DOMException && error.name === "TimeoutError";

/** What Deno itself needs; nothing else of this machine is seen by a function. */
const inherited = () =>
  Object.fromEntries(
    ["PATH", "HOME", "DENO_DIR", "TMPDIR"].flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
