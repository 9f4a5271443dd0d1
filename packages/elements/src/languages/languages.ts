/** The languages, each loaded when an element in it appears. English is in the elements themselves. */
import type { Catalogue } from "./catalogue.ts";

export type LoadLanguage = () => Promise<{ default: Catalogue }>;

const LANGUAGES = new Map<string, LoadLanguage>([
  ["ar", () => import("./ar.ts")],
  ["de", () => import("./de.ts")],
]);

const loaded = new Map<string, Promise<Catalogue | null>>();

/**
 * Adds a language, or replaces one: `addLanguage("fr", () => import("./fr.js"))`. To be called before the
 * elements appear. Its catalogue is the module's default export.
 */
export function addLanguage(lang: string, load: LoadLanguage): void {
  LANGUAGES.set(lang, load);
  loaded.delete(lang);
}

/** The language of ours for an element's `lang`, `de` for `de-AT`; English where there is none. */
export function languageFor(lang: string): string {
  for (let tag = lang.toLowerCase(); tag; tag = tag.slice(0, Math.max(0, tag.lastIndexOf("-")))) {
    if (LANGUAGES.has(tag)) return tag;
  }
  return "en";
}

/** null where it is English, or can't be had now; then the next one who asks tries again. */
export function catalogueOf(lang: string): Promise<Catalogue | null> {
  let catalogue = loaded.get(lang);
  if (catalogue) return catalogue;
  const load = LANGUAGES.get(lang);
  if (!load) return Promise.resolve(null);
  catalogue = load().then((module) => module.default, () => {
    loaded.delete(lang);
    return null;
  });
  loaded.set(lang, catalogue);
  return catalogue;
}
