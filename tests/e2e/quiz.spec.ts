import type { Page } from "@playwright/test";
import { expect, open, test } from "./support/test.ts";

// One question of each kind: by its name, and what is right about it.
const SINGLE = { id: "ping-pong", text: "What is the purpose of WebSocket ping/pong frames?", right: "A" };

const quiz = (page: Page) => page.getByRole("region", { name: "Quiz" });
const choice = (page: Page, letter: string) => quiz(page).locator(".quiz__choice input").nth(letter.charCodeAt(0) - 65);
const check = (page: Page) => quiz(page).getByRole("button", { name: "Check" });
const ahead = (page: Page) => quiz(page).getByRole("button", { name: /Next question|See the result|Next exercise/ });
const mode = (page: Page, name: string | RegExp) =>
  quiz(page).getByRole("group", { name: "What to ask" }).getByRole("button", { name });
const at = (page: Page, id: string) => open(page, `/quiz?question=${id}`);

type Kept = Record<"quiz" | "review" | "practice" | "progress", Record<string, string>>;
const kept = (page: Page) =>
  page.evaluate(() => JSON.parse(localStorage.getItem("duplex.v1") ?? "{}") as Partial<Kept>);

test("one wrong answer, one right one: each is answered in its own words", async ({ page }) => {
  await at(page, SINGLE.id);
  await expect(quiz(page).getByRole("heading", { level: 2, name: SINGLE.text })).toBeVisible();
  await expect(check(page)).toBeDisabled();
  await choice(page, "D").check();
  await check(page).click();
  await expect(page.locator(":focus")).toContainText("D is not right.");
  await expect(quiz(page)).toContainText("That is what close frames do");
  await expect(quiz(page)).toContainText("A is right.");
  await expect(quiz(page).getByRole("link", { name: "RFC 6455 §5.5.2" })).toHaveAttribute(
    "href",
    "https://www.rfc-editor.org/rfc/rfc6455#section-5.5.2",
  );
  await expect(page.getByRole("radio", { name: /Your answer/ })).toBeChecked();
  await expect(page.getByRole("radio", { name: /Right answer/ })).toHaveCount(1);
  await ahead(page).click();
  await expect(page.locator(":focus")).toHaveAttribute("id", "question");
  await expect(check(page)).toBeVisible();
});

test("by keyboard alone: numbers and letters choose, Enter checks and goes on", async ({ page }) => {
  await at(page, SINGLE.id);
  await page.keyboard.press("4");
  await expect(choice(page, "D")).toBeChecked();
  await page.keyboard.press("ArrowUp");
  await expect(choice(page, "C")).toBeChecked();
  await page.keyboard.press("Shift+B");
  await expect(choice(page, "C")).toBeChecked();
  await page.keyboard.press("a");
  await page.keyboard.press("Enter");
  await expect(quiz(page)).toContainText("A is right.");
  // What was checked stays, whatever is pressed.
  await page.keyboard.press("2");
  await expect(choice(page, "A")).toBeChecked();
  await page.keyboard.press("Enter");
  await expect(page).not.toHaveURL(/ping-pong/);
  // Without a choice Enter does nothing.
  await page.keyboard.press("Enter");
  await expect(check(page)).toBeDisabled();
});

test("the keys of the quiz work only where they are meant to", async ({ page }) => {
  await at(page, SINGLE.id);
  await page.keyboard.press("Control+1");
  await page.getByRole("link", { name: "Frames" }).first().focus();
  await page.keyboard.press("2");
  await expect(quiz(page).getByRole("radio", { checked: true })).toHaveCount(0);
});

test("all that are right, and no other", async ({ page }) => {
  await at(page, "never-sent");
  await expect(quiz(page)).toContainText("Choose all that are right");
  await page.keyboard.press("a");
  await page.keyboard.press("a");
  await expect(check(page)).toBeDisabled();
  for (const one of await quiz(page).getByRole("checkbox").all()) await one.check();
  await check(page).click();
  await expect(quiz(page)).toContainText("does not belong to it.");
  await expect(quiz(page).locator(".verdict.bad").first()).toBeVisible();
});

test("steps are put in order by their buttons", async ({ page }) => {
  await at(page, "closing-order");
  const rows = quiz(page).locator(".quiz__order > li");
  const first = await rows.first().innerText();
  await rows.first().getByRole("button", { name: "Move step 1 down" }).click();
  await expect(rows.nth(1)).toContainText(first.split("\n").pop()!);
  await expect(rows.first().getByRole("button", { name: /up/ })).toBeDisabled();
  await check(page).click();
  await expect(quiz(page)).toContainText(/Your step \d is step \d\.|All in their places\./);
  await expect(quiz(page).getByRole("button", { name: /Move step/ })).toHaveCount(0);
});

