import { assertEquals } from "@std/assert";
import type { RealtimeChannel, SupabaseClient } from "@supabase/supabase-js";
import postgres from "postgres";
import { type Fixture, signedIn, startFixture, until } from "../fixture.ts";

const MIGRATION = `
create table public.members (topic text, member uuid, speaks boolean);
grant select on public.members to authenticated;
create policy see on realtime.messages for select to authenticated using (
  extension = 'presence' and exists (
    select from public.members m where m.topic = (select realtime.topic()) and m.member = (select auth.uid())
  )
);
create policy be_seen on realtime.messages for insert to authenticated with check (
  extension = 'presence' and exists (
    select from public.members m
    where m.topic = (select realtime.topic()) and m.member = (select auth.uid()) and m.speaks
  )
);
`;

let fixture: Fixture;
let sql: postgres.Sql;
Deno.test.beforeAll(async () => {
  const files = { "migrations/20260101000000_rooms.sql": MIGRATION };
  fixture = await startFixture(files);
  sql = postgres(fixture.stack.dbUrl, { max: 1 });
});
Deno.test.afterAll(async () => {
  await sql.end();
  await fixture.stop();
});

const clients = new Set<SupabaseClient>();
Deno.test.afterEach(async () => {
  for (const supabase of clients) {
    await supabase.removeAllChannels();
    await supabase.realtime.disconnect();
  }
  clients.clear();
});

type Visitor = {
  supabase: SupabaseClient;
  channel: RealtimeChannel;
  events: string[];
  statuses: string[];
  system: string[];
  /** `key:payload,payload`, of everybody here. */
  here(): string[];
};

/** A signed-in user's channel with presence, joined. `speaks: null` is no member. */
async function visit(
  topic: string,
  key: string,
  { speaks = true as boolean | null, vsn = "2.0.0" as "1.0.0" | "2.0.0" } = {},
): Promise<Visitor> {
  const { supabase, userId } = await signedIn(fixture.stack, { vsn });
  clients.add(supabase);
  if (speaks !== null) await sql`insert into members values (${topic}, ${userId}, ${speaks})`;
  const channel = supabase.channel(topic, { config: { private: true, presence: { key } } });
  const visitor: Visitor = {
    supabase,
    channel,
    events: [],
    statuses: [],
    system: [],
    here: () =>
      Object.entries(channel.presenceState<{ at: string }>())
        .map(([key, metas]) => `${key}:${metas.map(({ at }) => at)}`).sort(),
  };
  channel
    .on("presence", { event: "join" }, ({ key }) => visitor.events.push(`join ${key}`))
    .on("presence", { event: "leave" }, ({ key }) => visitor.events.push(`leave ${key}`))
    .on("system", {}, ({ message }) => visitor.system.push(message))
    .subscribe((status) => visitor.statuses.push(status));
  await until(() => visitor.statuses.length > 0);
  return visitor;
}

for (const vsn of ["1.0.0", "2.0.0"] as const) {
  Deno.test(`presence, protocol ${vsn}: who comes, changes and goes, and who was there before`, async () => {
    const topic = `room:${vsn}`;
    const ada = await visit(topic, "ada", { vsn });
    assertEquals(await ada.channel.track({ at: "squat" }), "ok");
    await until(() => ada.events.length === 1);
    const bob = await visit(topic, "bob", { vsn });
    await until(() => bob.here().length === 1);
    await bob.channel.track({ at: "bench" });
    await until(() => ada.here().length === 2);
    await bob.channel.track({ at: "row" });
    await until(() => ada.here().includes("bob:row"));
    assertEquals(ada.here(), ["ada:squat", "bob:row"]);
    assertEquals(await bob.channel.untrack(), "ok");
    await until(() => ada.here().length === 1);
    assertEquals(ada.events, ["join ada", "join bob", "join bob", "leave bob", "leave bob"]);
    assertEquals(bob.here(), ["ada:squat"]);
  });
}

Deno.test("several channels of one key are one entry, and a socket that closes takes its own away", async () => {
  const [phone, laptop] = [await visit("room:2", "ada"), await visit("room:2", "ada")];
  await phone.channel.track({ at: "phone" });
  await laptop.channel.track({ at: "laptop" });
  const bob = await visit("room:2", "bob");
  await until(() => bob.here().length > 0 && bob.here()[0] === "ada:phone,laptop");
  await laptop.supabase.realtime.disconnect();
  await until(() => bob.here()[0] === "ada:phone");
});

Deno.test("a stranger does not join; who may only look is not seen", async () => {
  const stranger = await visit("room:3", "eve", { speaks: null });
  assertEquals(stranger.statuses, ["CHANNEL_ERROR"]);
  const quiet = await visit("room:3", "bob", { speaks: false });
  assertEquals(quiet.statuses, ["SUBSCRIBED"]);
  assertEquals(await quiet.channel.track({ at: "bench" }), "error");
  assertEquals(quiet.here(), []);
});

Deno.test("who may see presence and nothing else does not join without asking for it", async () => {
  const { supabase, userId } = await signedIn(fixture.stack);
  clients.add(supabase);
  await sql`insert into members values ('room:4', ${userId}, true)`;
  const statuses: string[] = [];
  supabase.channel("room:4", { config: { private: true } }).subscribe((it) => statuses.push(it));
  await until(() => statuses.length > 0);
  assertEquals(statuses, ["CHANNEL_ERROR"]);
});

Deno.test("the sixth call within 30 s closes the channel; what changes nothing counts too", async () => {
  const ada = await visit("room:5", "ada");
  for (const at of ["1", "2", "2", "2", "5"]) {
    assertEquals(await ada.channel.track({ at }), "ok");
  }
  const last = ada.channel.track({ at: "6" }, { timeout: 100 });
  await until(() => ada.statuses.at(-1) === "CLOSED");
  assertEquals(ada.system, ["Client presence rate limit exceeded"]);
  await last;
});
