/** FormController. */
import { assertEquals } from "@std/assert";
import type { Browser } from "playwright-core";
import type { DemoForm } from "../../gallery/demo_form.ts";
import type { Site } from "../build.ts";
import { show, type Step } from "./shown.ts";

export async function forms(step: Step, browser: Browser, site: Site) {
  const open = async () => {
    const shown = await show(browser, `${site.url}/gallery/index.html`);
    const form = shown.page.locator("demo-form");
    const arrive = (row: object) =>
      form.evaluate(async (element, row) => {
        const demo = element as DemoForm;
        demo.row = { ...demo.row!, ...row };
        await demo.updateComplete;
      }, row);
    const changes = () => form.evaluate((element) => (element as DemoForm).form.changes());
    return { ...shown, form, arrive, changes, title: form.getByLabel("Title") };
  };

  await step(
    "FormController: a half-typed field is kept, the others show what arrives",
    async () => {
      await using shown = await open();
      const { form, title, arrive, changes } = shown;
      await title.press("End");
      await title.pressSequentially(" and co");
      await arrive({ title: "Long run", notes: "From your coach", sets: 5, done: true });
      assertEquals(await title.inputValue(), "Legs and co");
      assertEquals(await form.getByLabel("Notes").inputValue(), "From your coach");
      assertEquals(await form.getByLabel("Sets").inputValue(), "5");
      assertEquals(await form.getByLabel("Done").isChecked(), true);
      await form.getByText("Changed elsewhere to “Long run”").waitFor();
      await title.pressSequentially("re");
      await form.getByLabel("Sets").focus();
      assertEquals(await title.inputValue(), "Legs and core");
      assertEquals(await changes(), { title: "Legs and core" });
      await form.getByRole("button", { name: "Show it" }).click();
      assertEquals(await title.inputValue(), "Long run");
      assertEquals(await changes(), {});
    },
  );

  await step(
    "FormController: a focused field changes after it is left, unless something was typed",
    async () => {
      await using shown = await open();
      const { form, title, arrive, changes } = shown;
      // What is shown at once is nothing newer.
      await arrive({ title: "Arms" });
      assertEquals(await title.inputValue(), "Arms");
      assertEquals(await form.getByText("Changed elsewhere").count(), 0);
      await arrive({ title: "Legs" });
      await title.focus();
      await arrive({ title: "Long run" });
      assertEquals(await title.inputValue(), "Legs");
      await form.getByText("Changed elsewhere").waitFor();
      await form.getByLabel("Sets").focus();
      await form.getByText("Changed elsewhere").waitFor({ state: "detached" });
      assertEquals(await title.inputValue(), "Long run");
      assertEquals(await changes(), {});
    },
  );

  await step(
    "FormController: what was saved is clean; the caret stays; types are the row's",
    async () => {
      await using shown = await open();
      const { form, title, arrive, changes } = shown;
      await form.getByLabel("Sets").fill("");
      await form.getByLabel("Notes").fill("x");
      await title.fill("Legs day");
      await title.press("Home");
      assertEquals(await changes(), { title: "Legs day", notes: "x", sets: null });
      await arrive({ title: "Legs day", notes: "x", sets: null });
      assertEquals(await changes(), {});
      assertEquals(
        await title.evaluate((field) => (field as HTMLInputElement).selectionStart),
        0,
      );
      await form.getByLabel("Sets").focus();
      await arrive({ title: "Theirs" });
      assertEquals(await title.inputValue(), "Theirs");
      await title.fill("typed");
      await arrive({ id: "b", title: "Another row" });
      assertEquals(await title.inputValue(), "Another row");
    },
  );
}
