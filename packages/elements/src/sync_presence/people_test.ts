import { assertEquals } from "@std/assert";
import { announcedName, initials, shortened, toneOf } from "./people.ts";

Deno.test("initials are those of the first and last name, in any script", () => {
  const names = ["Dana Okafor", "ravi", "Ana María de la Cruz", "سارة خالد", "3PO", "…", ""];
  assertEquals(names.map(initials), ["DO", "R", "AC", "سخ", "3", "", ""]);
});

Deno.test("announcedName is the newest device's, where it is a text", () => {
  const person = (...devices: unknown[]) => announcedName({ user: "u", devices });
  assertEquals(person({ name: "Old" }, { name: "New" }), "New");
  assertEquals([person(), person(null), person({ name: 7 }), person("Dana")], [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("shortened keeps a name that its owner made endless from filling the page", () => {
  assertEquals(shortened("  Dana "), "Dana");
  assertEquals([...shortened("🏋".repeat(500))].length, 41);
});

Deno.test("toneOf is the same for the same person", () => {
  const tones = ["a", "b", "a"].map((user) => toneOf({ user, devices: [] }, 5));
  assertEquals(tones[0], tones[2]);
  assertEquals(tones.every((tone) => tone >= 0 && tone < 5), true);
});
