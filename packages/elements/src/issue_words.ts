import type { SyncIssue } from "@fitos/sync";

/** An issue in words for a person. */
export interface IssueWords {
  /** What happened to which kind of row. */
  title: string;
  /** Why, as the server put it. */
  reason: string;
  /** The author's own values, readable, without keys and bookkeeping. */
  values: { name: string; value: string }[];
}

/** Says what was refused or overruled, why, and what its author had written. */
export function describeIssue(issue: SyncIssue): IssueWords {
  return {
    title: `${VERBS[issue.kind][issue.op === "delete" ? "delete" : "put"]} ${words(issue.table)}`,
    reason: issue.message || words(issue.code),
    values: Object.entries(issue.values ?? {})
      .filter(([name, value]) => value !== null && !/^id$|_id$|_at$/.test(name))
      .map(([name, value]) => ({
        name: words(name),
        value: typeof value === "string" ? value : JSON.stringify(value),
      })),
  };
}

const VERBS = {
  rejection: { put: "Not accepted:", delete: "Deletion not accepted:" },
  conflict: { put: "Changed elsewhere since:", delete: "Changed elsewhere before deletion:" },
} as const;

/** `exercise_logs` as `exercise logs`. */
function words(name: string): string {
  return name.replaceAll("_", " ");
}
