import { assert, assertEquals } from "@std/assert";
import { LIMITS } from "@fitos/protocol";
import { parseJson } from "./json.ts";
import { isRefusal } from "./refuse.ts";

function value(text: string): unknown {
  const parsed = parseJson(text);
  assert(!isRefusal(parsed), JSON.stringify(parsed));
  return parsed.value;
}

/** The field and the part of the message that tells this refusal from the others. */
function refused(text: string, message: string): string | undefined {
  const parsed = parseJson(text);
  assert(isRefusal(parsed), `${text.slice(0, 60)} was read as ${JSON.stringify(parsed)}`);
  assertEquals(parsed.error.code, "bad_request");
  assert(parsed.error.message.includes(message), parsed.error.message);
  return parsed.error.field;
}

Deno.test("parseJson reads what JSON.parse reads", () => {
  const texts = [
    '{"a":[1,-2.5,1e3,0.1,1.7976931348623157e10],"b":{"c":null,"d":[true,false]}}',
    ' \r\n\t{ "a" : "x\\n\\"\\\\" , "\\u0041" : "\u{1F3CB}\\ud83c\\udfcb" } ',
    '"\\\\"',
    "[]",
    "9007199254740991",
    "-0",
  ];
  for (const text of texts) assertEquals(value(text), JSON.parse(text));
});

Deno.test("parseJson refuses what is empty or not JSON (promises: Request)", () => {
  for (const text of ["", " \n"]) assertEquals(refused(text, "is empty"), undefined);
  const broken = [
    "{",
    '{"a":1',
    '{"a":1,}',
    "[1 2]",
    "{'a':1}",
    "NaN",
    "[Infinity]",
    "[-Infinity]",
  ];
  broken.push("]", "[1]]", '{"a', '"\\', '{"a":"\n"}', "01", "1.", "-", "<html>", "// x\n1");
  for (const text of broken) refused(text, "not valid JSON");
  assertEquals(refused('{"a":{"b":"\\x"}}', "not valid JSON"), "a.b");
});

Deno.test("parseJson does not quote the text it refuses", () => {
  const parsed = parseJson('{"note":"canary-7", oops}');
  assert(isRefusal(parsed) && !JSON.stringify(parsed).includes("canary"));
});

Deno.test("parseJson counts nesting before anything recurses", () => {
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  value(nested(LIMITS.depth));
  assertEquals(refused(nested(LIMITS.depth + 1), "deeper than 32"), "[0]".repeat(LIMITS.depth));
  refused("[".repeat(4_000_000), "deeper than 32");
  refused('{"a":'.repeat(800_000), "deeper than 32");
  value(`[${'{"a":[[]]},'.repeat(100)}"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["]`);
});

Deno.test("parseJson refuses numbers that swell or lose digits, and names the field", () => {
  const field = (number: string, message: string) =>
    assertEquals(refused(`{"m":[0,{"v":{"b":"x","a":${number}}}]}`, message), "m[1].v.a");
  field("1e131071", "more than 40 digits");
  field("-1E+41", "more than 40 digits");
  field("1e-41", "more than 40 digits");
  field("0".repeat(41), "more than 40 digits");
  field(`0.${"1".repeat(39)}`, "more than 40 digits");
  field("9".repeat(4_000_000), "more than 40 digits");
  field("9007199254740992", "beyond 2^53");
  field("-9007199254740993", "beyond 2^53");
  field("1e20", "beyond 2^53");
  field("0.123456789012345678", "more digits than");
  assertEquals(value("[0.30000000000000004,1e-7,4.5e15,1.10,0.5000000000000000000000000]"), [
    0.30000000000000004,
    1e-7,
    4.5e15,
    1.1,
    0.5,
  ]);
});

Deno.test("parseJson refuses NUL and halves of surrogate pairs in values and names", () => {
  assertEquals(refused('{"a":["x","\\u0000"]}', "\\u0000"), "a[1]");
  assertEquals(refused('{"a":{"b\\u0000":1}}', "\\u0000"), 'a["b\\u0000"]');
  assertEquals(refused('{"a":"\\ud83c!"}', "surrogate"), "a");
  assertEquals(refused('{"a":"\\udfcb\\ud83c"}', "surrogate"), "a");
  assertEquals(refused('["\\ud83c\\udfcb","\\uD800"]', "surrogate"), "[1]");
  assertEquals(value('{"a":"\\\\u0000"}'), { a: "\\u0000" });
});

Deno.test("parseJson keeps __proto__ and constructor as ordinary names", () => {
  const parsed = value('{"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}}}');
  assertEquals(Object.keys(parsed as object), ["__proto__", "constructor"]);
  assertEquals(
    JSON.stringify(parsed),
    '{"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}}}',
  );
  assertEquals(Reflect.get({}, "admin"), undefined);
});

Deno.test("parseJson lets the last of two equal names count, and checks both", () => {
  assertEquals(value('{"a":1,"a":2,"\\u0061":3}'), { a: 3 });
  assertEquals(refused('{"a":1e99,"a":2}', "more than 40 digits"), "a");
});

Deno.test("parseJson is done with four megabytes of anything in well under two seconds", () => {
  const size = LIMITS.bodyBytes - 10;
  const texts = [
    `"${"a".repeat(size)}"`,
    `"${"\\\\".repeat(size / 2)}"`,
    `"${'\\"'.repeat(size / 2)}"`,
    `[${"1,".repeat(size / 2)}1]`,
    `[${'"",'.repeat(size / 3)}1]`,
    " ".repeat(size) + "1",
    `"a"${" ".repeat(size)}`,
    '"\\'.repeat(size / 2),
  ];
  for (const text of texts) {
    const start = performance.now();
    parseJson(text);
    const took = performance.now() - start;
    assert(took < 1500, `${text.slice(0, 8)}...: ${Math.round(took)} ms`);
  }
});
