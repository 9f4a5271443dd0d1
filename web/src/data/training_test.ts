import { assertEquals } from "@std/assert";
import { clockText, restLeft } from "./training.ts";

Deno.test("restLeft is told by the moment at which the rest ends, however long nobody looked", () => {
  const training = { rest_ends_at: 90_000 };
  assertEquals(restLeft(training, 0), 90);
  assertEquals(restLeft(training, 88_400), 2);
  assertEquals(restLeft(training, 90_000), 0);
  assertEquals(restLeft(training, 9e12), 0);
  assertEquals(restLeft({ rest_ends_at: null }, 0), null);
});

Deno.test("clockText has hours where there are any", () => {
  assertEquals([clockText(5), clockText(65), clockText(3600)], ["0:05", "1:05", "1:00:00"]);
});
