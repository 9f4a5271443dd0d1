// Other processes of this machine: /proc on Linux, ps elsewhere.

/** The command line of a process; null when it is gone. */
export async function processArgs(pid: number): Promise<string | null> {
  if (Deno.build.os !== "linux") return await ps(pid, "args=");
  return await readOrNull(`/proc/${pid}/cmdline`);
}

/** The parent's id; null when the process is gone. */
export async function processParent(pid: number): Promise<number | null> {
  if (Deno.build.os !== "linux") {
    const text = await ps(pid, "ppid=");
    return text === null ? null : Number(text);
  }
  // The command's name, in parentheses, may hold anything; the parent is the second field after it.
  const stat = await readOrNull(`/proc/${pid}/stat`);
  return stat === null ? null : Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

async function ps(pid: number, field: string): Promise<string | null> {
  const { success, stdout } = await new Deno.Command("ps", {
    args: ["-o", field, "-p", String(pid)],
    stderr: "null",
  }).output();
  return success ? new TextDecoder().decode(stdout).trim() : null;
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    // A process that ends while it is read answers ESRCH, which has no class of its own.
    if (error instanceof Deno.errors.NotFound || String(error).includes("os error 3")) return null;
    throw error;
  }
}
