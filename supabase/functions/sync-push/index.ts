// The edge function sync-push: a batch of mutations comes in, PostgreSQL decides, codes go out.
import { connect, createPush } from "./database.ts";
import { createHandler } from "./handler.ts";
import { describeError } from "./report.ts";
import { readSettings } from "./settings.ts";
import { createVerifier } from "./verify.ts";

const settings = readSettings((name) => Deno.env.get(name));

const report = (error: unknown) => console.error(`sync-push: ${describeError(error)}`);

Deno.serve(createHandler({
  verify: createVerifier({ ...settings, fetch, now: Date.now }),
  push: createPush(connect(settings.databaseUrl), report),
  report,
}));
