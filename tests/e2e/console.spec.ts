import { PAGES } from "./support/site.ts";
import { expect, open, test } from "./support/test.ts";

for (const { path } of PAGES) {
  test(`${path} loads without a word in the console`, async ({ page }) => {
    const said: string[] = [];
    page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
    await open(page, path);
    // A browser says a few seconds after loading what was preloaded and not used.
    await page.waitForLoadState("networkidle");
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 4000)));
    expect(said).toEqual([]);
  });
}
