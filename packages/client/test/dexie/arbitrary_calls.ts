/** Calls at random, for fast-check: few keys and values, so that they meet. */
import fc from "fast-check";
import type {
  Call,
  ChangeName,
  Changes,
  Ending,
  Refinement,
  Row,
  Source,
  TableName,
} from "./program.ts";

const text = fc.constantFrom("", "a", "ab", "abc", "b", "B", "é", "😀");
const rank = fc.constantFrom(0, 1, 2, 2.5, -3);
const kind = fc.constantFrom("run", "lift");
const tags = fc.array(fc.constantFrom("x", "y", "z"), { maxLength: 3 });
const json = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, "", [], {}),
  fc.record({ deep: fc.record({ n: rank }), list: fc.array(text, { maxLength: 2 }) }),
);

export const TABLES: TableName[] = ["items", "links", "local"];
const table = fc.oneof(
  { weight: 4, arbitrary: fc.constant<TableName>("items") },
  { weight: 2, arbitrary: fc.constant<TableName>("links") },
  { weight: 1, arbitrary: fc.constant<TableName>("local") },
);

const VALID: Record<TableName, fc.Arbitrary<unknown>> = {
  items: fc.constantFrom("a", "b", "c", "d", 1, 2),
  links: fc.tuple(fc.constantFrom("k", "l"), fc.constantFrom("a", "b", 1)),
  local: fc.constantFrom(1, 2, 3, 4),
};
/** None of the kind that values may not hold either, such as NaN: writing that is refused. */
const INVALID: Record<TableName, fc.Arbitrary<unknown>> = {
  items: fc.constantFrom<unknown>(null, true, {}),
  links: fc.constantFrom<unknown>(["k", true], ["k", null]),
  local: fc.constantFrom<unknown>(true, {}),
};

function keys(table: TableName, faulty: boolean): fc.Arbitrary<unknown> {
  if (!faulty) return VALID[table];
  return fc.oneof({ weight: 30, arbitrary: VALID[table] }, {
    weight: 1,
    arbitrary: INVALID[table],
  });
}

function rows(table: TableName, faulty = true): fc.Arbitrary<Row> {
  const key = keys(table, faulty);
  if (table === "local") return fc.record({ id: key, text }, { requiredKeys: [] });
  if (table === "links") {
    return fc.record({ key, note: text, json }, { requiredKeys: ["key"] })
      .map(({ key, ...row }) => {
        const [coach, athlete] = key as unknown[];
        return { coach, athlete, ...row };
      });
  }
  return fc.record({
    id: key,
    title: text,
    rank: fc.oneof(rank, fc.constantFrom(undefined, null)),
    kind,
    tags,
    code: fc.constantFrom("1", "2", "3", "4"),
    meta: json,
  }, { requiredKeys: ["id"] });
}

const FIELD_CHANGES: Record<TableName, fc.Arbitrary<Row>> = {
  items: fc.record({
    title: fc.oneof(text, fc.constantFrom(undefined, { $prefix: ["a", "ä"] })),
    rank: fc.oneof(rank, fc.constantFrom(null, { $add: 1 })),
    tags: fc.oneof(tags, fc.constantFrom({ $add: ["w"] }, { $remove: ["x"] })),
    code: fc.constantFrom("1", "2", "3", undefined),
    "meta.deep.n": rank,
    "meta.new": json,
    "meta.list.0": text,
    id: fc.constantFrom("a", "b"),
  }, { requiredKeys: [] }),
  links: fc.record({ note: text, "json.deep": json, coach: fc.constant("m") }, {
    requiredKeys: [],
  }),
  local: fc.record({ text, "more.text": text }, { requiredKeys: [] }),
};
/** A change of the key is a deletion and an addition, and seldom what an app does. */
function fields(table: TableName): fc.Arbitrary<Row> {
  return fc.tuple(FIELD_CHANGES[table], fc.nat(6)).map(([all, luck]) => {
    const { id: _id, coach: _coach, ...others } = all;
    return luck === 0 ? all : others;
  });
}
const CHANGE_NAMES: ChangeName[] = [
  "counts",
  "replaces",
  "nests",
  "declines",
  "deletes",
  "deletes the odd",
  "renames",
  "throws at 2",
];
function changes(table: TableName): fc.Arbitrary<Changes> {
  return fc.oneof<fc.Arbitrary<Changes>[]>(fields(table), fc.constantFrom(...CHANGE_NAMES));
}

const INDEXES: Record<TableName, [string, fc.Arbitrary<unknown>][]> = {
  items: [
    [":id", VALID.items],
    ["id", VALID.items],
    ["title", text],
    ["rank", rank],
    ["tags", fc.constantFrom("x", "y", "z")],
    ["code", fc.constantFrom("1", "2", "3", "4")],
    ["[kind+rank]", fc.tuple(kind, rank)],
    ["kind", kind],
    ["none", text],
  ],
  links: [["[coach+athlete]", VALID.links], ["coach", fc.constantFrom("k", "l", "m")], [
    "note",
    text,
  ]],
  local: [["id", VALID.local], ["text", text]],
};

