/** Every element in every state, as `?lang=ar&dir=rtl` wants them. */
import type { SyncSnapshot } from "@fitos/sync";
import "../src/mod.ts";
import "../src/sync_account/define.ts";
import "../src/sync_conflicts/define.ts";
import "../src/sync_errors/define.ts";
import "../src/sync_inspector/define.ts";
import "../src/sync_presence/define.ts";
import { DemoForm } from "./demo_form.ts";
import { conflicts, inspection, people, rejections, rows } from "./examples.ts";
import { FakeSync } from "./fake_sync.ts";

const wanted = new URLSearchParams(location.search);
document.documentElement.lang = wanted.get("lang") ?? "en";
document.documentElement.dir = wanted.get("dir") ?? "ltr";

const main = document.querySelector("main")!;
const syncs: Record<string, FakeSync> = {};

const STATES: Record<string, Partial<SyncSnapshot>> = {
  synced: { state: "synced" },
  syncing: { state: "syncing", isSyncing: true },
  pending: { state: "pending", pendingCount: 3 },
  offline: { state: "offline", pendingCount: 3, isOnline: false },
  attention: { state: "attention", syncErrors: rejections },
  "signed-out": { state: "signed-out", pendingCount: 3 },
};

const states = section("sync-status, sync-button");
for (const [name, differences] of Object.entries(STATES)) {
  const line = document.createElement("div");
  line.className = "line";
  line.append(element("sync-status"), element("sync-button"));
  states.append(provided(name, differences, line));
}

const status = element("sync-status");
status.toggleAttribute("detailed", true);
states.append(provided("detailed", STATES["offline"]!, status));

const progress = section("sync-progress");
const running = { state: "syncing", isSyncing: true, isReady: false } as const;
progress.append(
  provided(
    "progress",
    { ...running, progress: { rows: 400, total: 899 } },
    element("sync-progress"),
  ),
  provided("starting", running, element("sync-progress")),
);

const presence = section("sync-presence");
for (const [room, count] of [["two", 2], ["many", 5], ["away", 2], ["empty", 0]] as const) {
  const here = element("sync-presence");
  here.room = room;
  const provider = provided(room, {}, here);
  syncs[room]!.presence(room);
  syncs[room]!.rooms.get(room)!.set(people.slice(0, count), room !== "away");
  presence.append(provider);
}

const errors = element("sync-errors");
errors.append("Nothing waits for you.");
section("sync-errors").append(provided("errors", { syncErrors: rejections }, errors));

const overruled = element("sync-conflicts");
overruled.append("Nothing was overruled.");
section("sync-conflicts").append(provided("conflicts", { syncErrors: conflicts }, overruled));
syncs["conflicts"]!.rows = rows;
syncs["conflicts"]!.set({});

const inside = element("sync-account");
inside.user = { email: "dana@fitos.example" };
const outside = element("sync-account");
outside.user = null;
section("sync-account").append(
  provided("account", { state: "pending", pendingCount: 3 }, inside),
  provided("outside", { state: "signed-out", pendingCount: 1 }, outside),
);
for (const account of [inside, outside]) {
  account.signIn = ({ password }) =>
    Promise.resolve(password === "right" ? null : "That e-mail and password don't match.");
  account.signOut = ({ wiped }) =>
    Promise.resolve(void syncs["account"]!.calls.push(`out ${wiped}`));
}

const form = new DemoForm();
form.row = { id: "a", title: "Legs", notes: null, sets: 3, done: false };
section("FormController").append(form);

const inspector = provided(
  "inspector",
  { state: "offline", pendingCount: 15 },
  element("sync-inspector"),
);
syncs["inspector"]!.inspection = inspection;
section("sync-inspector").append(inspector);

Object.assign(globalThis, { gallery: { syncs, form, FakeSync, conflicts, rejections } });

function section(title: string): HTMLElement {
  const part = document.createElement("section");
  part.dataset["of"] = title;
  const heading = document.createElement("h1");
  heading.textContent = title;
  heading.lang = "en";
  part.append(heading);
  main.append(part);
  return part;
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
): HTMLElementTagNameMap[Name] {
  return document.createElement(name);
}

function provided(name: string, differences: Partial<SyncSnapshot>, ...children: Node[]) {
  const provider = document.createElement("sync-provider");
  syncs[name] = new FakeSync(differences);
  provider.id = name;
  provider.sync = syncs[name];
  provider.append(...children);
  return provider;
}
