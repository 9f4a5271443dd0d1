import { assertEquals } from "@std/assert";
import type { Exercise } from "./db.ts";
import { searchExercises } from "./library.ts";

const exercise = (name: string, muscles: string[] = [], equipment: string[] = []) =>
  ({ id: name, name, muscles, equipment }) as Exercise;

const library = [
  exercise("Incline Bench Press", ["Chest"], ["Barbell"]),
  exercise("Bench Dips", ["Triceps"], ["Body Only"]),
  exercise("Press Sit-Up", ["Abdominals"], ["Barbell"]),
  exercise("Élévation latérale", ["Shoulders"], ["Dumbbell"]),
  exercise("EZ-Bar Curl", ["Biceps"], ["E-z Curl Bar"]),
];
const names = (query: string) => searchExercises(library, query).map(({ name }) => name);

Deno.test("searchExercises finds by the beginnings of words, names that begin with it first", () => {
  assertEquals(names("bench"), ["Bench Dips", "Incline Bench Press"]);
  assertEquals(names("ben pre"), ["Incline Bench Press"]);
});

Deno.test("searchExercises looks at muscles and equipment too, after names", () => {
  assertEquals(names("barbell"), ["Incline Bench Press", "Press Sit-Up"]);
  assertEquals(names("press chest"), ["Incline Bench Press"]);
});

Deno.test("searchExercises ignores case, accents and hyphens", () => {
  assertEquals(names("ELEV"), ["Élévation latérale"]);
  assertEquals(names("ez"), ["EZ-Bar Curl"]);
  assertEquals(names("situp"), ["Press Sit-Up"]);
});

Deno.test("searchExercises answers all for an empty query, none for an unknown word", () => {
  assertEquals(searchExercises(library, " ", 3).length, 3);
  assertEquals(names("zercher"), []);
});
