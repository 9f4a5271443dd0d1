/** What axe, which knows what keeps people out of a page, says of one. */
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

interface AxeResults {
  violations: {
    id: string;
    nodes: { target: (string | string[])[]; failureSummary: string }[];
  }[];
}

/** What axe finds wrong, in both colour schemes, in words. */
export async function judge(page: Page, where: string): Promise<string[]> {
  await page.evaluate(await Deno.readTextFile(AXE));
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const violations = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run(): Promise<AxeResults> } };
      return (await axe.run()).violations;
    });
    for (const { id, nodes } of violations) {
      found.push(
        ...nodes.map(({ target, failureSummary }) =>
          `${where} (${colorScheme}): ${id} at ${target.flat().join(" ")}: ${failureSummary}`
        ),
      );
    }
  }
  return found;
}
