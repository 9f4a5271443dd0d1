/**
 * How heavy FitOS is, and how fast its search, by the browser's own traces on a processor slowed four times:
 *
 *     deno run -A web/e2e/figures.ts
 */
import { offlineReady, openSite, PHONE, showsStatus, signIn, visit } from "./app.ts";
import { keystrokes, measure } from "./measure.ts";

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
const times = (await keystrokes(page, WORDS)).sort((a, b) => a - b);
const keys = WORDS.join("").length;
console.log(
  `search of 899 exercises, ${keys} keystrokes until painted: ${times.length} took 16 ms or more,`,
  `the median of those ${times[times.length >> 1]} ms, the most ${times.at(-1)} ms`,
);
