import { assert, assertEquals } from "@std/assert";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { isRefusal } from "./refuse.ts";
import { createVerifier, type VerifierOptions } from "./verify.ts";

const NOW = Date.UTC(2026, 10, 5);
const URL = "https://project.supabase.co";
const SUB = "5d0c2c4e-6f0f-4a77-9a52-0d1c1c9f3b11";
const SECRET = new TextEncoder().encode("a shared secret of a project that has not moved on");

const claims = {
  sub: SUB,
  role: "authenticated",
  aud: "authenticated",
  iss: `${URL}/auth/v1`,
  exp: NOW / 1000 + 3600,
  email: "ada@example.com",
};

const pair = await generateKeyPair("ES256", { extractable: true });
const stranger = await generateKeyPair("ES256");
const jwks = { keys: [{ ...await exportJWK(pair.publicKey), kid: "k1", alg: "ES256" }] };

type SignOptions = { key?: CryptoKey | Uint8Array; alg?: string; kid?: string };
function sign(
  payload: object,
  { key = pair.privateKey, alg = "ES256", kid = "k1" }: SignOptions = {},
) {
  return new SignJWT({ ...payload }).setProtectedHeader({ alg, kid }).sign(key);
}
const signWithSecret = (payload: object) => sign(payload, { key: SECRET, alg: "HS256" });

/** The subject of the accepted token, or the code of the refusal. */
async function verdict(
  token: string | null,
  options: Partial<VerifierOptions> = {},
): Promise<string> {
  const verify = verifier(options);
  const verified = await verify(token === null ? null : `Bearer ${token}`);
  return isRefusal(verified) ? verified.error.code : verified.claims.sub;
}

const verifier = (options: Partial<VerifierOptions>) =>
  createVerifier({
    url: URL,
    jwks,
    apikey: "sb_publishable_x",
    fetch: () => Promise.reject(new Error("nobody should be asked")),
    now: () => NOW,
    ...options,
  });

type Asked = { method: string; path: string; headers: Headers };

/** A real auth server on a free port, its answers scripted. */
async function withAuthServer(
  answer: (request: Request) => Response | Promise<Response>,
  work: (url: string, asked: Asked[]) => Promise<void>,
): Promise<void> {
  const asked: Asked[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { method, url, headers } = request;
    asked.push({ method, path: new globalThis.URL(url).pathname, headers: new Headers(headers) });
    return answer(request);
  });
  try {
    await work(`http://127.0.0.1:${server.addr.port}`, asked);
  } finally {
    await server.shutdown();
  }
}

const user = () => Response.json({ id: SUB });

Deno.test("verify accepts a user's token by the project's keys and hands on its claims", async () => {
  const verified = await verifier({})(`bearer ${await sign(claims)}`);
  assert(!isRefusal(verified));
  assertEquals(verified.claims, claims);
});

Deno.test("verify refuses a missing or malformed token (promises: 401)", async () => {
  assertEquals(await verdict(null), "unauthenticated");
  for (const token of ["", "garbage", "a.b.c", "e30.e30.", `${"x".repeat(10_000)}.y.z`]) {
    assertEquals(await verdict(token), "unauthenticated", token.slice(0, 20));
  }
  const verified = await verifier({})(`Basic ${await sign(claims)}`);
  assert(isRefusal(verified) && verified.error.code === "unauthenticated");
});

Deno.test("verify refuses a token that is expired, forged, of another audience or without a subject", async () => {
  assertEquals(await verdict(await sign({ ...claims, exp: NOW / 1000 })), "unauthenticated");
  assertEquals(await verdict(await sign({ ...claims, exp: undefined })), "unauthenticated");
  assertEquals(await verdict(await sign({ ...claims, sub: undefined })), "unauthenticated");
  assertEquals(await verdict(await sign({ ...claims, aud: "other" })), "unauthenticated");
  assertEquals(await verdict(await sign(claims, { key: stranger.privateKey })), "unauthenticated");
  const [head, , signature] = (await sign(claims)).split(".");
  const body = btoa(JSON.stringify({ ...claims, sub: crypto.randomUUID() })).replace(/=+$/, "");
  assertEquals(await verdict(`${head}.${body}.${signature}`), "unauthenticated");
});

Deno.test("verify forbids API keys and other roles (promises: 403)", async () => {
  assertEquals(await verdict("sb_publishable_abc"), "forbidden");
  assertEquals(await verdict("sb_secret_abc"), "forbidden");
  const anon = { iss: "supabase", ref: "project", role: "anon", exp: claims.exp };
  assertEquals(await verdict(await signWithSecret(anon)), "forbidden");
  assertEquals(await verdict(await sign({ ...claims, role: "anon" })), "forbidden");
  assertEquals(await verdict(await sign({ ...claims, role: "service_role" })), "forbidden");
});

