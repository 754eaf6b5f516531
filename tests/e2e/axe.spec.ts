import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { choose, expect, SIZES, test, THEMES } from "./support/test.ts";
import { SCENES } from "./support/scenes.ts";

/** Every violation with the element it is about, so that the report says what to mend. */
async function violations(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id} (${help}): ${node.target.join(" ")}\n${node.failureSummary}`),
  );
}

for (const theme of THEMES) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test.describe(`${theme}, ${size}`, () => {
      test.use({ viewport, colorScheme: theme, reducedMotion: "reduce" });

      for (const [name, scene] of Object.entries(SCENES)) {
        test(`${name}: no violation, nothing wider than the screen`, async ({ page }) => {
          await choose(page, theme);
          await scene(page);
          expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe(theme);
          expect(await violations(page)).toEqual([]);
          const overhang = await page.evaluate(() => {
            const { scrollWidth, clientWidth } = document.documentElement;
            return scrollWidth - clientWidth;
          });
          expect(overhang, "pixels that the page scrolls sideways").toBeLessThanOrEqual(0);
        });
      }
    });
  }
}
