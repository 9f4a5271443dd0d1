/** What is sent, in which batches, under which numbers. */
import { assert, assertEquals } from "@std/assert";
import type { PushRequest } from "@fitos/protocol";
import { NO_NETWORK, refusedWith, supabase, testDatabase } from "../test/database.ts";

const row = (id: string, title: string) => ({ id, title });

Deno.test("N3: a push without an answer is sent again as it was, across a reload and later writes", async () => {
  const first = await testDatabase();
  await first.db.workouts.bulkAdd([row("a", "1"), row("b", "1")]);
  const { server } = first;
  // The answer is lost, and the page with it.
  const lost = Promise.withResolvers<typeof NO_NETWORK>();
  const asked = Promise.withResolvers<void>();
  server.pushAnswers.push(() => {
    asked.resolve();
    return lost.promise;
  });
  first.db.sync.connect(supabase());
  await asked.promise;
  await first.db.workouts.update("a", { title: "2" });
  const second = await first.reload();
  lost.resolve(NO_NETWORK);
  second.db.sync.connect(supabase());
  await second.db.sync.settled();
  const [original, again, rest] = server.pushes as [PushRequest, PushRequest, PushRequest];
  assertEquals(again, original);
  assertEquals(rest.mutations.map(({ n, values }) => [n, values]), [[3, row("a", "2")]]);
  await second.db.sync.disconnect();
  second.db.close();
});

Deno.test("N4: what is deferred is sent again under the numbers that were not used", async () => {
  const { db, server } = await testDatabase();
  await db.workouts.bulkAdd([row("a", "1"), row("b", "1"), row("c", "1")]);
  server.pushAnswers.push((request) => {
    const first = { ...request, mutations: request.mutations.slice(0, 1) };
    const { answer } = server.applied(first);
    const deferred = [2, 3].map((n) => ({ n, code: "deferred" as const }));
    return { answer: { ...answer, outcomes: [...answer.outcomes, ...deferred] } };
  });
  db.sync.connect(supabase());
  await db.sync.settled();
  assertEquals(server.pushes[1]!.mutations.map(({ n, key }) => [n, key[0]]), [[2, "b"], [3, "c"]]);
  assertEquals(await db.workouts.count(), 3);
  await db.sync.disconnect();
  db.close();
});

Deno.test("N3: what is deferred keeps its content, also where its row is edited meanwhile", async () => {
  const { db, server } = await testDatabase();
  await db.workouts.bulkAdd([row("a", "1"), row("b", "1")]);
  server.pushAnswers.push(async (request) => {
    // It would be folded into the insert, were that not sealed.
    await db.workouts.update("b", { title: "2" });
    const { answer } = server.applied({ ...request, mutations: request.mutations.slice(0, 1) });
    return { answer: { ...answer, outcomes: [...answer.outcomes, { n: 2, code: "deferred" }] } };
  });
  db.sync.connect(supabase());
  await db.sync.settled();
  // A copy of the first request may still arrive, and do it.
  assertEquals(server.pushes[1]!.mutations, server.pushes[0]!.mutations.slice(1));
  assertEquals(server.mutations.at(-1)!.values, row("b", "2"));
  await db.sync.disconnect();
  db.close();
});

Deno.test("C7: an edit over an own one that a pull covers meanwhile has seen the version that one became", async () => {
  const { db, server } = await testDatabase();
  server.strategies = { workouts: { strategy: "server_wins", seen: true, groups: [] } };
  const tell = (title: string, version: string) => {
    server.changes.rows.workouts = [row("a", title)];
    const { answer } = server.checkpoint();
    return { answer: { ...answer, versions: { workouts: [version] } } as typeof answer };
  };
  server.pullAnswers.push(() => tell("0", "1.x"));
  db.sync.connect(supabase());
  await db.sync.syncAll();
  server.pullAnswers.push(async () => {
    await db.workouts.update("a", { title: "second" });
    return tell("first", "2.own");
  });
  await db.workouts.update("a", { title: "first" });
  await db.sync.syncAll();
  await db.sync.settled();
  assertEquals(server.mutations.map(({ values, seen }) => [values!.title, seen]), [
    ["first", "1.x"],
    ["second", "2.own"],
  ]);
  await db.sync.disconnect();
  db.close();
});

Deno.test("P14: rows that were kept beside a refused one are sent to a restored database with their clocks", async () => {
  const { db, server } = await testDatabase();
  db.sync.connect(supabase());
  await db.sync.settled();
  server.pushAnswers.push((request) => server.applied(request, { 2: "check_violation" }));
  server.pullAnswers.push(() => ({ answer: { protocol: 1, reset: "epoch" } }));
  await db.workouts.bulkAdd([row("a", "1"), row("b", "poison"), row("c", "1")]);
  await db.sync.settled();
  const clocks = (request: PushRequest) =>
    request.mutations.map(({ key, clock }) => [key[0], clock] as const);
  const [first, again] = server.pushes as [PushRequest, PushRequest];
  assertEquals(clocks(again), clocks(first).filter(([id]) => id !== "b"));
  await db.sync.disconnect();
  db.close();
});

Deno.test("413 halves the batch; one row that is still too large becomes an issue", async () => {
  const { db, server } = await testDatabase();
  const tooLarge = () => refusedWith("too_large", "split");
  server.pushAnswers.push(tooLarge, tooLarge);
  for (const id of ["a", "b", "c", "d"]) await db.workouts.add(row(id, "x"));
  db.sync.connect(supabase());
  await db.sync.settled();
  assertEquals(server.pushes.slice(0, 3).map(({ mutations }) => mutations.length), [4, 2, 1]);
  assertEquals(await db.workouts.count(), 4);
  server.pushAnswers.push(tooLarge);
  await db.workouts.update("a", { title: "large" });
  await db.sync.settled();
  assertEquals(db.sync.getSnapshot().syncErrors.map(({ code, values }) => [code, values]), [
    ["invalid_value", row("a", "large")],
  ]);
  assertEquals(await db.workouts.get("a"), row("a", "x"));
  await db.sync.disconnect();
  db.close();
});

