// Ends things with the process: on Ctrl-C, a kill, a closed terminal, or the death of whoever started it.
import { processArgs, processParent } from "./process_table.ts";

const CHECK_MS = 500;

/**
 * Calls `stop` once and then exits with 0. A second signal exits at once; the database and the functions
 * end by themselves then, since their guards notice.
 */
export async function stopWithProcess(stop: () => Promise<void>, log: (line: string) => void) {
  let stopping = false;
  const end = async (why: string) => {
    if (stopping) Deno.exit(130);
    stopping = true;
    log(`${why}: stopping ...`);
    await stop();
    Deno.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => void end(signal));
  }
  const starters = await chainOfStarters();
  const check = setInterval(async () => {
    if (await isWhole(starters)) return;
    clearInterval(check);
    if (!stopping) await end("the process that started this one is gone");
  }, CHECK_MS);
}

/**
 * This process, its parent, and so on up to npm, if npm started it: npm passes a signal on to its shell
 * only, and a shell that dies takes nobody along. Without npm, just the parent.
 */
async function chainOfStarters(): Promise<number[]> {
  const parent = [Deno.pid, Deno.ppid];
  if (!Deno.env.has("npm_lifecycle_event")) return parent;
  const chain = [...parent];
  while (chain.length < 5) {
    const last = chain.at(-1)!;
    if (/\bnpm\b/.test(await processArgs(last) ?? "")) return chain;
    const next = await processParent(last);
    if (next === null) return parent;
    chain.push(next);
  }
  return parent;
}

async function isWhole(chain: number[]): Promise<boolean> {
  for (const [index, parent] of chain.slice(1).entries()) {
    const child = chain[index]!;
    const now = child === Deno.pid ? Deno.ppid : await processParent(child);
    if (now !== parent) return false;
  }
  return true;
}
