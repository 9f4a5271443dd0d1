import { assertEquals } from "@std/assert";
import { labelEvery, scaleOf } from "./scale.ts";

Deno.test("scaleOf ends at the first round number that is not below the greatest value", () => {
  assertEquals(scaleOf([3, 7]).ticks, [0, 2, 4, 6, 8]);
  assertEquals(scaleOf([4200]).ticks, [0, 2000, 4000, 6000]);
  assertEquals(scaleOf([100]).ticks, [0, 50, 100]);
  assertEquals(scaleOf([4200]).share(3000), 0.5);
});

Deno.test("scaleOf has a scale for nothing, too", () => {
  assertEquals(scaleOf([]).share(0), 0);
  assertEquals(scaleOf([0, 0]).ticks[0], 0);
});

Deno.test("scaleOf begins just below the least value, where positions are shown", () => {
  const scale = scaleOf([92.5, 117], { isFromZero: false });
  assertEquals(scale.ticks, [90, 100, 110, 120]);
  assertEquals(scale.share(105), 0.5);
  assertEquals(scaleOf([100], { isFromZero: false }).share(100), 0);
});

Deno.test("labelEvery leaves out labels that would touch", () => {
  assertEquals([labelEvery(12, 600, 50), labelEvery(12, 300, 50), labelEvery(1, 10, 50)], [
    1,
    2,
    5,
  ]);
});