Deno.test("P4: 413: a transaction is not cut that fits without what came after it", async () => {
  const { db, server } = await testDatabase();
  const { push } = server;
  server.push = (request) =>
    request.mutations.length <= 3
      ? push(request)
      : Promise.resolve(refusedWith("too_large", "split"));
  await db.transaction("rw", db.workouts, async () => {
    for (const id of ["a", "b", "c"]) await db.workouts.add(row(id, "x"));
  });
  for (const id of ["d", "e"]) await db.workouts.add(row(id, "x"));
  db.sync.connect(supabase());
  await db.sync.settled();
  const [whole] = server.pushes as [PushRequest];
  assertEquals(whole.mutations.map(({ n, group }) => [n, group]), [[1, 1], [2, 1], [3, 1]]);
  assertEquals(await db.workouts.count(), 5);
  await db.sync.disconnect();
  db.close();
});

Deno.test("P13: a mutation the server can't read is handed back with its group, the others are sent", async () => {
  const { db, server } = await testDatabase();
  server.pushAnswers.push(() => ({
    failure: { ...refusedWith("bad_request", "stop").failure, field: "mutations[2].values.notes" },
  }));
  await db.workouts.add(row("a", "fine"));
  await db.transaction("rw", db.workouts, async () => {
    await db.workouts.add(row("b", "in the group"));
    await db.workouts.add(row("c", "poison"));
  });
  await db.workouts.add(row("d", "fine"));
  db.sync.connect(supabase());
  await db.sync.settled();
  const { syncErrors } = db.sync.getSnapshot();
  assertEquals(syncErrors.map(({ key, code }) => [key[0], code]).sort(), [
    ["b", "group_refused"],
    ["c", "invalid_value"],
  ]);
  assertEquals(server.pushes.at(-1)!.mutations.map(({ n, key }) => [n, key[0]]), [[1, "a"], [
    2,
    "d",
  ]]);
  assertEquals((await db.workouts.toArray()).map(({ id }) => id), ["a", "d"]);
  await db.sync.disconnect();
  db.close();
});

Deno.test("a transaction larger than a batch travels in parts, each whole", async () => {
  const { db, server } = await testDatabase();
  await db.transaction("rw", db.workouts, async () => {
    await db.workouts.bulkAdd(Array.from({ length: 2500 }, (_, i) => row(`r${i}`, "x")));
  });
  db.sync.connect(supabase());
  await db.sync.settled();
  const parts = server.pushes.map(({ mutations }) => new Set(mutations.map(({ group }) => group)));
  assertEquals(server.pushes.map(({ mutations }) => mutations.length), [1000, 1000, 500]);
  assertEquals(parts.map((groups) => [...groups]), [[1], [1001], [2001]]);
  assertEquals(await db.workouts.count(), 2500);
  await db.sync.disconnect();
  db.close();
});

Deno.test("P16: a batch too large for the server's time is halved until it fits, under the same numbers", async () => {
  const { db, server } = await testDatabase();
  const content = new Map<number, string>();
  let [answered, attempts] = [0, 0];
  server.push = (request) => {
    const { mutations } = request;
    for (const { n, key } of mutations) {
      assertEquals(content.get(n) ?? key[0], key[0], "a number came again with other content");
      content.set(n, key[0] as string);
    }
    // The first attempt is carried out, but its answer comes too late.
    if (attempts++ === 0) answered = mutations.at(-1)!.n;
    if (mutations.length > 30) return Promise.resolve(refusedWith("unavailable", "retry"));
    answered = Math.max(answered, mutations.at(-1)!.n);
    const { answer } = server.applied(request);
    return Promise.resolve({ answer: { ...answer, high_water: answered } });
  };
  for (let i = 0; i < 100; i++) await db.workouts.add(row(`r${i}`, "x"));
  db.sync.connect(supabase());
  await db.sync.settled();
  assertEquals([...content.keys()], Array.from({ length: 100 }, (_, i) => i + 1));
  assertEquals(await db.workouts.count(), 100);
  await db.sync.disconnect();
  db.close();
});

Deno.test("a push that took long is followed by a smaller one, and that by larger ones again", async () => {
  let passed = 0;
  const { db, server } = await testDatabase({ overrides: { now: () => Date.now() + passed } });
  for (let i = 0; i < 300; i++) await db.workouts.add(row(`r${i}`, "x"));
  server.pushAnswers.push((request) => {
    passed += 12_000;
    return server.applied(request);
  });
  db.sync.connect(supabase());
  await db.sync.settled();
  await db.workouts.bulkPut(Array.from({ length: 300 }, (_, i) => row(`r${i}`, "y")));
  await db.sync.settled();
  const sizes = server.pushes.map(({ mutations }) => mutations.length);
  assertEquals([sizes[0], sizes[1]], [300, 100]);
  assertEquals(sizes.reduce((sum, size) => sum + size, 0), 600);
  await db.sync.disconnect();
  db.close();
});

Deno.test("a gap gets a new client id, and everything is sent", async () => {
  const { db, server } = await testDatabase();
  server.pushAnswers.push(() => refusedWith("gap", "renumber"));
  await db.workouts.add(row("a", "x"));
  db.sync.connect(supabase());
  await db.sync.settled();
  const [before, after] = server.pushes as [PushRequest, PushRequest];
  assert(before.client !== after.client);
  assertEquals(after.mutations[0]!.n, 1);
  await db.sync.disconnect();
  db.close();
});
