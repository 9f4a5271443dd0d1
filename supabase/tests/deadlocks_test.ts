/**
 * Writers that wait for each other for ever. PostgreSQL ends one of them with 40P01 and keeps nothing of
 * what it wrote; sent again, under the same numbers, it is there once.
 */
import { assertEquals } from "@std/assert";
import { connect, createPush } from "../functions/sync-push/database.ts";
import type { PushResponse } from "../../packages/protocol/src/mod.ts";
import type { Database, Sql, Transaction } from "./database.ts";
import {
  answersOf,
  assertOnce,
  closeGate,
  DEADLOCK,
  holdNext,
  page,
  type Sent,
  statesOf,
  untilWaiting,
  withPages,
} from "./deadlocks.ts";
import { device, type Write } from "./device.ts";

const SHORT = "10ms";
const LONG = "1h";

/** Two devices of one user that have pulled, and the batches they are about to send. */
async function twoPushes(db: Database, anna: string, writes: Record<"phone" | "laptop", Write[]>) {
  const [phone, laptop] = [device(db, anna), device(db, anna)];
  await phone.pull();
  await laptop.pull();
  const sent: Sent[] = [
    { from: phone, request: phone.number(...writes.phone) },
    { from: laptop, request: laptop.number(...writes.laptop) },
  ];
  return { phone, laptop, sent };
}

const APPLIED = ["applied", "applied"];
const codes = (answers: { outcomes: { code: string }[] }[]) =>
  answers.map(({ outcomes }) => outcomes.map(({ code }) => code));

const sendAll = (sent: Sent[]) =>
  Promise.allSettled(sent.map(({ from, request }) => from.send(request)));

const update = (sql: Sql | Transaction, table: string, id: number, value: string) =>
  sql`update ${sql(table)} set sql = ${value} where id = ${id}`;

Deno.test(
  "S1: of two SQL transactions one is ended, and every pull brings what the other wrote",
  withPages(SHORT, async (db, anna) => {
    const phone = device(db, anna);
    const sessions = [await db.connect().reserve(), await db.connect().reserve()] as const;
    const orders = [[1, 2], [2, 1]] as const;
    for (const [i, sql] of sessions.entries()) {
      await sql`begin`;
      await update(sql, "left_pages", orders[i]![0], `writer ${i}`);
    }
    await phone.pull();
    const results = await Promise.allSettled(
      sessions.map((sql, i) => update(sql, "left_pages", orders[i]![1], `writer ${i}`)),
    );
    assertEquals(statesOf(results), [DEADLOCK]);
    const lost = results.findIndex(({ status }) => status === "rejected");
    await sessions[lost]!`rollback`;
    await phone.pull();
    await sessions[1 - lost]!`commit`;
    const won = [1, 2].map((id) => `left_pages ${id} writer ${1 - lost}`);
    await assertOnce(db, [], [], [phone], won);

    await sessions[lost]!`begin`;
    for (const id of orders[lost]!) {
      await update(sessions[lost]!, "left_pages", id, `writer ${lost}`);
    }
    await sessions[lost]!`commit`;
    await assertOnce(db, [], [], [phone], [
      ...won,
      ...[1, 2].map((id) => `left_pages ${id} writer ${lost}`),
    ]);
    sessions.forEach((sql) => sql.release());
  }),
);

Deno.test(
  "a run locks its rows in the order of their keys: two that name them otherwise wait their turn",
  withPages(SHORT, async (db, anna) => {
    const { phone, laptop, sent } = await twoPushes(db, anna, {
      phone: [1, 2].map((id) => page("left_pages", id, "phone")),
      laptop: [2, 1].map((id) => page("left_pages", id, "laptop")),
    });
    const sql = await db.connect().reserve();
    await sql`begin`;
    await sql`select from left_pages where id = 2 for update`;
    // In the order of its batch the laptop would be the first in the queue for row 2, and then want row 1.
    const late = laptop.send(sent[1]!.request);
    await untilWaiting(db.sql, 1);
    const both = Promise.all([phone.send(sent[0]!.request), late]);
    await untilWaiting(db.sql, 2);
    const [answers] = await Promise.all([both, sql`commit`]);
    sql.release();
    assertEquals(codes(answers), [APPLIED, APPLIED]);
    await assertOnce(db, sent, answers, [phone, laptop], [
      ...["left_pages 1 phone", "left_pages 2 phone"],
      ...["left_pages 1 laptop", "left_pages 2 laptop"],
    ]);
  }),
);

/** Two rows, of which each device stops at one and then wants the other. */
const CROSSED: Record<string, [["left_pages", 1], ["left_pages" | "right_pages", 1 | 2]]> = {
  "runs of one table": [["left_pages", 1], ["left_pages", 2]],
  "two tables": [["left_pages", 1], ["right_pages", 1]],
};

