import { assertEquals } from "@std/assert";
import type { Exercise } from "./db.ts";
import { searchExercises } from "./search.ts";

const exercise = (name: string, muscles: string[] = [], equipment: string[] = []) =>
  ({ id: name, name, muscles, equipment }) as Exercise;

const library = [
  exercise("Incline Bench Press", ["chest"], ["Barbell"]),
  exercise("Bench Dips", ["triceps", "lower-back"], ["Body Only"]),
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
  assertEquals(names("back"), ["Bench Dips"]);
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

Deno.test("searchExercises keeps to the filters", () => {
  const found = (filters: Parameters<typeof searchExercises>[3]) =>
    searchExercises(library, "", 9, filters).map(({ name }) => name);
  assertEquals(found({ equipment: "Barbell" }), ["Incline Bench Press", "Press Sit-Up"]);
  assertEquals(found({ muscle: "lower-back" }), ["Bench Dips"]);
  assertEquals(found({ muscle: "chest", equipment: "Dumbbell" }), []);
  assertEquals(found({ owner: "u" }), []);
});