Deno.test("verify asks the auth server about what its keys can't settle", async () => {
  await withAuthServer(user, async (url, asked) => {
    const secret = await signWithSecret(claims);
    const rotated = await sign(claims, { key: stranger.privateKey, kid: "k2" });
    // `supabase start` gives functions an inner address that is no token's issuer.
    const elsewhere = await sign({ ...claims, iss: "http://127.0.0.1:54321/auth/v1" });
    for (const token of [secret, rotated, elsewhere]) {
      assertEquals(await verdict(token, { url, fetch }), SUB);
      const request = asked.at(-1)!;
      assertEquals(request.method, "GET");
      assertEquals(request.path, "/auth/v1/user");
      assertEquals(request.headers.get("authorization"), `Bearer ${token}`);
      assertEquals(request.headers.get("apikey"), "sb_publishable_x");
    }
    assertEquals(await verdict(secret, { url, fetch, jwks: { keys: [] } }), SUB);
    assertEquals(asked.length, 4);
  });
});

Deno.test("verify believes the auth server's no, and no user but the token's", async () => {
  const token = await signWithSecret(claims);
  for (const status of [401, 403]) {
    await withAuthServer(() => Response.json({}, { status }), async (url) => {
      assertEquals(await verdict(token, { url, fetch }), "unauthenticated");
    });
  }
  for (const other of [{ id: crypto.randomUUID() }, {}, null]) {
    await withAuthServer(() => Response.json(other), async (url) => {
      assertEquals(await verdict(token, { url, fetch }), "unauthenticated");
    });
  }
  const unsigned = `${btoa('{"alg":"none"}')}.${token.split(".")[1]}.`.replace(/=/g, "");
  await withAuthServer(() => new Response(null, { status: 403 }), async (url) => {
    assertEquals(await verdict(unsigned, { url, fetch }), "unauthenticated");
  });
});

Deno.test("verify answers unavailable, never unauthenticated, while the auth server is in trouble", async () => {
  const token = await signWithSecret(claims);
  const troubles = [
    () => new Response(null, { status: 500 }),
    () => new Response(null, { status: 429 }),
    () => new Response("<html>sign in to this wifi</html>"),
  ];
  for (const trouble of troubles) {
    await withAuthServer(trouble, async (url) => {
      const verified = await verifier({ url, fetch })(`Bearer ${token}`);
      assert(isRefusal(verified));
      assertEquals([verified.error.code, verified.error.retry_after], ["unavailable", 2]);
    });
  }
  let closed = "";
  await withAuthServer(user, (url) => Promise.resolve(void (closed = url)));
  assertEquals(await verdict(token, { url: closed, fetch }), "unavailable");

  const { promise: never, resolve } = Promise.withResolvers<Response>();
  await withAuthServer(() => never, async (url) => {
    assertEquals(await verdict(token, { url, fetch, timeoutMs: 50 }), "unavailable");
    resolve(new Response());
  });
});

Deno.test("verify remembers a good token for a minute, and never past its end", async () => {
  await withAuthServer(user, async (url, asked) => {
    let now = NOW;
    const verify = verifier({ url, fetch, now: () => now });
    const ask = async (token: string) => {
      const verified = await verify(`Bearer ${token}`);
      return [isRefusal(verified) ? verified.error.code : "ok", asked.length];
    };
    const long = await signWithSecret(claims);
    assertEquals(await ask(long), ["ok", 1]);
    now += 59_999;
    assertEquals(await ask(long), ["ok", 1]);
    now += 1;
    assertEquals(await ask(long), ["ok", 2]);

    const short = await signWithSecret({ ...claims, exp: now / 1000 + 10 });
    assertEquals(await ask(short), ["ok", 3]);
    now += 10_000;
    assertEquals(await ask(short), ["unauthenticated", 3]);
  });
});

Deno.test("verify remembers no more than a thousand tokens and never a refusal", async () => {
  let status = 200;
  let asked = 0;
  const verify = verifier({
    fetch: () => (asked++, Promise.resolve(Response.json({ id: SUB }, { status }))),
  });
  const tokens = await Promise.all(
    Array.from({ length: 1001 }, (_, index) => signWithSecret({ ...claims, session_id: index })),
  );
  for (const token of tokens) await verify(`Bearer ${token}`);
  assertEquals(asked, 1001);
  await verify(`Bearer ${tokens[1000]}`);
  assertEquals(asked, 1001);
  await verify(`Bearer ${tokens[0]}`);
  assertEquals(asked, 1002);

  status = 401;
  const refused = await signWithSecret({ ...claims, session_id: "refused" });
  await verify(`Bearer ${refused}`);
  status = 200;
  assert(!isRefusal(await verify(`Bearer ${refused}`)));
});
