import type { Locator, Page } from "@playwright/test";
import { expect, open, test } from "./support/test.ts";

/** The predictions of a chapter. */
const asked = (page: Page) => page.locator("details.ask");
const unfold = (ask: Locator) => ask.locator("summary").click();
const choice = (ask: Locator, value: string) => ask.locator(`input[value="${value}"]`);
/** What is said to a prediction: nothing before something is chosen. */
const said = (ask: Locator) => ask.getByRole("status").locator("p").filter({ visible: true });
/** Where the choices stand, within their prediction. */
const places = (ask: Locator) =>
  ask.evaluate((details) => {
    const { top, left } = details.getBoundingClientRect();
    return [...details.querySelectorAll("label")].map((label) => {
      const box = label.getBoundingClientRect();
      return [box.left - left, box.top - top, box.width, box.height].map(Math.round);
    });
  });

for (const path of ["/", "/handshake", "/frames", "/messages", "/closing", "/heartbeat", "/live"]) {
  test(`${path}: every prediction answers to each guess, wrong or right, and none moves its choices`, async ({ page }) => {
    await open(page, path);
    expect(await asked(page).count()).toBeGreaterThan(0);
    for (const ask of await asked(page).all()) {
      await unfold(ask);
      await expect(said(ask)).toHaveCount(0);
      const before = await places(ask);
      const values = await ask.locator("input").evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value));
      const wrong = values.filter((value) => value !== "right" && value !== "skip");
      expect(wrong.length).toBeGreaterThan(0);
      expect(values).toEqual(expect.arrayContaining(["right", "skip"]));
      const sentences = new Set<string>();
      for (const value of wrong) {
        await choice(ask, value).check();
        // Its own sentence, and what happens. The guess stays chosen beside them.
        await expect(said(ask)).toHaveCount(2);
        await expect(said(ask).first()).toHaveText(/^Not quite\. ./);
        sentences.add(await said(ask).first().innerText());
        await expect(choice(ask, value)).toBeChecked();
        expect(await places(ask)).toEqual(before);
      }
      expect(sentences.size).toBe(wrong.length);
      await choice(ask, "right").check();
      await expect(said(ask)).toHaveCount(2);
      await expect(said(ask).first()).toHaveText(/^So it is\./);
      const answer = await said(ask).last().innerText();
      expect(await places(ask)).toEqual(before);
      await choice(ask, "skip").check();
      await expect(said(ask)).toHaveText([answer]);
    }
  });
}

test("a prediction works by keyboard, and the address stays as it was", async ({ page }) => {
  await open(page, "/closing");
  const address = page.url();
  const ask = asked(page).first();
  await ask.locator("summary").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(ask.locator("input").first()).toBeFocused();
  await page.keyboard.press("Space");
  await expect(ask.locator("input").first()).toBeChecked();
  await page.keyboard.press("ArrowDown");
  await expect(ask.locator("input").nth(1)).toBeChecked();
  await expect(said(ask)).not.toHaveCount(0);
  expect(page.url()).toBe(address);
});

test("a prediction needs no program", async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto("/heartbeat");
  const ask = asked(page).first();
  await unfold(ask);
  await expect(said(ask)).toHaveCount(0);
  await choice(ask, "right").check();
  await expect(said(ask).first()).toHaveText(/^So it is\./);
  await context.close();
});
