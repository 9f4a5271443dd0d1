import { assertEquals } from "@std/assert";
import type { AuthLike, SessionLike } from "./api.ts";
import { Sessions } from "./sessions.ts";

const session = (token: string, expires_at: number): SessionLike => ({
  access_token: token,
  expires_at,
  user: { id: "someone" },
});

/** Sessions at a time that the test moves, in seconds, and how often auth-js was asked. */
function setUp() {
  const world = { seconds: 0, asked: 0, reached: 0, current: session("first", 3600) };
  const auth = {
    getSession: () => {
      world.asked++;
      return Promise.resolve({ data: { session: world.current } });
    },
  } as unknown as AuthLike;
  const sessions = new Sessions({
    auth,
    realtime: {} as never,
    platform: {
      now: () => world.seconds * 1000,
      after: () => () => {},
      isOnline: () => true,
    },
    reach: () => {
      world.reached++;
      return Promise.resolve(null);
    },
  });
  return { world, sessions };
}

Deno.test("auth-js is asked once in ten seconds, as it tells of changes by itself", async () => {
  const { world, sessions } = setUp();
  for (const seconds of [0, 5, 9]) {
    world.seconds = seconds;
    assertEquals(await sessions.live(), { token: "first", user: "someone" });
  }
  assertEquals(world.asked, 1);
  world.seconds = 11;
  await sessions.live();
  assertEquals(world.asked, 2);
});

Deno.test("a session that auth-js told of is used at once, and one that has ended never", async () => {
  const { world, sessions } = setUp();
  await sessions.live();
  sessions.seen(world.current = session("second", 3600));
  assertEquals(await sessions.live(), { token: "second", user: "someone" });
  assertEquals(world.asked, 1);
  sessions.seen(null);
  await sessions.live();
  assertEquals(world.asked, 2);
});

Deno.test("a token near its end is asked for anew, when the server is known to answer", async () => {
  const { world, sessions } = setUp();
  world.seconds = 3500;
  await sessions.live();
  const { asked, reached } = world;
  world.seconds = 3505;
  await sessions.live();
  assertEquals([world.asked - asked, world.reached - reached], [1, 1]);
});
