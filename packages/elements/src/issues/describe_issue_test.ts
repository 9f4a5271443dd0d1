import { assertEquals } from "@std/assert";
import type { SyncIssue } from "@fitos/sync";
import { describeIssue, textOf } from "./describe_issue.ts";
import { english } from "./words.ts";

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
    reason: "The server does not allow these values.",
    detail: "reps must be positive",
    values: [
      { column: "reps", name: "reps", value: -3 },
      { column: "notes", name: "notes", value: "slow" },
    ],
  });
});

Deno.test("describeIssue uses the app's names, and only its own ones", () => {
  const { title, values } = describeIssue(
    { ...issue, values: { reps: 1, constructor: "x" } },
    english,
    { exercise_logs: "set", reps: "repetitions" },
  );
  assertEquals(title, "Not accepted: set");
  assertEquals(values.map(({ name }) => name), ["repetitions", "constructor"]);
});

Deno.test("describeIssue has no values for a deletion, and words for a code it does not know", () => {
  const described = describeIssue({
    ...issue,
    kind: "conflict",
    op: "delete",
    values: null,
    code: "some_new_code" as SyncIssue["code"],
    message: "",
  });
  assertEquals(described, {
    title: "Changed elsewhere before deletion: exercise logs",
    reason: "some new code",
    detail: "",
    values: [],
  });
});

Deno.test("textOf shows every JSON value as text", () => {
  const shown = [null, "", true, false, 0, "<b>", { a: [1] }].map((v) => textOf(v, english));
  assertEquals(shown, ["empty", "empty", "yes", "no", "0", "<b>", '{"a":[1]}']);
});
