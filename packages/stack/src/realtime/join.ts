// What a client asks for when it joins a channel, and says on it.
import * as z from "zod/mini";
import type { Refusal } from "./access.ts";

const JoinPayload = z.object({
  config: z._default(
    z.object({
      broadcast: z.optional(z.object({
        ack: z.optional(z.boolean()),
        self: z.optional(z.boolean()),
        replay: z.optional(z.unknown()),
      })),
      presence: z.optional(
        z.object({ enabled: z.optional(z.boolean()), key: z.optional(z.string()) }),
      ),
      postgres_changes: z.optional(z.array(z.unknown())),
      private: z.optional(z.boolean()),
    }),
    {},
  ),
  access_token: z.optional(z.nullable(z.string())),
});

export type Join = {
  isPrivate: boolean;
  /** Answer each broadcast. */
  ack: boolean;
  /** Send a client its own broadcasts too. */
  self: boolean;
  presence: boolean;
  /** Under which the channel's presence is grouped with others'; one of its own where it named none. */
  presenceKey: string;
  /** What it asks for that this stack does not serve; null where it serves all. */
  unserved: string | null;
  /** null: the socket's API key speaks. */
  token: string | null;
};

/** null when the payload has another form. */
export function parseJoin(payload: unknown): Join | null {
  const parsed = JoinPayload.safeParse(payload);
  if (!parsed.success) return null;
  const { config, access_token } = parsed.data;
  return {
    isPrivate: config.private ?? false,
    ack: config.broadcast?.ack ?? false,
    self: config.broadcast?.self ?? false,
    presence: config.presence?.enabled ?? false,
    presenceKey: config.presence?.key || crypto.randomUUID(),
    unserved: (config.postgres_changes ?? []).length > 0
      ? "postgres_changes is not served by this stack: broadcast from a trigger to a private topic instead"
      : config.broadcast?.replay !== undefined
      ? "replay is not served by this stack"
      : null,
    token: access_token ?? null,
  };
}

const BroadcastPayload = z.object({ event: z.string(), payload: z.optional(z.unknown()) });
const TokenPayload = z.object({ access_token: z.string() });

export function parseBroadcast(payload: unknown): { event: string; payload: unknown } | null {
  const parsed = BroadcastPayload.safeParse(payload);
  return parsed.success ? { event: parsed.data.event, payload: parsed.data.payload } : null;
}

export type PresenceCall = { event: "track"; payload: object } | { event: "untrack" };

const TrackPayload = z.record(z.string(), z.unknown());
const PresencePayload = z.object({ event: z.string(), payload: z.optional(z.unknown()) });

export function parsePresence(payload: unknown): PresenceCall | Refusal {
  const parsed = PresencePayload.safeParse(payload);
  const event = parsed.data?.event.toLowerCase();
  if (event === "untrack") return { event };
  if (event !== "track") return { refused: "unknown presence event" };
  const tracked = TrackPayload.safeParse(parsed.data?.payload ?? {});
  return tracked.success
    ? { event, payload: tracked.data }
    : { refused: "Presence track payload must be a map" };
}

export function parseToken(payload: unknown): string | null {
  const parsed = TokenPayload.safeParse(payload);
  return parsed.success ? parsed.data.access_token : null;
}
