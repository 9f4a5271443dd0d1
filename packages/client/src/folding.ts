/**
 * Several edits of the same rows that wait one after the other become one, where that changes nothing
 * but the number of mutations.
 *
 * Only neighbours in the queue are folded: between others, a write may stand that needs the earlier one
 * (a foreign key) or made room for the later one (a unique column). The later write stays as it was, with
 * the earlier one's rows under it; an insert stays where it was and takes the later values.
 */
import type { Strategy } from "@fitos/protocol";
import { putUnder, rowUnder } from "./overlay.ts";
import type { OutboxRecord } from "./store.ts";
import { keyId } from "./values.ts";

/** The record in the place of two neighbours; null where they have to stay two. */
export function folded(
  earlier: OutboxRecord,
  later: OutboxRecord,
  strategy: Strategy,
): OutboxRecord | null {
  // A resolver may look at every step.
  if (earlier.group !== later.group || strategy.strategy === "resolver") return null;
  if (earlier.sent || later.sent) return null;
  if (earlier.op === "insert") return intoInsert(earlier, later, strategy);
  return earlier.op === "update" && later.op !== "insert"
    ? overUpdate(earlier, later, strategy)
    : null;
}

function overUpdate(
  earlier: OutboxRecord,
  later: OutboxRecord,
  { strategy, seen }: Strategy,
): OutboxRecord | null {
  const places = placesOf(earlier, later);
  if (!places) return null;
  const compares = strategy === "server_wins";
  const result = { ...later, bases: [...later.bases], seen: [...later.seen] };
  for (const [i, place] of places.entries()) {
    // A row that was made anew between the two is another row.
    if (seen && !compares && earlier.seen[i] !== later.seen[place]) return null;
    // A column that only the earlier one changed has the earlier clock.
    const changed = later.op === "delete" ? earlier.changed[i]! : later.changed[place]!;
    if (
      strategy === "field_merge" && !earlier.changed[i]!.every((name) => changed.includes(name))
    ) {
      return null;
    }
    putUnder(result, place, rowUnder(earlier, i));
    result.seen[place] = earlier.seen[i]!;
  }
  return result;
}

function intoInsert(
  insert: OutboxRecord,
  later: OutboxRecord,
  { strategy, seen }: Strategy,
): OutboxRecord | null {
  if (later.op !== "update") return null;
  const places = placesOf(later, insert);
  if (!places) return null;
  // Where the row is the unit it has the later clock; its incarnation would have the earlier one.
  const moves = strategy === "last_write_wins" && !seen;
  if (moves && insert.size > 1) return null;
  const result = {
    ...insert,
    at: moves ? later.at : insert.at,
    values: [...insert.values],
    bases: [...insert.bases],
  };
  for (const [i, place] of places.entries()) {
    result.values[place] = later.values[i]!;
    putUnder(result, place, rowUnder(insert, place));
  }
  return result;
}

/** Where the rows of one record are in another; null where one is missing. */
function placesOf(some: OutboxRecord, all: OutboxRecord): number[] | null {
  if (some.size > all.size) return null;
  const places = new Map(all.keys.map((key, i) => [keyId(key), i]));
  const found = some.keys.map((key) => places.get(keyId(key)) ?? -1);
  return places.size < all.size || found.includes(-1) ? null : found;
}
