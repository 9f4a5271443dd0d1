/**
 * `npm start`: FitOS and its Supabase on this machine, until Ctrl-C.
 *
 *     npm start -- [--fresh] [--port N] [--api-port N] [--db-port N] [--data FOLDER]
 *
 * `--fresh` deletes the local data first; a port of 0 takes a free one.
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { StackError } from "@fitos/stack";
import { type AppOptions, startApp } from "./app.ts";
import { DEMO_ACCOUNTS } from "./demo.ts";

const USAGE = "npm start -- [--fresh] [--port N] [--api-port N] [--db-port N] [--data FOLDER]";
const DATA = join(import.meta.dirname!, "../.local/stack");
const PORT = 5173;

Deno.exit(await main());

/** Answers the exit code, once everything has stopped. */
async function main(): Promise<number> {
  // Listened for from the beginning: a Ctrl-C during the start stops what has started by then.
  const ended = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => ended.resolve());
  }
  try {
    const { fresh, ...options } = readOptions(Deno.args);
    if (fresh) await removeFolder(options.dataDir);
    const app = await startApp({ ...options, log: console.log });
    announce(app.url, app.stack.apiUrl);
    await ended.promise;
    await app.stop();
    return 0;
  } catch (error) {
    if (error instanceof StackError) console.error(`${error.message}\n${error.advice}`);
    else if (error instanceof UsageError) console.error(`${error.message}\n${USAGE}`);
    else throw error;
    return 1;
  }
}

class UsageError extends Error {}

function readOptions(args: string[]): Omit<AppOptions, "log"> & { fresh: boolean } {
  const { values } = parse(args);
  const api = portOf("api-port", values["api-port"]);
  const db = portOf("db-port", values["db-port"]);
  return {
    fresh: values.fresh ?? false,
    dataDir: values.data ? resolve(values.data) : DATA,
    ports: {
      web: portOf("port", values.port) ?? PORT,
      ...(api === undefined ? {} : { api }),
      ...(db === undefined ? {} : { db }),
    },
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        fresh: { type: "boolean" },
        port: { type: "string" },
        "api-port": { type: "string" },
        "db-port": { type: "string" },
        data: { type: "string" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function portOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65536 && text.trim()) return port;
  throw new UsageError(`--${name} takes a port number from 0 to 65535, not “${text}”.`);
}

async function removeFolder(folder: string) {
  try {
    await Deno.remove(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function announce(url: string, apiUrl: string) {
  console.log(`\nFitOS      ${url}\nSupabase   ${apiUrl}`);
  for (const { label, email, password } of DEMO_ACCOUNTS) {
    console.log(`${label.padEnd(10)} ${email}  ${password}`);
  }
  console.log("\nCtrl-C stops everything; the data stays.");
  console.log(`ready ${url}`);
}
