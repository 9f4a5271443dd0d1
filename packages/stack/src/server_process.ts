// A child process that cannot outlive its owner: a shell between the two holds the read end of a pipe and
// ends the child when the pipe closes, which it does however the owner dies (kill -9 included).
import type { ServerUser } from "./os_user.ts";

export type ServerProcess = {
  /** The server's own process id, not the shell's. */
  pid: number;
  /** What it prints, standard output and error together. */
  lines: AsyncIterable<string>;
  /** Its exit code; above 128 it is 128 plus the signal that ended it. */
  exited: Promise<number>;
  /** Sends a signal to the server; nothing happens if it is gone. */
  signal(signal: Deno.Signal): void;
};

export type SpawnOptions = {
  cwd: string;
  /** The whole environment of the child: nothing else is inherited. */
  env: Record<string, string>;
  user?: ServerUser | undefined;
  /** What the guard sends when the owner is gone. SIGINT only for programs that handle it themselves. */
  endSignal: "INT" | "TERM";
};

// fd 3 keeps the pipe, since a shell gives its background jobs /dev/null as standard input. The shell itself
// says nothing after its first line, or it would announce each killed child.
const GUARD = `signal=$1; shift
exec 3<&0
"$@" </dev/null 3<&- >&2 &
server=$!
echo "guarded $server" >&2
exec 2>/dev/null
{ read -r _ <&3; kill -$signal $server; } >/dev/null 2>&1 &
guard=$!
exec 3<&-
wait $server
code=$?
kill $guard 2>/dev/null
exit $code`;

/** Starts `command` under the guard, in a session of its own so that Ctrl-C reaches only its owner. */
export async function spawnGuarded(
  command: string,
  args: string[],
  options: SpawnOptions,
): Promise<ServerProcess> {
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", GUARD, "sh", options.endSignal, command, ...args],
    cwd: options.cwd,
    env: options.env,
    clearEnv: true,
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
    detached: true,
    ...options.user,
  }).spawn();
  const lines = readLines(child.stderr)[Symbol.asyncIterator]();
  const first = await lines.next();
  const pid = Number(/^guarded (\d+)$/.exec(first.value ?? "")?.[1]);
  if (!pid) {
    throw new Error(`The guard shell did not start ${command}: ${first.value ?? "no output"}`);
  }

  // The pipe's write end stays open until the server has exited.
  const exited = child.status.then(async ({ code }) => {
    await child.stdin.close();
    return code;
  });
  return {
    pid,
    lines: { [Symbol.asyncIterator]: () => lines },
    exited,
    signal(signal) {
      try {
        Deno.kill(pid, signal);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    },
  };
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest) yield rest;
}