for (const [name, [one, other]] of Object.entries(CROSSED)) {
  // In a group of its own it is a run of its own.
  const first = (...[table, id, by]: Parameters<typeof page>) => ({
    ...page(table, id, by, { stops: true }),
    group: 1,
  });
  const written = [
    `${one.join(" ")} phone, at the gate`,
    `${other.join(" ")} phone`,
    `${other.join(" ")} laptop, at the gate`,
    `${one.join(" ")} laptop`,
  ];
  const crossed = (db: Database, anna: string) =>
    twoPushes(db, anna, {
      phone: [first(...one, "phone"), page(...other, "phone")],
      laptop: [first(...other, "laptop"), page(...one, "laptop")],
    });

  Deno.test(
    `N3: of two pushes that cross in ${name} one fails, and sent again is applied once`,
    withPages(SHORT, async (db, anna) => {
      const { phone, laptop, sent } = await crossed(db, anna);
      const open = await closeGate(db);
      const pushes = sendAll(sent);
      await untilWaiting(db.sql, 2);
      await phone.pull();
      await open();
      const results = await pushes;
      assertEquals(statesOf(results), [DEADLOCK]);
      await laptop.pull();
      const answers = await answersOf(sent, results);
      assertEquals(codes(answers), [APPLIED, APPLIED]);
      await assertOnce(db, sent, answers, [phone, laptop], written);
    }),
  );

  Deno.test(
    `N3: the push function sends again by itself what crossed in ${name}`,
    withPages(SHORT, async (db, anna) => {
      const { phone, laptop, sent } = await crossed(db, anna);
      const open = await closeGate(db);
      const sql = connect(db.url);
      const reported: unknown[] = [];
      const push = createPush(sql, (error) => void reported.push(error));
      const claims = { sub: anna, role: "authenticated", exp: 2_000_000_000 } as const;
      const pushes = sent.map(({ request }) => push(claims, request));
      await untilWaiting(db.sql, 2);
      // The victim comes again at once, and may be faster than the other at the row it has just let go.
      const admit = await Promise.all(sent.map(({ from }) => holdNext(db, from)));
      await untilWaiting(db.sql, 4);
      await open();
      await Promise.race(pushes);
      await Promise.all(admit.map((next) => next()));
      const answers = await Promise.all(pushes) as PushResponse[];
      await sql.end();
      assertEquals([codes(answers), reported], [[APPLIED, APPLIED], []]);
      // The victim wrote its first row, and then both.
      const [tries] = await db.sql`select last_value::int as n from tries`;
      assertEquals(tries!.n, 2 + 1 + 2);
      await assertOnce(db, sent, answers, [phone, laptop], written);
    }),
  );
}

Deno.test(
  "N3, C8: of two pushes that insert the same rows in opposite orders one fails; the later clock is the row",
  withPages(SHORT, async (db, anna) => {
    const rows = (by: "phone" | "laptop", first: number, second: number) => [
      page("left_pages", first, by, { op: "insert" }),
      page("left_pages", second, by, { op: "insert", stops: true }),
    ];
    const { phone, laptop, sent } = await twoPushes(db, anna, {
      phone: rows("phone", 3, 4),
      laptop: rows("laptop", 4, 3),
    });
    const open = await closeGate(db);
    const pushes = sendAll(sent);
    await untilWaiting(db.sql, 2);
    await open();
    const results = await pushes;
    assertEquals(statesOf(results), [DEADLOCK]);
    const answers = await answersOf(sent, results);
    // The laptop's clocks are later: it replaces what the phone had written, or turns it away.
    const phoneFirst = results[0]!.status === "fulfilled";
    assertEquals(codes(answers), [
      phoneFirst ? APPLIED : ["superseded", "superseded"],
      APPLIED,
    ]);
    await assertOnce(db, sent, answers, [phone, laptop], [
      ...(phoneFirst ? ["left_pages 3 phone", "left_pages 4 phone, at the gate"] : []),
      ...["left_pages 3 laptop, at the gate", "left_pages 4 laptop"],
    ]);
  }),
);

/** The device holds row 1 of one table and wants that of the other; SQL holds and wants them crosswise. */
const batch = (stops: boolean) => ({
  phone: [page("left_pages", 1, "phone", { stops }), page("right_pages", 1, "phone")],
  laptop: [],
});

Deno.test(
  "N3: a push that crosses with plain SQL fails whole, and sent again is applied once",
  withPages(SHORT, async (db, anna) => {
    const { phone, sent } = await twoPushes(db, anna, batch(true));
    const open = await closeGate(db);
    const push = sendAll(sent.slice(0, 1));
    await untilWaiting(db.sql, 1);
    await db.admin(async (sql) => {
      await sql.unsafe(`set deadlock_timeout = '${LONG}'`);
      await sql.begin(async (tx) => {
        await update(tx, "right_pages", 1, "SQL");
        const writing = update(tx, "left_pages", 1, "SQL").execute();
        await untilWaiting(db.sql, 2);
        await open();
        assertEquals(statesOf(await push), [DEADLOCK]);
        await writing;
      });
    });
    await phone.pull();
    const answers = [await phone.send(sent[0]!.request)];
    assertEquals(codes(answers), [APPLIED]);
    await assertOnce(db, sent.slice(0, 1), answers, [phone], [
      ...["left_pages 1 SQL", "right_pages 1 SQL"],
      ...["left_pages 1 phone, at the gate", "right_pages 1 phone"],
    ]);
  }),
);

Deno.test(
  "S1: plain SQL that crosses with a push fails, and can be run again",
  withPages(LONG, async (db, anna) => {
    const { phone, sent } = await twoPushes(db, anna, batch(false));
    let push: Promise<PushResponse> | undefined;
    await db.admin(async (sql) => {
      await sql.unsafe(`set deadlock_timeout = '${SHORT}'`);
      const write = (between: () => Promise<void>) =>
        sql.begin(async (tx) => {
          await update(tx, "right_pages", 1, "SQL");
          await between();
          await update(tx, "left_pages", 1, "SQL");
        });
      const crossing = write(async () => {
        push = phone.send(sent[0]!.request);
        await untilWaiting(db.sql, 1);
      });
      assertEquals(statesOf(await Promise.allSettled([crossing])), [DEADLOCK]);
      await phone.pull();
      await write(() => Promise.resolve());
    });
    const answers = [await push!];
    assertEquals(codes(answers), [APPLIED]);
    await assertOnce(db, sent.slice(0, 1), answers, [phone], [
      ...["left_pages 1 SQL", "right_pages 1 SQL"],
      ...["left_pages 1 phone", "right_pages 1 phone"],
    ]);
  }),
);
