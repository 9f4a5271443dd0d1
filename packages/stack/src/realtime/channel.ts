// One joined channel of one socket: delivers, sends, announces, and closes itself when its access ends.
import type { Access, Caller, ReadAccess, Refusal } from "./access.ts";
import type { Broadcast } from "./frames.ts";
import type { Hub, Subscriber } from "./hub.ts";
import type { Join, PresenceCall } from "./join.ts";
import {
  callWindow,
  MAX_PAYLOAD_BYTES,
  type Meter,
  payloadBytes,
  PRESENCE_CALLS,
} from "./limits.ts";
import type { PresenceDiff, PresenceState } from "./presence.ts";

export type Channel = {
  readonly joinRef: string | null;
  /** Says who is present, where that was asked for: to be called once the client knows that it has joined. */
  opened(): void;
  /** Passes a broadcast on if the policies allow it; answers whether they did, or that it is too large. */
  send(broadcast: Broadcast): Promise<boolean | Refusal>;
  /** Announces the caller or takes that back; answers whether the policies allow it. */
  present(call: PresenceCall): Promise<boolean | Refusal>;
  /** A new token: the policies run again, and the channel closes if it may not read any more. */
  renew(token: string): Promise<void>;
  readonly ack: boolean;
  leave(): void;
};

export type ChannelOptions = {
  topic: string;
  join: Join;
  joinRef: string | null;
  token: string;
  access: Access;
  hub: Hub;
  meter: Meter;
  deliver(broadcast: Broadcast): void;
  presence(event: "presence_state" | "presence_diff", payload: PresenceState | PresenceDiff): void;
  /** The access has ended: tell the client why and forget the channel. */
  ended(reason: string): void;
};

/** setTimeout's longest delay; a token that lives longer is looked at again then. */
const LONGEST_MS = 2 ** 31 - 1;

/** Joins if the caller may read the topic. */
export async function openChannel(options: ChannelOptions): Promise<Channel | Refusal> {
  const { topic, join, access, hub, meter, ended } = options;
  const { isPrivate } = join;
  let { token, presence: showsPresence } = { token: options.token, presence: join.presence };
  const granted = await admit(token);
  if ("refused" in granted) return granted;

  let { caller, read } = granted;
  let mayWrite: { broadcast?: boolean; presence?: boolean } = {};
  let expiry = watchExpiry();
  const isWithinCalls = callWindow(PRESENCE_CALLS);
  const subscriber: Subscriber = {
    deliver(broadcast) {
      if (!read.broadcast) return;
      options.deliver(broadcast);
      meter.count();
      if (meter.isExceeded()) ended("Too many messages per second");
    },
    changed(diff) {
      if (showsPresence && read.presence) options.presence("presence_diff", diff);
    },
  };
  hub.add(topic, isPrivate, subscriber);

  return {
    joinRef: options.joinRef,
    ack: join.ack,
    opened: showPresence,
    async send(broadcast) {
      if (!await may("broadcast")) return false;
      meter.count();
      if (payloadBytes(broadcast.payload) > MAX_PAYLOAD_BYTES) {
        return { refused: "payload_size_exceeded" };
      }
      hub.publish(topic, isPrivate, broadcast, join.self ? undefined : subscriber);
      return true;
    },
    async present(call) {
      if (!isWithinCalls()) return ended("Client presence rate limit exceeded"), false;
      if (call.event === "untrack") return hub.untrack(topic, isPrivate, subscriber), true;
      if (!await may("presence")) return false;
      if (payloadBytes(call.payload) > MAX_PAYLOAD_BYTES) {
        return ended("Track message size exceeded"), false;
      }
      const isNew = !showsPresence;
      if (isNew) {
        showsPresence = true;
        if (isPrivate) read.presence = (await access.mayRead(topic, caller)).presence;
      }
      hub.track(topic, isPrivate, subscriber, join.presenceKey, call.payload);
      if (isNew) showPresence();
      return true;
    },
    async renew(renewed) {
      // As on the platform: an API key, which a client sends after a sign-out, takes nothing away.
      if (renewed === token || renewed.startsWith("sb_")) return;
      const again = await admit(renewed);
      if ("refused" in again) return ended(again.refused);
      const isRevoked = (read.broadcast && !again.read.broadcast) ||
        (read.presence && !again.read.presence);
      if (isRevoked) {
        return ended(`You no longer have permission to read from this Channel topic: ${topic}`);
      }
      ({ caller, read } = again);
      token = renewed;
      mayWrite = {};
      clearTimeout(expiry);
      expiry = watchExpiry();
    },
    leave() {
      clearTimeout(expiry);
      hub.remove(topic, isPrivate, subscriber);
    },
  };

  async function admit(token: string): Promise<{ caller: Caller; read: ReadAccess } | Refusal> {
    const caller = await access.identify(token);
    if ("refused" in caller) return caller;
    if (!isPrivate) return { caller, read: { broadcast: true, presence: true } };
    const found = await access.mayRead(topic, caller);
    // Who does not ask for presence is not let in for being allowed to see it.
    const read = { broadcast: found.broadcast, presence: found.presence && showsPresence };
    return read.broadcast || read.presence ? { caller, read } : {
      refused:
        `Unauthorized: You do not have permissions to read from this Channel topic: ${topic}`,
    };
  }

  async function may(extension: "broadcast" | "presence"): Promise<boolean> {
    return mayWrite[extension] ??= !isPrivate || await access.mayWrite(topic, caller, extension);
  }

  function showPresence() {
    if (showsPresence && read.presence) {
      options.presence("presence_state", hub.present(topic, isPrivate));
    }
  }

  function watchExpiry(): ReturnType<typeof setTimeout> | undefined {
    if (caller.claims.exp === undefined) return undefined;
    const left = caller.claims.exp * 1000 - Date.now();
    return setTimeout(() => {
      if (left > LONGEST_MS) expiry = watchExpiry();
      else ended("InvalidJWTToken: Token has expired");
    }, Math.min(left, LONGEST_MS));
  }
}
