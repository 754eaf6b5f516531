import type { Page } from "@playwright/test";
import { expect, open, test } from "./support/test.ts";

const QUESTIONS = [
  { text: "How does a WebSocket connection begin?", right: "B", section: "1.3" },
  { text: "Why is round-robin load balancing problematic for WebSocket connections?", right: "C", section: "4.2" },
  { text: "What is the purpose of WebSocket ping/pong frames?", right: "A", section: "5.5.2" },
] as const;

const question = (page: Page, i: number) => page.getByRole("heading", { level: 2, name: QUESTIONS[i]!.text });
const choice = (page: Page, letter: string) => page.getByRole("radio").nth(letter.charCodeAt(0) - 65);
const check = (page: Page) => page.getByRole("button", { name: "Check" });
const questions = (page: Page) => page.getByRole("region", { name: "Quiz" });

const kept = (page: Page) =>
  page.evaluate(() => (JSON.parse(localStorage.getItem("duplex.v1") ?? "{}") as { quiz?: object }).quiz ?? {});

test("the quiz by mouse: one wrong answer, two right ones", async ({ page }) => {
  await open(page, "/quiz");
  await expect(question(page, 0)).toBeVisible();
  await expect(page.getByRole("radio")).toHaveCount(4);
  await expect(check(page)).toBeDisabled();
  await expect(questions(page)).toContainText("0 of 3 right");

  await page.getByText("The body of the request stays open", { exact: false }).click();
  await expect(choice(page, "C")).toBeChecked();
  await check(page).click();
  await expect(questions(page)).toContainText("C is not right.");
  await expect(questions(page)).toContainText("The method must be GET");
  await expect(questions(page)).toContainText("B is right.");
  await expect(page.getByRole("link", { name: "RFC 6455 §1.3" })).toHaveAttribute(
    "href",
    "https://www.rfc-editor.org/rfc/rfc6455#section-1.3",
  );
  await expect(page.getByRole("radio", { name: /Your answer/ })).toBeChecked();
  await expect(page.getByRole("radio", { name: /Right answer/ })).toHaveCount(1);
  await page.getByRole("button", { name: "Next question" }).click();

  for (const i of [1, 2] as const) {
    const { right, section } = QUESTIONS[i];
    await expect(question(page, i)).toBeVisible();
    await choice(page, right).click();
    await check(page).click();
    await expect(questions(page)).toContainText(`${right} is right.`);
    await expect(questions(page)).not.toContainText("is not right");
    await expect(questions(page)).toContainText(`${i} of 3 right`);
    await expect(page.getByRole("link", { name: `RFC 6455 §${section}` })).toBeVisible();
    await page.getByRole("button", { name: i === 2 ? "See the result" : "Next question" }).click();
  }

  await expect(page.getByRole("heading", { level: 2, name: "2 of 3 right" })).toBeVisible();
  const wrong = page.getByRole("listitem").filter({ hasText: QUESTIONS[0].text });
  await expect(wrong).toContainText("Not right");
  await expect(wrong).toContainText("You chose C");
  await expect(wrong).toContainText("The right answer is B");
  await expect(page.getByText("You chose")).toHaveCount(1);

  // Only the wrong one is asked again; with its right answer all are right.
  await page.getByRole("button", { name: "Ask the wrong ones again" }).click();
  await expect(question(page, 0)).toBeVisible();
  await choice(page, "B").click();
  await check(page).click();
  await page.getByRole("button", { name: "See the result" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "3 of 3 right" })).toBeVisible();
  await page.getByRole("button", { name: "Start again" }).click();
  await expect(questions(page)).toContainText("0 of 3 right");
  expect(await kept(page)).toEqual({});
});

test("the quiz by keyboard alone", async ({ page }) => {
  await open(page, "/quiz");
  // Numbers choose, the arrow keys move on from there, Enter checks and goes on.
  await page.keyboard.press("4");
  await expect(choice(page, "D")).toBeChecked();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await expect(choice(page, "B")).toBeChecked();
  await page.keyboard.press("Enter");
  await expect(questions(page)).toContainText("B is right.");
  await page.keyboard.press("Enter");
  // Letters choose as well, in either case.
  await expect(question(page, 1)).toBeVisible();
  await page.keyboard.press("a");
  await expect(choice(page, "A")).toBeChecked();
  await page.keyboard.press("Shift+C");
  await expect(choice(page, "A")).toBeChecked();
  await page.keyboard.press("c");
  await expect(choice(page, "C")).toBeChecked();
  await page.keyboard.press("Enter");
  await expect(questions(page)).toContainText("C is right.");
  // What was checked stays, whatever is pressed.
  await page.keyboard.press("1");
  await expect(choice(page, "C")).toBeChecked();
  await page.keyboard.press("Enter");
  // Without a choice Enter does nothing.
  await expect(question(page, 2)).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(check(page)).toBeDisabled();
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 2, name: "3 of 3 right" })).toBeVisible();
});

test("the keys of the quiz work only where they are meant to", async ({ page }) => {
  await open(page, "/quiz");
  await page.keyboard.press("Control+1");
  await page.getByRole("link", { name: "Frames" }).first().focus();
  await page.keyboard.press("2");
  await expect(page.getByRole("radio", { checked: true })).toHaveCount(0);
});

test("the verdict has the focus, so that it is read aloud", async ({ page }) => {
  await open(page, "/quiz");
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await expect(page.locator(":focus")).toContainText("A is not right.");
  await page.keyboard.press("Enter");
  await expect(page.locator(":focus")).toHaveText(QUESTIONS[1].text);
});

