import type { Page } from "@playwright/test";
import { expect, open, test } from "./support/test.ts";

const panel = (page: Page) => page.getByRole("region", { name: "Inspect" });
const box = (page: Page) => panel(page).getByRole("textbox");
const HELLO = "<Buffer 81 85 37 fa 21 3d 7f 9f 4d 51 58>";

/** Pastes a text where the focus is, as a browser does. */
const paste = (page: Page, text: string, selector = "body") =>
  page.evaluate(
    ([text, selector]) => {
      const data = new DataTransfer();
      data.setData("text/plain", text!);
      document
        .querySelector(selector!)!
        .dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    },
    [text, selector],
  );

for (const [what, text, says, leads] of [
  ["a Node Buffer", HELLO, "1 frame, and nothing wrong with it.", "/frames?hex=818537fa213d7f9f4d5158"],
  ["Erlang", "<<129,5,72,101,108,108,111>>", "1 frame, and nothing wrong", "/frames?hex=810548656c6c6f"],
  ["a swapped close code", "88 02 e8 03", "59395 is 1000 with its bytes swapped", "/frames?hex=8802e803"],
  ["HTTP for frames", "48 54 54 50 2f 31 2e 31 20 34 30 30 0d 0a 0d 0a", "FIN 0, RSV1 1, RSV2 0, RSV3 0, opcode 8", "/frames?hex=48545450"],
  ["a close code", "close 1006", "1006", "/closing?code=1006#close-codes"],
  ["an error text", "WebSocket connection to 'wss://a.example/' failed: Error during WebSocket handshake: Unexpected response code: 502", "What usually causes it", "/handshake?"],
  ["a half of a handshake", "GET /chat HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\n\r\n", "Request:", "/handshake?request="],
] as const) {
  test(`${what}: named, judged, and one click from its instrument`, async ({ page }) => {
    await open(page, "/inspect");
    await box(page).fill(text);
    await expect(panel(page).locator(".inspector__what")).toBeVisible();
    await expect(panel(page)).toContainText(says);
    const link = panel(page).locator(".inspector__out a.btn").first();
    expect(await link.getAttribute("href")).toContain(leads);
    await link.click();
    await expect(page).not.toHaveURL(/inspect/);
    await expect(page.locator(".problems")).toHaveCount(0);
  });
}

test("what is not known is refused, stays in the box, and nothing of before stays in view", async ({ page }) => {
  await open(page, "/inspect");
  await box(page).fill(HELLO);
  await expect(panel(page)).toContainText("nothing wrong");
  await box(page).fill("?!");
  await expect(panel(page)).toContainText("This is not read.");
  await expect(panel(page)).not.toContainText("nothing wrong");
  await expect(box(page)).toHaveValue("?!");
});

test("another reading of the same digits is one click away", async ({ page }) => {
  await open(page, "/inspect");
  await box(page).fill("[81, 05, 48, 65, 6]");
  const other = panel(page).getByRole("button", { name: /^read as/ }).first();
  await expect(other).toBeVisible();
  const before = await panel(page).locator(".inspector__out").innerText();
  await other.click();
  await expect(panel(page).locator(".inspector__out")).not.toHaveText(before);
});

test("pasted on any page, and outside of text fields, it is inspected; the address does not have it", async ({ page }) => {
  await open(page, "/closing");
  await paste(page, HELLO);
  await expect(page).toHaveURL(/\/inspect$/);
  await expect(panel(page)).toContainText("a Node Buffer");
  await paste(page, "1006");
  await expect(panel(page)).toContainText("a close code, 1006");
  await expect(page).toHaveURL(/\/inspect$/);
});

test("the box on the home page takes what is pasted or typed", async ({ page }) => {
  await open(page, "/");
  await paste(page, "1009", "#paste-anything");
  await expect(panel(page)).toContainText("a close code, 1009");
  await open(page, "/");
  await page.locator("#paste-anything").fill("close 1011");
  await page.keyboard.press("Enter");
  await expect(panel(page)).toContainText("a close code, 1011");
});

test("pasting into a text field is left alone", async ({ page }) => {
  await open(page, "/messages");
  await page.getByRole("textbox", { name: "The message" }).focus();
  await paste(page, "1006", "textarea, input");
  await expect(page).toHaveURL(/messages/);
});

test("a file is read as bytes or as text", async ({ page }) => {
  await open(page, "/inspect");
  const file = panel(page).locator("input[type=file]");
  await file.setInputFiles({ name: "frame.bin", mimeType: "application/octet-stream", buffer: Buffer.from("81024869", "hex") });
  await expect(panel(page)).toContainText("1 frame");
  await file.setInputFiles({ name: "log.txt", mimeType: "text/plain", buffer: Buffer.from(HELLO) });
  await expect(panel(page)).toContainText("a Node Buffer");
});

test("a link has the text, without its secrets", async ({ page }) => {
  await open(page, "/inspect");
  await box(page).fill("GET / HTTP/1.1\r\nHost: a\r\nCookie: id=4711\r\n\r\n");
  await expect(panel(page)).toContainText("Cookie left out of the link");
  for (const link of await panel(page).getByRole("link").all()) {
    expect(await link.getAttribute("href")).not.toContain("4711");
  }
  await open(page, "/inspect?text=close+1006");
  await expect(panel(page)).toContainText("a close code, 1006");
});

/** Pastes a dump with one frame of 14 bytes of payload in each row. */
const pasteDump = (page: Page, rows: number) =>
  page.evaluate((rows) => {
    const lines = Array.from(
      { length: rows },
      (_, row) => `${(16 * row).toString(16).padStart(8, "0")}  81 0e ${"61 ".repeat(6)} ${"61 ".repeat(8)} |..${"a".repeat(14)}|`,
    );
    const data = new DataTransfer();
    data.setData("text/plain", lines.join("\n"));
    // A text that is too long to show takes the place of the box.
    (document.querySelector("#inspector-text") ?? document.body).dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, rows);

test("a long text is read in a worker; the page says so, and what it says in the end is what it says of a short one", async ({ page }) => {
  await open(page, "/inspect");
  const started = page.waitForEvent("worker");
  await pasteDump(page, 40_000);
  expect((await started).url()).toMatch(/\/reader-\w+\.js$/);
  await expect(panel(page)).toContainText(/A text of 3,\d{3},\d{3} bytes/);
  await expect(panel(page)).toContainText("40,000 frames, and nothing wrong with them.");
  await pasteDump(page, 4);
  await expect(panel(page)).toContainText("4 frames, and nothing wrong with them.");
});

test("reading a long text can be given up, and another one is read then", async ({ page }) => {
  await open(page, "/inspect");
  const first = page.waitForEvent("worker");
  await pasteDump(page, 200_000);
  const worker = await first;
  const gone = worker.waitForEvent("close");
  await panel(page).getByRole("button", { name: "Cancel" }).click();
  await gone;
  await expect(panel(page).locator(".inspector__out")).toBeEmpty();
  await pasteDump(page, 10_000);
  await expect(panel(page)).toContainText("10,000 frames, and nothing wrong with them.");
});

test("without the worker a long text is read in place", async ({ page, troubles }) => {
  troubles.expect(/reader-.*\.js|net::ERR_FAILED/);
  await page.route("**/reader-*.js", (route) => route.abort());
  await open(page, "/inspect");
  await pasteDump(page, 10_000);
  await expect(panel(page)).toContainText("10,000 frames, and nothing wrong with them.");
});
