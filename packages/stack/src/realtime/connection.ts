// One socket's side of the protocol: joins, leaves, broadcasts, presence, heartbeats, tokens.
import type { Access } from "./access.ts";
import { type Channel, openChannel } from "./channel.ts";
import { decode, encode, encodeBroadcast, type Message, type Version } from "./frames.ts";
import type { Hub } from "./hub.ts";
import { parseBroadcast, parseJoin, parsePresence, parseToken } from "./join.ts";
import { MAX_CHANNELS, type Meter } from "./limits.ts";

export type Connection = {
  /** Frames are handled one after the other, so that a broadcast follows the join before it. */
  receive(frame: string | ArrayBuffer): Promise<void>;
  closed(): void;
};

export type ConnectionOptions = {
  version: Version;
  /** Speaks for channels that bring no token of their own. */
  apiKey: string;
  access: Access;
  hub: Hub;
  meter: Meter;
  send(frame: string | Uint8Array<ArrayBuffer>): void;
  log: (line: string) => void;
};

/** What is not read at all; the limit of a payload is a part of it. */
const MAX_FRAME_BYTES = 1024 * 1024;

const PREFIX = "realtime:";

export function connection(options: ConnectionOptions): Connection {
  const { version, access, hub, meter, log } = options;
  const channels = new Map<string, Channel>();
  let handled: Promise<void> = Promise.resolve();
  let isClosed = false;

  return {
    receive(frame) {
      const size = typeof frame === "string" ? frame.length : frame.byteLength;
      const message = size > MAX_FRAME_BYTES ? null : decode(frame, version);
      if (!message) {
        log(`realtime: a frame of ${size} bytes was ignored (not a message, or over 1 MB)`);
        return Promise.resolve();
      }
      handled = handled.then(() => handle(message)).catch((error) => {
        log(`realtime: ${message.event} on ${message.topic} failed (${error})`);
        reply(message, "error", { reason: "UnknownErrorOnChannel: see the stack's log" });
      });
      return handled;
    },
    closed() {
      isClosed = true;
      for (const channel of channels.values()) channel.leave();
      channels.clear();
    },
  };

  async function handle(message: Message): Promise<void> {
    if (message.topic === "phoenix" && message.event === "heartbeat") return reply(message, "ok");
    if (message.event === "phx_join") return await join(message);
    const channel = channels.get(message.topic);
    if (!channel) return reply(message, "error", { reason: "unmatched topic" });
    switch (message.event) {
      case "phx_leave":
        forget(message.topic);
        reply(message, "ok");
        return push(message.topic, channel.joinRef, "phx_close", {});
      case "broadcast":
        return await broadcast(message, channel);
      case "presence":
        return await presence(message, channel);
      case "access_token": {
        const token = parseToken(message.payload);
        return token === null ? undefined : await channel.renew(token);
      }
      default:
        return reply(message, "error", { reason: `${message.event} is not served by this stack` });
    }
  }

  async function join(message: Message) {
    const refuse = (reason: string) => reply(message, "error", { reason });
    const asked = parseJoin(message.payload);
    if (!asked || !message.topic.startsWith(PREFIX) || message.topic === PREFIX) {
      return refuse("TopicNameRequired: join realtime:<topic> with a config object");
    }
    if (asked.unserved) return refuse(asked.unserved);
    if (channels.size >= MAX_CHANNELS) {
      return refuse("ChannelRateLimitReached: Too many channels");
    }
    // A second join of the same topic takes the first one's place.
    forget(message.topic);
    const opened = await openChannel({
      topic: message.topic.slice(PREFIX.length),
      join: asked,
      joinRef: message.joinRef,
      token: asked.token?.startsWith("sb_") ? options.apiKey : asked.token ?? options.apiKey,
      access,
      hub,
      meter,
      deliver(broadcast) {
        const frame = encodeBroadcast(message.topic, broadcast, version);
        if (frame !== null) options.send(frame);
      },
      presence: (event, payload) => push(message.topic, message.joinRef, event, payload),
      ended: (reason) => end(message.topic, message.joinRef, reason),
    });
    if ("refused" in opened) return refuse(opened.refused);
    // The socket may have gone while the policies ran.
    if (isClosed) return opened.leave();
    channels.set(message.topic, opened);
    reply(message, "ok", { postgres_changes: [] });
    opened.opened();
  }

  async function broadcast(message: Message, channel: Channel) {
    const sent = parseBroadcast(message.payload);
    if (!sent) return reply(message, "error", { reason: "a broadcast needs an event" });
    const done = await channel.send(sent);
    if (!channel.ack) return;
    if (typeof done === "object") return reply(message, "error", { reason: done.refused });
    // As on the platform, who may not send gets no answer, and waits for its own timeout.
    if (done) reply(message, "ok");
  }

  async function presence(message: Message, channel: Channel) {
    const call = parsePresence(message.payload);
    if ("refused" in call) return reply(message, "error", { reason: call.refused });
    const done = await channel.present(call);
    // A channel that has been closed for it says why by itself.
    if (channels.get(message.topic) === channel) reply(message, done ? "ok" : "error");
  }

  function end(topic: string, joinRef: string | null, reason: string) {
    forget(topic);
    push(topic, joinRef, "system", {
      extension: "system",
      status: "error",
      channel: topic.slice(PREFIX.length),
      message: reason,
    });
    push(topic, joinRef, "phx_close", {});
  }

  function forget(topic: string) {
    channels.get(topic)?.leave();
    channels.delete(topic);
  }

  function reply(to: Message, status: "ok" | "error", response: object = {}) {
    const { joinRef, ref, topic } = to;
    const payload = { status, response };
    options.send(encode({ joinRef, ref, topic, event: "phx_reply", payload }, version));
  }

  function push(topic: string, joinRef: string | null, event: string, payload: object) {
    options.send(encode({ joinRef, ref: null, topic, event, payload }, version));
  }
}
