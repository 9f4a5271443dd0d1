/** A row on two devices: one writes it, the other shows it. */
import { liveQuery } from "dexie";
import { type Opened, openSynced, type Project, signIn, type Synced } from "./databases.ts";
import { type Row, rows } from "./rows.ts";

let device: Opened;
const shown = new Map<string, number>();
let onShown = () => {};

/** Signs in, and from here on notes when a live query shows which title. */
export async function join(
  project: Project,
  email: string,
  table: Synced = "whole",
): Promise<void> {
  const user = await signIn(project, email);
  device = await openSynced(table);
  const { db } = device;
  user.connect(db);
  await db.sync.settled();
  await new Promise<void>((resolve) => {
    const look = () => db.sync.getSnapshot().isLive && resolve();
    db.sync.subscribe(look);
    look();
  });
  liveQuery(() => device.table.toArray()).subscribe((all) => {
    for (const { title } of all) if (!shown.has(title)) shown.set(title, now());
    onShown();
  });
}

export async function addOne(): Promise<string> {
  const [row] = rows(1);
  await device.table.add(row as Row);
  await device.db.sync.settled();
  return row!.id;
}

/** Answers when the app called `update`. */
export async function retitle(id: string, title: string): Promise<number> {
  const at = now();
  await device.table.update(id, { title });
  return at;
}

/** Answers when the title was shown. */
export async function whenShown(title: string): Promise<number> {
  while (!shown.has(title)) await new Promise<void>((resolve) => onShown = resolve);
  return shown.get(title)!;
}

/** The same in both pages. */
const now = () => performance.timeOrigin + performance.now();
