/**
 * Pictures of every page, on a phone and on a desk, in light and dark, to be looked at, and of the widget in
 * pages of others:
 *
 *     deno run -A web/e2e/screenshots.ts FOLDER
 */
import { reveal } from "./account.ts";
import { openSite, PHONE, showsStatus, signIn, visit } from "./app.ts";
import { openHosts, signInToWidget, visitHost } from "./embed.ts";
import { addressesOf, fillUp } from "./tour.ts";

const [folder] = Deno.args;
if (!folder) throw new Error("Where to? deno run -A web/e2e/screenshots.ts FOLDER");
await Deno.mkdir(folder, { recursive: true });

await using site = await openSite();
for (const label of ["Athlete", "Coach"] as const) {
  let isFilled = false;
  for (
    const [size, viewport] of [["phone", PHONE], ["desk", { width: 1280, height: 800 }]] as const
  ) {
    const { page } = await visit(site, { viewport });
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.screenshot({ path: `${folder}/sign-in-${size}.png` });
    await signIn(page, label);
    await showsStatus(page, "Synced");
    await reveal(page);
    if (!isFilled) await fillUp(page, label);
    isFilled = true;
    for (const [i, address] of (await addressesOf(page, label)).entries()) {
      await page.goto(site.app.url + address);
      await page.getByRole("heading", { level: 1 }).waitFor();
      // Plots are drawn once their width is known.
      await page.evaluate(() =>
        new Promise((next) => requestAnimationFrame(() => setTimeout(next, 100)))
      );
      const place = address.replace(/[\da-f]{8}-[\da-f-]+/, "x").replaceAll(/\W+/g, "-");
      // Two addresses of one place differ by their id alone.
      const name = `-${i}${place}`;
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({
          path: `${folder}/${label}${name}-${size}-${colorScheme}.png`,
          fullPage: true,
        });
      }
    }
    if (label === "Athlete") {
      await page.goto(`${site.app.url}/#/`);
      await page.getByRole("link", { name: /Upper body/ }).click();
      await page.getByRole("button", { name: "Start workout" }).click();
      await page.getByRole("checkbox", { name: /^Done, set 1/ }).first().click();
      await page.getByRole("timer").waitFor();
      await page.screenshot({ path: `${folder}/training-${size}.png` });
      await page.getByRole("checkbox", { name: /^Done, set 1/ }).first().click();
      await page.getByRole("button", { name: "Add exercise" }).click();
      await page.getByRole("searchbox").fill("bench");
      await page.getByRole("dialog").getByRole("listitem").first().waitFor();
      await page.screenshot({ path: `${folder}/picker-${size}.png` });
      await page.getByRole("button", { name: "Close", exact: true }).click();
      await page.getByRole("button", { name: "Edit title, date and notes" }).click();
      await page.screenshot({ path: `${folder}/edit-${size}.png` });
      await page.getByRole("button", { name: "Cancel" }).click();
      await page.getByRole("button", { name: "End the rest" }).click();
      await page.getByRole("button", { name: "Stop" }).click();
    }
    await page.goto(`${site.app.url}/#/settings`);
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await page.getByRole("dialog").waitFor();
    await page.screenshot({ path: `${folder}/leave-${size}.png` });
    await page.context().close();
  }
}

await using hosts = openHosts(site);
for (const name of ["plain", "strict", "wordpress", "two", "iframe", "arabic"]) {
  const { page, place } = await visitHost(site, hosts, name);
  await place.getByLabel("E-mail").first().waitFor();
  await page.screenshot({ path: `${folder}/embed-${name}-sign-in.png`, fullPage: true });
  await signInToWidget(place);
  await place.getByRole("checkbox").first().waitFor();
  for (const [size, width] of [["phone", 390], ["desk", 1280]] as const) {
    await page.setViewportSize({ width, height: 844 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const path = `${folder}/embed-${name}-${size}-${colorScheme}.png`;
      await page.screenshot({ path, fullPage: true });
    }
  }
  await page.context().close();
}

// As somebody new meets it: nothing is there yet.
const { page } = await visit(site);
await page.getByRole("button", { name: "Make an account" }).click();
await page.screenshot({ path: `${folder}/new-account.png` });
await page.getByLabel("Name").fill("Robin");
await page.getByLabel("E-mail").fill("robin@fitos.example");
await page.getByLabel("Password").fill("correct horse battery");
await page.getByRole("button", { name: "Make account" }).click();
await showsStatus(page, "Synced");
for (const address of ["", "calendar", "templates", "progress", "athletes"]) {
  await page.goto(`${site.app.url}/#/${address}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.screenshot({ path: `${folder}/empty-${address || "today"}.png` });
}
