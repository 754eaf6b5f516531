import { violations } from "./support/axe.ts";
import { choose, expect, SIZES, test, THEMES } from "./support/test.ts";
import { SCENES } from "./support/scenes.ts";

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
