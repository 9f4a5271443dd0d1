/** The cable between a browser and a server: it carries everything, and can be pulled out and put back. */
export interface Cable extends AsyncDisposable {
  url: string;
  /** Ends what goes through it, and refuses what comes. */
  cut(): void;
  mend(): void;
}

/** Leads to the server at `target`. */
export function layCable(target: string): Cable {
  const { hostname, port } = new URL(target);
  let listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const own = listener.addr.port;
  const open = new Set<Deno.Conn>();

  async function accept(listener: Deno.Listener) {
    for await (const near of listener) void carry(near);
  }
  async function carry(near: Deno.Conn) {
    const far = await Deno.connect({ hostname, port: Number(port) });
    open.add(near).add(far);
    // Whichever side ends first, or is cut, ends the other.
    await Promise.race([near.readable.pipeTo(far.writable), far.readable.pipeTo(near.writable)])
      .catch(() => {});
    for (const conn of [near, far]) end(conn);
  }
  function end(conn: Deno.Conn) {
    if (!open.delete(conn)) return;
    try {
      conn.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }
  const cut = () => {
    listener.close();
    for (const conn of open) end(conn);
  };
  void accept(listener);
  return {
    url: `http://127.0.0.1:${own}`,
    cut,
    mend() {
      listener = Deno.listen({ hostname: "127.0.0.1", port: own });
      void accept(listener);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(cut()),
  };
}
