/** What the pages of every framework are given, and what the tests ask them. */
import { rejections } from "../../gallery/examples.ts";
import { FakeSync } from "../../gallery/fake_sync.ts";

export const first = new FakeSync({ state: "pending", pendingCount: 3, syncErrors: rejections });
export const second = new FakeSync({ state: "offline", pendingCount: 7 });
export const decisions: string[] = [];
export const labels = { exercise_logs: "set" };

Object.assign(globalThis, { page: { first, second, decisions } });
