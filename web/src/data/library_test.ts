import { assertEquals } from "@std/assert";
import { muscleNames } from "./library.ts";

Deno.test("muscleNames reads slugs as words", () => {
  assertEquals(muscleNames({ muscles: ["chest", "lower-back"] }), "Chest, lower back");
  assertEquals(muscleNames({ muscles: [] }), "");
});
