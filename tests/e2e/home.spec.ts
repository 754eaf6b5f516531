import { AxeBuilder } from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { choose, expect, open, SIZES, test, THEMES } from "./support/test.ts";

const LINK = "/?news=30&ask=5000&trip=80&people=50&frequencies=20&seed=7&at=30.5";

const panel = (page: Page) => page.getByRole("region", { name: "Mail and walkie-talkie, side by side" });
const button = (page: Page, name: string) => panel(page).getByRole("button", { name, exact: true });
const knob = (page: Page, name: string) => panel(page).getByRole("slider", { name });
const time = (page: Page) => knob(page, "Time");
/** A line's part of the instrument. */
const way = (page: Page, name: string) =>
  panel(page).locator(".way").filter({ has: page.getByRole("heading", { name, exact: true }) });
/** The number that stands over these words. */
const number = (way: Locator, of: string | RegExp) =>
  way.locator("dl > div").filter({ has: way.page().locator("dt", { hasText: of }) }).locator("dd");
const numbers = async (page: Page) => (await panel(page).locator("dl.nums dd").allTextContents()).join(" | ");

test("a link restores every knob and the moment", async ({ page }) => {
  await open(page, LINK);
  for (const [name, text] of [
    ["News", "30 per minute on average"],
    ["Client asks every", "every 5 seconds"],
    ["Round trip", "80 milliseconds"],
    ["People on the air", "50 people"],
    ["Frequencies", "20 connections at once"],
    ["Time", "30 of 180 seconds"],
  ] as const) {
    await expect(knob(page, name)).toHaveAttribute("aria-valuetext", text);
  }
  await expect(button(page, "Play")).toBeVisible();
  const before = await numbers(page);
  await page.reload();
  await expect(time(page)).toHaveAttribute("aria-valuetext", "30 of 180 seconds");
  expect(await numbers(page)).toBe(before);
  // By 30.5 s, questions have left at 0 s, 5 s … 30 s, and all their answers are back: 14 envelopes.
  await expect(number(way(page, "The mail carrier"), "envelopes")).toHaveText("14");
  await expect(number(way(page, "The walkie-talkie"), "envelopes")).toHaveText("2");
  await expect(way(page, "Everybody")).toContainText("20 of 20 in use; 30 people hear nothing");
});

test("what cannot be used in an address is named, and the rest holds", async ({ page }) => {
  await open(page, "/?news=lots&people=50&at=10");
  await expect(panel(page)).toContainText("news=lots: a whole number from 0 to 240 is needed.");
  await expect(knob(page, "News")).toHaveAttribute("aria-valuetext", "12 per minute on average");
  await expect(knob(page, "People on the air")).toHaveAttribute("aria-valuetext", "50 people");
});

test("turning a knob by keyboard changes the counts and the address", async ({ page }) => {
  await open(page, LINK);
  const before = await numbers(page);
  await knob(page, "Client asks every").focus();
  await page.keyboard.press("Home");
  await expect(knob(page, "Client asks every")).toHaveAttribute("aria-valuetext", "every 500 milliseconds");
  expect(await numbers(page)).not.toBe(before);
  await expect(page).toHaveURL((url) => url.searchParams.get("ask") === "500");
  expect(new URL(page.url()).searchParams.get("seed")).toBe("7");
  await button(page, "Other news").click();
  await expect(page).toHaveURL((url) => url.searchParams.get("seed") === "8");
});

test("no news: every trip is for nothing, and the channel costs its handshake", async ({ page }) => {
  await open(page, "/?news=0&ask=2000&trip=400&people=1&frequencies=1&at=61");
  const [mail, radio] = [way(page, "The mail carrier"), way(page, "The walkie-talkie")];
  await expect(number(mail, "trips for nothing")).toHaveText("100 %");
  await expect(number(mail, "average wait")).toHaveText("–");
  const sizes: number[] = [];
  for (const after of [0, 1]) {
    if (after) {
      await button(page, "The one before").click();
    } else {
      await button(page, "Open a frame").click();
    }
    const size = await page.locator(".facts-line").textContent();
    sizes.push(Number(/^\D*([\d,]+) B/.exec(size ?? "")?.[1]?.replace(/\D/g, "")));
  }
  const total = (await number(radio, "on the wire").textContent())?.replace(/\D/g, "");
  expect(Number(total)).toBe(sizes.reduce((a, b) => a + b, 0));
});

