// One joined channel of one socket: delivers, sends, and closes itself when its access ends.
import type { Access, Caller, ReadAccess, Refusal } from "./access.ts";
import type { Broadcast } from "./frames.ts";
import type { Hub } from "./hub.ts";
import type { Join } from "./join.ts";

export type Channel = {
  readonly joinRef: string | null;
  /** Passes a broadcast on if the policies allow it; answers whether they did. */
  send(broadcast: Broadcast): Promise<boolean>;
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
  deliver(broadcast: Broadcast): void;
  /** The access has ended: tell the client why and forget the channel. */
  ended(reason: string): void;
};

/** setTimeout's longest delay; a token that lives longer is looked at again then. */
const LONGEST_MS = 2 ** 31 - 1;

/** Joins if the caller may read the topic. */
export async function openChannel(options: ChannelOptions): Promise<Channel | Refusal> {
  const { topic, join, access, hub, ended } = options;
  const granted = await admit(options.token);
  if ("refused" in granted) return granted;

  let { caller, read } = granted;
  let mayWrite: boolean | undefined;
  let expiry = watchExpiry();
  const subscriber = {
    deliver(broadcast: Broadcast) {
      if (read.broadcast) options.deliver(broadcast);
    },
  };
  hub.add(topic, join.isPrivate, subscriber);

  return {
    joinRef: options.joinRef,
    ack: join.ack,
    async send(broadcast) {
      mayWrite ??= !join.isPrivate || await access.mayWrite(topic, caller, "broadcast");
      if (mayWrite) {
        hub.publish(topic, join.isPrivate, broadcast, join.self ? undefined : subscriber);
      }
      return mayWrite;
    },
    async renew(token) {
      const renewed = await admit(token);
      if ("refused" in renewed) return ended(renewed.refused);
      ({ caller, read } = renewed);
      mayWrite = undefined;
      clearTimeout(expiry);
      expiry = watchExpiry();
    },
    leave() {
      clearTimeout(expiry);
      hub.remove(topic, join.isPrivate, subscriber);
    },
  };

  async function admit(token: string): Promise<{ caller: Caller; read: ReadAccess } | Refusal> {
    const caller = await access.identify(token);
    if ("refused" in caller) return caller;
    if (!join.isPrivate) return { caller, read: { broadcast: true, presence: true } };
    const read = await access.mayRead(topic, caller);
    return read.broadcast || read.presence ? { caller, read } : {
      refused:
        `Unauthorized: You do not have permissions to read from this Channel topic: ${topic}`,
    };
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
