import type { SyncIssue } from "@fitos/sync";
import { english, type IssueWords } from "./words.ts";

/** The app's own names for tables and columns, by their names in the database. */
export type Labels = { readonly [name: string]: string };

/** One field as it is shown. */
export interface NamedValue {
  column: string;
  name: string;
  value: unknown;
}

/** An issue in words for a person. */
export interface DescribedIssue {
  /** What happened to which kind of row. */
  title: string;
  /** Why. */
  reason: string;
  /** The server's own words, or the application's; empty where there are none. */
  detail: string;
  /** The author's own values, without keys and bookkeeping. */
  values: NamedValue[];
}

/** Says what was refused or overruled, why, and what its author had written. */
export function describeIssue(
  issue: SyncIssue,
  words: IssueWords = english,
  labels: Labels = {},
): DescribedIssue {
  const what = nameOf(issue.table, labels);
  const isDelete = issue.op === "delete";
  const title = issue.kind === "rejection"
    ? isDelete ? words.deletionNotAccepted(what) : words.notAccepted(what)
    : isDelete
    ? words.changedBeforeDeletion(what)
    : words.changed(what);
  return {
    title,
    reason: words.reasons[issue.code] ?? nameOf(issue.code, {}),
    detail: issue.message,
    values: valuesOf(issue.values, labels).filter(({ value }) => value !== null),
  };
}

/** A row's fields for a person. */
export function valuesOf(row: object | null, labels: Labels): NamedValue[] {
  return Object.entries(row ?? {})
    .filter(([column]) => !/^id$|_id$|_at$/.test(column))
    .map(([column, value]) => ({ column, name: nameOf(column, labels), value }));
}

/** A value as text. It is shown as text, whatever is in it. */
export function textOf(value: unknown, words: IssueWords): string {
  if (value === null || value === undefined || value === "") return words.empty;
  if (typeof value === "boolean") return value ? words.yes : words.no;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** `exercise_logs` as `exercise logs`, where the app has no name for it. */
function nameOf(name: string, labels: Labels): string {
  return Object.hasOwn(labels, name) ? labels[name]! : name.replaceAll("_", " ");
}
