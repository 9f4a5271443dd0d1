// PostgreSQL refuses to run as root, so a root user's server runs as the system user `postgres`. That
// user must be able to reach the data folder and the binaries.
import { dirname } from "node:path";
import { StackError } from "./error.ts";

/** The ids to run the server under; undefined when it can run as the current user. */
export type ServerUser = { uid: number; gid: number };

/** Finds, or as root on Linux creates, the user that the server runs as. */
export async function serverUser(): Promise<ServerUser | undefined> {
  if (Deno.build.os === "windows" || Deno.uid() !== 0) return undefined;
  const found = await lookUp();
  if (found) return found;
  await run("groupadd", "--system", "postgres");
  await run("useradd", "--system", "--gid", "postgres", "--no-create-home", "postgres");
  const created = await lookUp();
  if (created) return created;
  throw new StackError(
    "permission",
    "PostgreSQL does not run as root, and the system user `postgres` could not be created.",
    "Run the same command as an ordinary user, or create the user: useradd --system postgres",
  );
}

/** Whether `user` may enter every folder down to `path`, and `path` itself if it is a folder. */
export async function canReach(path: string, user: ServerUser | undefined): Promise<boolean> {
  let folder = path;
  while (!(await exists(folder))) folder = dirname(folder);
  const { success } = await run.as(user, "test", "-x", folder);
  return success;
}

async function lookUp(): Promise<ServerUser | undefined> {
  const [uid, gid] = await Promise.all([
    run("id", "-u", "postgres"),
    run("id", "-g", "postgres"),
  ]);
  if (!uid.success || !gid.success) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

type Run = { success: boolean; stdout: string };

async function runAs(user: ServerUser | undefined, command: string, ...args: string[]) {
  try {
    const output = await new Deno.Command(command, {
      args,
      cwd: "/",
      stdin: "null",
      stderr: "null",
      ...user,
    }).output();
    return { success: output.success, stdout: new TextDecoder().decode(output.stdout).trim() };
  } catch (error) {
    // A machine without the command (groupadd on macOS) is the same answer as its failure.
    if (error instanceof Deno.errors.NotFound) return { success: false, stdout: "" };
    throw error;
  }
}

const run = Object.assign(
  (command: string, ...args: string[]): Promise<Run> => runAs(undefined, command, ...args),
  { as: runAs },
);
