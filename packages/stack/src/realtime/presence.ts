// Who is present on a topic, as Phoenix.Presence keeps it: a meta for each channel that tracks, grouped by
// the key its client joined with.

/** What one channel announced; `phx_ref` names this announcement. */
export type Meta = { [field: string]: unknown; phx_ref: string; phx_ref_prev?: string };
export type PresenceState = Record<string, { metas: Meta[] }>;
export type PresenceDiff = { joins: PresenceState; leaves: PresenceState };

export type Presence = {
  state(topic: string): PresenceState;
  /** Announces for `owner`, or changes what it announced; null where nothing changed. */
  track(topic: string, owner: object, key: string, payload: object): PresenceDiff | null;
  /** null where it had announced nothing. */
  untrack(topic: string, owner: object): PresenceDiff | null;
};

type Entry = { key: string; meta: Meta; told: string };

export function createPresence(): Presence {
  const entriesByTopic = new Map<string, Map<object, Entry>>();

  return {
    state: (topic) => group([...entriesByTopic.get(topic)?.values() ?? []]),
    track(topic, owner, key, payload) {
      const entries = entriesByTopic.get(topic) ?? new Map<object, Entry>();
      const told = JSON.stringify(payload);
      const before = entries.get(owner);
      if (before?.told === told) return null;
      const meta: Meta = {
        ...payload,
        phx_ref: crypto.randomUUID(),
        ...(before ? { phx_ref_prev: before.meta.phx_ref } : {}),
      };
      const entry = { key, meta, told };
      entriesByTopic.set(topic, entries.set(owner, entry));
      return { joins: group([entry]), leaves: group(before ? [before] : []) };
    },
    untrack(topic, owner) {
      const entries = entriesByTopic.get(topic);
      const left = entries?.get(owner);
      if (!entries || !left) return null;
      entries.delete(owner);
      if (entries.size === 0) entriesByTopic.delete(topic);
      return { joins: {}, leaves: group([left]) };
    },
  };
}

function group(entries: Entry[]): PresenceState {
  const state: PresenceState = Object.create(null);
  for (const { key, meta } of entries) (state[key] ??= { metas: [] }).metas.push(meta);
  return state;
}
