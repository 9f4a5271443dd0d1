/** A Realtime whose channels the test speaks for, and timers that run when it says. */
import type { ChannelLike, RealtimeLike } from "../src/api.ts";
import type { ChannelSurroundings } from "../src/channel.ts";

export interface FakeChannel {
  topic: string;
  key: string | undefined;
  /** What the server says of the channel. */
  status(status: string): Promise<void>;
  poke(): void;
  /** What the server says of who is there. */
  present(state: Record<string, { [field: string]: unknown }[]>): void;
  /** What was announced, and `null` where that was taken back. */
  calls: (object | null)[];
  /** The server's answers to `calls`. */
  answers: string[];
}

export interface FakeRealtime extends ChannelSurroundings {
  channels: FakeChannel[];
  removed: unknown[];
  waits: number[];
  timers: { size: number };
  /** The token's state; a live one to begin with. */
  authorized: boolean;
  now: number;
  /** Time passes, and with it what is due. */
  elapse(ms?: number): Promise<void>;
}

/** All that has been promised by now. */
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

export function fakeRealtime(): FakeRealtime {
  const timers = new Set<{ at: number; callback: () => void }>();
  const fake: FakeRealtime = {
    channels: [],
    removed: [],
    waits: [],
    timers,
    authorized: true,
    now: 0,
    authorize: () => Promise.resolve(fake.authorized),
    platform: {
      random: () => 0.5,
      after(ms, callback) {
        const timer = { at: fake.now + ms, callback };
        timers.add(timer);
        fake.waits.push(ms);
        return () => timers.delete(timer);
      },
    },
    realtime: {
      setAuth: () => Promise.resolve(),
      connect: () => {},
      isConnected: () => true,
      isConnecting: () => false,
      disconnect: () => Promise.resolve(),
      getChannels: () => fake.channels,
      channel: (topic, { config }) => fakeChannel(fake, topic, config.presence?.key),
      removeChannel(channel) {
        fake.removed.push(channel);
        return Promise.resolve();
      },
    } satisfies RealtimeLike,
    async elapse(ms = 0) {
      const end = fake.now + ms;
      for (;;) {
        await settled();
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (!next) break;
        timers.delete(next);
        fake.now = Math.max(fake.now, next.at);
        next.callback();
      }
      fake.now = end;
    },
  };
  return fake;
}

function fakeChannel(fake: FakeRealtime, topic: string, key: string | undefined): ChannelLike {
  let state = {};
  let told = (_: string) => {};
  const callbacks = { broadcast: () => {}, presence: () => {} };
  const own: FakeChannel = {
    topic,
    key,
    status: (status) => (told(status), settled()),
    poke: () => callbacks.broadcast(),
    present(next) {
      state = next;
      callbacks.presence();
    },
    calls: [],
    answers: [],
  };
  fake.channels.push(own);
  const called = (call: object | null) => {
    own.calls.push(call);
    return Promise.resolve(own.answers.shift() ?? "ok");
  };
  const channel: ChannelLike = {
    on(type, _filter, callback) {
      callbacks[type] = callback;
      return channel;
    },
    subscribe(callback) {
      told = callback;
      return channel;
    },
    track: called,
    untrack: () => called(null),
    presenceState: () => state,
  };
  return channel;
}
