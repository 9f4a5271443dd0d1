// A child process that cannot outlive its owner: a shell between the two holds the read end of a pipe and
// ends the child when the pipe closes, which it does however the owner dies (kill -9 included).
import type { ServerUser } from "./os_user.ts";

export type ServerProcess = {
  /** The server's own process id, not the shell's. */
  pid: number;
  lines: AsyncIterable<string>;
  exited: Promise<void>;
  /** Sends a signal to the server; nothing happens if it is gone. */
  signal(signal: Deno.Signal): void;
};

// fd 3 keeps the pipe, since a shell gives its background jobs /dev/null as standard input.
const GUARD = `exec 3<&0
"$@" </dev/null 3<&- &
server=$!
echo "guarded $server" >&2
{ read -r _ <&3; kill -INT $server 2>/dev/null; } >/dev/null 2>&1 &
guard=$!
exec 3<&-
wait $server
kill $guard 2>/dev/null`;

/** Starts `command` under the guard, in a session of its own so that Ctrl-C reaches only its owner. */
export async function spawnGuarded(
  command: string,
  args: string[],
  options: { cwd: string; env: Record<string, string>; user: ServerUser | undefined },
): Promise<ServerProcess> {
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", GUARD, "sh", command, ...args],
    cwd: options.cwd,
    env: options.env,
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
  const exited = child.status.then(() => child.stdin.close());
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
