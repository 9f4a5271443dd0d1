import { assertEquals } from "@std/assert";
import type { SyncIssue } from "@fitos/sync";
import { describeIssue } from "./issue_words.ts";

const issue: SyncIssue = {
  id: 1,
  kind: "rejection",
  table: "exercise_logs",
  key: ["a"],
  op: "update",
  values: { id: "a", workout_id: "w", reps: -3, notes: "slow", done_at: null },
  code: "check_violation",
  message: "reps must be positive",
  at: 0,
};

Deno.test("describeIssue names the table, the reason and the author's own values", () => {
  assertEquals(describeIssue(issue), {
    title: "Not accepted: exercise logs",
    reason: "reps must be positive",
    values: [{ name: "reps", value: "-3" }, { name: "notes", value: "slow" }],
  });
});

Deno.test("describeIssue falls back to the code, and has no values for a deletion", () => {
  const words = describeIssue({
    ...issue,
    kind: "conflict",
    op: "delete",
    values: null,
    message: "",
  });
  assertEquals(words, {
    title: "Changed elsewhere before deletion: exercise logs",
    reason: "check violation",
    values: [],
  });
});
