// A PostgreSQL data folder: made whole or not at all, recognised, and never taken from a running server.
import { dirname, join } from "node:path";
import type { Binaries } from "./binaries.ts";
import { StackError } from "./error.ts";
import { canReach, type ServerUser } from "./os_user.ts";
import { processArgs } from "./process_table.ts";

/** Makes sure that `dataDir` is a complete data folder which `user` can use; answers whether it is new. */
export async function prepareDataFolder(
  dataDir: string,
  binaries: Binaries,
  user: ServerUser | undefined,
  durable: boolean,
): Promise<{ created: boolean }> {
  const state = await inspect(dataDir);
  if (state === "foreign") {
    throw new StackError(
      "data_folder_foreign",
      `${dataDir} is not empty and not a complete PostgreSQL data folder.`,
      "Move it away or delete it, or begin again with --fresh.",
    );
  }
  if (state !== "missing" && state !== binaries.major) {
    throw new StackError(
      "data_folder_version",
      `${dataDir} was written by PostgreSQL ${state}; this is PostgreSQL ${binaries.major}.`,
      "Move it away to keep it, or begin again with --fresh.",
    );
  }
  await makeParent(dirname(dataDir));
  if (!(await canReach(dirname(dataDir), user))) {
    throw new StackError(
      "permission",
      `The system user \`postgres\`, which runs the server for root, may not enter ${
        dirname(dataDir)
      }.`,
      "Choose a data folder elsewhere (such as /var/tmp), or run as an ordinary user.",
    );
  }
  if (state === "missing") await create(dataDir, binaries, user, durable);
  return { created: state === "missing" };
}

/** Deletes the data for good, unless a server is using it. */
export async function discardDataFolder(dataDir: string) {
  await releaseStaleLock(dataDir);
  await removeIfThere(dataDir);
}

/**
 * Clears the way for a start. A lock file of a process that is gone, or whose number has since been given
 * to another program, is removed (PostgreSQL itself only handles the first); a live server is waited for
 * a moment, since one whose owner just died is on its way down.
 */
export async function releaseStaleLock(dataDir: string, patienceMs = 3_000) {
  const lock = join(dataDir, "postmaster.pid");
  const until = performance.now() + patienceMs;
  while (true) {
    const text = await readOrNull(lock);
    if (text === null) return;
    const pid = Number(text.split("\n")[0]);
    if (!(await isServerOf(pid, dataDir))) {
      await removeIfThere(lock);
      return;
    }
    if (performance.now() > until) {
      throw new StackError(
        "data_folder_busy",
        `A PostgreSQL server (process ${pid}) is already running on ${dataDir}.`,
        `Stop the other stack first (Ctrl-C where it runs, or: kill -INT ${pid}).`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** "missing" (or empty), "foreign", or the major version of a complete folder. */
async function inspect(dataDir: string): Promise<string> {
  try {
    const entries = [];
    for await (const entry of Deno.readDir(dataDir)) entries.push(entry.name);
    if (entries.length === 0) return "missing";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "missing";
    throw permissionError(dataDir, error);
  }
  const version = await readOrNull(join(dataDir, "PG_VERSION"));
  const complete = version !== null && await canStat(join(dataDir, "global", "pg_control"));
  return complete ? version.trim() : "foreign";
}

/** A parent made here is open to the server's user whatever the umask says; an existing one is left as it is. */
async function makeParent(folder: string) {
  if (await canStat(folder)) return;
  try {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.chmod(folder, 0o755);
  } catch (error) {
    throw permissionError(folder, error);
  }
}

/** initdb works beside the target and is renamed when it is done: an interrupted one is never taken for data. */
async function create(
  dataDir: string,
  binaries: Binaries,
  user: ServerUser | undefined,
  durable: boolean,
) {
  const partial = `${dataDir}.unfinished`;
  try {
    await removeIfThere(partial);
    await Deno.mkdir(partial, { mode: 0o700 });
    if (user) await Deno.chown(partial, user.uid, user.gid);
  } catch (error) {
    throw permissionError(partial, error);
  }
  const passwordFile = `${partial}.password`;
  await Deno.writeTextFile(passwordFile, "postgres", { mode: 0o600 });
  if (user) await Deno.chown(passwordFile, user.uid, user.gid);
  try {
    const initdb = await new Deno.Command(binaries.initdb, {
      args: [
        `--pgdata=${partial}`,
        "--username=supabase_admin",
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=icu",
        "--icu-locale=en-US",
        ...(durable ? [] : ["--no-sync"]),
      ],
      cwd: dirname(partial),
      env: { LC_ALL: "C", LC_MESSAGES: "C" },
      stdin: "null",
      ...user,
    }).output();
    if (!initdb.success) {
      throw new StackError(
        "postgres_failed",
        `initdb could not make the data folder: ${lastLine(initdb.stderr)}`,
        "If it misses a user, run as one that has a name (an entry in /etc/passwd); otherwise look at the free " +
          "disk space and at whether the folder's disk knows permissions.",
      );
    }
    await removeIfThere(dataDir);
    await Deno.rename(partial, dataDir);
  } finally {
    await removeIfThere(passwordFile);
  }
}

async function isServerOf(pid: number, dataDir: string): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  const command = await processArgs(pid);
  return command !== null && command.includes("postgres") && command.includes(dataDir);
}

async function canStat(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw permissionError(path, error);
  }
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw permissionError(path, error);
  }
}

async function removeIfThere(path: string) {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function permissionError(path: string, cause: unknown): unknown {
  const denied = cause instanceof Deno.errors.PermissionDenied ||
    cause instanceof Deno.errors.NotCapable ||
    (cause instanceof Error && "code" in cause && cause.code === "EROFS");
  if (!denied) return cause;
  return new StackError(
    "permission",
    `No permission to use ${path}.`,
    "Choose another data folder, or make this one yours (chown).",
    { cause },
  );
}

const lastLine = (bytes: Uint8Array) =>
  new TextDecoder().decode(bytes).trim().split("\n").at(-1) ?? "no output";
