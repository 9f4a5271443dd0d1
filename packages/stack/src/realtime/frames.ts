// The wire of Realtime: Phoenix messages as JSON, and broadcasts of protocol 2.0.0 as binary frames whose
// lengths are one byte each.
//   client to server  [3, joinRef, ref, topic, event, meta lengths, encoding] strings payload
//   server to client  [4, topic, event, meta lengths, encoding] strings payload

export type Version = "1.0.0" | "2.0.0";

export type Message = {
  joinRef: string | null;
  ref: string | null;
  topic: string;
  event: string;
  payload: unknown;
};

/** What a broadcast carries: JSON, or bytes that only protocol 2.0.0 can hold. */
export type Broadcast = { event: string; payload: unknown; meta?: { id: string } };

const CLIENT_BROADCAST = 3;
const SERVER_BROADCAST = 4;
const BINARY = 0;
const JSON_ENCODED = 1;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** null for a frame that is not one of ours. */
export function decode(frame: string | ArrayBuffer, version: Version): Message | null {
  try {
    if (frame instanceof ArrayBuffer) return decodeBroadcast(new Uint8Array(frame));
    const parsed: unknown = JSON.parse(frame);
    return version === "2.0.0" ? fromArray(parsed) : fromObject(parsed);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}

export function encode(message: Message, version: Version): string {
  const { joinRef, ref, topic, event, payload } = message;
  return JSON.stringify(
    version === "2.0.0"
      ? [joinRef, ref, topic, event, payload]
      : { join_ref: joinRef, ref, topic, event, payload },
  );
}

/** null when this protocol version cannot carry it (bytes in 1.0.0). */
export function encodeBroadcast(
  topic: string,
  broadcast: Broadcast,
  version: Version,
): string | Uint8Array<ArrayBuffer> | null {
  const { event, payload, meta } = broadcast;
  const bytes = payload instanceof Uint8Array;
  const strings = [topic, event, meta ? JSON.stringify(meta) : ""].map((it) => encoder.encode(it));
  const fits = strings.every((it) => it.length < 256);
  if (version === "1.0.0" || !fits) {
    if (bytes) return null;
    const message = { joinRef: null, ref: null, topic, event: "broadcast" };
    return encode({ ...message, payload: { type: "broadcast", ...broadcast } }, version);
  }
  const body = bytes ? payload : encoder.encode(JSON.stringify(payload ?? {}));
  return concat([
    Uint8Array.of(
      SERVER_BROADCAST,
      ...strings.map((it) => it.length),
      bytes ? BINARY : JSON_ENCODED,
    ),
    ...strings,
    body,
  ]);
}

function decodeBroadcast(frame: Uint8Array): Message | null {
  if (frame[0] !== CLIENT_BROADCAST || frame.length < 7) return null;
  let offset = 7;
  const [joinRef, ref, topic, event] = [...frame.subarray(1, 6)].map((length) => {
    if (offset + length > frame.length) throw new RangeError("the frame is shorter than it says");
    const text = decoder.decode(frame.subarray(offset, offset + length));
    offset += length;
    return text;
  }) as [string, string, string, string, string];
  const body = frame.slice(offset);
  const payload = frame[6] === JSON_ENCODED ? JSON.parse(decoder.decode(body)) : body;
  return {
    joinRef: joinRef || null,
    ref: ref || null,
    topic,
    event: "broadcast",
    payload: { type: "broadcast", event, payload },
  };
}

function fromArray(value: unknown): Message | null {
  if (!Array.isArray(value) || value.length !== 5) return null;
  const [joinRef, ref, topic, event, payload] = value;
  return typeof topic === "string" && typeof event === "string"
    ? { joinRef: text(joinRef), ref: text(ref), topic, event, payload }
    : null;
}

function fromObject(value: unknown): Message | null {
  if (typeof value !== "object" || value === null) return null;
  const { join_ref, ref, topic, event, payload } = value as Record<string, unknown>;
  return typeof topic === "string" && typeof event === "string"
    ? { joinRef: text(join_ref), ref: text(ref), topic, event, payload }
    : null;
}

const text = (value: unknown) => typeof value === "string" ? value : null;

function concat(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