test("it plays, pauses, and the address says where it stands", async ({ page }) => {
  await open(page, "/");
  await expect(button(page, "Pause")).toBeVisible();
  await expect(number(way(page, "The mail carrier"), "envelopes")).not.toHaveText("0");
  expect(new URL(page.url()).search, "playing changes no address").toBe("");
  await button(page, "Pause").click();
  await expect(page).toHaveURL((url) => url.searchParams.has("at"));
  const stopped = await time(page).inputValue();
  await expect(panel(page).getByRole("status").filter({ hasText: "By mail:" })).toBeAttached();
  await button(page, "Step").click();
  expect(Number(await time(page).inputValue())).toBeGreaterThanOrEqual(Number(stopped));
  await button(page, "Play").click();
  await expect(page).toHaveURL((url) => url.search === "");
});

test("a letter and a frame can be opened to the byte", async ({ page }) => {
  await open(page, LINK);
  await button(page, "Open a letter").click();
  const opened = page.getByRole("region", { name: /^(Answer|Letter) 7/ });
  await expect(opened.getByRole("heading")).toBeFocused();
  await expect(opened).toContainText("HTTP/1.1 20");
  await opened.getByRole("button", { name: "The one before" }).click();
  await expect(page.getByRole("region", { name: "Letter 7: anything new?" })).toContainText("GET /news?since=");
  await button(page, "Open a frame").click();
  const frame = page.getByRole("region", { name: /^Frame \d+: one message/ });
  await expect(frame).toContainText("The kettle boils");
  await frame.getByRole("link", { name: "Take it apart" }).click();
  await expect(page).toHaveURL(/\/frames\?.*hex=8125/);
  await expect(page.getByRole("region", { name: "Verdict" })).toBeVisible();
});

test("a letter on its way opens by a click on the drawing", async ({ page }) => {
  await open(page, "/?trip=5000&ask=10000&at=1.2");
  await panel(page).locator(".thing.from-client").first().locator(".hit").click();
  await expect(page.getByRole("region", { name: "Letter 1: anything new?" })).toBeVisible();
  await button(page, "Close").click();
  await expect(page.getByRole("region", { name: "Letter 1: anything new?" })).toHaveCount(0);
});

test("it says where the analogy breaks", async ({ page }) => {
  await open(page, LINK);
  await button(page, "Where the analogy breaks").click();
  await expect(page.getByRole("region", { name: "Where the analogy breaks" })).toContainText("full duplex");
  await button(page, "Where the analogy breaks").click();
  await expect(page.getByRole("region", { name: "Where the analogy breaks" })).toHaveCount(0);
});

test("three ways in", async ({ page }) => {
  await open(page, "/");
  const main = page.getByRole("main");
  await main.getByRole("link", { name: /^Start with the / }).click();
  await expect(page.getByRole("heading", { level: 1 })).not.toHaveText("Two ways to talk");
  await page.goBack();
  await main.getByRole("link", { name: "Open the live wire" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Live wire");
});

test.describe("with less motion", () => {
  test.use({ reducedMotion: "reduce" });

  test("the same states come as stills, step by step", async ({ page }) => {
    await open(page, "/");
    await expect(time(page)).toHaveAttribute("aria-valuetext", "12 of 180 seconds");
    await expect(panel(page).getByRole("status").filter({ hasText: "After 12.0 s." })).toBeAttached();
    const met = new Set<string>();
    for (let i = 0; i < 6; i++) {
      await button(page, "Step").click();
      for (const word of await panel(page).locator(".say").allTextContents()) {
        met.add(word);
      }
    }
    expect(met, "a letter was met on its way").toContain("anything new?");
    await button(page, "Step back").click();
    await expect(time(page)).not.toHaveAttribute("aria-valuetext", "0 of 180 seconds");
  });
});

test.describe("on a small screen", () => {
  test.use({ viewport: SIZES.narrow, reducedMotion: "reduce" });

  test("nothing scrolls sideways, and every control can be touched", async ({ page }) => {
    await open(page, "/");
    await button(page, "Open a letter").click();
    await button(page, "Where the analogy breaks").click();
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wider).toBeLessThanOrEqual(0);
    for (const control of await page.locator(".polling-vs-websocket :is(button, input), .ways-in a").all()) {
      const box = await control.boundingBox();
      expect(box?.height, await control.evaluate((e) => e.outerHTML)).toBeGreaterThanOrEqual(44);
    }
  });
});

for (const theme of THEMES) {
  test(`${theme}: everything opened, and still no violation`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: "reduce", colorScheme: theme });
    await choose(page, theme);
    await open(page, "/?trip=2000&frequencies=400&people=lots&at=25.4");
    await button(page, "Where the analogy breaks").click();
    for (const opener of ["Open a letter", "Open a frame"]) {
      await button(page, opener).click();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`))).toEqual([]);
    }
  });
}
