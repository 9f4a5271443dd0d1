/** What gets lost, and sockets that are not to be had: by the official client on the stack. */
import { assert, assertEquals } from "@std/assert";
import { RealtimeClient } from "@supabase/supabase-js";
import { platform } from "../src/mod.ts";
import { device, leave, person, pokesOf, sql, stack, until, workout } from "./live.ts";

// Whatever became of a test that stops it.
Deno.test.afterEach(() => stack.startRealtime());

Deno.test("while Realtime is down nothing of ours waits to be sent, and what the app has to say is not lost", async () => {
  const someone = await person();
  const { supabase: { realtime }, frames } = someone;
  const { pokes, heard } = pokesOf(someone);
  await until(() => heard.live);
  await stack.stopRealtime();
  await until(() => !heard.live);
  realtime.push({ topic: "phoenix", event: "heartbeat", payload: { by: "the app" }, ref: "app" });
  const { attempts } = heard;
  await until(() => heard.attempts > attempts + 300);
  // Of ours, the leaves of the three channels that died.
  assert(realtime.sendBuffer.length <= 4, `${realtime.sendBuffer.length} frames wait`);
  frames.length = 0;
  await stack.startRealtime();
  await until(() => heard.live);
  const joins = frames.filter((frame) => frame.includes(`"phx_join"`));
  assertEquals(joins.length, 3);
  assertEquals(frames.filter((frame) => frame.includes("the app")).length, 1);
  pokes.close();
  await leave(someone.supabase);
});

Deno.test("what is closed before it had a socket leaves no socket behind", async () => {
  const someone = await person();
  const { supabase: { realtime } } = someone;
  await stack.stopRealtime();
  const { pokes, heard } = pokesOf(someone);
  await until(() => heard.attempts > 10);
  pokes.close();
  await stack.startRealtime();
  await new Promise((resolve) => setTimeout(resolve, 500));
  assertEquals([realtime.isConnected(), someone.sockets.size], [false, 0]);
  await leave(someone.supabase);
});

Deno.test("without Realtime it polls, and says so; with it again it is live again", async () => {
  const someone = await person();
  await stack.stopRealtime();
  const db = await device(someone, { pace: 40 });
  await db.sync.syncAll();
  assertEquals(db.sync.getSnapshot().isLive, false);
  await workout(someone.id);
  await until(async () => await db.table("workouts").count() === 1);
  await until(() => db.sync.getSnapshot().state === "synced");
  assertEquals(db.sync.getSnapshot().isLive, false);
  await stack.startRealtime();
  await until(() => db.sync.getSnapshot().isLive);
  await db.sync.disconnect();
  db.close();
  await leave(someone.supabase);
});

for (
  const [what, transport] of [
    [
      "throws",
      class {
        constructor() {
          throw new DOMException("not allowed", "SecurityError");
        }
      },
    ],
    [
      "never opens",
      class {
        readyState = 0;
        close() {
          this.readyState = 3;
        }
      },
    ],
  ] as const
) {
  Deno.test(`where a WebSocket ${what}, it polls, and says so`, async () => {
    const someone = await person();
    const realtime = new RealtimeClient(`${stack.apiUrl.replace("http", "ws")}/realtime/v1`, {
      params: { apikey: stack.publishableKey },
      transport: transport as unknown as typeof WebSocket,
    });
    const db = await device(
      { ...someone, supabase: { auth: someone.supabase.auth, realtime } },
      { pace: 40 },
    );
    await until(() => db.sync.getSnapshot().state === "synced");
    await workout(someone.id);
    await until(async () => await db.table("workouts").count() === 1);
    assertEquals([db.sync.getSnapshot().isLive, db.sync.getSnapshot().trouble], [false, null]);
    await db.sync.disconnect();
    db.close();
    await realtime.disconnect();
  });
}

Deno.test("a poke that got lost costs five minutes: a live client pulls that often all the same", async () => {
  const someone = await person();
  const db = await device(someone, { pace: 200 });
  const shown = () => db.sync.getSnapshot();
  await until(() => shown().isLive && shown().state === "synced");
  // The pulls that the joins have asked for.
  await new Promise((resolve) => setTimeout(resolve, 200));
  const written = performance.now();
  await sql.begin(async (sql) => {
    // As if all had been told already.
    await sql`select set_config('sync.poked', '{sync-all}', true)`;
    await sql`insert into public.workouts (user_id, title, scheduled_for)
      values (${someone.id}, 'Legs', '2026-11-24')`;
  });
  await until(async () => await db.table("workouts").count() === 1);
  const waited = performance.now() - written;
  assert(waited > 500 && waited < 3_000, `${waited * 200} ms of the device's time`);
  assertEquals(shown().isLive, true);
  await db.sync.disconnect();
  db.close();
  await leave(someone.supabase);
});

Deno.test("a topic that is refused is asked for until it is allowed", async () => {
  const [coach, athlete] = [await person(), await person()];
  const { pokes, heard } = pokesOf(coach, [athlete.id]);
  await until(() => heard.attempts > 5);
  assertEquals(heard.lives, 0);
  await sql`insert into public.coach_athletes values (${coach.id}, ${athlete.id})`;
  await until(() => heard.live);
  const { pokes: before } = heard;
  await workout(athlete.id);
  await until(() => heard.pokes > before);
  pokes.close();
  await leave(coach.supabase);
  await leave(athlete.supabase);
});

Deno.test("the engine's time does not jump with the device's clock", () => {
  const { now } = Date;
  const before = platform.now();
  try {
    for (const jump of [3_600_000, -3_600_000]) {
      Date.now = () => now() + jump;
      assert(Math.abs(platform.now() - before) < 1_000);
    }
  } finally {
    Date.now = now;
  }
});
