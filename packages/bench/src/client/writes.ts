/** Tracked writes against plain Dexie at the same durability, on both backends of Chromium. */
import { atMost, type Figure, observed } from "../suite.ts";
import { type Backend, onLog, openDevice } from "./browser.ts";
import { BULK, SINGLE, type Writes } from "./page/writes.ts";
import type { Say, Site } from "./suite.ts";

const ROUNDS = 5;

export async function writes(site: Site, say: Say): Promise<Figure[]> {
  return [
    ...await on("LevelDB", site, say),
    ...await on("SQLite", site, say),
  ];
}

const KINDS: { measure: keyof Writes; what: string; rows: number }[] = [
  { measure: "add", what: "single insert", rows: SINGLE },
  { measure: "put", what: "single overwrite", rows: SINGLE },
  { measure: "bulkAdd", what: `bulkPut of ${BULK} new rows`, rows: BULK },
  { measure: "bulkPut", what: `bulkPut over ${BULK} rows`, rows: BULK },
];

async function on(backend: Backend, site: Site, say: Say): Promise<Figure[]> {
  await using device = await openDevice(site.url, backend);
  onLog(device, (line) => say(`writes, ${backend}: ${line}`));
  const { email } = await site.signUp();
  const { plain, whole, merged } = await device.page.evaluate(
    ([project, email, rounds]) => bench.writes(project, email, rounds),
    [site.project, email, ROUNDS] as const,
  );
  return KINDS.flatMap(({ measure, what, rows }) => [
    atMost(`${backend}: ${what}, tracked`, whole[measure] / plain[measure], "x", 1.3),
    atMost(
      `${backend}: ${what}, field_merge`,
      merged[measure] / plain[measure],
      "x",
      measure === "put" || measure === "bulkPut" ? 1.6 : 1.3,
    ),
    observed(`${backend}: ${what}, plain Dexie`, plain[measure] / rows, "ms a row"),
  ]);
}
