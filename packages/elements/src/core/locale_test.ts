import { assertEquals } from "@std/assert";
import { Locale } from "./locale.ts";

Deno.test("Locale writes counts in the forms a language has", () => {
  const forms = { one: "one", two: "two of #", few: "few, #", other: "# in all" };
  assertEquals([0, 1, 2, 3, 11].map((n) => new Locale("en").count(n, forms)), [
    "0 in all",
    "one",
    "2 in all",
    "3 in all",
    "11 in all",
  ]);
  // Latin digits, whatever the platform's default for Arabic is.
  assertEquals([1, 2, 3, 11].map((n) => new Locale("ar-u-nu-latn").count(n, forms)), [
    "one",
    "two of 2",
    "few, 3",
    "11 in all",
  ]);
});

Deno.test("Locale writes durations and sizes in the unit that is read most easily", () => {
  const en = new Locale("en");
  assertEquals(
    [0.4, 850, 3_200, 240_000, 7_200_000, 172_800_000].map((ms) => en.duration(ms)),
    ["0 ms", "850 ms", "3.2 sec", "4 min", "2 hr", "2 days"],
  );
  assertEquals([12, 3_400, 5_600_000, 2e9].map((size) => en.bytes(size)), [
    "12 byte",
    "3.4 kB",
    "5.6 MB",
    "2 GB",
  ]);
  assertEquals(new Locale("de").duration(3_200), "3,2 Sek.");
});
