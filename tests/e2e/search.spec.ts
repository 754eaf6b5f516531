import type { Page } from "@playwright/test";
import { violations } from "./support/axe.ts";
import { expect, open, test } from "./support/test.ts";

const dialog = (page: Page) => page.getByRole("dialog", { name: "Search" });
const field = (page: Page) => page.getByRole("combobox", { name: "Search" });
const options = (page: Page) => page.getByRole("option");

/** The option that the field says is the active one. */
const active = (page: Page) => page.locator("[role=option][aria-selected=true]");

test("a slash, Ctrl-K and the button open it, and Escape gives the focus back", async ({ page }) => {
  await open(page, "/closing");
  const button = page.getByRole("button", { name: "Search", exact: true });
  for (const how of ["/", "Control+k", "Meta+k"]) {
    await button.focus();
    await page.keyboard.press(how);
    await expect(field(page), how).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(dialog(page), how).toHaveCount(0);
    await expect(button, how).toBeFocused();
  }
  await button.click();
  await expect(field(page)).toBeFocused();
  await page.getByRole("button", { name: "Close the search" }).click();
  await expect(dialog(page)).toHaveCount(0);
});

test("a slash that is typed into a field is a slash", async ({ page }) => {
  await open(page, "/closing");
  const code = page.getByRole("textbox", { name: "A close code" });
  await code.fill("");
  await code.press("/");
  await expect(code).toHaveValue("/");
  await expect(dialog(page)).toHaveCount(0);
  await code.press("Control+k");
  await expect(field(page)).toBeFocused();
  await field(page).pressSequentially("pub/sub");
  await expect(field(page)).toHaveValue("pub/sub");
});

test("what it needs is fetched when it is first opened", async ({ page }) => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await open(page, "/quiz");
  expect(asked.filter((path) => /\/search-/.test(path))).toEqual([]);
  await page.keyboard.press("/");
  await expect(field(page)).toBeFocused();
  expect(asked.filter((path) => /\/search-.*\.bin$/.test(path))).toHaveLength(1);
});

test("by keyboard: what is found is counted aloud, the arrows choose, Enter leads there", async ({ page }) => {
  await open(page, "/");
  await page.keyboard.press("/");
  await field(page).fill("masknig key");
  await expect(dialog(page).getByRole("status")).toHaveText(/^\d+ results?/);
  await expect(active(page)).toHaveCount(1);
  await expect(options(page).first()).toHaveAttribute("aria-selected", "true");
  await expect(field(page)).toHaveAttribute("aria-activedescendant", (await options(page).first().getAttribute("id"))!);
  await page.keyboard.press("ArrowUp");
  await expect(options(page).last()).toHaveAttribute("aria-selected", "true");
  await expect(options(page).last()).toBeInViewport();
  await page.keyboard.press("ArrowDown");
  await expect(options(page).first()).toHaveAttribute("aria-selected", "true");
  await expect(field(page)).toBeFocused();

  await field(page).fill("1008 policy");
  await expect(options(page).first()).toContainText("1008 policy violation");
  await page.keyboard.press("Enter");
  await expect(dialog(page)).toHaveCount(0);
  await expect(page).toHaveURL(/\/reference#close-1008$/);
  await expect(page.locator("#close-1008")).toBeInViewport();
});

test("a place on the page at hand is gone to", async ({ page }) => {
  await open(page, "/reference");
  await page.keyboard.press("/");
  await field(page).fill("lone surrogate");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#term-lone-surrogate$/);
  await expect(page.locator("#term-lone-surrogate")).toBeInViewport();
});

test("bytes, codes and headers go to the instrument that takes them", async ({ page }) => {
  await open(page, "/");
  await page.keyboard.press("/");
  await field(page).fill("89 05 48 65 6c 6c 6f");
  await expect(options(page).first()).toContainText("Read these bytes in Frames");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/frames\?hex=890548656c6c6f/);
  await expect(page.getByRole("region", { name: "Decoded frame" })).toContainText("ping");

  await page.keyboard.press("Control+k");
  await field(page).fill("close 4001");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "A close code" })).toHaveValue("4001");
  await expect(page.getByRole("textbox", { name: "A close code" })).toBeInViewport();

  await page.keyboard.press("Control+k");
  await field(page).fill("sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==");
  await expect(options(page).first()).toContainText("Derive the accept value");
  await expect(options(page).nth(1)).toContainText("Sec-WebSocket-Key");
});

test("with the pointer: a result is a link, and a click beside the dialog closes it", async ({ page }) => {
  await open(page, "/");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await field(page).fill("hartbeat");
  const first = options(page).first();
  await expect(first).toHaveAttribute("href", "/heartbeat");
  await first.click();
  await expect(page).toHaveURL(/\/heartbeat$/);
  await expect(page.getByRole("main")).toBeFocused();
  await page.keyboard.press("/");
  await expect(dialog(page)).toBeVisible();
  await page.mouse.click(3, 3);
  await expect(dialog(page)).toHaveCount(0);
});

for (const theme of ["light", "dark"] as const) {
  test(`${theme}: no violation, and nothing wider than a small screen`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await page.setViewportSize({ width: 320, height: 640 });
    await open(page, "/");
    await page.getByRole("button", { name: "Search", exact: true }).click();
    await field(page).fill("close");
    await expect(options(page).first()).toBeVisible();
    expect(await violations(page)).toEqual([]);
    const box = await dialog(page).boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= 320).toBe(true);
    // The bar at the top still holds its buttons.
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
  });
}
