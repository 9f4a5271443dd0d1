import { assertEquals } from "@std/assert";
import { cachingOf, isStorable } from "./caching.ts";

const project = { url: "https://x.supabase.co", key: "sb_publishable_k" };
const of = (path: string, init?: RequestInit) =>
  cachingOf(new Request(new URL(path, project.url), init), project);
const authorized = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

Deno.test("public files are kept, public rows are kept as a fallback, nothing else is", () => {
  assertEquals(of("/storage/v1/object/public/exercises/squat.png"), "performance");
  assertEquals(of("/storage/v1/render/image/public/exercises/squat.png?width=80"), "performance");
  assertEquals(of("/rest/v1/news?select=*", authorized(project.key)), "freshness");
  assertEquals(of("/storage/v1/object/sign/exercises/squat.png"), null);
  assertEquals(of("/auth/v1/health"), null);
  assertEquals(of("/realtime/v1/websocket"), null);
  assertEquals(of("https://elsewhere.example/rest/v1/news"), null);
});

Deno.test("what bears a user's token never meets a cache, wherever it bears it", () => {
  for (const path of ["/storage/v1/object/public/exercises/squat.png", "/rest/v1/workouts"]) {
    assertEquals(of(path, authorized("eyJhbGciOi.eyJzdWIi.c2ln")), null);
    assertEquals(of(path, { headers: { apikey: "eyJhbGciOi.eyJzdWIi.c2ln" } }), null);
    assertEquals(of(`${path}?token=eyJhbGciOi`), null);
    assertEquals(of(`${path}?access_token=eyJhbGciOi`), null);
    assertEquals(of(`${path}?apikey=eyJhbGciOi`), null);
    assertEquals(of(path, { credentials: "include" }), null);
  }
});

Deno.test("only reading whole answers is cached", () => {
  assertEquals(of("/rest/v1/rpc/sync_pull", { method: "POST" }), null);
  assertEquals(of("/storage/v1/object/public/a.mp4", { headers: { range: "bytes=0-9" } }), null);
});

Deno.test("an answer that is partial, private, or another one for another reader is not stored", () => {
  const answer = (status: number, headers: Record<string, string> = {}) =>
    isStorable(new Response(null, { status, headers }));
  assertEquals(answer(200, { "cache-control": "public, max-age=60", vary: "origin" }), true);
  for (const status of [206, 304, 401, 404, 500]) assertEquals(answer(status), false);
  for (const control of ["no-store", "private, max-age=60"]) {
    assertEquals(answer(200, { "cache-control": control }), false);
  }
  for (const vary of ["*", "Origin, Authorization", "cookie"]) {
    assertEquals(answer(200, { vary }), false);
  }
});