test("a bit is pointed at", async ({ page }) => {
  await at(page, "mask-bit");
  await quiz(page).getByRole("radio", { name: "byte 0, bit 0: 1" }).check();
  await check(page).click();
  await expect(quiz(page)).toContainText("That is FIN");
  await expect(quiz(page)).toContainText("This is the right one.");
  await expect(quiz(page).getByRole("radio", { name: /byte 1, bit 0: 1, the right one/ })).toBeVisible();
});

test("a value is typed, and a mistake that people make is known", async ({ page }) => {
  await at(page, "unmask-fifth");
  const box = quiz(page).getByRole("textbox", { name: "Your answer" });
  await expect(check(page)).toBeDisabled();
  await box.fill("BB");
  await box.press("Enter");
  await expect(quiz(page)).toContainText("BB is not right.");
  await expect(quiz(page)).toContainText("as it crossed the wire");
  await expect(quiz(page)).toContainText("It is 21");
  await expect(box).toHaveValue("BB");
});

test("partners are found in menus, each of them once", async ({ page }) => {
  await at(page, "opcodes");
  const menus = quiz(page).getByRole("combobox");
  const count = await menus.count();
  for (let i = 0; i < count; i++) await menus.nth(i).selectOption({ index: i + 1 });
  await expect(check(page)).toBeEnabled();
  // A partner that is taken from another leaves that one without.
  await menus.nth(1).selectOption({ index: 1 });
  await expect(menus.nth(0)).toHaveValue("");
  await expect(check(page)).toBeDisabled();
  await menus.nth(0).selectOption({ index: 2 });
  await check(page).click();
  await expect(quiz(page).locator(".quiz__pair.is-wrong").first()).toBeVisible();
  await expect(menus.first()).toBeDisabled();
});

test("the next day the page remembers: what is due comes back, what was wrong is asked for", async ({ page }) => {
  await page.clock.install({ time: new Date("2026-03-01T10:00:00") });
  await at(page, SINGLE.id);
  await choice(page, "B").check();
  await check(page).click();
  await expect(mode(page, "Got wrong · 1")).toBeVisible();
  await expect(mode(page, "Due today")).toHaveText("Due today");

  await page.clock.setSystemTime(new Date("2026-03-02T09:00:00"));
  await open(page, "/quiz?review=due");
  await expect(quiz(page)).toContainText(SINGLE.text);
  await expect(quiz(page)).toContainText("0 of 1 right");
  await choice(page, "A").check();
  await check(page).click();
  await ahead(page).click();
  await expect(quiz(page).getByRole("heading", { level: 2, name: "1 of 1 right" })).toBeVisible();
  await mode(page, "Got wrong").click();
  await expect(quiz(page)).toContainText("Nothing here");
  await mode(page, "Due today").click();
  await expect(quiz(page)).toContainText("comes back in");
  expect((await kept(page)).progress).toEqual({ "/heartbeat": "1" });
});

test("the navigation shows how much of a chapter is known, in every tab", async ({ page, context }) => {
  const other = await context.newPage();
  await open(other, "/frames");
  await at(page, SINGLE.id);
  await choice(page, "A").check();
  await check(page).click();
  for (const one of [page, other]) {
    const entry = one.getByRole("navigation", { name: "Chapters" }).getByRole("link", { name: /Heartbeat/ });
    await expect(entry).toHaveAttribute("data-known", /^1\/\d+$/);
  }
});

test("a chapter leads to its questions", async ({ page }) => {
  await open(page, "/closing");
  await page.getByRole("link", { name: /questions about this/ }).click();
  await expect(page).toHaveURL(/\/quiz\?chapter=closing/);
  const chapters = quiz(page).getByRole("group", { name: /Chapter/ });
  await expect(chapters.getByRole("button", { name: /Closing/ })).toHaveAttribute("aria-pressed", "true");
  await chapters.getByRole("button", { name: /Frames/ }).click();
  await expect(page).toHaveURL(/chapter=frames/);
  await page.goBack();
  await expect(chapters.getByRole("button", { name: /Closing/ })).toHaveAttribute("aria-pressed", "true");
});

