/** `npm start`: FitOS and its Supabase on this machine, until Ctrl-C. */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { defaultDataDir, StackError, stopWithProcess } from "@fitos/stack";
import { type App, startApp } from "./app.ts";
import { DEMO_ACCOUNTS } from "./demo.ts";

const HELP = `FitOS with its local Supabase.

npm start -- [options]
  --fresh          begin again with an empty database (deletes the local data)
  --port N         where FitOS is served (5173); 0 takes a free port, as for the three below
  --hosts-port N   where sample pages with its widget are served (5174, or with --port a free one)
  --api-port N     the API's port (config.toml: 54321)
  --db-port N      PostgreSQL's port (config.toml: 54322)
  --data FOLDER    where the data is kept (.local/stack)
  --help           this text`;

const PORT = 5173;
const HOSTS_PORT = 5174;

class UsageError extends Error {}

try {
  await start();
} catch (error) {
  if (error instanceof UsageError) console.error(`${error.message}\n\n${HELP}`);
  else if (error instanceof StackError) console.error(`${error.message}\n${error.advice}`);
  else throw error;
  Deno.exit(error instanceof UsageError ? 2 : 1);
}

async function start(): Promise<void> {
  const { values } = readFlags();
  if (values.help) return console.log(HELP);
  const api = portOf("api-port", values["api-port"]);
  const db = portOf("db-port", values["db-port"]);
  const web = portOf("port", values.port) ?? PORT;
  const hosts = portOf("hosts-port", values["hosts-port"]) ??
    (values.port === undefined ? HOSTS_PORT : 0);
  const dataDir = values.data
    ? resolve(values.data)
    : await defaultDataDir(join(import.meta.dirname!, ".."));
  let starting: Promise<App | null> = Promise.resolve(null);
  // Before the start, which takes seconds in which its starter may be gone. A start that failed has
  // ended what it had begun, and its reason is told below.
  await stopWithProcess(async () => {
    const [start] = await Promise.allSettled([starting]);
    if (start.status === "fulfilled") await start.value?.stop();
  }, console.log);
  const app = await (starting = startApp({
    dataDir,
    fresh: values.fresh,
    ports: {
      web,
      hosts,
      ...(api === undefined ? {} : { api }),
      ...(db === undefined ? {} : { db }),
    },
    log: console.log,
  }));
  announce(app, dataDir);
}

function announce({ url, hostsUrl, stack }: App, dataDir: string) {
  console.log(`
FitOS      ${url}
Embedded   ${hostsUrl}
Supabase   ${stack.apiUrl}
Data       ${dataDir}
`);
  for (const { label, email, password } of DEMO_ACCOUNTS) {
    console.log(`${label.padEnd(10)} ${email}  ${password}`);
  }
  console.log(`\nready ${url}`);
}

function readFlags() {
  try {
    return parseArgs({
      args: Deno.args,
      options: {
        fresh: { type: "boolean", default: false },
        port: { type: "string" },
        "hosts-port": { type: "string" },
        "api-port": { type: "string" },
        "db-port": { type: "string" },
        data: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}

function portOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port < 65_536) return port;
  throw new UsageError(`--${name} takes a number from 0 to 65535, not “${text}”.`);
}
