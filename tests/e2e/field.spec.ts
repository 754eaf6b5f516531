import { expect, open, test } from "./support/test.ts";

test.describe("a channel and its members", () => {
  test("asks before the hour is counted, and keeps what was said", async ({ page }) => {
    await open(page, "/field");
    const panel = page.locator("#channel-fanout");
    await expect(panel.getByText("polls bring nothing")).toHaveCount(0);
    await panel.getByRole("button", { name: "nine tenths to 99 of 100" }).click();
    await expect(panel.getByText(/As you said\. .* polls bring nothing: 9\d\.\d %/)).toBeVisible();
    await expect(page).toHaveURL(/hour=1/);
    await expect(panel.getByText(/of the requests saved: over 90 %/)).toBeVisible();
    await panel.getByLabel("Polled every").press("End");
    await expect(panel.getByText(/You said nine tenths to 99 of 100\./)).toBeVisible();
    await page.goBack();
    await expect(panel.getByRole("button", { name: "less than half" })).toBeVisible();
  });

  test("a gateway without members is told only where all is one topic", async ({ page }) => {
    await open(page, "/field?members=3&gateways=40");
    const panel = page.locator("#channel-fanout");
    await expect(panel.getByText(/hands it to [123] gateways?: [123] cop/)).toBeVisible();
    await panel.getByRole("button", { name: "One topic for all channels" }).click();
    await expect(panel.getByText(/hands it to 40 gateways: 40 copies\. 3[789] of them have nobody/)).toBeVisible();
  });
});

test.describe("two editors", () => {
  const pane = (page: import("@playwright/test").Page, side: string) => page.getByRole("group", { name: `${side} editor` });

  test("both painted: after a prediction the line is mended and they agree", async ({ page }) => {
    await open(page, "/field");
    const panel = page.locator("#shared-editing");
    await panel.scrollIntoViewIfNeeded();
    await expect(pane(page, "Left").getByRole("button", { name: /^square, green/ })).toBeVisible();
    await expect(pane(page, "Right").getByRole("button", { name: /^square, violet/ })).toBeVisible();
    await panel.getByRole("button", { name: "Both the same colour" }).click();
    await expect(panel.getByText("As you said. Violet in both panes.")).toBeVisible();
    await expect(pane(page, "Left").getByRole("button", { name: /^square, violet/ })).toBeVisible();
    await expect(page).toHaveURL(/line=1/);
  });

  test("without stamps they swap and stay apart", async ({ page }) => {
    await open(page, "/field?both=colour&merge=arrival&line=1");
    await expect(page.locator("#shared-editing").getByText(/Violet on the left, green on the right\./)).toBeVisible();
  });

  test("two words at one place both stay", async ({ page }) => {
    await open(page, "/field?both=title&line=1");
    await expect(page.locator("#shared-editing").getByText(/“Plan [AB] [AB]” in both panes/)).toBeVisible();
    await expect(pane(page, "Left").getByLabel("Title")).toHaveValue(/^Plan (A B|B A)$/);
  });

  test("keyboard and pointer move a shape in both panes, and the frame leads to the inspector", async ({ page }) => {
    await open(page, "/field?both=nothing&line=1&way=0");
    const panel = page.locator("#shared-editing");
    const circle = (side: string, at: string) => pane(page, side).getByRole("button", { name: `circle, grey, at ${at}; arrow keys move it` });
    await circle("Left", "160, 120").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowUp");
    await expect(circle("Right", "170, 110")).toBeVisible();
    await circle("Right", "170, 110").hover();
    await page.mouse.down();
    await page.mouse.move(0, 0, { steps: 4 });
    await page.mouse.up();
    await expect(circle("Left", "24, 24")).toBeVisible();
    await expect(panel.getByRole("button", { name: /^circle to/ }).first()).toBeVisible();
    await panel.getByRole("button", { name: "circle to 170, 110" }).click();
    await panel.getByRole("link", { name: "Step through it" }).first().click();
    await expect(page).toHaveURL(/\/frames\?hex=82[0-9a-f]+&from=client/);
    await expect(page.getByRole("region", { name: "Verdict" })).not.toContainText("fails the connection");
  });

  test("typing goes to the other pane; a cut line holds it", async ({ page }) => {
    await open(page, "/field?both=nothing&line=1&way=0");
    const panel = page.locator("#shared-editing");
    await pane(page, "Left").getByLabel("Title").fill("Plans ❤");
    await expect(pane(page, "Right").getByLabel("Title")).toHaveValue("Plans ❤");
    await panel.getByRole("button", { name: "cut", exact: true }).click();
    await pane(page, "Right").getByLabel("Title").fill("Plan ❤");
    await expect(panel.getByText(/1 wait/)).toBeVisible();
    await expect(pane(page, "Left").getByLabel("Title")).toHaveValue("Plans ❤");
    await panel.getByRole("button", { name: "whole", exact: true }).click();
    await expect(pane(page, "Left").getByLabel("Title")).toHaveValue("Plan ❤");
  });
});

test.describe("many streams", () => {
  test("without a server that has streams, it says so", async ({ page, troubles }) => {
    troubles.expect(/WebSocket connection to/);
    await page.routeWebSocket(/transports\/streams/, (socket) => socket.close({ code: 1013 }));
    await open(page, "/field");
    const panel = page.locator("#stream-multiplexing");
    await panel.scrollIntoViewIfNeeded();
    await panel.getByRole("button", { name: "ALFA" }).click();
    await expect(panel.getByRole("alert")).toBeVisible();
  });

  test("updates of several streams come over one connection, and are measured", async ({ page }) => {
    await open(page, "/field");
    const panel = page.locator("#stream-multiplexing");
    await panel.scrollIntoViewIfNeeded();
    await panel.getByRole("button", { name: "a fiftieth, or less" }).click();
    await expect(panel.getByText(/As you said\. 4 bytes of header before 200 of update/)).toBeVisible();
    const row = (name: string) => panel.getByRole("row").filter({ has: page.getByRole("rowheader", { name }) });
    for (const name of ["ALFA", "BRAVO", "CHARLIE", "DELTA"]) {
      await expect(row(name).getByRole("cell").nth(1)).not.toHaveText("0");
      await expect(row(name).getByRole("cell").nth(0)).toHaveText("1");
    }
    await panel.getByRole("button", { name: "ALFA" }).click();
    await expect(row("ALFA")).toHaveCount(0);
    await expect(panel.getByRole("definition").first()).toHaveText("1");
    await panel.getByRole("button", { name: "One for each stream" }).click();
    await expect(panel.getByRole("definition").first()).toHaveText("3");
    await panel.getByRole("button", { name: "Close everything" }).click();
    await expect(panel.getByText("None is open.")).toBeVisible();
  });

  test("what a link cannot mean is named", async ({ page }) => {
    await open(page, "/field?members=many&rate=7&both=all");
    await expect(page.locator("#channel-fanout")).toContainText("a whole number from 3 to 10000");
  });
});