function sources(table: TableName): fc.Arbitrary<Source> {
  const index = fc.constantFrom(...INDEXES[table]);
  const where = index.chain(([where, value]) => {
    const single = fc.constantFrom("equals", "above", "belowOrEqual", "below", "notEqual")
      .chain((is) => value.map((v) => ({ where, is, args: [v] })));
    const several = fc.constantFrom("anyOf", "noneOf")
      .chain((is) => fc.array(value, { maxLength: 3 }).map((v) => ({ where, is, args: [v] })));
    const between = fc.tuple(value, value, fc.boolean(), fc.boolean())
      .map((args) => ({ where, is: "between", args }));
    const starts = fc.constantFrom("startsWith", "startsWithIgnoreCase")
      .chain((is) => fc.constantFrom("a", "B", "").map((v) => ({ where, is, args: [v] })));
    const or = fc.tuple(
      single,
      index.chain(([where, value]) =>
        fc.array(value, { maxLength: 2 }).map((v) => ({ where, args: [v] }))
      ),
    ).map(([source, or]) => ({ ...source, or }));
    return fc.oneof<fc.Arbitrary<Source>[]>(single, several, between, starts, or);
  });
  const equal: fc.Arbitrary<Source> = table === "items"
    ? fc.record({ kind, rank, title: text }, { requiredKeys: ["kind"] }).map((equal) => ({ equal }))
    : fc.constant({ all: true });
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant<Source>({ all: true }) },
    { weight: 1, arbitrary: index.map(([orderBy]): Source => ({ orderBy })) },
    { weight: 5, arbitrary: where },
    { weight: 1, arbitrary: equal },
  );
}

const refinements: fc.Arbitrary<Refinement[]> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Refinement[]>([]) },
  {
    weight: 1,
    arbitrary: fc.array(
      fc.constantFrom<Refinement>(
        { filter: "odd" },
        { filter: "named" },
        { until: "odd" },
        { offset: 1 },
        { limit: 2 },
        { limit: 0 },
        { reverse: true },
        { distinct: true },
      ),
      { minLength: 1, maxLength: 2 },
    ),
  },
);

const READS = [
  "toArray",
  "count",
  "primaryKeys",
  "keys",
  "uniqueKeys",
  "first",
  "last",
  "each",
] as const;

function endings(table: TableName): fc.Arbitrary<Ending> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...READS).map((read): Ending => ({ read })) },
    {
      weight: 1,
      arbitrary: fc.constantFrom("rank", "title").map((sortBy): Ending => ({ sortBy })),
    },
    { weight: 4, arbitrary: changes(table).map((modify): Ending => ({ modify })) },
    { weight: 1, arbitrary: fc.constant<Ending>({ delete: true }) },
  );
}

/** Of one row. `faulty`: with keys that are none. */
function single(name: TableName, faulty: boolean): fc.Arbitrary<Call> {
  const table = fc.constant(name);
  const row = rows(name, faulty);
  const key = keys(name, faulty);
  return fc.oneof<fc.Arbitrary<Call>[]>(
    fc.record({ call: fc.constantFrom("add", "put"), table, row }),
    fc.record({ call: fc.constantFrom("delete", "get"), table, key }),
  );
}

/** Of one request to IndexedDB a row. */
function short(name: TableName, faulty: boolean): fc.Arbitrary<Call> {
  const table = fc.constant(name);
  const several = fc.array(rows(name, faulty), { maxLength: 4 });
  const keysOfSome = fc.array(keys(name, faulty), { maxLength: 4 });
  return fc.oneof<fc.Arbitrary<Call>[]>(
    single(name, faulty),
    fc.record({
      call: fc.constantFrom("bulkAdd", "bulkPut"),
      table,
      rows: several,
      allKeys: fc.boolean(),
    }),
    fc.record({ call: fc.constantFrom("bulkDelete", "bulkGet"), table, keys: keysOfSome }),
  );
}

function long(name: TableName): fc.Arbitrary<Call> {
  const table = fc.constant(name);
  const key = keys(name, true);
  const updates = fc.array(fc.record({ key, changes: fields(name) }), { maxLength: 4 });
  return fc.oneof<fc.WeightedArbitrary<Call>[]>(
    weighted(3, fc.record({ call: fc.constant("update"), table, key, changes: changes(name) })),
    weighted(2, fc.record({ call: fc.constant("upsert"), table, key, changes: fields(name) })),
    weighted(2, fc.record({ call: fc.constant("bulkUpdate"), table, updates })),
    weighted(1, fc.record({ call: fc.constantFrom("clear", "count"), table })),
    weighted(
      8,
      fc.record({
        call: fc.constant("query"),
        table,
        source: sources(name),
        refine: refinements,
        end: endings(name),
      }),
    ),
  );
}

function weighted<T>(weight: number, arbitrary: fc.Arbitrary<T>): fc.WeightedArbitrary<T> {
  return { weight, arbitrary };
}

export const call = table.chain((name) => fc.oneof(short(name, true), long(name)));
export const shortCall = table.chain((name) => short(name, true));
/** Calls that may be under way at once, with a result that doesn't depend on how long each takes. */
export const concurrent = {
  inTransaction: table.chain((name) => short(name, false)),
  /** Dexie's cache mixes up live queries where one of these fails in part: calls of one row only. */
  alone: table.chain((name) => single(name, false)),
};
