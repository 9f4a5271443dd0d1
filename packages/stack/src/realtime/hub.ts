// Who listens to what, and who is present there. A private and a public topic of the same name are two topics.
import type { Broadcast } from "./frames.ts";
import { createPresence, type PresenceDiff, type PresenceState } from "./presence.ts";

export type Subscriber = {
  deliver(broadcast: Broadcast): void;
  changed(diff: PresenceDiff): void;
};

export type Hub = {
  add(topic: string, isPrivate: boolean, subscriber: Subscriber): void;
  /** Its presence ends too. */
  remove(topic: string, isPrivate: boolean, subscriber: Subscriber): void;
  /** To every subscriber but `except`. */
  publish(topic: string, isPrivate: boolean, broadcast: Broadcast, except?: Subscriber): void;
  present(topic: string, isPrivate: boolean): PresenceState;
  track(topic: string, isPrivate: boolean, who: Subscriber, key: string, payload: object): void;
  untrack(topic: string, isPrivate: boolean, who: Subscriber): void;
};

export function createHub(): Hub {
  const subscribersByTopic = new Map<string, Set<Subscriber>>();
  const presence = createPresence();
  const name = (topic: string, isPrivate: boolean) =>
    `${isPrivate ? "private" : "public"}:${topic}`;

  const hub: Hub = {
    add(topic, isPrivate, subscriber) {
      const at = name(topic, isPrivate);
      const subscribers = subscribersByTopic.get(at) ?? new Set();
      subscribersByTopic.set(at, subscribers.add(subscriber));
    },
    remove(topic, isPrivate, subscriber) {
      const at = name(topic, isPrivate);
      const subscribers = subscribersByTopic.get(at);
      subscribers?.delete(subscriber);
      if (subscribers?.size === 0) subscribersByTopic.delete(at);
      hub.untrack(topic, isPrivate, subscriber);
    },
    publish(topic, isPrivate, broadcast, except) {
      for (const subscriber of [...subscribersByTopic.get(name(topic, isPrivate)) ?? []]) {
        if (subscriber !== except) subscriber.deliver(broadcast);
      }
    },
    present: (topic, isPrivate) => presence.state(name(topic, isPrivate)),
    track(topic, isPrivate, who, key, payload) {
      tell(name(topic, isPrivate), presence.track(name(topic, isPrivate), who, key, payload));
    },
    untrack(topic, isPrivate, who) {
      tell(name(topic, isPrivate), presence.untrack(name(topic, isPrivate), who));
    },
  };
  return hub;

  function tell(at: string, diff: PresenceDiff | null) {
    if (!diff) return;
    for (const subscriber of subscribersByTopic.get(at) ?? []) subscriber.changed(diff);
  }
}
