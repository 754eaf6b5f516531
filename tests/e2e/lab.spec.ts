import type { Locator, Page } from "@playwright/test";
import { lab } from "./support/lab.ts";
import { expect, open, test } from "./support/test.ts";

/** What the last run came to, in a sentence. */
const outcome = (page: Page): Locator => lab(page).getByRole("status").filter({ hasText: "Your script got" });
const events = (page: Page): Locator => lab(page).getByRole("list", { name: "What happened" });

async function run(page: Page, fault: string): Promise<void> {
  await open(page, `/closing?fault=${fault}`);
  await lab(page).getByRole("button", { name: "Run it", exact: true }).click();
  await expect(outcome(page)).toBeVisible({ timeout: 45_000 });
}

test("the page and the server know the same faults", async ({ page, request }) => {
  const list = (await (await request.get("/lab")).json()) as { name: string; section: string }[];
  expect(list).toHaveLength(18);
  await open(page, "/closing");
  const chips = lab(page).locator(".fault-lab__group").getByRole("button");
  const shown: Record<string, string> = {};
  for (const chip of await chips.all()) {
    await chip.click();
    await expect(chip).toHaveAttribute("aria-pressed", "true");
    const path = await lab(page).locator(".panel__foot code").innerText();
    shown[path] = (await lab(page).locator(".fault-lab__does").getByRole("link").innerText()).slice(1);
  }
  expect(shown).toEqual(Object.fromEntries(list.map(({ name, section }) => [`/lab/${name}`, section])));
});

test("text that isn't UTF-8: predicted, run, judged", async ({ page }) => {
  await open(page, "/closing");
  await lab(page).getByRole("radio", { name: "error, then close" }).check();
  await lab(page).getByRole("radio", { name: "1007", exact: true }).check();
  await lab(page).getByRole("button", { name: "Run it", exact: true }).click();
  await expect(outcome(page)).toContainText("open, error, close 1006");
  await expect(outcome(page)).toContainText("Predicted: 1 of 2 right.");
  await expect(lab(page)).toContainText("You said 1007; it was 1006.");
  await expect(events(page)).toContainText("code 1006 · reason “” · wasClean false");
  await expect(events(page).getByRole("button", { name: /^Client to server: close 100\d/ })).toBeVisible();
  await expect(lab(page)).toContainText("0xe9 begins one of three bytes, and two are missing");
  // What the browser sent stands in the bytes, and what is said of it agrees.
  await events(page).getByRole("button", { name: /^Client to server: close/ }).click();
  const code = await lab(page).getByRole("region", { name: "Selected" }).getByText(/^100\d protocol error|^1007/).innerText();
  await expect(outcome(page)).toContainText(`Your browser sent close ${code.slice(0, 4)}.`);
  await lab(page).getByRole("link", { name: "Take it apart" }).click();
  await expect(page).toHaveURL(/\/frames\?hex=8104636166e9&from=server/);
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("1007");
  await page.goBack();
  await expect(outcome(page)).toContainText("Predicted: 1 of 2 right.");
});

test("a wrong accept value: no open event, and the heads go to the editor", async ({ page }) => {
  await run(page, "wrong-accept");
  await expect(outcome(page)).toContainText("Your script got error, close 1006. Your browser sent nothing.");
  await expect(events(page)).not.toContainText("open");
  await expect(events(page)).toContainText("the accept value is wrong");
  await lab(page).getByRole("link", { name: "Judge it in the handshake editor" }).click();
  const editor = page.getByRole("region", { name: "Handshake editor" });
  await expect(editor.getByRole("textbox", { name: "The request" })).toHaveValue(/^GET \/lab\/wrong-accept/);
  await expect(editor.getByRole("group", { name: "The client’s verdict" })).toContainText("fails the connection");
});

test("a reset: a close event and nothing sent", async ({ page }) => {
  await run(page, "tcp-reset");
  await expect(outcome(page)).toContainText("close 1006. Your browser sent nothing.");
  await expect(events(page)).toContainText("reset by server");
});

test("a half-close: the server hears the end", async ({ page }) => {
  await run(page, "half-close");
  await expect(outcome(page)).toContainText("close 1006");
  await expect(events(page)).toContainText("after the server's half-close");
});

test("a bomb: the message is handed over whole, and the page's own decoder stops", async ({ page }) => {
  test.setTimeout(90_000);
  await run(page, "deflate-bomb");
  await expect(events(page)).toContainText("67,108,864 bytes of binary data");
  await expect(lab(page)).toContainText("This page’s own decoder stops at 1,048,576 bytes");
});

test("silence: nothing happens, and the page may close", async ({ page }) => {
  await run(page, "silence");
  await expect(outcome(page)).toContainText("open, then nothing");
  await lab(page).getByRole("button", { name: "Close it from the page" }).click();
  await expect(lab(page)).toContainText(/Waiting for the server’s close frame: \d+\ss/);
  await expect(events(page)).toContainText("your call close(1000)");
  await expect(events(page).getByRole("button", { name: /^Client to server: close 1000/ })).toBeVisible();
  // What was seen before stays as it was.
  await expect(outcome(page)).toContainText("open, then nothing");
});

