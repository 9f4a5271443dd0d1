import { assertEquals, assertStringIncludes } from "@std/assert";
import type { RealtimeChannel, SupabaseClient } from "@supabase/supabase-js";
import { SignJWT } from "jose";
import postgres from "postgres";
import { client, type Fixture, signedIn, startFixture, until } from "../fixture.ts";

const MIGRATION = `
create table public.members (topic text, member uuid);
grant select on public.members to authenticated;
create policy read on realtime.messages for select to authenticated using (
  extension in ('broadcast', 'presence') and exists (
    select from public.members m
    where m.topic = (select realtime.topic()) and m.member = (select auth.uid())
  )
);
create policy write on realtime.messages for insert to authenticated with check (
  extension = 'broadcast' and (select realtime.topic()) like 'room:%' and exists (
    select from public.members m
    where m.topic = (select realtime.topic()) and m.member = (select auth.uid())
  )
);
`;

let fixture: Fixture;
let sql: postgres.Sql;
Deno.test.beforeAll(async () => {
  fixture = await startFixture({ "migrations/20260101000000_rooms.sql": MIGRATION });
  sql = postgres(fixture.stack.dbUrl, { max: 1 });
});
Deno.test.afterAll(async () => {
  await sql.end();
  await fixture.stop();
});

type Joined = {
  channel: RealtimeChannel;
  statuses: string[];
  errors: string[];
  received: unknown[];
};

/** Joins and collects; every broadcast of event "note" is received. */
function join(supabase: SupabaseClient, topic: string, config = {}): Joined {
  const joined: Joined = {
    channel: supabase.channel(topic, { config: { private: true, ...config } }),
    statuses: [],
    errors: [],
    received: [],
  };
  joined.channel
    .on("broadcast", { event: "note" }, ({ payload }) => joined.received.push(payload))
    .subscribe((status, error) => {
      joined.statuses.push(status);
      if (error) joined.errors.push(error.message);
    });
  return joined;
}

/** A signed-in member of the topics, whose sockets are closed afterwards. */
async function withMember(
  topics: string[],
  work: (supabase: SupabaseClient, userId: string) => Promise<void>,
) {
  const { supabase, userId } = await signedIn(fixture.stack);
  for (const topic of topics) await sql`insert into members values (${topic}, ${userId})`;
  try {
    await work(supabase, userId);
  } finally {
    await leaveAll(supabase);
  }
}

async function leaveAll(supabase: SupabaseClient) {
  await supabase.removeAllChannels();
  await supabase.realtime.disconnect();
}

const subscribed = ({ statuses }: Joined) => until(() => statuses.at(-1) === "SUBSCRIBED");

Deno.test("a member joins a private topic and hears the database, in commit order", () =>
  withMember(["user:1"], async (supabase) => {
    const joined = join(supabase, "user:1");
    await subscribed(joined);
    await sql.begin(async (tx) => {
      await tx`select realtime.send('{"n": 1}', 'note', 'user:1')`;
      await tx`select realtime.send('{"n": 2}', 'note', 'user:1')`;
    });
    await sql.begin(async (tx) => {
      await tx`select realtime.send('{"n": "rolled back"}', 'note', 'user:1')`;
      throw new Error("roll back");
    }).catch(({ message }) => assertEquals(message, "roll back"));
    await sql`select realtime.send('{"n": "public"}', 'note', 'user:1', false)`;
    await sql`select realtime.send('{"n": 3}', 'note', 'user:1')`;
    await until(() => joined.received.length >= 3);
    assertEquals(joined.received.map((it) => (it as { n: unknown }).n), [1, 2, 3]);
  }));

Deno.test("a stranger and anon are refused with the reason", async () => {
  await withMember([], async (supabase) => {
    const joined = join(supabase, "user:1");
    await until(() => joined.errors.length > 0);
    assertEquals(joined.statuses, ["CHANNEL_ERROR"]);
    assertStringIncludes(joined.errors[0] ?? "", "You do not have permissions to read");
  });
  const anon = client(fixture.stack);
  const joined = join(anon, "user:1");
  await until(() => joined.errors.length > 0);
  await leaveAll(anon);
});

Deno.test("members talk to each other: self and ack as asked, RLS on sending", () =>
  withMember(["room:1", "user:1"], (ada) =>
    withMember(["room:1"], async (bob) => {
      const [a, b] = [join(ada, "room:1", { broadcast: { ack: true } }), join(bob, "room:1")];
      await Promise.all([subscribed(a), subscribed(b)]);
      const payload = { text: "grüße 🏋", at: null };
      assertEquals(await a.channel.send({ type: "broadcast", event: "note", payload }), "ok");
      await until(() => b.received.length === 1);
      assertEquals([a.received, b.received], [[], [payload]]);

      // A member of user:1 may read it, but no policy lets anybody send there.
      const quiet = join(ada, "user:1", { broadcast: { ack: true, self: true } });
      await subscribed(quiet);
      const refused = quiet.channel.send({ type: "broadcast", event: "note", payload }, {
        timeout: 300,
      });
      assertEquals(await refused, "timed out");
      assertEquals(quiet.received, []);
    })));

Deno.test("a public topic is another topic than the private one of its name", () =>
  withMember(["room:2"], async (supabase) => {
    const stranger = client(fixture.stack);
    const open = join(stranger, "room:2", { private: false });
    const closed = join(supabase, "room:2");
    await Promise.all([subscribed(open), subscribed(closed)]);
    await sql`select realtime.send('{"to": "private"}', 'note', 'room:2')`;
    await sql`select realtime.send('{"to": "public"}', 'note', 'room:2', false)`;
    await until(() => open.received.length + closed.received.length === 2);
    assertEquals(open.received.map((it) => (it as { to: string }).to), ["public"]);
    await leaveAll(stranger);
  }));

