/** Listening, by the official client on the stack: what dies quietly, what is sent, what is left behind. */
import { assert, assertEquals } from "@std/assert";
import { RealtimeClient } from "@supabase/supabase-js";
import { SignJWT } from "jose";
import { device, leave, person, pokesOf, stack, until, workout } from "./live.ts";

/** Timers that are running, of whomever. */
function watchTimers() {
  const running = new Set<unknown>();
  const { setTimeout: start, clearTimeout: stop } = globalThis;
  globalThis.setTimeout = ((callback: () => void, ms?: number, ...args: unknown[]) => {
    const timer = start(() => (running.delete(timer), callback.apply(null, args as [])), ms);
    running.add(timer);
    return timer;
  }) as typeof setTimeout;
  globalThis.clearTimeout = ((timer?: number) => {
    running.delete(timer);
    stop(timer);
  }) as typeof clearTimeout;
  return {
    running,
    restore: () => Object.assign(globalThis, { setTimeout: start, clearTimeout: stop }),
  };
}

Deno.test("after 1,000 reconnections there are as many channels, timers, listeners, sockets as before", async () => {
  const someone = await person();
  const { supabase: { realtime }, sockets } = someone;
  const timers = watchTimers();
  const { pokes, heard } = pokesOf(someone);
  try {
    const counted = () => {
      const { open, close, error, message } = realtime.stateChangeCallbacks;
      return {
        channels: realtime.getChannels().length,
        timers: timers.running.size,
        listeners: [open, close, error, message].map(({ length }) => length),
        sockets: sockets.size,
      };
    };
    const reconnect = async () => {
      const { lives } = heard;
      for (const socket of sockets) socket.close();
      await until(() => heard.live && heard.lives > lives);
    };
    await until(() => heard.live);
    await reconnect();
    // Timers of the last attempt are still there for a moment.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = counted();
    for (let i = 0; i < 1_000; i++) await reconnect();
    await new Promise((resolve) => setTimeout(resolve, 50));
    assertEquals(counted(), before);
    assertEquals([before.channels, before.sockets], [3, 1]);
    await workout(someone.id);
    const { pokes: heardBefore } = heard;
    await until(() => heard.pokes > heardBefore);
  } finally {
    pokes.close();
    await leave(someone.supabase);
    timers.restore();
  }
});

Deno.test("a channel that was closed for a stale token comes back with a fresh one", async () => {
  const someone = await person();
  const { supabase } = someone;
  const { pokes, heard } = pokesOf(someone);
  await until(() => heard.live);
  const stale = await new SignJWT({ role: "authenticated", sub: someone.id })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime(Math.floor(Date.now() / 1000) - 10)
    .sign(new TextEncoder().encode(stack.jwtSecret));
  await supabase.realtime.setAuth(stale);
  await until(() => !heard.live);
  await until(() => heard.live);
  pokes.close();
  await leave(supabase);
});

Deno.test("while the page is hidden the client gives its socket up; the channels bring it back", async () => {
  // A join that comes too early, on the socket that is being given up, has to time out first.
  const someone = await person({ timeout: 500 });
  const { supabase, sockets } = someone;
  const { pokes, heard } = pokesOf(someone);
  await until(() => heard.live);
  const { socketAdapter: { socket } } = supabase.realtime as unknown as {
    socketAdapter: { socket: { pageHidden: boolean } };
  };
  socket.pageHidden = true;
  for (const open of sockets) open.close();
  await until(() => !heard.live);
  await until(() => heard.live);
  pokes.close();
  await leave(supabase);
});

Deno.test("an idle client sends nothing but heartbeats", async () => {
  const someone = await person({ heartbeatIntervalMs: 100 });
  const db = await device(someone);
  const room = db.sync.presence(`training:${someone.id}`);
  room.subscribe(() => {});
  room.track("squat");
  await until(() => db.sync.getSnapshot().isLive && db.sync.getSnapshot().state === "synced");
  await until(() => room.getSnapshot().people.length === 1);
  // The pulls that the joins have asked for.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const { frames, requests } = someone;
  frames.length = requests.length = 0;
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  assertEquals(requests, []);
  assertEquals(frames.filter((frame) => !frame.includes(`"heartbeat"`)), []);
  assert(frames.length >= 10, `${frames.length} heartbeats`);
  await db.sync.disconnect();
  db.close();
  await leave(someone.supabase);
});

Deno.test("after a wake-up every channel is made anew, and nothing is left of the old ones", async () => {
  const someone = await person();
  let wake = () => {};
  const onWake = (callback: () => void) => (wake = callback, () => {});
  const db = await device(someone, { overrides: { onWake } });
  const isLive = () => db.sync.getSnapshot().isLive;
  const room = db.sync.presence(`training:${someone.id}`);
  const changes: unknown[] = [];
  room.subscribe((change) => changes.push(change));
  room.track("squat");
  await until(() => isLive() && room.getSnapshot().people.length === 1);
  const before = someone.supabase.realtime.getChannels();
  for (let i = 0; i < 20; i++) {
    wake();
    assertEquals(isLive(), false);
    await until(isLive);
  }
  await until(() => room.getSnapshot().isLive);
  assertEquals(changes.length, 1);
  const after = someone.supabase.realtime.getChannels();
  assertEquals(after.length, before.length);
  assertEquals(after.filter((channel) => before.includes(channel)), []);
  await db.sync.disconnect();
  assertEquals(someone.supabase.realtime.getChannels(), []);
  db.close();
  await leave(someone.supabase);
});

Deno.test("a sign-out ends listening at once, though Realtime would go on; a sign-in begins it again", async () => {
  const someone = await person();
  const { supabase, email } = someone;
  const db = await device(someone);
  const isLive = () => db.sync.getSnapshot().isLive;
  await until(isLive);
  await supabase.auth.signOut({ scope: "local" });
  await until(() => !isLive());
  assertEquals(supabase.realtime.getChannels(), []);
  await supabase.auth.signInWithPassword({ email, password: "correct horse" });
  await until(isLive, 5_000);
  await db.sync.disconnect();
  db.close();
  await leave(supabase);
});

Deno.test("a realtime-js of its own, which knows no session, gets the token with each join", async () => {
  const someone = await person();
  const { supabase } = someone;
  const realtime = new RealtimeClient(`${stack.apiUrl.replace("http", "ws")}/realtime/v1`, {
    params: { apikey: stack.publishableKey },
  });
  const db = await device({ ...someone, supabase: { auth: supabase.auth, realtime } });
  await until(() => db.sync.getSnapshot().isLive);
  await db.sync.disconnect();
  db.close();
  await realtime.disconnect();
});
