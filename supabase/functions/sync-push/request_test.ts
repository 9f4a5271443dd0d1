import { assert, assertEquals } from "@std/assert";
import { LIMITS } from "@fitos/protocol";
import { isRefusal } from "./refuse.ts";
import { readRequest } from "./request.ts";

const client = "0b54f4c0-5a51-4f6c-9b0a-2d3c4e5f6a7b";
const one = {
  n: 1,
  table: "workouts",
  op: "insert",
  key: ["w1"],
  values: { id: "w1", title: "Legs" },
  clock: 1_700_000_000_000_000,
};

const batch = (...mutations: unknown[]) => ({ protocol: 1, client, mutations });

function refusal(value: unknown): [code: string, field: string | undefined] {
  const read = readRequest(value);
  assert(isRefusal(read), JSON.stringify(value)?.slice(0, 200));
  assert(!read.error.message.includes("canary"));
  return [read.error.code, read.error.field];
}

Deno.test("readRequest passes a batch on as it is", () => {
  const good = batch(one, { n: 2, group: 2, table: "workouts", op: "delete", key: [1], clock: 2 });
  assertEquals(readRequest(good), good as ReturnType<typeof readRequest>);
});

Deno.test("readRequest keeps columns named __proto__ and constructor for the database to refuse", () => {
  const text = '{"__proto__":{"a":1},"constructor":2}';
  const read = readRequest(batch({ ...one, values: JSON.parse(text) }));
  assert(!isRefusal(read));
  assertEquals(JSON.stringify(read.mutations[0]!.values), text);
  assertEquals(Reflect.get({}, "a"), undefined);
});

Deno.test("readRequest refuses what is no object", () => {
  for (const value of [null, [], [batch(one)], "x", 1, true]) {
    assertEquals(refusal(value), ["bad_request", undefined]);
  }
});

Deno.test("readRequest refuses another protocol before anything else", () => {
  for (const protocol of [0, 2, "1", null, 99]) {
    assertEquals(refusal({ protocol, more: "canary" }), ["unsupported_protocol", "protocol"]);
  }
  assertEquals(refusal({ client, mutations: [one] }), ["bad_request", "protocol"]);
});

Deno.test("readRequest refuses batches over the limits", () => {
  const many = (count: number) => batch(...Array.from({ length: count }, () => one));
  assert(!isRefusal(readRequest(many(LIMITS.mutations))));
  assertEquals(refusal(many(LIMITS.mutations + 1)), ["too_large", "mutations"]);
  const large = { ...one, values: { note: "é".repeat(LIMITS.mutationBytes / 2) } };
  assertEquals(refusal(batch(one, large)), ["too_large", "mutations[1]"]);
});

Deno.test("readRequest names the field at fault", () => {
  const cases: [unknown, string][] = [
    [{ protocol: 1, client: "canary", mutations: [one] }, "client"],
    [{ protocol: 1, client, mutations: {} }, "mutations"],
    [batch(), "mutations"],
    [{ ...batch(one), token: "canary" }, "token"],
    [batch(one, null), "mutations[1]"],
    [batch({ ...one, n: 0 }), "mutations[0].n"],
    [batch({ ...one, n: 1.5 }), "mutations[0].n"],
    [batch({ ...one, n: "1" }), "mutations[0].n"],
    [batch({ ...one, group: -1 }), "mutations[0].group"],
    [batch({ ...one, table: "" }), "mutations[0].table"],
    [batch({ ...one, table: "x".repeat(200) }), "mutations[0].table"],
    [batch({ ...one, op: "truncate" }), "mutations[0].op"],
    [batch({ ...one, key: [] }), "mutations[0].key"],
    [batch({ ...one, key: "canary" }), "mutations[0].key"],
    [batch({ ...one, key: ["a", { b: "canary" }] }), "mutations[0].key[1]"],
    [batch({ ...one, key: [null] }), "mutations[0].key[0]"],
    [batch({ ...one, values: ["canary"] }), "mutations[0].values"],
    [batch({ ...one, values: null }), "mutations[0].values"],
    [batch(one, one, one, { ...one, clock: -1 }), "mutations[3].clock"],
    [batch({ ...one, clock: "canary" }), "mutations[0].clock"],
    [batch({ ...one, clock: 2 ** 53 }), "mutations[0].clock"],
    [batch({ ...one, clock: 0 }), "mutations[0].clock"],
    [batch({ ...one, clock: 1.5 }), "mutations[0].clock"],
    [batch({ ...one, "odd name": 1 }), 'mutations[0]["odd name"]'],
    [
      JSON.parse(JSON.stringify(batch(one)).replace('{"n"', '{"__proto__":{},"n"')),
      "mutations[0].__proto__",
    ],
  ];
  for (const [value, field] of cases) assertEquals(refusal(value), ["bad_request", field]);
});

Deno.test("readRequest does not send a name of megabytes back", () => {
  const read = readRequest(batch({ ...one, ["x".repeat(1_000_000)]: 1 }));
  assert(isRefusal(read) && JSON.stringify(read).length < 500);
});
