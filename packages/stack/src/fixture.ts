// A small project in a temporary folder, for the tests of this package.
import {
  createClient,
  type SupabaseClient,
  type SupabaseClientOptions,
} from "@supabase/supabase-js";
import { join } from "node:path";
import { type Stack, type StackOptions, startStack } from "./stack.ts";

export type Fixture = {
  root: string;
  stack: Stack;
  /** What the services have printed so far. */
  log: string[];
  write(path: string, text: string): Promise<void>;
  stop(): Promise<void>;
};

/** Starts a stack on free ports with these files (paths below `supabase/`). */
export async function startFixture(
  files: Record<string, string>,
  options: Pick<StackOptions, "limits"> = {},
): Promise<Fixture> {
  const root = await Deno.makeTempDir({ prefix: "stack-" });
  // The server's own user must get through, when this runs as root.
  await Deno.chmod(root, 0o755);
  const write = async (path: string, text: string) => {
    const file = join(root, "supabase", path);
    await Deno.mkdir(join(file, ".."), { recursive: true });
    await Deno.writeTextFile(file, text);
  };
  for (const [path, text] of Object.entries(files)) await write(path, text);
  const log: string[] = [];
  const stack = await startStack({
    root,
    dataDir: join(root, "data"),
    ports: { api: 0, db: 0 },
    durable: false,
    ...options,
    log: (line) => log.push(line),
  });
  return {
    root,
    stack,
    log,
    write,
    async stop() {
      await stack.stop();
      await Deno.remove(root, { recursive: true });
    },
  };
}

/** A client as a browser has it, without timers that outlive a test. */
export const client = (
  { apiUrl, publishableKey }: Stack,
  realtime: NonNullable<SupabaseClientOptions<"public">["realtime"]> = {},
): SupabaseClient =>
  createClient(apiUrl, publishableKey, {
    auth: { autoRefreshToken: false, persistSession: false },
    realtime,
  });

/** A client with a fresh account, signed in. */
export async function signedIn(
  stack: Stack,
  realtime?: Parameters<typeof client>[1],
): Promise<{ supabase: SupabaseClient; userId: string }> {
  const supabase = client(stack, realtime);
  const email = `${crypto.randomUUID()}@example.com`;
  const { data, error } = await supabase.auth.signUp({ email, password: "correct horse" });
  if (error || !data.user) throw error ?? new Error("no user");
  return { supabase, userId: data.user.id };
}

/** Waits until `check` answers something truthy; fails after `ms`. */
export async function until<T>(check: () => T | Promise<T>, ms = 5_000): Promise<T> {
  const end = performance.now() + ms;
  while (true) {
    const value = await check();
    if (value) return value;
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
