/** What was made to read a table is not used where it does not fit: the answers are those of today's table. */
import { assertEquals } from "@std/assert";
import { type Database, withDatabase } from "./database.ts";
import { type Device, device } from "./device.ts";

const notes = (db: Database, name = "notes") =>
  db.sql.unsafe(`
    create table public.${name} (id int primary key, owner uuid default auth.uid(), body text, secret text);
    alter table public.${name} enable row level security;
    create policy own on public.${name} to authenticated using (owner = (select auth.uid()));
    grant all on public.${name} to authenticated;
    select sync.enable('public.${name}', scope => 'owner::text', strategy => 'field_merge');
  `);

/** The rows of a pull from the beginning. */
async function pulled(phone: Device): Promise<unknown> {
  phone.cursor = null;
  return (await phone.read() as { rows: unknown }).rows;
}

Deno.test(
  "grants that came or went hold for what is read and written next",
  withDatabase(async (db) => {
    await notes(db);
    const anna = await db.user();
    const phone = device(db, anna);
    const write = (body: string) =>
      phone.push({ table: "notes", op: "update", key: [1], values: { body } });
    await phone.push({ table: "notes", op: "insert", key: [1], values: { id: 1, secret: "s" } });
    assertEquals(await write("all"), ["applied"]);
    assertEquals(await pulled(phone), {
      notes: [{ id: 1, owner: anna, body: "all", secret: "s" }],
    });

    await db.sql.unsafe(`
      revoke all on public.notes from authenticated;
      grant select (id, owner, body), update (body), delete on public.notes to authenticated`);
    assertEquals(await write("some"), ["applied"]);

    await db.sql`revoke all on public.notes from authenticated`;
    await db.sql`revoke select (id, owner, body), update (body) on public.notes from authenticated`;
    assertEquals(await write("none"), ["denied"]);
    assertEquals(await pulled(phone), {});
    assertEquals((await phone.read({ cursor: null }) as { gone: unknown }).gone, { notes: [[1]] });

    await db.sql`grant all on public.notes to authenticated`;
    assertEquals(await write("all again"), ["applied"]);
    assertEquals(await pulled(phone), {
      notes: [{ id: 1, owner: anna, body: "all again", secret: "s" }],
    });
    assertEquals(await phone.push({ table: "notes", op: "delete", key: [1] }), ["applied"]);
  }),
);

Deno.test(
  "columns that came, went or changed their type are read as they are before sync.refresh is called",
  withDatabase(async (db) => {
    await notes(db);
    const anna = await db.user();
    const phone = device(db, anna);
    await phone.push({ table: "notes", op: "insert", key: [1], values: { id: 1, body: "b" } });
    for (
      const [change, row] of [
        ["add more int default 7", { id: 1, owner: anna, body: "b", secret: null, more: 7 }],
        ["drop secret", { id: 1, owner: anna, body: "b", more: 7 }],
        ["alter more type numeric", { id: 1, owner: anna, body: "b", more: 7 }],
        ["alter body type jsonb using to_jsonb(body)", { id: 1, owner: anna, body: "b", more: 7 }],
      ] as const
    ) {
      await db.sql.unsafe(`alter table public.notes ${change}`);
      assertEquals(await pulled(phone), { notes: [row] }, change);
    }
    // A numeric that a double can't hold travels as text.
    await db.sql`update public.notes set more = 12345678901234567890`;
    assertEquals(await pulled(phone), {
      notes: [{ id: 1, owner: anna, body: "b", more: "12345678901234567890" }],
    });
  }),
);

Deno.test(
  "tables that have swapped their names show their own rows",
  withDatabase(async (db) => {
    await notes(db);
    await notes(db, "drafts");
    const anna = await db.user();
    const phone = device(db, anna);
    await phone.push(
      { table: "notes", op: "insert", key: [1], values: { id: 1, body: "note" } },
      { table: "drafts", op: "insert", key: [2], values: { id: 2, body: "draft" } },
    );
    const row = (id: number, body: string) => ({ id, owner: anna, body, secret: null });
    const rows = { notes: [row(1, "note")], drafts: [row(2, "draft")] };
    assertEquals(await pulled(phone), rows);
    await db.sql.unsafe(`
      alter table public.notes rename to other;
      alter table public.drafts rename to notes;
      alter table public.other rename to drafts`);
    assertEquals(await pulled(phone), rows);

    await db.sql`select sync.refresh('public.notes')`;
    await db.sql`select sync.refresh('public.drafts')`;
    assertEquals(await pulled(phone), { notes: rows.drafts, drafts: rows.notes });
    assertEquals(
      await phone.push({ table: "notes", op: "update", key: [2], values: { body: "kept" } }),
      ["applied"],
    );
    assertEquals(await pulled(phone), { notes: [row(2, "kept")], drafts: rows.notes });

    await db.sql`select sync.disable('public.notes')`;
    await db.sql`select sync.disable('public.drafts')`;
    const left = await db.sql`
      select p.oid::regprocedure from pg_proc p
      where p.pronamespace = 'sync'::regnamespace and p.proname ~ '_[0-9]+$'
        and substring(p.proname from '[0-9]+$')::int not in (select id from sync.tables)`;
    assertEquals([...left], []);
  }),
);
