/** The page of rooms_test.ts: a tab of an app that uses rooms and hears of changes. */
import { createClient } from "@supabase/supabase-js";
import { supabaseSync } from "@fitos/sync";
import { Dexie } from "dexie";

interface Opening {
  url: string;
  key: string;
  email: string;
  password: string;
}

Object.assign(globalThis, {
  async open({ url, key, email, password }: Opening) {
    const supabase = createClient(url, key);
    const { data, error } = await supabase.auth.signInWithPassword({ email, password });
    if (error) throw error;
    const db = new Dexie("rooms", { addons: [supabaseSync({ tables: { workouts: "id" } })] });
    db.version(1).stores({ workouts: "id" });
    const { auth, realtime } = supabase;
    db.sync.connect({ url, key, auth, realtime });
    const room = db.sync.presence<string>(`training:${data.user.id}`);
    const heard: string[] = [];
    Object.assign(globalThis, {
      db,
      room,
      heard,
      listen: () =>
        db.sync.subscribe<{ title: string }>(
          "workouts",
          {},
          ({ inserted }) => heard.push(...inserted.map(({ title }) => title)),
        ),
    });
  },
});
