/** Rooms and subscriptions between real tabs: Web Locks, BroadcastChannel, a tab that is closed. */
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { startStack } from "@fitos/stack";
import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import postgres from "postgres";
import { build } from "vite";
import { launch } from "./app.ts";

Deno.test("one tab holds the socket and speaks for the others, until they are closed", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "fitos-rooms-" });
  await Deno.chmod(dataDir, 0o755);
  const root = new URL("../..", import.meta.url).pathname;
  const stack = await startStack({ root, dataDir, ports: { api: 0, db: 0 }, durable: false });
  const sql = postgres(stack.dbUrl, { max: 1 });
  const server = await serve();
  const browser = await launch();
  const coach = createClient(stack.apiUrl, stack.publishableKey);
  const context = await browser.newContext();
  try {
    const account = { email: "anna@example.com", password: "correct horse battery" };
    const athlete = createClient(stack.apiUrl, stack.publishableKey);
    const { data: { user } } = await athlete.auth.signUp(account);
    await athlete.auth.signOut({ scope: "local" });
    const seen = await watch(coach, sql, user!.id);

    const sockets = new Map<Page, number>();
    const tab = async () => {
      const page = await context.newPage();
      sockets.set(page, 0);
      page.on("websocket", () => sockets.set(page, sockets.get(page)! + 1));
      await page.goto(`http://localhost:${server.addr.port}/`);
      const opening = { url: stack.apiUrl, key: stack.publishableKey, ...account };
      await page.evaluate(`open(${JSON.stringify(opening)})`);
      await page.waitForFunction("db.sync.getSnapshot().isLive");
      return page;
    };
    const leader = await tab();
    const second = await tab();
    const third = await tab();
    await second.evaluate(`room.track("squat"), room.subscribe(() => {}), listen()`);
    await seen(["squat"]);
    await second.waitForFunction("room.getSnapshot().people[0]?.devices[0] === 'squat'");
    await third.evaluate(`room.track("bench")`);
    await seen(["bench"]);
    assertEquals([...sockets.values()], [1, 0, 0]);

    await sql`insert into public.workouts (id, user_id, title, scheduled_for)
      values (${crypto.randomUUID()}, ${user!.id}, 'Legs', '2026-11-24')`;
    await second.waitForFunction("heard[0] === 'Legs'");

    await third.close();
    await seen(["squat"]);
    await leader.close();
    await seen([]);
    // The tab that followed leads now, with a socket of its own.
    await seen(["squat"]);
    await second.close();
    await seen([]);
  } finally {
    await coach.removeAllChannels();
    await coach.realtime.disconnect();
    await coach.auth.stopAutoRefresh();
    await browser.close();
    await server.shutdown();
    await sql.end();
    await stack.stop();
    await Deno.remove(dataDir, { recursive: true });
  }
});

/** A coach of the athlete in their room, by the official client alone; resolves once it shows these. */
async function watch(coach: SupabaseClient, sql: postgres.Sql, athlete: string) {
  const { data, error } = await coach.auth.signUp({
    email: "carl@example.com",
    password: "correct horse battery",
  });
  if (error) throw error;
  await sql`insert into public.coach_athletes (coach_id, athlete_id)
    values (${data.user!.id}, ${athlete})`;
  const channel = coach.channel(`presence:training:${athlete}`, { config: { private: true } });
  const history: string[] = [];
  const showing = () =>
    JSON.stringify(
      Object.values(channel.presenceState<{ payload: string }>()).flat().map(({ payload }) =>
        payload
      ),
    );
  channel.on("presence", { event: "sync" }, () => history.push(showing())).subscribe();
  return async (wanted: string[]) => {
    const end = performance.now() + 10_000;
    while (!history.includes(JSON.stringify(wanted))) {
      if (performance.now() > end) throw new Error(`${wanted} was not seen, but ${history}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    // What was seen before does not count the next time.
    history.splice(0, history.indexOf(JSON.stringify(wanted)) + 1);
  };
}

/** The page and its parts. */
async function serve() {
  const result = await build({
    root: import.meta.dirname!,
    configFile: false,
    logLevel: "warn",
    build: {
      target: "es2023",
      write: false,
      minify: false,
      rolldownOptions: { input: `${import.meta.dirname}/rooms_page.ts` },
    },
  });
  if (!("output" in result)) throw new Error("one build was expected");
  const files = new Map(
    result.output.flatMap((file) =>
      file.type === "chunk" ? [[`/${file.fileName}`, file.code]] : []
    ),
  );
  const entry = result.output.find((file) => file.type === "chunk" && file.isEntry)!.fileName;
  return Deno.serve({ port: 0, onListen() {} }, ({ url }) => {
    const script = files.get(new URL(url).pathname);
    return script === undefined
      ? new Response(`<!doctype html><script type="module" src="/${entry}"></script>`, {
        headers: { "content-type": "text/html" },
      })
      : new Response(script, { headers: { "content-type": "text/javascript" } });
  });
}
