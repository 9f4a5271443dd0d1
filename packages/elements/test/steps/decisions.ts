/** What a person decides, by keys too: sync-errors and sync-conflicts. */
import { assertEquals } from "@std/assert";
import type { Browser, Page } from "playwright-core";
import type {} from "../../src/sync_errors/define.ts";
import type { Site } from "../build.ts";
import { show, type Step } from "./shown.ts";

export async function decisions(step: Step, browser: Browser, site: Site) {
  const open = async () => await show(browser, `${site.url}/gallery/index.html`);
  const calls = (page: Page, name: string) =>
    page.evaluate((name) => gallery.syncs[name]!.calls, name);

  await step("sync-errors: by keys alone, and the focus goes on to the next issue", async () => {
    await using shown = await open();
    const errors = shown.page.locator("sync-errors");
    const first = errors.getByRole("listitem", { name: "Not accepted: exercise logs" });
    await first.getByRole("button", { name: "Try again" }).focus();
    await shown.page.keyboard.press("Enter");
    await errors.getByRole("listitem", { name: "Not accepted: workouts" }).and(
      errors.locator(":focus"),
    ).waitFor();
    for (const key of ["Tab", "Tab", "Tab", "Enter"]) await shown.page.keyboard.press(key);
    await errors.getByRole("listitem", { name: /templates/ }).and(errors.locator(":focus"))
      .waitFor();
    await shown.page.keyboard.press("Tab");
    await shown.page.keyboard.press("Enter");
    await errors.getByText("Nothing waits for you.").waitFor();
    assertEquals(await calls(shown.page, "errors"), ["retry 1", "discard 2", "retry 3"]);
    assertEquals(await errors.evaluate((e) => e.shadowRoot!.activeElement?.part.value), "none");
  });

  await step(
    "sync-errors: values are edited in their own types, and only the changed ones sent",
    async () => {
      await using shown = await open();
      const errors = shown.page.locator("sync-errors");
      const first = errors.getByRole("listitem", { name: "Not accepted: exercise logs" });
      await first.getByRole("button", { name: "Edit" }).press("Enter");
      const reps = first.getByRole("spinbutton", { name: "reps" });
      await first.getByRole("textbox", { name: "exercise" }).and(errors.locator(":focus"))
        .waitFor();
      await shown.page.keyboard.press("Escape");
      await first.getByRole("button", { name: "Edit" }).and(errors.locator(":focus")).waitFor();
      await shown.page.keyboard.press("Enter");
      await reps.fill("8");
      await first.getByRole("checkbox", { name: "warm up" }).check();
      await reps.press("Enter");
      await first.waitFor({ state: "detached" });
      const second = errors.getByRole("listitem", { name: "Not accepted: workouts" });
      await second.getByRole("button", { name: "Edit" }).click();
      await second.getByRole("textbox", { name: "plan" }).fill("{");
      await second.getByRole("button", { name: "Save and try again" }).click();
      assertEquals(
        await second.getByRole("textbox", { name: "plan" }).evaluate((field) =>
          (field as HTMLTextAreaElement).validationMessage
        ),
        "This is not well-formed.",
      );
      await second.getByRole("textbox", { name: "plan" }).fill('{"sets":[3]}');
      await second.getByRole("button", { name: "Save and try again" }).click();
      await second.waitFor({ state: "detached" });
      assertEquals(await calls(shown.page, "errors"), [
        'retry 1 {"reps":8,"warm_up":true}',
        'retry 2 {"plan":{"sets":[3]}}',
      ]);
    },
  );

  await step("what is in the data is text, and a decision that fails says so", async () => {
    await using shown = await open();
    await shown.page.evaluate(() => {
      const { errors } = gallery.syncs;
      const html = "<img src=x onerror=alert(1)>";
      const [issue] = errors!.getSnapshot().syncErrors;
      errors!.failure = new Error(html);
      errors!.set({
        syncErrors: [{ ...issue!, table: html, message: html, values: { [html]: html } }],
      });
    });
    const errors = shown.page.locator("sync-errors");
    await errors.getByRole("button", { name: "Try again" }).click();
    await errors.getByRole("alert").getByText("<img src=x onerror=alert(1)>").waitFor();
    assertEquals(await errors.getByText("<img src=x onerror=alert(1)>").count(), 5);
    assertEquals(await errors.locator("img").count(), 0);
    assertEquals(shown.complaints, []);
  });

  await step("sync-conflicts: both versions side by side, restored or left", async () => {
    await using shown = await open();
    const conflicts = shown.page.locator("sync-conflicts");
    const changed = conflicts.getByRole("listitem", { name: "Changed elsewhere since: workouts" });
    await changed.getByRole("row", { name: "title Legs Legs and core" }).waitFor();
    await changed.getByRole("row", { name: /notes empty Moved by a day/ }).waitFor();
    await changed.getByRole("button", { name: "Restore yours" }).press("Enter");
    const deleted = conflicts.getByRole("listitem", { name: /before deletion/ });
    await deleted.getByRole("row", { name: "title Long run" }).waitFor();
    await deleted.getByRole("button", { name: "Keep as it is now" }).press("Enter");
    await conflicts.getByText("Nothing was overruled.").waitFor();
    assertEquals(await calls(shown.page, "conflicts"), ["retry 11", "discard 12"]);
  });

  await step("sync-errors only='rejections' leaves the rest to sync-conflicts", async () => {
    await using shown = await open();
    const errors = shown.page.locator("sync-errors");
    await shown.page.evaluate(() => {
      const { errors, conflicts } = gallery.syncs;
      const both = [...errors!.getSnapshot().syncErrors, ...conflicts!.getSnapshot().syncErrors];
      errors!.set({ syncErrors: both });
    });
    await errors.getByRole("listitem", { name: "Changed elsewhere since: workouts" }).waitFor();
    await errors.evaluate((element) => element.setAttribute("only", "rejections"));
    await errors.getByRole("listitem", { name: "Changed elsewhere since: workouts" })
      .waitFor({ state: "detached" });
    assertEquals(await errors.getByRole("listitem").count(), 3);
  });

  await step("an app may decide itself: a prevented decision is not carried out", async () => {
    await using shown = await open();
    const told = await shown.page.evaluate(async () => {
      const errors = document.querySelector("sync-errors")!;
      const told: string[] = [];
      document.addEventListener("sync-decision", (event) => {
        event.preventDefault();
        told.push((event as CustomEvent).detail.decision);
      });
      errors.shadowRoot!.querySelector<HTMLElement>('[part="discard"]')!.click();
      await errors.updateComplete;
      return [...told, ...gallery.syncs["errors"]!.calls];
    });
    assertEquals(told, ["discard"]);
  });
}
