/** The tables of a synced database, typed by what Supabase generates (`supabase gen types`). */
import type { Dexie, Table } from "dexie";

/** As generated: the tables of the schema `public`, and whatever else. */
interface Generated {
  public: { Tables: object };
}

type Tables<Database extends Generated> = Database["public"]["Tables"];

type Row<Table> = Table extends { Row: infer Columns } ? Columns : never;
type Insert<Table> = Table extends { Insert: infer Columns } ? Columns : never;

/** The primary keys as `supabaseSync` takes them: a column of the table, or several. */
type Keys<Database extends Generated, Given> = {
  [Name in keyof Given]: Name extends keyof Tables<Database>
    ? keyof Row<Tables<Database>[Name]> | readonly (keyof Row<Tables<Database>[Name]>)[]
    : never;
};

type Value<Row, Columns> = Columns extends keyof Row ? Row[Columns]
  : { -readonly [I in keyof Columns]: Columns[I] extends keyof Row ? Row[Columns[I]] : never };

type Column<Columns> = Columns extends readonly unknown[] ? Columns[number] : Columns;

/** Only a uuid, alone, is filled in on the device; any other key is the app's to give. */
type WithKey<Insert, Key, Columns> = Key extends string ? Insert
  : Insert & Required<Pick<Insert, Column<Columns> & keyof Insert>>;

type SyncedTable<Generated, Columns> = Table<
  Row<Generated>,
  Value<Row<Generated>, Columns>,
  WithKey<Insert<Generated>, Value<Row<Generated>, Columns>, Columns>
>;

/**
 * A Dexie whose synced tables read as the generated `Row` and take the generated `Insert`:
 * `SyncedDexie<Database, { workouts: "id"; coach_athletes: ["coach_id", "athlete_id"] }>`, or with
 * `typeof tables`. Tables of the device's own are intersected: `& { drafts: Table<Draft, string> }`.
 */
export type SyncedDexie<Database extends Generated, Given extends Keys<Database, Given>> =
  & Dexie
  & {
    [Name in keyof Given & keyof Tables<Database>]: SyncedTable<
      Tables<Database>[Name],
      Given[Name]
    >;
  };
