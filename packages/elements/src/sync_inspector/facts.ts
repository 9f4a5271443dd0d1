/** What the inspector says at a glance, line by line. */
import type { SyncInspection } from "@fitos/sync";
import type { Locale } from "../core/locale.ts";
import type { InspectorWords } from "./words.ts";

export interface Fact {
  name: string;
  value: string;
  /** It is a reason why nothing is synced. */
  isTrouble?: boolean;
}

export function factsOf(inspection: SyncInspection, w: InspectorWords, l: Locale): Fact[] {
  const { connected, leads, online, reachable, session, live, cursor, storage } = inspection;
  const facts: Fact[] = [
    {
      name: w.tab,
      value: !connected ? w.notConnected : leads ? w.leads : w.follows,
      isTrouble: !connected,
    },
    {
      name: w.server,
      value: !online ? w.noNetwork : reachable ? w.reached : w.notReached,
      isTrouble: !online || !reachable,
    },
    { name: w.session, value: w.sessions[session], isTrouble: session === "none" },
    { name: w.live, value: live.isLive ? w.liveTopics(live.topics, l) : w.polls },
    {
      name: w.cursor,
      value: cursor
        ? w.cursorAge(l.duration(Math.max(0, cursor.ageMs)), l.number(cursor.length))
        : w.none,
    },
    {
      name: w.storage,
      value: [
        ...storage.usage !== null && storage.quota !== null
          ? [w.used(l.bytes(storage.usage), l.bytes(storage.quota))]
          : [],
        ...storage.persisted === null ? [] : [storage.persisted ? w.kept : w.evictable],
      ].join(", ") || "–",
    },
    { name: w.device, value: inspection.client },
  ];
  const { notBefore, failuresInARow, at } = inspection;
  if (notBefore !== null) {
    const wait = w.in(l.duration(notBefore - at));
    const why = failuresInARow ? `, ${w.afterFailures(failuresInARow, l)}` : "";
    facts.splice(3, 0, { name: w.next, value: wait + why, isTrouble: failuresInARow > 0 });
  }
  return facts;
}
