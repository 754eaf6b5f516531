import type { Page } from "@playwright/test";
import { expect, open, test } from "./support/test.ts";

const panel = (page: Page) => page.getByRole("region", { name: "The closing handshake", exact: true });
const codes = (page: Page) => page.getByRole("region", { name: "Close codes", exact: true });
const browser = (page: Page) => panel(page).getByRole("region", { name: "Browser", exact: true });
const server = (page: Page) => panel(page).getByRole("region", { name: "Server", exact: true });
const script = (page: Page) => panel(page).getByRole("region", { name: "What the script is told" });
const knows = (page: Page) => panel(page).getByRole("region", { name: "What the server knows" });
const says = (page: Page) => panel(page).getByRole("region", { name: "What happens" });
const begins = (page: Page, name: string) =>
  panel(page).getByRole("group", { name: "Who begins" }).getByRole("button", { name, exact: true });
const wrong = (page: Page, name: string) =>
  panel(page).getByRole("group", { name: "What goes wrong" }).getByRole("button", { name, exact: true });
const step = (page: Page) => panel(page).getByRole("button", { name: "Step", exact: true });
const time = (page: Page) => panel(page).getByRole("slider", { name: "Time", exact: true });
const code = (page: Page) => codes(page).getByRole("textbox", { name: "A close code" });
const meaning = (page: Page) => codes(page).getByRole("region", { name: "What this code means" });

