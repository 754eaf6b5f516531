import type { Page } from "@playwright/test";
import { expect, open, test } from "./support/test.ts";

/** A term in a chapter, with its definition. */
const term = (page: Page, words: string) =>
  page.locator(".term").filter({ has: page.locator("dfn", { hasText: words }) });

test("a term says what it means to the pointer and to the keyboard, and moves nothing", async ({ page }) => {
  await open(page, "/handshake");
  const preflight = term(page, "preflight");
  const definition = preflight.getByRole("tooltip");
  await expect(preflight).toHaveCount(1);
  await expect(definition).toBeHidden();
  await preflight.scrollIntoViewIfNeeded();
  const before = await page.evaluate(() => document.documentElement.scrollHeight);
  await preflight.locator("dfn").hover();
  await expect(definition).toContainText("A request that a browser sends first");
  await expect(definition).toBeInViewport();
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBe(before);
  await page.mouse.move(0, 0);
  await expect(definition).toBeHidden();
  await preflight.locator("dfn").focus();
  await expect(definition).toBeVisible();
  await expect(preflight.locator("dfn")).toHaveAccessibleDescription(/A request that a browser sends first/);
});

test("Escape puts a definition away, and the next term shows its own", async ({ page }) => {
  await open(page, "/handshake");
  const preflight = term(page, "preflight");
  await preflight.scrollIntoViewIfNeeded();
  await preflight.locator("dfn").hover();
  await expect(preflight.getByRole("tooltip")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(preflight.getByRole("tooltip")).toBeHidden();
  await page.mouse.move(0, 0);
  await preflight.locator("dfn").hover();
  await expect(preflight.getByRole("tooltip")).toBeVisible();
});

for (const path of ["/", "/handshake", "/frames", "/messages", "/closing", "/heartbeat", "/scale"]) {
  test(`${path}: no definition is wider than a small screen`, async ({ page }) => {
    await page.setViewportSize({ width: 320, height: 640 });
    await open(page, path);
    const terms = page.locator(".term dfn");
    for (const dfn of await terms.all()) {
      await dfn.focus();
      const box = await page.getByRole("tooltip").filter({ visible: true }).first().boundingBox();
      expect(box && box.x >= 0 && box.x + box.width <= 320, await dfn.innerText()).toBe(true);
    }
    // The body has the room beside the scroll bar.
    const beyond = () => document.documentElement.scrollWidth - document.body.clientWidth;
    expect(await page.evaluate(beyond)).toBe(0);
    expect(await terms.count()).toBeGreaterThan(0);
  });
}
