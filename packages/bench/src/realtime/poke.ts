/** From the commit of plain SQL to the poke at a client of the official realtime-js. */
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { PASSWORD } from "../client/page/databases.ts";
import type { Person, Site } from "../client/site.ts";
import type { Figure } from "../suite.ts";
import { spread } from "./percentiles.ts";
import { CHANGES, type Say } from "./suite.ts";

export async function poke(site: Site, say: Say): Promise<Figure[]> {
  const person = await site.signUp();
  const sql = await site.connectAs(person);
  let heard = (_at: number) => {};
  const supabase = await listener(site, person, () => heard(performance.now()));
  const [row] = await sql<{ id: string }[]>`
    insert into public.whole (title, notes, position) values ('poked', '', 1) returning id`;
  say(`poke: ${CHANGES} changes`);
  const took: number[] = [];
  for (let n = 0; n < CHANGES; n++) {
    await pause();
    const poked = new Promise<number>((resolve) => heard = resolve);
    await sql`begin`;
    await sql`update public.whole set title = ${`poke ${n}`} where id = ${row!.id}`;
    const committed = performance.now();
    await sql`commit`;
    took.push(await poked - committed);
  }
  await supabase.realtime.disconnect();
  return spread("commit to poke", took);
}

/** Not while the last change still travels. */
export const pause = () => new Promise((resolve) => setTimeout(resolve, 60 + Math.random() * 40));

/** Joined to a person's topic, and nothing else. */
async function listener(
  { project }: Site,
  { email, id }: Person,
  onPoke: () => void,
): Promise<SupabaseClient> {
  const supabase = createClient(project.url, project.key, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const { data, error } = await supabase.auth.signInWithPassword({ email, password: PASSWORD });
  if (error) throw error;
  await supabase.realtime.setAuth(data.session.access_token);
  await new Promise<void>((resolve, reject) =>
    supabase.realtime.channel(`sync:${id}`, { config: { private: true } })
      .on("broadcast", { event: "poke" }, onPoke)
      .subscribe((status, cause) => {
        if (status === "SUBSCRIBED") resolve();
        else if (status === "CHANNEL_ERROR") reject(cause);
      })
  );
  return supabase;
}
