import { assertEquals, assertStringIncludes } from "@std/assert";
import { staticFiles } from "./serve.ts";

async function site() {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/site/assets`, { recursive: true });
  await Deno.writeTextFile(`${folder}/secret.html`, "secret");
  await Deno.writeTextFile(`${folder}/site/index.html`, "<p>shell</p>");
  await Deno.writeTextFile(`${folder}/site/.sources`, "stamp");
  await Deno.writeTextFile(`${folder}/site/assets/app-1.js`, "run()");
  await Deno.mkdir(`${folder}/site/embed/assets`, { recursive: true });
  await Deno.writeTextFile(`${folder}/site/embed/today.js`, "run()");
  await Deno.writeTextFile(`${folder}/site/embed/assets/widget-1.js`, "run()");
  const serve = staticFiles(`${folder}/site`, "default-src 'none'");
  return {
    get: (path: string, init?: RequestInit) => serve(new Request(`http://fitos${path}`, init)),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

const page = { headers: { accept: "text/html" } };

Deno.test("staticFiles serves the page with the policy and a type", async () => {
  await using files = await site();
  const answer = await files.get("/");
  assertEquals(await answer.text(), "<p>shell</p>");
  assertEquals(answer.headers.get("content-type"), "text/html; charset=utf-8");
  assertEquals(
    answer.headers.get("content-security-policy"),
    "default-src 'none'; frame-ancestors 'none'",
  );
});

Deno.test("staticFiles caches hashed assets for ever and revalidates the rest", async () => {
  await using files = await site();
  const asset = await files.get("/assets/app-1.js");
  await asset.body?.cancel();
  assertStringIncludes(asset.headers.get("cache-control") ?? "", "immutable");
  const shell = await files.get("/");
  await shell.body?.cancel();
  assertEquals(shell.headers.get("cache-control"), "no-cache");
  const again = await files.get("/", {
    headers: { "if-none-match": shell.headers.get("etag") ?? "" },
  });
  assertEquals(again.status, 304);
});

Deno.test("staticFiles gives what is embedded to any origin, and lets it start without a network", async () => {
  await using files = await site();
  const told = async (path: string) => {
    const answer = await files.get(path);
    await answer.body?.cancel();
    return ["access-control-allow-origin", "cache-control"].map((name) => answer.headers.get(name));
  };
  assertEquals(await told("/embed/today.js"), [
    "*",
    "public, max-age=300, stale-while-revalidate=604800",
  ]);
  assertEquals(await told("/embed/assets/widget-1.js"), [
    "*",
    "public, max-age=31536000, immutable",
  ]);
  assertEquals(await told("/assets/app-1.js"), [null, "public, max-age=31536000, immutable"]);
});

Deno.test("staticFiles packs text for who takes it", async () => {
  await using files = await site();
  const packed = await files.get("/assets/app-1.js", {
    headers: { "accept-encoding": "br, gzip" },
  });
  assertEquals(packed.headers.get("content-encoding"), "gzip");
  const text = packed.body!.pipeThrough(new DecompressionStream("gzip"));
  assertEquals(await new Response(text).text(), "run()");
  const plain = await files.get("/assets/app-1.js");
  assertEquals([await plain.text(), plain.headers.get("content-encoding")], ["run()", null]);
});

Deno.test("staticFiles answers unknown pages with the shell, unknown files with 404", async () => {
  await using files = await site();
  const shell = await files.get("/assets/somewhere", page);
  assertEquals(await shell.text(), "<p>shell</p>");
  assertEquals(shell.headers.get("cache-control"), "no-cache");
  assertEquals((await files.get("/assets/gone.js")).status, 404);
});

Deno.test("staticFiles keeps to its folder and to the build's own files", async () => {
  await using files = await site();
  for (const path of ["/.sources", "/%2e%2e/secret.html", "/..%2fsecret.html", "/a%00.html"]) {
    assertEquals((await files.get(path)).status, 404, path);
  }
});

Deno.test("staticFiles refuses to write", async () => {
  await using files = await site();
  const answer = await files.get("/", { method: "POST" });
  assertEquals([answer.status, answer.headers.get("allow")], [405, "GET, HEAD"]);
});
