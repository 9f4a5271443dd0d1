/** The elements on a real database in the browser, which has not been connected yet. */
import "@fitos/elements";
import "@fitos/elements/sync-account.js";
import "@fitos/elements/sync-inspector.js";
import { supabaseSync } from "@fitos/sync";
import { Dexie } from "dexie";

const db = new Dexie("app", { addons: [supabaseSync({ tables: { workouts: "id" } })] });
db.version(1).stores({ workouts: "id" });
await db.table("workouts").bulkAdd([{ id: "canary-1", title: "canary-2" }, { id: "canary-3" }]);

const account = document.querySelector("sync-account")!;
account.user = { email: "dana@fitos.example" };
account.signOut = () => Promise.resolve();
document.querySelector("sync-provider")!.sync = db.sync;