test("a link brings fault and prediction back, and Back leads through the faults", async ({ page }) => {
  await open(page, "/closing?fault=tcp-reset&guess=close.1006.nothing");
  await expect(lab(page).getByRole("button", { name: "TCP reset" })).toHaveAttribute("aria-pressed", "true");
  for (const name of ["close alone", "1006"]) {
    await expect(lab(page).getByRole("radio", { name, exact: true })).toBeChecked();
  }
  await lab(page).getByRole("button", { name: "Silence", exact: true }).click();
  await expect(page).toHaveURL(/\?fault=silence$/);
  await lab(page).getByRole("radio", { name: "no close event" }).check();
  await expect(page).toHaveURL(/\?fault=silence&guess=-\.none\.-$/);
  await page.goBack();
  await expect(lab(page).getByRole("button", { name: "TCP reset" })).toHaveAttribute("aria-pressed", "true");
  await expect(lab(page).getByRole("radio", { name: "close alone" })).toBeChecked();
});

test("a prediction is drawn before it is tried", async ({ page }) => {
  await open(page, "/closing?fault=reserved-opcode");
  const drawn = lab(page).getByRole("list", { name: "What you predict" });
  await expect(drawn).toContainText("your browser sends …");
  await lab(page).getByRole("radio", { name: "close 1002" }).check();
  await lab(page).getByRole("radio", { name: "close alone" }).check();
  await lab(page).getByRole("radio", { name: "1006", exact: true }).check();
  await expect(drawn).toContainText("close 1002");
  await expect(drawn).toContainText("close, code 1006");
  await expect(drawn).not.toContainText("…");
});

test.describe("on a small screen", () => {
  test.use({ viewport: { width: 360, height: 740 } });

  test("a list takes the place of the chips, and follows Back", async ({ page }) => {
    await open(page, "/closing?fault=tcp-reset");
    const list = lab(page).getByRole("combobox", { name: "Fault" });
    await expect(list).toHaveValue("tcp-reset");
    await list.selectOption({ label: "Masked frame" });
    await expect(page).toHaveURL(/\?fault=masked-frame$/);
    await expect(lab(page).getByRole("heading", { name: "Masked frame" })).toBeVisible();
    await page.goBack();
    await expect(list).toHaveValue("tcp-reset");
  });
});

test("a run that another cuts off can be run again", async ({ page }) => {
  await open(page, "/closing?fault=silence");
  const start = lab(page).getByRole("button", { name: "Run it", exact: true });
  await start.click();
  await expect(events(page)).toContainText("open");
  await lab(page).getByRole("button", { name: "TCP reset" }).click();
  await start.click();
  await expect(outcome(page)).toContainText("close 1006");
  await lab(page).getByRole("button", { name: "Silence", exact: true }).click();
  await expect(start).toBeEnabled();
});

test("a link that cannot be used says so", async ({ page }) => {
  await open(page, "/closing?fault=earthquake&guess=7");
  await expect(lab(page)).toContainText("fault=earthquake: the lab has no fault of this name");
  await expect(lab(page)).toContainText("guess=7: a prediction is the events, the code and what the browser sends.");
  await expect(lab(page).getByRole("button", { name: "Text that is not UTF-8" })).toHaveAttribute("aria-pressed", "true");
});

test("by keyboard alone", async ({ page }) => {
  await open(page, "/closing?fault=short-close");
  await lab(page).getByRole("radio", { name: "message" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(lab(page).getByRole("radio", { name: "error, then close" })).toBeChecked();
  await lab(page).getByRole("button", { name: "Run it", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(outcome(page)).toContainText("Predicted: 1 of 1 right.");
});

test("all of them, one after the other", async ({ page, context }) => {
  test.setTimeout(150_000);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, "/closing");
  await lab(page).getByRole("button", { name: "Run all 18" }).click();
  await expect(lab(page).getByText(/^All 18 were run:/)).toBeVisible({ timeout: 120_000 });
  const rows = lab(page).getByRole("table").locator("tbody tr");
  await expect(rows).toHaveCount(18);
  await expect(rows.filter({ hasText: "not run" })).toHaveCount(0);
  await expect(rows.filter({ hasText: "Masked frame" })).toContainText("open, error, close 1006");
  await expect(rows.filter({ hasText: "Silence" })).toContainText("open, then nothing");
  await lab(page).getByRole("button", { name: "Copy as text" }).click();
  await expect(lab(page).getByText("Copied")).toBeVisible();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain(await page.evaluate(() => navigator.userAgent));
  expect(text.trim().split("\n")).toHaveLength(18 + 3);
  // A line of the table leads to its run.
  await rows.filter({ hasText: "Long control" }).getByRole("button").click();
  await expect(events(page)).toContainText("control frame too long");
});

test("without a server the lab says so, and takes another's address", async ({ page, server, troubles }) => {
  troubles.expect(/status of 404|api\/wires/);
  await page.route("**/api/wires", (route) => route.fulfill({ status: 404, body: "<!doctype html>" }));
  await open(page, "/closing?fault=reserved-bit");
  await lab(page).getByRole("button", { name: "Run it", exact: true }).click();
  await expect(lab(page).getByRole("alert")).toContainText("The lab needs Duplex’s server");
  const box = lab(page).getByRole("textbox", { name: "Address of a lab" });
  await box.fill("http://127.0.0.1/lab");
  await box.press("Enter");
  await expect(lab(page).getByRole("alert")).toContainText("Try ws://127.0.0.1/lab");
  await expect(box).toHaveValue("http://127.0.0.1/lab");
  await box.fill(`ws://127.0.0.1:${server.port}/lab/`);
  await box.press("Enter");
  await lab(page).getByRole("button", { name: "Run it", exact: true }).click();
  await expect(outcome(page)).toContainText("open, error, close 1006");
  await expect(lab(page)).toContainText("A page cannot see what its browser sends.");
});
