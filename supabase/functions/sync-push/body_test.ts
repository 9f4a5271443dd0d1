import { assertEquals, assertLess } from "@std/assert";
import { gunzip, readBody } from "./body.ts";
import { isRefusal } from "./refuse.ts";

type Bytes = Uint8Array<ArrayBuffer>;
const LIMIT = 64 * 1024;
const encode = (text: string) => new TextEncoder().encode(text);

async function gzip(bytes: Bytes): Promise<Bytes> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function post(body: BodyInit | null, headers: Record<string, string> = {}): Request {
  return new Request("http://localhost/", { method: "POST", body, headers });
}

const GZIP = { "content-type": "application/gzip" };

/** The text, or the code of the refusal. */
async function read(request: Request): Promise<string> {
  const body = await readBody(request, LIMIT);
  return isRefusal(body) ? body.error.code : body.text;
}

/** An endless body that counts what is taken from it. */
function endless(chunk: Bytes) {
  const { promise: cancelled, resolve } = Promise.withResolvers<void>();
  const taken = { bytes: 0, cancelled };
  const stream = new ReadableStream<Bytes>({
    pull(controller) {
      taken.bytes += chunk.byteLength;
      controller.enqueue(chunk);
    },
    cancel: () => resolve(),
  }, { highWaterMark: 0 });
  return { stream, taken };
}

Deno.test("readBody reads plain and gzipped bodies, however they are announced", async () => {
  const text = '{"emoji":"\u{1F3CB}"}';
  assertEquals(await read(post(text)), text);
  assertEquals(await read(post(await gzip(encode(text)), GZIP)), text);
  assertEquals(await read(post(await gzip(encode(text)), { "content-encoding": "GZIP" })), text);
  assertEquals(
    await read(post(await gzip(encode(text)), { "content-type": "Application/Gzip; x=1" })),
    text,
  );
  assertEquals(await read(post(null)), "");
});

Deno.test("readBody takes a body of exactly the limit and not a byte more", async () => {
  const full = "x".repeat(LIMIT);
  assertEquals(await read(post(full)), full);
  assertEquals(await read(post(await gzip(encode(full)), GZIP)), full);
  assertEquals(await read(post(`${full}x`)), "too_large");
  assertEquals(await read(post(await gzip(encode(`${full}x`)), GZIP)), "too_large");
});

Deno.test("readBody refuses by content-length without reading", async () => {
  const { stream, taken } = endless(encode("x"));
  const request = post(stream, { "content-length": String(LIMIT + 1) });
  assertEquals(await read(request), "too_large");
  assertEquals(taken.bytes, 0);
});

Deno.test("readBody stops reading an endless plain body at the limit", async () => {
  const { stream, taken } = endless(new Uint8Array(1000));
  assertEquals(await read(post(stream)), "too_large");
  assertLess(taken.bytes, LIMIT + 10_000);
  await taken.cancelled;
});

Deno.test("readBody stops decompressing an endless gzip bomb at the limit", async () => {
  const { stream, taken } = endless(new Uint8Array(16 * 1024));
  const bomb = stream.pipeThrough(new CompressionStream("gzip"));
  assertEquals(await read(post(bomb, GZIP)), "too_large");
  // The compressor buffers about a block of its own before it gives anything out.
  assertLess(taken.bytes, 16 * 1024 * 1024);
  await taken.cancelled;
});

Deno.test("readBody bounds compressed input that never becomes output", async () => {
  const head = (await gzip(encode(""))).slice(0, 10);
  const emptyBlock = new Uint8Array([0, 0, 0, 255, 255]);
  const { stream, taken } = endless(new Uint8Array(Array(200).fill([...emptyBlock]).flat()));
  let sent = false;
  const body = stream.pipeThrough(
    new TransformStream<Bytes, Bytes>({
      transform(chunk, controller) {
        if (!sent) controller.enqueue(head);
        sent = true;
        controller.enqueue(chunk);
      },
    }),
  );
  assertEquals(await read(post(body, GZIP)), "too_large");
  assertLess(taken.bytes, LIMIT + 10_000);
});

Deno.test("gunzip never holds more than a slice's worth, even of one large chunk", async () => {
  const bomb = await gzip(new Uint8Array(100_000_000));
  const source = new ReadableStream<Bytes>({
    start(controller) {
      controller.enqueue(bomb);
      controller.close();
    },
  });
  let total = 0;
  let largest = 0;
  for await (const chunk of gunzip(source)) {
    total += chunk.byteLength;
    largest = Math.max(largest, chunk.byteLength);
  }
  assertEquals(total, 100_000_000);
  assertLess(largest, 1_100_000);
});

Deno.test("readBody refuses what is no whole gzip stream, no UTF-8 or an unknown coding", async () => {
  const whole = await gzip(encode('{"a":1}'));
  const broken = [
    encode("{}"),
    new Uint8Array(0),
    whole.slice(0, -1),
    whole.slice(0, 12),
    new Uint8Array([...whole, 1]),
  ];
  for (const body of broken) assertEquals(await read(post(body, GZIP)), "bad_request");
  assertEquals(await read(post(new Uint8Array([0x22, 0xff, 0x22]))), "bad_request");
  // A surrogate written in UTF-8's manner is none.
  assertEquals(await read(post(new Uint8Array([0xed, 0xa0, 0x80]))), "bad_request");
  assertEquals(await read(post("{}", { "content-encoding": "br" })), "bad_request");
});

Deno.test("readBody answers a body that breaks off with a refusal", async () => {
  const body = new ReadableStream<Bytes>({
    pull(controller) {
      controller.error(new Error("connection reset"));
    },
  });
  assertEquals(await read(post(body)), "bad_request");
});
