import { expect, open, test } from "./support/test.ts";

test("a chapter is presented stop by stop, by one key, and ends with Escape", async ({ page }) => {
  await open(page, "/heartbeat");
  await page.locator("main").focus();
  await page.keyboard.press("p");
  const bar = page.getByRole("complementary", { name: "Presentation" });
  await expect(bar).toContainText(/^1 of \d+/);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Chapters" })).toBeHidden();
  const panel = page.locator("#heartbeat-timeline");
  await expect(panel).toBeHidden();
  for (let stop = 2; stop < 12 && !(await panel.isVisible()); stop++) {
    await page.keyboard.press("PageDown");
    await expect(bar).toContainText(new RegExp(`^${stop} of`));
    // What stands on the stop is drawn by now.
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  }
  await expect(panel).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toBeHidden();
  await page.keyboard.press("PageUp");
  await expect(panel).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(bar).toHaveCount(0);
  await expect(panel).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Chapters" })).toBeVisible();
});

test("the speaker's window follows the projector, and steps it", async ({ page, context }) => {
  await open(page, "/heartbeat");
  await page.getByRole("button", { name: "Present this chapter" }).click();
  const bar = page.getByRole("complementary", { name: "Presentation" });
  await expect(bar).toContainText(/^1 of \d+/);
  const opened = context.waitForEvent("page");
  await bar.getByRole("button", { name: "Notes in a second window" }).click();
  const notes = await opened;
  const theirs = notes.getByRole("complementary", { name: "Presentation" });
  await expect(theirs).toContainText(/^1 of \d+/);
  // All of the chapter is there, and what is shown is marked.
  await expect(notes.locator("#heartbeat-timeline")).toBeVisible();
  await expect(notes.locator("h1")).toHaveAttribute("data-presented", "");
  await bar.getByRole("button", { name: "Next stop" }).click();
  await expect(theirs).toContainText(/^2 of \d+/);
  await theirs.getByRole("button", { name: "Next stop" }).click();
  await expect(bar).toContainText(/^3 of \d+/);
  await notes.close();
});

test("p is a letter where somebody types", async ({ page }) => {
  await open(page, "/messages");
  await page.getByRole("textbox", { name: "The message" }).press("p");
  await expect(page.getByRole("complementary", { name: "Presentation" })).toHaveCount(0);
});
