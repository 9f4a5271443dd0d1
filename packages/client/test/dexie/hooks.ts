/** An app's hooks: they watch, change or refuse what is read and written. */
import type { Dexie, Transaction } from "dexie";
import type { Program, Row } from "./program.ts";
import { errorText, text } from "./text.ts";

type Context = { onsuccess?: (result: unknown) => void; onerror?: (error: Error) => void };

export function install(db: Dexie, kind: Program["hooks"], say: (line: string) => void): void {
  if (kind === "none") return;
  const changes = kind === "changing";
  const refuses = (row: Row) => {
    if (kind === "throwing" && row.rank === 2.5) throw new RangeError("not 2.5");
  };
  for (const name of ["items", "links", "local"]) {
    const { hook } = db.table<Row, unknown, Row>(name);
    const note = (context: Context, what: string) => {
      say(`${name} ${what}`);
      context.onsuccess = (result) => say(`${name} ${what}: ${text(result)}`);
      context.onerror = (error) => say(`${name} ${what}: ${errorText(error)}`);
    };
    hook("creating", function (key, row, trans) {
      note(this as Context, `creating ${text(key)} ${text(row)} ${within(trans)}`);
      refuses(row);
      if (changes) row.made = "by hook";
    });
    hook("updating", function (modifications, key, row, trans) {
      note(
        this as Context,
        `updating ${text(key)} ${text(row)} ${text(modifications)} ${within(trans)}`,
      );
      refuses(row);
      if (changes) return { title: "changed", "changed.times": times(row) + 1 };
    });
    hook("deleting", function (key, row, trans) {
      note(this as Context, `deleting ${text(key)} ${text(row)} ${within(trans)}`);
      refuses(row ?? {});
    });
    hook("reading", (row) => {
      say(`${name} reading ${text(row)}`);
      return changes && row ? { ...row, read: true } : row;
    });
  }
}

function times(row: Row): number {
  return (row.changed as { times: number } | undefined)?.times ?? 0;
}

function within(trans: Transaction): string {
  return `${trans.mode} ${trans.storeNames.join("+")}`;
}