test("exercises are made without end, of one kind and level", async ({ page }) => {
  await open(page, "/quiz?practice=unmask-byte&level=2&seed=7");
  const texts = new Set<string>();
  for (let i = 0; i < 4; i++) {
    await expect(quiz(page)).toContainText(`Exercise ${i + 1}`);
    texts.add(await quiz(page).locator(".panel__main").innerText());
    await choice(page, "A").check();
    await check(page).click();
    await expect(quiz(page)).toContainText("Step by step");
    await ahead(page).click();
  }
  expect(texts.size).toBe(4);
  await expect(quiz(page)).toContainText(/\d of 4 right/);
  expect((await kept(page)).practice!["unmask-byte"]).toMatch(/^\d\/4$/);
  await quiz(page).getByRole("combobox", { name: "Exercise" }).selectOption("close-code");
  await expect(quiz(page)).toContainText("Exercise 1");
  await expect(page).toHaveURL(/practice=close-code/);
});

test("the steps of an exercise open its instrument", async ({ page }) => {
  await open(page, "/quiz?practice=read-frame&seed=3");
  await choice(page, "A").check();
  await check(page).click();
  await quiz(page).getByRole("link", { name: "See it in its instrument" }).click();
  await expect(page).toHaveURL(/\/frames\?/);
  await expect(page.getByRole("region", { name: "Bytes" })).toBeVisible();
});

test("an exam: the same for everybody, judged at its end, and its link shows the result", async ({ page, browser }) => {
  test.slow();
  await open(page, "/quiz?exam=4711");
  await expect(quiz(page)).toContainText("0 of 20 answered");
  for (let i = 0; i < 20; i++) {
    const main = quiz(page).locator(".panel__main");
    await expect(main).toContainText(`Question ${i + 1} of 20`);
    const box = main.getByRole("textbox");
    const menus = main.locator("select");
    if (await box.count()) await box.fill("1");
    else if (await menus.count()) {
      for (let m = 0; m < (await menus.count()); m++) await menus.nth(m).selectOption({ index: m + 1 });
    } else if (await main.locator("input").count()) await main.locator("input").first().check();
    if (i === 10) {
      // A reload in the middle loses no answer.
      await page.reload();
      await expect(quiz(page)).toContainText("10 of 20 answered");
      i -= 1;
      await expect(main).toContainText("Question 11 of 20");
      const again = main.locator("input, select").first();
      await expect(again.or(main.locator(".quiz__order"))).toBeVisible();
      if (await box.count()) await box.fill("1");
      else if (await menus.count()) {
        for (let m = 0; m < (await menus.count()); m++) await menus.nth(m).selectOption({ index: m + 1 });
      } else if (await main.locator("input").count()) await main.locator("input").first().check();
      i += 1;
    }
    await quiz(page).getByRole("button", { name: "Keep this answer" }).click();
    await expect(quiz(page).getByText("is not right.")).toHaveCount(0);
  }
  await expect(quiz(page)).toContainText("Every question has an answer");
  await quiz(page).getByRole("button", { name: "Hand in" }).click();
  const score = quiz(page).getByRole("heading", { level: 2, name: /^\d+ of 20 right$/ });
  await expect(score).toBeVisible();
  await expect(page).toHaveURL(/exam=4711.*result=1/);
  const words = await score.innerText();

  const someone = await browser.newContext();
  const other = await someone.newPage();
  await open(other, page.url());
  await expect(quiz(other).getByRole("heading", { level: 2, name: words })).toBeVisible();
  await quiz(other).getByRole("button", { name: "Take this exam" }).click();
  await expect(quiz(other)).toContainText("0 of 20 answered");
  await expect(other).toHaveURL(/\?exam=4711$/);
  await someone.close();
});

test("a link whose answers were cut gives the exam and says so", async ({ page }) => {
  await open(page, "/quiz?exam=4711&result=1&answers=12345678.a");
  await expect(page.getByRole("status").filter({ hasText: "the questions have changed" })).toBeVisible();
  await expect(quiz(page)).toContainText("0 of 20 answered");
});

