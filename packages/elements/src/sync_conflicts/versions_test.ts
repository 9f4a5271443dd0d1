import { assertEquals } from "@std/assert";
import type { SyncIssue } from "@fitos/sync";
import { differences } from "./versions.ts";

const issue: SyncIssue = {
  id: 1,
  kind: "conflict",
  table: "workouts",
  key: ["a"],
  op: "update",
  values: { id: "a", title: "Mine", notes: "", sets: [1, 2] },
  code: "superseded",
  message: "",
  at: 0,
};

Deno.test("differences are the fields that differ, what only the other has included", () => {
  const now = { id: "a", title: "Theirs", notes: "", sets: [1, 2], status: "done" };
  assertEquals(differences(issue, now), [
    { name: "title", yours: "Mine", now: "Theirs" },
    { name: "status", yours: undefined, now: "done" },
  ]);
});

Deno.test("differences of a part of a write are those of its fields", () => {
  const now = { id: "a", title: "Theirs", notes: "also changed" };
  const part = { ...issue, values: { title: "Mine" }, fields: ["title"] };
  assertEquals(differences(part, now, { title: "Name" }), [
    { name: "Name", yours: "Mine", now: "Theirs" },
  ]);
});

Deno.test("differences of a deleted row are its author's own values, of a deletion the other's", () => {
  assertEquals(differences(issue, null).map(({ yours, now }) => [yours, now]), [
    ["Mine", undefined],
    ["", undefined],
    [[1, 2], undefined],
  ]);
  const deletion = { ...issue, op: "delete", values: null } as const;
  assertEquals(differences(deletion, { id: "a", title: "Theirs" }), [
    { name: "title", yours: undefined, now: "Theirs" },
  ]);
});
