import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { SCENES } from "./support/scenes.ts";
import { choose, SIZES, test, THEMES } from "./support/test.ts";

// For people, not for CI: a picture of every page, to be looked at.
//   DUPLEX_SHOTS=/some/folder npx playwright test --grep @shots
const folder = process.env.DUPLEX_SHOTS ?? "";

for (const theme of THEMES) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test.describe(`@shots ${theme}, ${size}`, () => {
      test.use({ viewport, colorScheme: theme, reducedMotion: "reduce" });

      for (const [name, scene] of Object.entries(SCENES)) {
        test(name, async ({ page }) => {
          await choose(page, theme);
          await scene(page);
          await mkdir(folder, { recursive: true });
          const file = `${name.replaceAll(/\W+/g, "-")}-${viewport.width}-${theme}.png`;
          await page.screenshot({ path: join(folder, file), fullPage: true });
        });
      }
    });
  }
}