test("answers are there after a reload, and go on where they ended", async ({ page }) => {
  await open(page, "/quiz");
  await page.keyboard.press("b");
  // A mark alone is not kept.
  expect(await kept(page)).toEqual({});
  await page.keyboard.press("Enter");
  await expect.poll(() => kept(page)).toEqual({ beginning: "upgrade" });
  await page.reload();
  await expect(questions(page)).toContainText("B is right.");
  // Who comes without an address to a question goes on with the next one.
  await open(page, "/quiz");
  await expect(question(page, 1)).toBeVisible();
  await expect(questions(page)).toContainText("1 of 3 right");
  await page.getByRole("button", { name: "Question 1, right" }).click();
  await expect(choice(page, "B")).toBeChecked();
  await expect(choice(page, "B")).toBeDisabled();
  await expect(questions(page)).toContainText("B is right.");
});

test("answers to questions that are gone are left alone, and unreadable storage is set aside", async ({ page }) => {
  await page.addInitScript(() => {
    if (!sessionStorage.getItem("set")) {
      sessionStorage.setItem("set", "1");
      localStorage.setItem("duplex.v1", '{"quiz":{"gone":"x","beginning":"gone","ping-pong":"alive"}}');
    }
  });
  await open(page, "/quiz");
  await expect(questions(page)).toContainText("1 of 3 right");
  await expect(question(page, 0)).toBeVisible();
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await expect.poll(() => kept(page)).toEqual({ gone: "x", beginning: "reserved-port", "ping-pong": "alive" });

  await page.evaluate(() => localStorage.setItem("duplex.v1", "{not json"));
  await page.reload();
  await expect(questions(page)).toContainText("0 of 3 right");
  expect(await page.evaluate(() => localStorage.getItem("duplex.v1.unreadable"))).toBe("{not json");
});

test("every link to read on leads to a page that is there", async ({ page }) => {
  await open(page, "/quiz");
  for (const [i, { right }] of QUESTIONS.entries()) {
    await page.getByRole("button", { name: `Question ${i + 1},` }).click();
    await page.keyboard.press(right.toLowerCase());
    await check(page).click();
    const link = page.getByRole("link", { name: /^Read: / }).first();
    const name = (await link.innerText()).replace("Read: ", "");
    await link.click();
    await expect(page.getByRole("link", { name, exact: true }).and(page.locator("[aria-current=page]"))).toBeVisible();
    await expect(page.getByText("not written yet")).toHaveCount(0);
    await page.goBack();
    await expect(question(page, i)).toBeVisible();
  }
});

test("a link opens its question, and the address follows the reader", async ({ page }) => {
  await open(page, "/quiz?question=ping-pong");
  await expect(question(page, 2)).toBeVisible();
  await page.getByRole("button", { name: "Question 2," }).click();
  await expect(page).toHaveURL(/\/quiz\?question=round-robin$/);
  await page.keyboard.press("c");
  await page.keyboard.press("Enter");
  await expect(questions(page)).toContainText("C is right.");
  // The answer is the reader's own; the link names the question alone.
  await expect(page).toHaveURL(/\/quiz\?question=round-robin$/);
  await page.reload();
  await expect(questions(page)).toContainText("C is right.");
});

for (const query of ["question=nobody", "question=", "question=a&question=b"]) {
  test(`?${query} gives the quiz from its beginning and says so`, async ({ page }) => {
    await open(page, `/quiz?${query}`);
    await expect(page.getByRole("status").filter({ hasText: /no question of that name|cannot be read/ })).toBeVisible();
    await expect(question(page, 0)).toBeVisible();
    await page.getByRole("button", { name: "Question 3," }).click();
    await expect(page.getByText(/no question of that name|cannot be read/)).toHaveCount(0);
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
  await open(page, "/quiz");
  await expect(questions(page)).toContainText("This browser keeps nothing for this site");
  await expect(questions(page)).not.toContainText("Your answers stay in this browser.");
  await choice(page, "B").check();
  await check(page).click();
  await expect(questions(page)).toContainText("1 of 3 right");
});

test("a full storage is no place for answers either", async ({ page }) => {
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
  await open(page, "/quiz");
  await expect(questions(page)).toContainText("This browser keeps nothing for this site");
});

test("what a newer version keeps survives, and what cannot be read is set aside", async ({ page }) => {
  await open(page, "/quiz");
  await page.evaluate(() => localStorage.setItem("duplex.v1", '{"theme":"dark","badges":[1,2]}'));
  await page.reload();
  await choice(page, "B").check();
  await check(page).click();
  await expect(questions(page)).toContainText("1 of 3 right");
  const text = () => page.evaluate(() => localStorage.getItem("duplex.v1"));
  await expect.poll(text).toContain("quiz");
  expect(JSON.parse((await text())!)).toMatchObject({ theme: "dark", badges: [1, 2] });
  for (const odd of ["", "{", "[]", "null", "5", '{"theme":5}', '{"quiz":{"a":1}}']) {
    await page.evaluate((odd) => localStorage.setItem("duplex.v1", odd), odd);
    await open(page, "/quiz");
    await expect.poll(() => page.evaluate(() => localStorage.getItem("duplex.v1.unreadable"))).toBe(odd);
    await expect(question(page, 0)).toBeVisible();
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
