/**
 * How heavy FitOS is, and how fast its search, by the browser's own traces on a processor slowed four times:
 *
 *     deno run -A web/e2e/figures.ts
 */
import { offlineReady, openSite, PHONE, showsStatus, signIn, visit } from "./app.ts";
import { measure, searchTimes } from "./measure.ts";

const SLOWDOWN = 4;
const WORDS = ["barbell bench press", "dumbbell curl", "lower back", "xyz", "squat"];

await using site = await openSite();
const context = await site.browser.newContext({ viewport: PHONE });
console.log("first visit, slow 3G ", await measure(context, site.app.url));
const kept = await context.newPage();
await kept.goto(site.app.url);
await offlineReady(kept);
console.log("second visit, slow 3G", await measure(context, site.app.url));

const { page } = await visit(site);
await signIn(page, "Athlete");
await showsStatus(page, "Synced");
await page.goto(`${site.app.url}/#/library`);
await page.getByText("899 exercises").waitFor();
const cdp = await page.context().newCDPSession(page);
await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
// Letter by letter, as a person types.
const queries = WORDS.flatMap((words) => [...words].map((_, index) => words.slice(0, index + 1)));
const times = (await searchTimes(page, queries)).sort((a, b) => a - b);
const at = (share: number) => times[Math.floor(share * (times.length - 1))]!.toFixed(1);
console.log(
  `search of 899 exercises, ${times.length} keystrokes, processor slowed ${SLOWDOWN} times:`,
  `median ${at(0.5)} ms, 95% ${at(0.95)} ms, most ${at(1)} ms`,
);
