import * as z from "zod/mini";

/** A JSON value. Bigints and numerics a double can't hold travel as strings; binary as base64 text. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** A row or a part of one, by column name. */
export type Row = { [column: string]: Json };

/** The values of a primary key, in the order of its columns. */
export type Key = (string | number | boolean)[];

const keyPart = z.union([z.string(), z.number(), z.boolean()], {
  error: "must be a string, a number or a boolean",
});

export const key = z.array(keyPart).check(
  z.minLength(1),
  z.maxLength(32),
);

/** An object of JSON values; what is inside is the database's to judge, column by column. */
export const row = z.custom<Row>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  { error: "must be an object of column values" },
);

/**
 * A hybrid logical clock: microseconds since 1970, raised past every clock its author has seen.
 * A double holds it exactly until the year 2255.
 */
export const clock = z.int().check(z.positive({ error: "must be microseconds since 1970" }));

/** A table of the public schema as `workouts`, of another one as `schema.table`. */
export const tableName = z.string().check(z.minLength(1), z.maxLength(127));

/** What a row was when it was read (SPEC C7): a clock and its writer. Opaque; to be sent back. */
export const version = z.string().check(
  z.regex(/^\d{1,16}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, {
    error: "must be a version as a pull delivered it",
  }),
);
