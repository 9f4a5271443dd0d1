/** What must hold in the end, when all is quiet and everybody was online (P2, P3, P5, P13, P14). */
import { OUTCOMES, type Row } from "@fitos/protocol";
import type { SyncIssue } from "../../src/api.ts";
import type { Tab } from "./device.ts";
import { Foldings } from "./foldings.ts";
import type { Ledger, Written } from "./ledger.ts";
import { look } from "./oracle.ts";
import type { Decided, Server } from "./server.ts";
import { rowId, TABLES } from "./tables.ts";

const sorted = (rows: Map<string, object>): string =>
  JSON.stringify(
    [...rows].sort(([a], [b]) => a < b ? -1 : 1).map(([id, row]) => [
      id,
      Object.entries(row).sort(([a], [b]) => a < b ? -1 : 1),
    ]),
  );

/** P5: what a device holds against what a SELECT as its user returns; null where they are the same. */
export async function difference(tab: Tab, server: Server): Promise<string | null> {
  const { db, device } = tab;
  const { turns } = device.world;
  const counts = ["_sync_acked", ...Object.keys(TABLES).map((table) => `_sync_outbox_${table}`)]
    .map((store) => db.table(store).count());
  const unfinished = (await turns.until(Promise.all(counts))).reduce((a, b) => a + b, 0);
  if (unfinished > 0) return `${device.name} has ${unfinished} unfinished records`;
  const { rows } = await look(tab);
  const theirs = new Map<string, object>(
    Object.keys(TABLES).flatMap((table) =>
      [...server.readable(device.options.user, table)].map(([id, { values }]) =>
        [id, values!] as const
      )
    ),
  );
  if (sorted(rows) === sorted(theirs)) return null;
  return `${device.name} holds ${sorted(rows)}, not ${sorted(theirs)}`;
}

/** P2, P3, P13: every write ended on the server once, or with its author. Answers what did not. */
export function unaccounted(
  ledger: Ledger,
  server: Server,
  issues: Map<string, SyncIssue[]>,
  restored: boolean,
): string[] {
  const { writes } = ledger;
  const breaches: string[] = [];
  const decisions = Map.groupBy(
    server.decided,
    ({ client, mutation }) => `${deviceOf(client)} ${mutation.table} ${mutation.clock}`,
  );
  const decidedOf = ({ device, table, clock }: Written) =>
    decisions.get(`${device} ${table} ${clock}`) ?? [];
  const foldings = new Foldings(
    ledger.chains.values(),
    (written) => decidedOf(written).at(-1)?.mutation,
  );
  for (const written of writes) {
    const { device } = written;
    const bearer = foldings.bearerOf(written);
    const decided = bearer ? decidedOf(bearer) : [];
    const label = JSON.stringify(written);
    if (decided.length === 0) breaches.push(`P2: nobody has ${label}`);
    if (written.owed && decided.every(({ lost }) => lost)) {
      breaches.push(`P14: the restored database has not got ${label}`);
    }
    if (bearer !== written) continue;
    if (decided.some(({ mutation }) => !carries(mutation, foldings.sent(written, mutation)))) {
      breaches.push(`P3: ${label} was sent as ${JSON.stringify(decided)}`);
    }
    if (decided.length > 1 && !restored) {
      breaches.push(`P3: ${label} was answered for twice: ${JSON.stringify(decided)}`);
    }
    const last = decided.at(-1);
    // A copy that was under way under the device's former name may come later, and loses to it.
    const isKept = decided.some(({ lost, outcome }) => !lost && OUTCOMES[outcome.code] === "keep");
    if (!last || isKept || OUTCOMES[last.outcome.code] === "keep") continue;
    const own = issues.get(device) ?? [];
    // A copy that comes after a restore may be refused for another reason than its author has heard.
    const isTold = decided.some((one) =>
      own.some((issue) => isOf(issue, foldings.sent(written, one.mutation), one))
    );
    if (!isTold) {
      breaches.push(`P13: no issue says that ${label} was ${JSON.stringify(last.outcome)}`);
    }
  }
  const known = new Set(writes.map(({ device, table, clock }) => `${device} ${table} ${clock}`));
  for (const [id, [first]] of decisions) {
    if (!known.has(id)) breaches.push(`P3: nobody wrote ${JSON.stringify(first)}`);
  }
  const losses = server.decided.filter(({ outcome }) => OUTCOMES[outcome.code] !== "keep").length;
  const told = [...issues.values()].flat().length;
  if (!restored) breaches.push(...withoutCause(server));
  if (!restored && told !== losses) {
    breaches.push(`L3: ${losses} writes were refused or lost, of which ${told} issues tell`);
  }
  return breaches;
}

/** C7: a write is lost to somebody else's, or with one of its author's own before it. */
function withoutCause(server: Server): string[] {
  if (server.rightsChanged) return [];
  const idOf = ({ mutation: { table, key } }: Decided) => rowId(table, key);
  return server.decided.flatMap((one, i) => {
    if (OUTCOMES[one.outcome.code] !== "conflict" || server.plainly.has(idOf(one))) return [];
    const cause = server.decided.slice(0, i).some((other) =>
      idOf(other) === idOf(one) &&
      (other.client !== one.client || other.outcome.code !== "applied")
    );
    return cause ? [] : [`C7: nobody else wrote, and it was lost: ${JSON.stringify(one)}`];
  });
}

const deviceOf = (client: string): string => String.fromCharCode(Number(client.slice(0, 8)));

const carries = (mutation: Decided["mutation"], { op, id, values, changed }: Written): boolean =>
  mutation.op === op && rowId(mutation.table, mutation.key) === id &&
  (op === "delete" || changed.every((column) => mutation.values?.[column] === values[column]));

function isOf(
  issue: SyncIssue,
  { table, key, op, values, changed }: Written,
  last: Decided,
): boolean {
  if (issue.table !== table || issue.op !== op || String(issue.key) !== String(key)) return false;
  if (issue.code !== last.outcome.code) return false;
  if (op === "delete") return issue.values === null;
  const columns = last.outcome.fields ?? changed;
  return columns.every((column) => (issue.values as Row)[column] === values[column]);
}
