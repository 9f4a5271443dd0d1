import type { Exercise } from "./db.ts";
import { muscleNames } from "./library.ts";

/** What the results have to have, beside the words. */
export interface Filters {
  /** A muscle's slug. */
  muscle?: string;
  equipment?: string;
  /** A user's id: only what they made. */
  owner?: string;
}

/**
 * The exercises in whose name, muscles or equipment every word of the query begins a word, best
 * first: a name that begins with the query, then words of the name, then the rest.
 */
export function searchExercises(
  exercises: readonly Exercise[],
  query: string,
  limit = 50,
  filters: Filters = {},
): Exercise[] {
  const terms = wordsOf(query);
  const whole = terms.join(" ");
  return exercises
    .filter((exercise) => passes(exercise, filters))
    .map((exercise) => ({ exercise, rank: rank(entryOf(exercise), terms, whole) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank || byName(a.exercise, b.exercise))
    .slice(0, limit)
    .map(({ exercise }) => exercise);
}

/** The values that the exercises offer as filters, the most frequent first. */
export function filtersOf(exercises: readonly Exercise[]) {
  return {
    muscles: byFrequency(exercises.flatMap(({ muscles }) => muscles)),
    equipment: byFrequency(exercises.flatMap(({ equipment }) => equipment)),
  };
}

function passes({ muscles, secondary_muscles, equipment, owner_id }: Exercise, wanted: Filters) {
  const { muscle, equipment: thing, owner } = wanted;
  return (!muscle || muscles.includes(muscle) || (secondary_muscles ?? []).includes(muscle)) &&
    (!thing || equipment.includes(thing)) && (!owner || owner_id === owner);
}

interface Entry {
  name: string;
  nameWords: string[];
  otherWords: string[];
}

/** A row never changes: what is changed comes as another object. */
const entries = new WeakMap<Exercise, Entry>();

function entryOf(exercise: Exercise): Entry {
  const known = entries.get(exercise);
  if (known) return known;
  const nameWords = wordsOf(exercise.name);
  const otherWords = [muscleNames(exercise), ...exercise.equipment].flatMap(wordsOf);
  const entry = { name: nameWords.join(" "), nameWords, otherWords };
  entries.set(exercise, entry);
  return entry;
}

function rank({ name, nameWords, otherWords }: Entry, terms: string[], whole: string): number {
  const begins = (words: string[], term: string) => words.some((word) => word.startsWith(term));
  if (!terms.every((term) => begins(nameWords, term) || begins(otherWords, term))) return 0;
  if (name.startsWith(whole)) return 3;
  return terms.every((term) => begins(nameWords, term)) ? 2 : 1;
}

/** Lower case, without accents and punctuation: "E-Z Curl" is "ez", "curl". */
function wordsOf(text: string): string[] {
  return text.normalize("NFD").replace(/[\p{M}'’-]/gu, "").toLowerCase().match(/[\p{L}\p{N}]+/gu) ??
    [];
}

const { compare } = new Intl.Collator("en");
const byName = (a: Exercise, b: Exercise) => compare(a.name, b.name);

function byFrequency(values: string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, x], [b, y]) => y - x || compare(a, b)).map(([value]) => value);
}
