/** A network between a device and the stack that loses requests, loses answers and repeats itself. */

export type Fault =
  /** The request never arrives. */
  | "lost"
  /** It is carried out, and the answer is lost. */
  | "unanswered"
  /** It arrives twice. */
  | "doubled"
  /** The answer is cut in the middle. */
  | "cut"
  /** Somebody else answers: a captive portal. */
  | "portal";

export const FAULTS: Fault[] = ["lost", "unanswered", "doubled", "cut", "portal"];

export interface FaultyNetwork {
  url: string;
  /** How often each fault has happened. */
  happened: Map<Fault, number>;
  close(): Promise<void>;
}

/** Forwards to `target`; `next` decides, for each request of the sync, what goes wrong with it. */
export function faultyNetwork(target: string, next: () => Fault | null): FaultyNetwork {
  const happened = new Map<Fault, number>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    const body = await request.arrayBuffer();
    const forward = () => {
      const { method, headers } = request;
      return fetch(target + pathname + search, {
        method,
        headers,
        ...(body.byteLength ? { body } : {}),
      });
    };
    const fault = /sync/.test(pathname) ? next() : null;
    if (fault) happened.set(fault, (happened.get(fault) ?? 0) + 1);
    if (fault === "lost") return new Response(null, { status: 502 });
    if (fault === "portal") return new Response("<html>Welcome to the gym's WiFi</html>");
    if (fault === "doubled") {
      const [first, second] = await Promise.all([forward(), forward()]);
      await second.body?.cancel();
      return first;
    }
    const response = await forward();
    if (fault === null) return response;
    const answer = await response.text();
    if (fault === "unanswered") return new Response(null, { status: 504 });
    return new Response(answer.slice(0, answer.length / 2), response);
  });
  const { port } = server.addr;
  return { url: `http://127.0.0.1:${port}`, happened, close: () => server.shutdown() };
}
