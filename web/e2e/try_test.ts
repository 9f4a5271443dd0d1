import { startStack } from "@fitos/stack";
import { signUp } from "./device.ts";
Deno.test({
  name: "try",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const root = new URL("../..", import.meta.url).pathname;
    const t0 = performance.now();
    const stack = await startStack({
      root,
      dataDir: "/tmp/lead-stack",
      ports: { api: 0, db: 0 },
      durable: false,
      log: console.log,
    });
    console.log("up", performance.now() - t0);
    const a = await signUp(stack, `a${Date.now()}@example.com`);
    a.db.sync.subscribe(() => console.log(JSON.stringify(a.db.sync.getSnapshot())));
    const id = crypto.randomUUID();
    await a.db.workouts.add(
      {
        id,
        user_id: a.user,
        title: "Legs",
        scheduled_for: "2026-11-24",
        status: "planned",
      } as never,
    );
    a.connect();
    await new Promise((r) => setTimeout(r, 6000));
    console.log(await a.db.workouts.toArray());
    await a.close();
    await stack.stop();
  },
});
