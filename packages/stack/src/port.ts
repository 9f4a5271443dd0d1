import { StackError } from "./error.ts";

/** A port nobody listens on now; another program could still take it first, which then reads as taken. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

/** @throws {StackError} when another program listens on `port` */
export function refuseTakenPort(port: number) {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) throw portTaken(port);
    throw error;
  }
}

export const portTaken = (port: number) =>
  new StackError(
    "port_taken",
    `Port ${port} is taken by another program.`,
    "Stop that program (another stack, or `supabase stop`), or choose another port.",
  );
