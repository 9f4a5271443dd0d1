// npm run stack [-- --fresh] [-- --port 54321] [-- --db-port 54322] [-- --data FOLDER] [-- --verbose]
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { defaultDataDir } from "./data_dir.ts";
import { StackError } from "./error.ts";
import { stopWithProcess } from "./lifetime.ts";
import { startStack } from "./stack.ts";

const HELP = `The local Supabase, without Docker.

  --fresh          begin again with an empty database (deletes the local data)
  --port N         the API's port (config.toml: 54321)
  --db-port N      PostgreSQL's port (config.toml: 54322)
  --data FOLDER    where the data is kept (.local/stack)
  --verbose        print PostgreSQL's own log too
  --help           this text`;

const values = parseFlags();

if (values.help) {
  console.log(HELP);
  Deno.exit(0);
}

const root = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
const dataDir = values.data ?? await defaultDataDir(root);
console.log(`Data folder: ${dataDir}`);

try {
  const stack = await startStack({
    root,
    dataDir,
    fresh: values.fresh,
    ports: {
      ...(values.port === undefined ? {} : { api: parsePort(values.port) }),
      ...(values["db-port"] === undefined ? {} : { db: parsePort(values["db-port"]) }),
    },
    log: (line) => {
      if (values.verbose || !line.startsWith("postgres: ")) console.log(line);
    },
  });
  await stopWithProcess(stack.stop, console.log);
  console.log(`
         API URL: ${stack.apiUrl}
    Database URL: ${stack.dbUrl}
 Publishable key: ${stack.publishableKey}
      Secret key: ${stack.secretKey}
      JWT secret: ${stack.jwtSecret}
`);
  console.log(`ready ${stack.apiUrl}`);
} catch (error) {
  if (!(error instanceof StackError)) throw error;
  console.error(`${error.message}\n${error.advice}`);
  Deno.exit(1);
}

function parseFlags() {
  try {
    return parseArgs({
      args: Deno.args,
      options: {
        fresh: { type: "boolean", default: false },
        port: { type: "string" },
        "db-port": { type: "string" },
        data: { type: "string" },
        verbose: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message}\n\n${HELP}`);
    Deno.exit(2);
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  console.error(`${text} is no port; a port is a number from 1 to 65535 (0: any free one).`);
  Deno.exit(2);
}
