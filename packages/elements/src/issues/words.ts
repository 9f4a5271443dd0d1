import type { SyncIssue } from "@fitos/sync";
import type { Locale } from "../core/locale.ts";

/** What is said of refused and overruled writes, by `<sync-errors>` and `<sync-conflicts>`. */
export const english = {
  notAccepted: (what: string) => `Not accepted: ${what}`,
  deletionNotAccepted: (what: string) => `Deletion not accepted: ${what}`,
  changed: (what: string) => `Changed elsewhere since: ${what}`,
  changedBeforeDeletion: (what: string) => `Changed elsewhere before deletion: ${what}`,
  reasons: {
    applied: "The server took it.",
    superseded: "Somebody else wrote it later.",
    denied: "You may not change this.",
    check_violation: "The server does not allow these values.",
    not_null_violation: "Something that has to be filled in is empty.",
    unique_violation: "Something else has this value already, and only one may.",
    foreign_key_violation: "What it belongs to does not exist, or something still belongs to it.",
    invalid_value: "A value has the wrong form.",
    unknown_table: "The server does not take this kind of change.",
    unknown_column: "The server does not know one of the fields.",
    read_only_column: "One of the fields can't be changed.",
    partial_group: "Some fields can be changed together only.",
    malformed_key: "Its key has the wrong form.",
    group_refused: "Another change made together with it was not accepted.",
    deferred: "The server did not come to it.",
  } satisfies Record<SyncIssue["code"], string> as Record<SyncIssue["code"], string>,
  retry: "Try again",
  edit: "Edit",
  discard: "Discard",
  save: "Save and try again",
  cancel: "Cancel",
  invalidJson: "This is not well-formed.",
  list: (count: number, l: Locale) =>
    l.count(count, {
      one: "One change waits for your decision",
      other: "# changes wait for your decision",
    }),
  conflicts: (count: number, l: Locale) =>
    l.count(count, {
      one: "One change was overruled",
      other: "# changes were overruled",
    }),
  field: "Field",
  yours: "Yours",
  now: "Now",
  empty: "empty",
  yes: "yes",
  no: "no",
  youDeleted: "You deleted it.",
  isGone: "It has been deleted since.",
  isSame: "Both versions are the same by now.",
  restore: "Restore yours",
  deleteAnyway: "Delete it anyway",
  keep: "Keep as it is now",
};

export type IssueWords = typeof english;
