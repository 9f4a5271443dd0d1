/**
 * P6 under load: whatever writers do, every checkpoint of every client is exactly what a SELECT shows in
 * one snapshot.
 *
 * LOAD sets how many steps each writer takes (70), LOAD_SEED repeats the plans of a run that failed.
 */
import { assert, assertEquals } from "@std/assert";
import type { Row } from "../../packages/protocol/src/mod.ts";
import type { Database } from "./database.ts";
import { withPatience } from "./deadlocks.ts";
import { type Device, device, type Write } from "./device.ts";
import { expected, plans, PUSHED, type Step, sum, tables, Tally, write } from "./load.ts";

const STEPS = Number(Deno.env.get("LOAD") ?? 70);
const SEED = Number(Deno.env.get("LOAD_SEED") ?? Date.now() % 2 ** 31);
const PAIRS = 70;

/** Pairs of rows, one in each table, whose sum is 0: a batch that was written by half would show. */
async function push(
  phone: Device,
  base: number,
  plan: Step[],
  tally: Tally,
  stopped: () => boolean,
) {
  const pair = (i: number, op: Write["op"], balance: number): Write[] =>
    [["accounts", balance] as const, ["ledger", -balance] as const].map(([table, balance]) => ({
      table,
      op,
      key: [base + i],
      ...(op === "delete" ? {} : { values: { owner: phone.user, balance } }),
    }));
  let there = false;
  for (const { amount, size, commits } of plan) {
    if (stopped()) return;
    const op: Write["op"] = !there ? "insert" : amount % 5 === 0 ? "delete" : "update";
    there = op !== "delete";
    // Runs of more keys than an entry of the log holds, table by table; some updates row by row.
    const byTable = op !== "update" || commits;
    const count = op !== "update" ? PAIRS : byTable ? size >> 1 : size >> 4;
    const writes = Array.from({ length: count }, (_, i) => pair(i, op, amount + i)).flat();
    if (byTable) writes.sort((a, b) => a.table.localeCompare(b.table));
    const request = phone.number(...writes);
    while (true) {
      try {
        const { outcomes } = await phone.send(request);
        assertEquals(outcomes.filter(({ code }) => code !== "applied"), []);
        break;
      } catch (error) {
        const reason = expected(error);
        if (!reason) throw error;
        tally.add(`push ${reason}`);
      }
    }
    tally.add("push");
  }
}

/** The database, where every request that closes a checkpoint reads the rows too, in its snapshot. */
function inOneSnapshot(db: Database) {
  const sql = db.connect();
  const read: Record<string, Row[]> = {};
  const as: Database["as"] = (user, work) =>
    sql.begin("isolation level repeatable read read only", async (tx) => {
      const claims = JSON.stringify({ sub: user, role: "authenticated" });
      await tx`select set_config('request.jwt.claims', ${claims}, true)`;
      await tx`set local role authenticated`;
      const result = await work(tx);
      if (!isCheckpoint(result)) return result;
      for (const table of ["accounts", "ledger"]) {
        read[table] = (await tx`select * from ${tx(table)} order by id`).map((row) => ({ ...row }));
      }
      return result;
    }) as ReturnType<typeof work>;
  return { db: { ...db, as }, read };
}

const isCheckpoint = (answer: unknown) =>
  typeof answer === "object" && answer !== null && "cursor" in answer;

/** Pulls until there is nothing more to come. */
async function pull(
  db: Database,
  user: string,
  limits: number[],
  tally: Tally,
  last: () => boolean,
) {
  const snapshot = inOneSnapshot(db);
  let reader = device(snapshot.db, user);
  for (let turn = 1;; turn++) {
    const end = last();
    // Now and then somebody begins anew.
    if (turn % 10 === 0) reader = device(snapshot.db, user);
    await reader.pull(limits[turn % limits.length], () => {
      tally.add("page");
      return Promise.resolve();
    });
    tally.add("checkpoint");
    const held = ["accounts", "ledger"].map((table) =>
      [...reader.rows(table).values()].sort((a, b) => Number(a.id) - Number(b.id))
    );
    assertEquals(sum(held.flat() as { balance: number }[]), 0);
    assertEquals(held, [snapshot.read.accounts, snapshot.read.ledger]);
    if (end) return;
  }
}

Deno.test(
  "P6, S1, S3: under writers that are late, abort, wait prepared or deadlock every checkpoint is one snapshot",
  withPatience("10ms", async (db) => {
    const people = [await db.user(), await db.user()];
    await tables(db, people);
    const tally = new Tally();
    const [one, two, three, ...pushing] = plans(SEED, 5, STEPS);
    const phones = people.map((user) => device(db, user));
    let failure: { error: unknown } | undefined;
    const guard = (work: Promise<void>) => work.catch((error) => void (failure ??= { error }));
    const stopped = () => failure !== undefined;

    let writing = true;
    const writers = Promise.all([
      ...[one!, two!, three!].map((plan) => guard(write(db, people, plan, tally, stopped))),
      ...phones.map((phone, i) =>
        guard(push(phone, PUSHED + 1000 * i, pushing[i]!.slice(0, STEPS / 4), tally, stopped))
      ),
    ]).then(() => writing = false);
    const last = () => !writing || stopped();
    // Pages smaller than an entry of the log, as large as one, larger.
    const readers = [[17, 150, 33], [63, 64, 65, 1000]].flatMap((limits) =>
      people.map((user) => guard(pull(db, user, limits, tally, last)))
    );
    await Promise.all([writers, ...readers]);
    if (failure) {
      throw new Error(`with LOAD_SEED=${SEED} LOAD=${STEPS}`, { cause: failure.error });
    }

    for (const phone of phones) {
      const [kept] = await db.sql`
        select high_water::int as n from sync.clients where client = ${phone.client}`;
      const [next] = phone.number({ table: "accounts", op: "delete", key: [0] }).mutations;
      assertEquals(kept?.n, next!.n - 1);
    }
    for (const what of ["40P01", "40001", "late commit", "prepared commit", "savepoint"]) {
      const found = JSON.stringify(tally.counts);
      assert(tally.counts[what], `no ${what} with LOAD_SEED=${SEED} LOAD=${STEPS}: ${found}`);
    }
  }),
);
