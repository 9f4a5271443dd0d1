// A request's body as text, read against a limit: what is over it never stands in memory.
import { LIMITS, type Refusal } from "@fitos/protocol";
import { refuse } from "./refuse.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Reads a plain or gzipped body of at most `limit` bytes, counted before and after decompression.
 * Gzip is announced by `content-type: application/gzip`, since a browser's preflight may not allow
 * `content-encoding`, or by that header. Refusals: too_large, bad_request.
 */
export async function readBody(
  request: Request,
  limit: number = LIMITS.bodyBytes,
): Promise<{ text: string } | Refusal> {
  const encoding = encodingOf(request.headers);
  if (encoding === "unknown") {
    return refuse("bad_request", "unknown content-encoding; send plain JSON or gzip");
  }
  if (Number(request.headers.get("content-length")) > limit) return tooLarge(limit);
  if (request.body === null) return { text: "" };

  const incoming = request.body.pipeThrough(bounded(limit));
  const plain = encoding === "gzip" ? gunzip(incoming).pipeThrough(bounded(limit)) : incoming;
  let bytes: ArrayBuffer;
  try {
    bytes = await new Response(plain).arrayBuffer();
  } catch (error) {
    if (error instanceof OverLimit) return tooLarge(limit);
    return refuse(
      "bad_request",
      encoding === "gzip"
        ? "the body is not one whole gzip stream; compress it again, or send plain JSON"
        : "the body broke off; send it again",
    );
  }
  return decode(bytes);
}

function encodingOf(headers: Headers): "plain" | "gzip" | "unknown" {
  const type = headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  const coding = headers.get("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (type === "application/gzip" || coding === "gzip") return "gzip";
  return coding === "identity" ? "plain" : "unknown";
}

function decode(bytes: ArrayBuffer): { text: string } | Refusal {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return refuse("bad_request", "the body is not valid UTF-8; encode the JSON as UTF-8");
  }
}

const tooLarge = (limit: number) =>
  refuse("too_large", `the body is over ${limit} bytes; send fewer mutations in one batch`);

class OverLimit extends Error {}

/** Passes chunks on until they come to more than `limit` bytes, then fails and stops the source. */
function bounded(limit: number): TransformStream<Bytes, Bytes> {
  let total = 0;
  return new TransformStream({
    transform(chunk, controller) {
      total += chunk.byteLength;
      if (total > limit) controller.error(new OverLimit());
      else controller.enqueue(chunk);
    },
  });
}

/** Deflate expands to at most 1,032 times its size: a slice becomes at most about one megabyte. */
const SLICE_BYTES = 1024;

/**
 * Decompresses in small slices. DecompressionStream answers each chunk it is given with one chunk,
 * however large: 48 kB handed over at once came out as one chunk of 50 MB.
 */
export function gunzip(compressed: ReadableStream<Bytes>): ReadableStream<Bytes> {
  const slices = new TransformStream<Bytes, Bytes>({
    transform(chunk, controller) {
      for (let start = 0; start < chunk.byteLength; start += SLICE_BYTES) {
        controller.enqueue(chunk.subarray(start, start + SLICE_BYTES));
      }
    },
  });
  return compressed.pipeThrough(slices).pipeThrough(new DecompressionStream("gzip"));
}
