import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Fixture, signedIn, startFixture, until } from "../fixture.ts";

let fixture: Fixture;
Deno.test.beforeAll(async () => {
  fixture = await startFixture({
    "config.toml": `
      [functions.open]
      verify_jwt = false
      [functions.off]
      enabled = false
      [functions.doomed]
      verify_jwt = false
      [functions.broken]
      verify_jwt = false
    `,
    "functions/.env": "GREETING=hello\nSUPABASE_URL=http://elsewhere\n",
    "functions/words.ts": `export const word = "first";\n`,
    "functions/open/index.ts": `
      import { word } from "../words.ts";
      Deno.serve(async (request) => {
        EdgeRuntime.waitUntil(Promise.resolve());
        return Response.json({
          word,
          path: new URL(request.url).pathname,
          method: request.method,
          length: request.headers.get("content-length"),
          body: await request.text(),
          env: Object.fromEntries(
            Object.entries(Deno.env.toObject()).filter(([name]) => /^(SUPABASE_|GREETING)/.test(name)),
          ),
        }, { status: 201, headers: { "x-own": "kept" } });
      });
    `,
    "functions/guarded/index.ts": `Deno.serve(() => new Response("in"));`,
    "functions/off/index.ts": `Deno.serve(() => new Response("never"));`,
    "functions/_shared/index.ts": `Deno.serve(() => new Response("never"));`,
    "functions/doomed/index.ts": `
      Deno.serve((request) => {
        if (request.url.endsWith("/die")) {
          setTimeout(() => { throw new Error("uncaught"); });
          return new Promise(() => {});
        }
        return new Response("alive");
      });
    `,
    "functions/broken/index.ts": `import "./absent.ts";`,
  });
});
Deno.test.afterAll(() => fixture.stop());

const call = (path: string, init: RequestInit = {}) =>
  fetch(`${fixture.stack.apiUrl}/functions/v1/${path}`, init);

async function refusal(response: Promise<Response>) {
  const answer = await response;
  return [answer.status, answer.headers.get("sb-error-code"), (await answer.json()).code];
}

Deno.test("functions: request, response and environment are the platform's", async () => {
  const response = await call("open/deep?x=1", { method: "PUT", body: "text" });
  const { env, ...seen } = await response.json();
  assertEquals([response.status, response.headers.get("x-own")], [201, "kept"]);
  assertEquals(seen, {
    word: "first",
    path: "/open/deep",
    method: "PUT",
    length: "4",
    body: "text",
  });
  const { apiUrl, dbUrl, publishableKey, secretKey } = fixture.stack;
  assertEquals({ ...env, SUPABASE_ANON_KEY: "", SUPABASE_SERVICE_ROLE_KEY: "" }, {
    GREETING: "hello",
    SUPABASE_URL: apiUrl,
    SUPABASE_DB_URL: dbUrl,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: publishableKey }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: secretKey }),
    SUPABASE_JWKS: `{"keys":[]}`,
    SUPABASE_ANON_KEY: "",
    SUPABASE_SERVICE_ROLE_KEY: "",
  });
});

Deno.test("functions: the next request after a change of an import has the new code", async () => {
  await fixture.write("functions/words.ts", `export const word = "second";\n`);
  assertEquals((await (await call("open")).json()).word, "second");
});

Deno.test("functions: verify_jwt asks for a token or a key", async () => {
  const { publishableKey } = fixture.stack;
  assertEquals(await refusal(call("guarded")), [
    401,
    "UNAUTHORIZED_NO_AUTH_HEADER",
    "UNAUTHORIZED_NO_AUTH_HEADER",
  ]);
  const headers = { authorization: "Bearer garbage", apikey: publishableKey };
  assertEquals((await refusal(call("guarded", { headers })))[0], 401);
  const { supabase } = await signedIn(fixture.stack);
  assertEquals((await supabase.functions.invoke("guarded")).data, "in");
  assertEquals(await (await call("guarded", { headers: { apikey: publishableKey } })).text(), "in");
});

Deno.test("functions: a disabled, hidden, missing or malformed name is not found", async () => {
  for (const name of ["off", "_shared", "absent", "..%2f..", ""]) {
    assertEquals(await refusal(call(name)), [404, "NOT_FOUND", "NOT_FOUND"]);
  }
});

Deno.test("functions: one that dies is told apart and starts again", async () => {
  assertEquals(await (await call("doomed")).text(), "alive");
  assertEquals(await refusal(call("doomed/die")), [500, "WORKER_ERROR", "WORKER_ERROR"]);
  assertEquals(await (await call("doomed")).text(), "alive");
  assertStringIncludes(fixture.log.join("\n"), "uncaught");
});

Deno.test("functions: one that cannot start says why in the log, and starts once corrected", async () => {
  assertEquals(await refusal(call("broken")), [503, "BOOT_ERROR", "BOOT_ERROR"]);
  await until(() => fixture.log.join("\n").includes("absent.ts"));
  await fixture.write("functions/broken/index.ts", `Deno.serve(() => new Response("mended"));`);
  assertEquals(await (await call("broken")).text(), "mended");
});
