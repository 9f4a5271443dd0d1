import { assertEquals, assertThrows } from "@std/assert";
import { inTurns, median } from "./statistics.ts";

Deno.test("median is the middle value, whatever the order, and no outlier moves it", () => {
  assertEquals(median([3]), 3);
  assertEquals(median([9, 1, 5]), 5);
  assertEquals(median([10, 9, 1, 2]), 5.5);
  assertEquals(median([2, 1, 1e9]), 2);
  assertThrows(() => median([]), RangeError);
});

Deno.test("inTurns alternates, and answers each contestant's own medians", async () => {
  const turns: string[] = [];
  const contestant = (name: string, values: number[]) => () => {
    turns.push(name);
    const value = values.shift()!;
    return Promise.resolve({ ms: value, double: value * 2 });
  };
  const measured = await inTurns(3, {
    a: contestant("a", [1, 90, 3]),
    b: contestant("b", [7, 8, 9]),
  });
  assertEquals(turns, ["a", "b", "a", "b", "a", "b"]);
  assertEquals(measured, { a: { ms: 3, double: 6 }, b: { ms: 8, double: 16 } });
});
