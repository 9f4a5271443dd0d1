/** The crowd's own thread: what its members do with a change must not keep the stack's from others. */
import type { Project, Synced } from "../client/page/databases.ts";
import { type Member, member } from "./crowd.ts";

export type Order =
  | { order: "join"; project: Project; emails: string[]; table: Synced }
  /** Answered once more when each member has the row with this title. */
  | { order: "expect"; id: string; title: string }
  | { order: "leave" };

export type Answer =
  | { answer: "joined" | "expecting" | "left" }
  /** When, by the one clock of the machine. */
  | { answer: "reached"; at: number[] };

const members: Member[] = [];

self.onmessage = ({ data }: MessageEvent<Order>) => void obey(data);

async function obey(order: Order) {
  switch (order.order) {
    case "join":
      for (const email of order.emails) {
        members.push(await member(order.project, email, order.table));
      }
      return say({ answer: "joined" });
    case "expect": {
      const arrivals = members.map((member) => arrival(member, order));
      say({ answer: "expecting" });
      return say({ answer: "reached", at: await Promise.all(arrivals) });
    }
    case "leave":
      for (const member of members) await member[Symbol.asyncDispose]();
      return say({ answer: "left" });
  }
}

async function arrival({ db, table }: Member, { id, title }: { id: string; title: string }) {
  let wake = () => {};
  const end = db.sync.subscribe(table.name, {}, () => wake());
  for (;;) {
    const told = new Promise<void>((resolve) => wake = resolve);
    if ((await table.get(id))?.title === title) break;
    await told;
  }
  end();
  return performance.timeOrigin + performance.now();
}

const say = (answer: Answer) => self.postMessage(answer);
