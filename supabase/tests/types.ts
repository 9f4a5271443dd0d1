/** A table with a column of every common type, and values that are hard to carry. */
import type { Database } from "./database.ts";
import { uuid } from "./device.ts";

/** Values of each type, as SQL reads them; the hard ones first. */
export const VALUES: Record<string, string[]> = {
  "bigint": ["9223372036854775807", "-9223372036854775808", "9007199254740993", "0"],
  "bigint[]": ["{9007199254740993,1,NULL}", "{{1,2},{3,9223372036854775807}}", "{}", "{1,2}"],
  "numeric": ["123456789012345678901234567890.000000001", "NaN", "1.5", "Infinity", "-0.001"],
  "numeric(12, 2)": ["1234567890.12", "-0.10"],
  "numeric[]": ["{0.1000000000000000055511151231257827,1.50}", "{NaN}", "{1.5}"],
  "integer": ["2147483647", "-2147483648"],
  "smallint": ["-32768"],
  "real": ["0.1", "3.4028235e+38", "NaN"],
  "double precision": ["0.1", "1.7976931348623157e308", "-Infinity", "5e-324", "NaN"],
  "boolean": ["true", "false"],
  "text": ["", "null", '"quoted"', "\\ line\nand\ttab ✓ 😀", "<b>as it is</b>"],
  "varchar(5)": ["abcde"],
  "char(5)": ["ab"],
  "uuid": ["6BA7B810-9DAD-11D1-80B4-00C04FD430C8"],
  "timestamptz": ["2026-11-23 10:00:00.123456+05:30", "infinity", "0044-03-15 12:00:00 BC"],
  "timestamp": ["2026-03-29 02:30:00.000001", "-infinity"],
  "timestamptz[]": ["{2026-11-23 10:00:00.123456+01,NULL,infinity}"],
  "date": ["2026-02-28", "infinity", "0001-01-01 BC", "99999-12-31"],
  "time": ["23:59:59.999999", "24:00:00"],
  "timetz": ["10:00:00.5+05:30"],
  "interval": ["1 year -2 months 3 days -04:05:06.000007", "-1 day", "1000000:00:00"],
  "bytea": ["\\x00ff5c22", "\\x"],
  "bytea[]": ["{\\\\x00ff,\\\\x}"],
  "jsonb": ['{"a": [1, null, "x", 1e20], "": {}}', '"text"', "[]", "1.5", "[null]"],
  "json": ['{"a": [true], "b": 1}'],
  "jsonb[]": ['{"{\\"a\\": 1}",NULL}'],
  "text[]": ['{"a,b","c\\"d",NULL,"NULL",""}', "{{a,b},{c,d}}"],
  "uuid[]": ["{6ba7b810-9dad-11d1-80b4-00c04fd430c8}"],
  "mood": ["so so"],
  "mood[]": ["{good,so so}"],
  "big": ["9007199254740993"],
  "bigger": ["9007199254740995"],
  "hash": ["\\xdeadbeef"],
  "ids": ["{9007199254740993}"],
  "pair": ['(1,"a ""b"", c")', "(,)"],
  "int4range": ["[1,5)", "empty", "(,)"],
  "int8range": ["[9007199254740993,9007199254740995)"],
  "numrange": ["[0.1000000000000000055511151231257827,2]"],
  "tstzrange": ['["2026-01-01 00:00:00.000001+00",)'],
  "datemultirange": ["{[2026-01-01,2026-01-02),[2026-02-01,)}"],
  "inet": ["192.168.0.1/24", "::1"],
  "cidr": ["10.0.0.0/8"],
  "macaddr": ["08:00:2b:01:02:03"],
  "bit(4)": ["1010"],
  "varbit": ["10101"],
  "point": ["(1.5,-2)"],
  "polygon": ["((0,0),(1,1),(1,0))"],
  "xml": ["<a>b &amp; c</a>"],
  "tsvector": ["'cat':1 'fat':2"],
  "money": ["$1,234.56"],
};

/** Makes and syncs `public.samples`; row n holds the nth value of each type. */
export async function everyType(db: Database, values = VALUES) {
  const types = Object.keys(values);
  await db.sql.unsafe(`
    set search_path = public;
    create type mood as enum ('good', 'so so');
    create domain big as bigint check (value > 0);
    create domain bigger as big;
    create domain hash as bytea;
    create domain ids as bigint[];
    create type pair as (a int, b text);
    create table samples (id uuid primary key, ${
    types.map((type, i) => `c${i} ${type}`).join(", ")
  });
    grant all on samples to authenticated;
    select sync.enable('samples', scope => $$'library'::text$$);
    reset search_path;
  `);
  const count = Math.max(...Object.values(values).map(({ length }) => length));
  for (let n = 0; n < count; n++) {
    const literals = types.map((type) => `$v$${values[type]![n % values[type]!.length]}$v$`);
    await db.sql.unsafe(`insert into public.samples values ('${uuid(n)}', ${literals.join(", ")})`);
  }
  return { types, count };
}
