// What a client asks for when it joins a channel.
import * as z from "zod/mini";

const JoinPayload = z.object({
  config: z._default(
    z.object({
      broadcast: z.optional(z.object({
        ack: z.optional(z.boolean()),
        self: z.optional(z.boolean()),
      })),
      presence: z.optional(z.object({ enabled: z.optional(z.boolean()) })),
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
  postgresChanges: boolean;
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
    postgresChanges: (config.postgres_changes ?? []).length > 0,
    token: access_token ?? null,
  };
}

const BroadcastPayload = z.object({ event: z.string(), payload: z.optional(z.unknown()) });
const TokenPayload = z.object({ access_token: z.string() });

export function parseBroadcast(payload: unknown): { event: string; payload: unknown } | null {
  const parsed = BroadcastPayload.safeParse(payload);
  return parsed.success ? { event: parsed.data.event, payload: parsed.data.payload } : null;
}

export function parseToken(payload: unknown): string | null {
  const parsed = TokenPayload.safeParse(payload);
  return parsed.success ? parsed.data.access_token : null;
}
