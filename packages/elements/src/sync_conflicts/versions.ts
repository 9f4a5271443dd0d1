import type { Row } from "@fitos/protocol";
import type { SyncIssue } from "@fitos/sync";
import { type Labels, valuesOf } from "../issues/describe_issue.ts";

/** One field of both versions. */
export interface Difference {
  name: string;
  yours: unknown;
  now: unknown;
}

/** The fields that differ between what was overruled and the row as it is now, in the row's order. */
export function differences(issue: SyncIssue, now: Row | null, labels: Labels = {}): Difference[] {
  const yours = issue.values;
  const names = issue.fields ? pick(yours, issue.fields) : { ...now, ...yours };
  return valuesOf(names, labels)
    .map(({ column, name }) => ({ name, yours: yours?.[column], now: now?.[column] }))
    .filter(({ yours, now }) => JSON.stringify(yours ?? null) !== JSON.stringify(now ?? null));
}

function pick(row: Row | null, columns: readonly string[]): Row {
  return Object.fromEntries(columns.map((column) => [column, row?.[column] ?? null]));
}