test.describe("for whoever asked for less motion", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });

  test("a clean close: both ends know, and the server has closed TCP", async ({ page }) => {
    await open(page, "/closing");
    await expect(script(page)).toContainText("1000");
    await expect(script(page)).toContainText("wasCleantrue");
    await expect(knows(page)).toContainText("Closed cleanly; the browser said 1000.");
    await expect(server(page)).toContainText("TIME_WAIT");
    await expect(browser(page)).toContainText("3 CLOSED");
    // Play begins again and goes from moment to moment.
    await panel(page).getByRole("button", { name: "Play" }).click();
    await expect(script(page)).toContainText("Nothing yet");
  });

  test("step by step, both state machines move", async ({ page }) => {
    await open(page, "/closing?at=0");
    await expect(browser(page).locator("[aria-current]")).toHaveText("Open");
    await step(page).click();
    await expect(says(page)).toContainText("The script gets “Hello”");
    await step(page).click();
    await expect(says(page)).toContainText("The script calls close(1000, “bye”)");
    await expect(browser(page).locator("[aria-current]")).toHaveText("Closing");
    await expect(server(page).locator("[aria-current]")).toHaveText("Open");
    await expect(script(page)).toContainText("Nothing yet");
    await step(page).focus();
    await page.keyboard.press("ArrowRight");
    await expect(server(page).locator("[aria-current]")).toHaveText("Closing");
    await expect(server(page)).toContainText("FIN_WAIT_1");
    await expect(page).toHaveURL(/[?&]at=300/);
    await page.reload();
    await expect(server(page)).toContainText("FIN_WAIT_1");
    await expect(says(page)).toContainText("The server closes TCP");
    await panel(page).getByRole("button", { name: "Step back" }).click();
    await expect(server(page).locator("[aria-current]")).toHaveText("Open");
    await time(page).fill("9999");
    await expect(script(page)).toContainText("1000");
  });

  test("the bytes of a close frame lead to the decoder", async ({ page }) => {
    await open(page, "/closing?start=server");
    await panel(page).getByRole("link", { name: "Take apart 88 09 03 e9" }).click();
    await expect(page).toHaveURL(/\/frames\?hex=880903e972657374617274&from=server/);
    await expect(page.getByText("restart").first()).toBeVisible();
    await page.goBack();
    await expect(script(page)).toContainText("1001");
  });

  for (const [name, told] of [
    ["A program hangs", "The close timeout is over."],
    ["The cable is pulled", "The close timeout is over."],
    ["A process crashes", "100 ms after it went wrong. FIN came from the other end."],
    ["FIN, no close frame", "100 ms after it went wrong. FIN came from the other end."],
    ["RST", "100 ms after it went wrong. RST came from the other end."],
  ] as const) {
    test(`${name}: the script is told 1006`, async ({ page }) => {
      await open(page, "/closing");
      await wrong(page, name).click();
      await expect(script(page)).toContainText("1006");
      await expect(script(page)).toContainText("wasCleanfalse");
      await expect(script(page)).toContainText(told);
      await expect(script(page)).toContainText("No error event came before it.");
    });
  }

  test("a server that vanishes is noticed late, and never the other way round", async ({ page }) => {
    await open(page, "/closing?start=nobody&wrong=cable");
    await expect(script(page)).toContainText("7 min 30 s after it went wrong");
    await expect(knows(page)).toContainText("The connection counts as open");
    await panel(page).getByRole("button", { name: "The client sends a message" }).click();
    await expect(script(page)).toContainText("15 min 25 s");
    await expect(page).toHaveURL(/start=nobody&wrong=cable&traffic=1/);
  });

  test("what a script may not say is refused, and what a server must not say fails the connection", async ({ page }) => {
    await open(page, "/closing");
    await panel(page).getByRole("textbox", { name: "Close code" }).fill("1001");
    await expect(panel(page).getByText(/^InvalidAccessError: a script may say 1000/)).toBeVisible();
    await expect(script(page)).toContainText("No event");
    await panel(page).getByRole("textbox", { name: "Close code" }).fill("4001");
    await expect(script(page)).toContainText("4001");
    await begins(page, "The server").click();
    await panel(page).getByRole("textbox", { name: "Close code" }).fill("1006");
    await expect(script(page)).toContainText("An error event came first");
    await expect(knows(page)).toContainText("the browser said 1002");
    await panel(page).getByRole("textbox", { name: "Close code" }).fill("");
    await expect(panel(page).getByText("cannot hold a reason without a code").first()).toBeVisible();
    await panel(page).getByRole("textbox", { name: "Reason" }).fill("");
    await expect(script(page)).toContainText("1005");
  });

  for (const [query, said] of [
    ["start=me", "start=me"],
    ["wrong=fire&trip=1", "wrong=fire"],
    ["at=soon", "at=soon"],
    ["start=both&start=client", "cannot be read"],
    ["code=99999", "code=99999"],
  ] as const) {
    test(`?${query} gives the default and says so`, async ({ page }) => {
      await open(page, `/closing?${query}`);
      await expect(page.getByRole("status").filter({ hasText: said }).first()).toBeVisible();
      await expect(script(page)).toContainText("1000");
      await expect(meaning(page)).toContainText("abnormal closure");
    });
  }

  test("links in the text lead to what they speak of, and Back returns", async ({ page }) => {
    await open(page, "/closing");
    await page.getByRole("article").getByRole("link", { name: "See it" }).first().click();
    await expect(begins(page, "Both at once")).toHaveAttribute("aria-pressed", "true");
    await expect(script(page)).toContainText("1001");
    await expect(begins(page, "Both at once")).toBeInViewport();
    await page.goBack();
    await expect(begins(page, "The client")).toHaveAttribute("aria-pressed", "true");
    await expect(script(page)).toContainText("1000");
  });

  test("a code gets its verdict, by typing, by choosing and by link", async ({ page }) => {
    await open(page, "/closing");
    await expect(meaning(page)).toContainText("Never. An endpoint tells it to its own application.");
    await code(page).fill("4000");
    await expect(meaning(page)).toContainText("private use");
    await expect(meaning(page)).toContainText("The other end answers with 4000");
    await expect(page).toHaveURL(/[?&]code=4000/);
    await code(page).fill("bye");
    await expect(code(page)).toHaveAttribute("aria-invalid", "true");
    await expect(codes(page)).toContainText("“bye”: a close code is a number");
    await expect(meaning(page)).toContainText("private use");
    await codes(page).getByRole("button", { name: /^1012/ }).click();
    await expect(code(page)).toHaveValue("1012");
    await expect(meaning(page)).toContainText("A server or a gateway.");
    await expect(meaning(page).getByRole("link", { name: "88 02 03 f4" })).toBeVisible();
    await codes(page).getByRole("button", { name: /^3000–3999/ }).click();
    await expect(code(page)).toHaveValue("3000");
    await open(page, "/closing?code=1012");
    await expect(code(page)).toBeInViewport();
    await open(page, "/closing?start=both&code=1004");
    await expect(meaning(page)).toContainText("Chromium 156 takes it all the same (measured).");
    await expect(begins(page, "Both at once")).toHaveAttribute("aria-pressed", "true");
  });
});

test("it plays to the end, and can be paused", async ({ page }) => {
  await open(page, "/closing?trip=20");
  await expect(panel(page).getByRole("button", { name: "Pause" })).toBeVisible();
  await panel(page).getByRole("button", { name: "Pause" }).click();
  const stood = await time(page).inputValue();
  await expect(page).toHaveURL(/[?&]at=/);
  await panel(page).getByRole("button", { name: "Play" }).click();
  await expect.poll(async () => Number(await time(page).inputValue())).toBeGreaterThan(Number(stood));
});
