// Who listens to what. A private and a public topic of the same name are two topics.
import type { Broadcast } from "./frames.ts";

export type Subscriber = { deliver(broadcast: Broadcast): void };

export type Hub = {
  add(topic: string, isPrivate: boolean, subscriber: Subscriber): void;
  remove(topic: string, isPrivate: boolean, subscriber: Subscriber): void;
  /** To every subscriber but `except`. */
  publish(topic: string, isPrivate: boolean, broadcast: Broadcast, except?: Subscriber): void;
};

export function createHub(): Hub {
  const subscribersByTopic = new Map<string, Set<Subscriber>>();
  const key = (topic: string, isPrivate: boolean) => `${isPrivate ? "private" : "public"}:${topic}`;

  return {
    add(topic, isPrivate, subscriber) {
      const at = key(topic, isPrivate);
      const subscribers = subscribersByTopic.get(at) ?? new Set();
      subscribersByTopic.set(at, subscribers.add(subscriber));
    },
    remove(topic, isPrivate, subscriber) {
      const at = key(topic, isPrivate);
      const subscribers = subscribersByTopic.get(at);
      subscribers?.delete(subscriber);
      if (subscribers?.size === 0) subscribersByTopic.delete(at);
    },
    publish(topic, isPrivate, broadcast, except) {
      for (const subscriber of subscribersByTopic.get(key(topic, isPrivate)) ?? []) {
        if (subscriber !== except) subscriber.deliver(broadcast);
      }
    },
  };
}