test("answers are taken along, erased and brought back", async ({ page }) => {
  await at(page, SINGLE.id);
  await choice(page, "A").check();
  await check(page).click();
  await quiz(page).getByText("Your progress").click();
  await expect(quiz(page)).toContainText("1 answered of");
  const saved = page.waitForEvent("download");
  await quiz(page).getByRole("button", { name: "Save to a file" }).click();
  const file = (await (await saved).path())!;
  await quiz(page).getByText("Erase", { exact: true }).click();
  await quiz(page).getByRole("button", { name: "Erase them" }).click();
  await expect(quiz(page)).toContainText("0 answered of");
  expect(await kept(page)).toEqual({});

  const bring = quiz(page).locator("input[type=file]");
  await bring.setInputFiles({ name: "notes.json", mimeType: "application/json", buffer: Buffer.from('{"quiz":5}') });
  await expect(quiz(page).getByRole("status").last()).toContainText("has no answers of Duplex");
  await bring.setInputFiles(file);
  await expect(quiz(page)).toContainText("1 answered of");
  expect((await kept(page)).quiz).toEqual({ "ping-pong": "alive" });
});

test("answers are there after a reload; those to questions that are gone are left alone", async ({ page }) => {
  await page.addInitScript(() => {
    if (!sessionStorage.getItem("set")) {
      sessionStorage.setItem("set", "1");
      localStorage.setItem("duplex.v1", '{"quiz":{"gone":"x","beginning":"gone","ping-pong":"alive"}}');
    }
  });
  await at(page, SINGLE.id);
  await expect(quiz(page)).toContainText("A is right.");
  await at(page, "beginning");
  await expect(check(page)).toBeVisible();
  await choice(page, "B").check();
  // A mark alone is not kept.
  expect((await kept(page)).quiz!.beginning).toBe("gone");
  await check(page).click();
  await expect
    .poll(async () => (await kept(page)).quiz)
    .toEqual({ gone: "x", beginning: "upgrade", "ping-pong": "alive" });
  await page.reload();
  await expect(quiz(page)).toContainText("B is right.");
});

for (const query of ["question=nobody", "question=", "chapter=nowhere", "exam=-1", "practice=all", "level=9"]) {
  test(`?${query} gives the quiz and says so`, async ({ page }) => {
    await open(page, `/quiz?${query}`);
    await expect(quiz(page).locator(".problems, + .problems").or(page.locator(".problems")).first()).toBeVisible();
    await expect(quiz(page).locator("#question")).toBeVisible();
  });
}

test("where nothing can be kept, the quiz says so and still works", async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, "localStorage", {
      get: () => {
        throw new DOMException("denied", "SecurityError");
      },
    });
  });
  await at(page, SINGLE.id);
  await expect(quiz(page)).toContainText("This browser keeps nothing for this site");
  await expect(quiz(page)).not.toContainText("Your answers stay in this browser.");
  await choice(page, "A").check();
  await check(page).click();
  await expect(quiz(page)).toContainText(/1 of \d+ right/);
});

test("a full storage is no place for answers either", async ({ page }) => {
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
  await open(page, "/quiz");
  await expect(quiz(page)).toContainText("This browser keeps nothing for this site");
});

test("what a newer version keeps survives, and what cannot be read is set aside", async ({ page }) => {
  await at(page, SINGLE.id);
  await page.evaluate(() => localStorage.setItem("duplex.v1", '{"theme":"dark","badges":[1,2]}'));
  await page.reload();
  await choice(page, "A").check();
  await check(page).click();
  await expect(quiz(page)).toContainText(/1 of \d+ right/);
  const text = () => page.evaluate(() => localStorage.getItem("duplex.v1"));
  await expect.poll(text).toContain("quiz");
  expect(JSON.parse((await text())!)).toMatchObject({ theme: "dark", badges: [1, 2] });
  for (const odd of ["", "{", "[]", "null", "5", '{"theme":5}', '{"quiz":{"a":1}}']) {
    await page.evaluate((odd) => localStorage.setItem("duplex.v1", odd), odd);
    await open(page, "/quiz");
    await expect.poll(() => page.evaluate(() => localStorage.getItem("duplex.v1.unreadable"))).toBe(odd);
    await expect(quiz(page).locator("#question")).toBeVisible();
  }
});

test("a theme that is chosen in one tab is chosen in the others", async ({ page, context }) => {
  await open(page, "/quiz");
  const other = await context.newPage();
  await open(other, "/quiz");
  const theme = () => other.evaluate(() => document.documentElement.dataset.theme);
  const pressed = (name: string) => other.getByRole("button", { name: `${name} theme` });
  await page.getByRole("button", { name: "Dark theme" }).click();
  await expect.poll(theme).toBe("dark");
  await expect(pressed("Dark")).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("button", { name: "System theme" }).click();
  await expect.poll(theme).toBeUndefined();
  await expect(pressed("System")).toHaveAttribute("aria-pressed", "true");
});
