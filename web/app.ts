/** The whole of FitOS on this machine: the local Supabase, the library, demo accounts, the built app. */
import { join } from "node:path";
import { type Stack, StackError, startStack } from "@fitos/stack";
import { buildApp } from "./build.ts";
import { contentSecurityPolicy } from "./csp.ts";
import { hostPages } from "./embed/hosts.ts";
import type { DemoAccount } from "./src/config.ts";
import { DEMO_ACCOUNTS, seedDemo } from "./demo.ts";
import { importExercises } from "./import_exercises.ts";
import { staticFiles } from "./serve.ts";
import { dayOf } from "./src/data/dates.ts";

export interface AppOptions {
  /** Where the database, its keys and the build are kept. */
  dataDir: string;
  /** Deletes that folder first. */
  fresh?: boolean;
  /** 0 takes a free one; left out, supabase/config.toml's for `api` and `db`, a free one for `hosts`. */
  ports: { web: number; hosts?: number; api?: number; db?: number };
  /** false for tests: nothing need survive a power cut. */
  durable?: boolean;
  /** Receives what happens, line by line. */
  log: (line: string) => void;
}

export interface App {
  url: string;
  /** Where the sample pages with the widget in them are served. */
  hostsUrl: string;
  stack: Stack;
  /**
   * Builds FitOS again, with other demo accounts or from other sources, into the folder that is served: a
   * new version.
   */
  rebuild(demoAccounts: DemoAccount[], sources?: string): Promise<void>;
  /** Ends the server and the stack; no process is left. */
  stop(): Promise<void>;
}

const ROOT = join(import.meta.dirname!, "..");

/** @throws {StackError} when something is in the way; its `advice` says what to do */
export async function startApp(options: AppOptions): Promise<App> {
  const { dataDir, log, fresh = false, durable = true } = options;
  const { web, hosts = 0, ...ports } = options.ports;
  refuseTakenPort(web, "FitOS", "--port");
  refuseTakenPort(hosts, "the sample pages", "--hosts-port");
  const stack = await startStack({ root: ROOT, dataDir, fresh, durable, ports });
  try {
    const project = { url: stack.apiUrl, key: stack.publishableKey };
    const outDir = join(dataDir, "web");
    const prepareData = async () => {
      const { total, written } = await importExercises(stack.dbUrl);
      if (written) log(`${total} exercises in the library`);
      await seedDemo(project, dayOf(new Date()));
    };
    const rebuild = async (demoAccounts: DemoAccount[], sources?: string) => {
      const options = { ...project, demoAccounts, outDir, ...(sources ? { sources } : {}) };
      if (await buildApp(options)) log("app built");
    };
    await Promise.all([prepareData(), rebuild(DEMO_ACCOUNTS)]);
    const serve = (port: number, handler: (request: Request) => Promise<Response>) => {
      const server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, handler);
      return { url: `http://127.0.0.1:${server.addr.port}`, stop: () => server.shutdown() };
    };
    const site = serve(web, staticFiles(outDir, contentSecurityPolicy(stack.apiUrl)));
    const others = serve(
      hosts,
      hostPages({ fitos: site.url, project: project.url, key: project.key }),
    );
    return {
      url: site.url,
      hostsUrl: others.url,
      stack,
      rebuild,
      async stop() {
        await Promise.all([site.stop(), others.stop()]);
        await stack.stop();
      },
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

function refuseTakenPort(port: number, what: string, flag: string) {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new StackError(
      "port_taken",
      `Port ${port}, where ${what} would be served, is taken by another program.`,
      `Stop that program, or choose another port: npm start -- ${flag} 0 takes a free one.`,
    );
  }
}
