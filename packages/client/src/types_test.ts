/** Assertions for the compiler (`npm run check`): a mistake that it lets pass fails there. */
import { assertEquals } from "@std/assert";
import { Dexie, type Table } from "dexie";
import { supabaseSync, type SyncedDexie } from "./mod.ts";

/** As `supabase gen types` writes it, shortened. */
type Database = {
  __InternalSupabase: { PostgrestVersion: "13" };
  public: {
    Tables: {
      workouts: {
        Row: { id: string; title: string; notes: string | null; created_at: string };
        Insert: { id?: string; title: string; notes?: string | null; created_at?: string };
        Update: { id?: string; title?: string; notes?: string | null; created_at?: string };
        Relationships: [];
      };
      places: {
        Row: { user_id: string; position: number };
        Insert: { user_id?: string; position?: number };
        Update: { user_id?: string; position?: number };
        Relationships: [];
      };
      counters: {
        Row: { id: number; count: number };
        Insert: { id?: number; count?: number };
        Update: { id?: number; count?: number };
        Relationships: [];
      };
    };
    Views: { [_ in never]: never };
  };
};

const tables = { workouts: "id", places: ["user_id", "position"], counters: "id" } as const;
type Db = SyncedDexie<Database, typeof tables> & { drafts: Table<{ at: number }, number> };
type Workout = Database["public"]["Tables"]["workouts"];

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true
  : false;
type Read<T> = T extends Table<infer Row, infer _Key, infer _Insert> ? Row : never;
type KeyOf<T> = T extends Table<infer _Row, infer Key, infer _Insert> ? Key : never;
type Added<T> = T extends Table<infer _Row, infer _Key, infer Insert> ? Insert : never;

const holds: true[] = [
  true satisfies Same<Read<Db["workouts"]>, Workout["Row"]>,
  true satisfies Same<Added<Db["workouts"]>, Workout["Insert"]>,
  true satisfies Same<KeyOf<Db["workouts"]>, string>,
  true satisfies Same<KeyOf<Db["places"]>, [string, number]>,
  true satisfies Same<KeyOf<Db["counters"]>, number>,
  true satisfies Same<KeyOf<Db["drafts"]>, number>,
];

export type Literal = SyncedDexie<Database, { workouts: "id"; places: ["user_id", "position"] }>;
// @ts-expect-error There is no such table.
export type WrongTable = SyncedDexie<Database, { workouts: "id"; workout: "id" }>;
// @ts-expect-error There is no such column.
export type WrongColumn = SyncedDexie<Database, { workouts: "uuid" }>;
// @ts-expect-error There is no such column in the composite key.
export type WrongColumns = SyncedDexie<Database, { places: ["user_id", "place"] }>;
// @ts-expect-error A column of another table.
export type ForeignColumn = SyncedDexie<Database, { workouts: "position" }>;

export async function rightAndWrong(db: Db): Promise<void> {
  await db.workouts.add({ title: "Legs" });
  await db.workouts.put({ id: "a", title: "Legs", notes: null });
  await db.workouts.update("a", { title: "Arms" });
  await db.places.get(["ann", 1]);
  await db.places.add({ user_id: "ann", position: 1 });
  await db.counters.add({ id: 1 });
  await db.drafts.get(1);
  (await db.workouts.toArray()).map(({ created_at }) => created_at.length);

  // @ts-expect-error A column that must be given is missing.
  await db.workouts.add({ id: "a" });
  // @ts-expect-error A value of another type.
  await db.workouts.add({ title: 1 });
  // @ts-expect-error A column that is not the table's.
  await db.workouts.add({ title: "Legs", colour: "red" });
  // @ts-expect-error A value of another type.
  await db.workouts.bulkPut([{ title: "Legs" }, { title: null }]);
  // @ts-expect-error A value of another type.
  await db.workouts.update("a", { notes: 1 });
  // @ts-expect-error A key of another type.
  await db.workouts.get(1);
  // @ts-expect-error The key's columns in another order.
  await db.places.delete([1, "ann"]);
  // @ts-expect-error Half of the key.
  await db.places.delete("ann");
  // @ts-expect-error The server would fill in the other half of the key, the device can't.
  await db.places.add({ user_id: "ann" });
  // @ts-expect-error Only a uuid is filled in.
  await db.counters.add({ count: 1 });
  // @ts-expect-error Not one of the tables named.
  await db.profiles.toArray();
}

Deno.test("the tables as a constant serve the addon and the type alike", () => {
  const db = new Dexie("types", { addons: [supabaseSync({ tables })] }) as Db;
  db.version(1).stores({ workouts: "id", places: "[user_id+position]", counters: "id" });
  assertEquals(db.places.schema.primKey.keyPath, ["user_id", "position"]);
  assertEquals(holds.length, 6);
});
