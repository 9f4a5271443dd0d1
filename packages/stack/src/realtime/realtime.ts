// `/realtime/v1/websocket` for the official client: broadcast, presence, tokens, heartbeat.
import postgres from "postgres";
import type { Keys } from "../keys.ts";
import type { Postgres } from "../postgres.ts";
import { problem } from "../problem.ts";
import { accessBy } from "./access.ts";
import { connection } from "./connection.ts";
import { followMessages } from "./database.ts";
import { createHub } from "./hub.ts";
import { LIMITS, type Limits, meter } from "./limits.ts";

export type Realtime = {
  /** Answers the WebSocket handshake. */
  fetch(request: Request): Response;
  /** Closes every socket, as a restart of the service does. */
  stop(): Promise<void>;
};

export async function serveRealtime(
  { server, keys, log, limits = LIMITS }: {
    server: Postgres;
    keys: Keys;
    log: (line: string) => void;
    limits?: Limits | undefined;
  },
): Promise<Realtime> {
  const messageMeter = meter(limits.messagesPerSecond);
  const hub = createHub();
  const sql = postgres(server.adminUrl, { max: 3, onnotice: () => undefined });
  const access = accessBy(sql, keys);
  const messages = await followMessages(
    server.adminUrl,
    ({ id, topic, event, payload, bytes, private: isPrivate }) =>
      hub.publish(topic, isPrivate, { event, payload: bytes ?? payload, meta: { id } }),
    log,
  );
  const sockets = new Set<WebSocket>();

  return {
    fetch(request) {
      const { searchParams, pathname } = new URL(request.url);
      if (pathname !== "/realtime/v1/websocket") {
        return problem(404, "NOT_FOUND", `${pathname} is not served by this stack`);
      }
      if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
        return problem(426, "UPGRADE_REQUIRED", "This address speaks WebSocket");
      }
      const apiKey = searchParams.get("apikey") ?? request.headers.get("apikey") ?? "";
      if (apiKey !== keys.publishableKey && apiKey !== keys.secretKey) {
        return problem(401, "UNAUTHORIZED_INVALID_API_KEY", "Invalid API key");
      }
      const { socket, response } = Deno.upgradeWebSocket(request);
      attach(socket, apiKey, searchParams.get("vsn") === "2.0.0" ? "2.0.0" : "1.0.0");
      return response;
    },
    async stop() {
      // 1012: service restart.
      await Promise.all([...sockets].map((socket) => closeSocket(socket, 1012)));
      await messages.stop();
      await sql.end({ timeout: 1 });
    },
  };

  function attach(socket: WebSocket, apiKey: string, version: "1.0.0" | "2.0.0") {
    socket.binaryType = "arraybuffer";
    const peer = connection({
      version,
      apiKey,
      access,
      hub,
      meter: messageMeter,
      log,
      send(frame) {
        if (socket.readyState === WebSocket.OPEN) socket.send(frame);
      },
    });
    sockets.add(socket);
    socket.onmessage = ({ data }) => void peer.receive(data);
    socket.onclose = () => {
      sockets.delete(socket);
      peer.closed();
    };
    socket.onerror = (event) => {
      // A client that vanishes ends in an error; onclose follows and cleans up.
      if (event instanceof ErrorEvent) log(`realtime: a socket broke (${event.message})`);
    };
  }
}

/** Waits for the closing handshake, but not for a client that never answers it. */
function closeSocket(socket: WebSocket, code: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (socket.readyState === WebSocket.CLOSED) resolve();
  const patience = setTimeout(resolve, 1_000);
  socket.addEventListener("close", () => resolve(), { once: true });
  socket.close(code, "service restart");
  return promise.finally(() => clearTimeout(patience));
}
