import { assertEquals, assertThrows } from "@std/assert";
import { covers } from "./snapshot.ts";

Deno.test("covers: below xmax and not running", () => {
  assertEquals(covers("10:20:", "19"), true);
  assertEquals(covers("10:20:12,15", "11"), true);
});

Deno.test("covers: at or above xmax, or still running", () => {
  assertEquals(covers("10:20:", "20"), false);
  assertEquals(covers("10:20:12,15", "15"), false);
});

Deno.test("covers: ids beyond 2^53 are told apart", () => {
  assertEquals(covers("1:9007199254740993:", "9007199254740992"), true);
  assertEquals(covers("1:9007199254740993:", "9007199254740993"), false);
});

Deno.test("covers: refuses what is not a snapshot", () => {
  assertThrows(() => covers("", "1"), Error, "not a snapshot");
});