Deno.test("postgres_changes is refused, and says so", async () => {
  const anon = client(fixture.stack);
  const errors: string[] = [];
  anon.channel("changes")
    .on("postgres_changes", { event: "*", schema: "public", table: "members" }, () => undefined)
    .subscribe((_status, error) => error && errors.push(error.message));
  await until(() => errors.length > 0);
  assertStringIncludes(errors[0] ?? "", "postgres_changes is not served");
  await leaveAll(anon);
});

Deno.test("a new token runs the policies again: access kept, then lost", () =>
  withMember(["user:3"], async (supabase, userId) => {
    const joined = join(supabase, "user:3");
    await subscribed(joined);
    // Another token of the same user: the client sends a token only when it has changed.
    await supabase.realtime.setAuth(await token(userId, 3600));
    await sql`select realtime.send('{}', 'note', 'user:3')`;
    await until(() => joined.received.length === 1);

    await sql`delete from members where member = ${userId}`;
    await supabase.realtime.setAuth(await token(userId, 3601));
    await until(() => joined.statuses.at(-1) === "CLOSED");
  }));

Deno.test("the API key, which a client sends after a sign-out, takes nothing away", () =>
  withMember(["user:6"], async (supabase) => {
    const joined = join(supabase, "user:6");
    await subscribed(joined);
    await supabase.auth.signOut();
    await supabase.realtime.setAuth();
    assertEquals(supabase.realtime.accessTokenValue, fixture.stack.publishableKey);
    await sql`select realtime.send('{"n": 1}', 'note', 'user:6')`;
    await until(() => joined.received.length === 1);
    assertEquals(joined.statuses, ["SUBSCRIBED"]);
  }));

Deno.test("bytes from the database arrive as bytes", () =>
  withMember(["user:7"], async (supabase) => {
    const joined = join(supabase, "user:7");
    await subscribed(joined);
    await sql`select realtime.send_binary('\\xC0FFEE'::bytea, 'note', 'user:7')`;
    await until(() => joined.received.length === 1);
    assertEquals(
      new Uint8Array(joined.received[0] as ArrayBuffer),
      Uint8Array.of(0xC0, 0xFF, 0xEE),
    );
  }));

Deno.test("a channel closes when its token expires, and an expired one does not join", () =>
  withMember(["user:4"], async (supabase, userId) => {
    await supabase.realtime.setAuth(await token(userId, 2));
    const joined = join(supabase, "user:4");
    await subscribed(joined);
    await until(() => joined.statuses.at(-1) === "CLOSED");

    await supabase.realtime.setAuth(await token(userId, -10));
    const late = join(supabase, "user:4");
    await until(() => late.errors.length > 0);
    assertStringIncludes(late.errors[0] ?? "", "expired");
  }));

Deno.test("the client comes back by itself after Realtime was down", () =>
  withMember(["user:5"], async (supabase) => {
    const joined = join(supabase, "user:5");
    await subscribed(joined);
    await fixture.stack.stopRealtime();
    await until(() => joined.statuses.at(-1) === "CHANNEL_ERROR");
    await sql`select realtime.send('{"n": "missed"}', 'note', 'user:5')`;
    await fixture.stack.startRealtime();
    await until(() => joined.statuses.at(-1) === "SUBSCRIBED", 10_000);
    await sql`select realtime.send('{"n": "heard"}', 'note', 'user:5')`;
    await until(() => joined.received.length === 1);
    assertEquals((joined.received[0] as { n: string }).n, "heard");
  }));

Deno.test("both protocol versions: heartbeat, join, broadcast", async () => {
  for (const version of ["1.0.0", "2.0.0"] as const) {
    const socket = new WebSocket(socketUrl(`&vsn=${version}`));
    const frames: unknown[] = [];
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) =>
      frames.push(typeof data === "string" ? JSON.parse(data) : data);
    await until(() => socket.readyState === WebSocket.OPEN);
    const send = (topic: string, event: string, payload: unknown) =>
      socket.send(JSON.stringify(
        version === "2.0.0"
          ? ["1", "2", topic, event, payload]
          : { join_ref: "1", ref: "2", topic, event, payload },
      ));
    send("phoenix", "heartbeat", {});
    await until(() => frames.length === 1);
    assertStringIncludes(JSON.stringify(frames[0]), `"phx_reply"`);
    send("realtime:lobby", "phx_join", { config: { broadcast: { self: true } } });
    await until(() => frames.length === 2);
    send("realtime:lobby", "broadcast", { type: "broadcast", event: "e", payload: { n: 1 } });
    await until(() => frames.length === 3);
    const frame = frames[2];
    const text = frame instanceof ArrayBuffer
      ? new TextDecoder().decode(frame)
      : JSON.stringify(frame);
    assertStringIncludes(text, `{"n":1}`);
    const closed = new Promise((resolve) => socket.onclose = resolve);
    socket.close();
    await closed;
  }
});

Deno.test("a socket without the project's key is refused", async () => {
  const response = await fetch(socketUrl("", "wrong").replace("ws:", "http:"), {
    headers: { upgrade: "websocket", connection: "upgrade" },
  });
  assertEquals([response.status, (await response.json()).code], [
    401,
    "UNAUTHORIZED_INVALID_API_KEY",
  ]);
});

const socketUrl = (rest: string, key = fixture.stack.publishableKey) =>
  `${fixture.stack.apiUrl.replace("http:", "ws:")}/realtime/v1/websocket?apikey=${key}${rest}`;

const token = (userId: string, seconds: number): Promise<string> =>
  new SignJWT({ role: "authenticated", sub: userId })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(new TextEncoder().encode(fixture.stack.jwtSecret));
