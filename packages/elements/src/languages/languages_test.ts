import { assertEquals, assertMatch } from "@std/assert";
import { Locale } from "../core/locale.ts";
import { english as issues } from "../issues/words.ts";
import { english as account } from "../sync_account/words.ts";
import { english as button } from "../sync_button/words.ts";
import { english as inspector } from "../sync_inspector/words.ts";
import { english as presence } from "../sync_presence/words.ts";
import { english as progress } from "../sync_progress/words.ts";
import { english as status } from "../sync_status/words.ts";
import type { Catalogue } from "./catalogue.ts";
import { addLanguage, catalogueOf, languageFor } from "./languages.ts";

const english: Catalogue = { status, button, progress, issues, presence, inspector, account };

/** Everything a catalogue can say, by its path; where a number may come, for several. */
function* said(part: unknown, locale: Locale, path = ""): Iterable<[string, string]> {
  if (typeof part === "string") yield [path, part];
  else if (typeof part === "function") {
    for (const count of [0, 1, 2, 3, 11, 100]) {
      yield [`${path}(${count})`, part(...argumentsOf(path, count), locale)];
    }
  } else {
    for (const [name, value] of Object.entries(part as object)) {
      yield* said(value, locale, path ? `${path}.${name}` : name);
    }
  }
}

function argumentsOf(path: string, count: number): unknown[] {
  if (/[.](here|wereHere)$/.test(path)) return [["A", "B"].slice(0, count === 1 ? 1 : 2)];
  if (/[.](withPending|cursorAge|used|batch)$/.test(path)) return ["x", "y"];
  return /[.]receivedOf$/.test(path) ? [count, count] : [count];
}

for (const lang of ["de", "ar"]) {
  Deno.test(`${lang} says all that English says, in its own words, for every count`, async () => {
    const catalogue = await catalogueOf(lang);
    const own = new Map(said(catalogue, new Locale(lang)));
    const theirs = new Map(said(english, new Locale("en")));
    assertEquals([...own.keys()].sort(), [...theirs.keys()].sort());
    for (const [path, text] of own) {
      assertMatch(text, /\S/, path);
      assertEquals(/undefined|NaN|\[object|#/.test(text), false, `${path}: ${text}`);
      if (lang === "ar" && !path.includes("withPending")) {
        assertMatch(text, /\p{Script=Arabic}/u, path);
      }
    }
    const same = [...own].filter(([path, text]) => theirs.get(path) === text).map(([path]) => path);
    // Words that German has from English.
    assertEquals(
      same.filter((path) =>
        !/status.offline$|inspector.(live|server|cursor)$|(withPending|in)\(|issues.reasons/
          .test(path)
      ),
      [],
    );
  });
}

Deno.test("languageFor takes the language of a region, and English where there is none", () => {
  assertEquals(
    ["de", "de-AT", "DE-ch-1996", "ar-EG", "en-GB", "fr", "", "not a tag"].map(languageFor),
    ["de", "de", "de", "ar", "en", "en", "en", "en"],
  );
});

Deno.test("a language that can't be had now is asked for again", async () => {
  let isThere = false;
  addLanguage("xx", () => isThere ? Promise.resolve({ default: english }) : Promise.reject("gone"));
  assertEquals(await catalogueOf("xx"), null);
  isThere = true;
  assertEquals(await catalogueOf("xx"), english);
  assertEquals(languageFor("xx-YY"), "xx");
});
