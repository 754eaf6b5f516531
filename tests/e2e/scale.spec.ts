import { expect, open, test } from "./support/test.ts";

test.describe("what connections hold", () => {
  test("asks before the sum is shown, and the address follows", async ({ page }) => {
    await open(page, "/scale");
    const panel = page.locator("#connection-cost");
    await expect(panel.getByText("each, and")).toHaveCount(0);
    await panel.getByRole("button", { name: "one or two GB" }).click();
    await expect(panel.getByText("As you said. 18.8 kB each, and 1.9 GB in all.")).toBeVisible();
    await expect(page).toHaveURL(/sum=1/);
    await panel.getByRole("button", { name: "Compression’s defaults" }).click();
    await expect(panel.getByText(/Not what you said\. 31\d kB each, and 31\.\d GB in all\./)).toBeVisible();
    await expect(panel.getByText(/has 28.232 ports/)).toBeVisible();
    await page.goBack();
    await expect(panel.getByText("1.9 GB in all")).toBeVisible();
  });

  test("a hundred real connections are opened, measured and closed", async ({ page, server }) => {
    await open(page, "/scale");
    const panel = page.locator("#connection-cost");
    const connections = async () => {
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      return Number(/^websocket_connections (\d+)/m.exec(metrics)![1]);
    };
    const before = await connections();
    await panel.getByRole("button", { name: "Open 100 real ones" }).click();
    await expect(panel.getByText("100 opened.")).toBeVisible();
    await expect.poll(connections).toBe(before);
  });

  test("without a server the button says what is missing", async ({ page, troubles }) => {
    troubles.expect(/status of 404/);
    await page.route("**/api/memory", (route) => route.fulfill({ status: 404, body: "" }));
    await open(page, "/scale");
    const panel = page.locator("#connection-cost");
    await panel.getByRole("button", { name: "Open 100 real ones" }).click();
    await expect(panel.getByRole("alert")).toContainText("no server behind it");
  });

  test("what a link cannot mean is named", async ({ page }) => {
    await open(page, "/scale?connections=99999999999&tls=many");
    const panel = page.locator("#connection-cost");
    await expect(panel).toContainText("connections");
    await expect(panel).toContainText("a whole number from 100 to 10000000 is needed");
    await expect(panel.getByText(/^100.000$/).first()).toBeVisible();
  });
});

test.describe("a real room", () => {
  test("both members hear a message with the same number, and who comes back is told what it missed", async ({ page }) => {
    await open(page, "/scale");
    const panel = page.locator("#live-room");
    await panel.scrollIntoViewIfNeeded();
    await panel.getByRole("button", { name: "both, the speaker too" }).click();
    await expect(panel.getByText("Both are in.")).toBeVisible();
    await panel.getByRole("button", { name: "First says something" }).click();
    await expect(panel.getByText(/As you said\. Heard by both/)).toBeVisible();
    const row = (what: string) => panel.getByRole("row").filter({ has: page.getByRole("cell", { name: what, exact: true }) });
    await expect(row("Message 1").getByRole("cell").first()).toHaveText("1");
    await expect(row("Message 1").getByRole("cell", { name: / ms$/ })).toHaveCount(2);
    await panel.getByRole("button", { name: "Second leaves" }).click();
    await expect(panel.getByText("1 member")).toBeVisible();
    await panel.getByRole("button", { name: "First says something" }).click();
    await expect(row("Message 2").getByRole("cell").last()).toHaveText("not heard");
    await panel.getByRole("button", { name: "Second comes back" }).click();
    await expect(row("Message 2").getByRole("cell").last()).toHaveText(/ ms$/);
    await expect(row("Message 2").getByRole("cell").first()).toHaveText("2");
  });

  test("without a server that has rooms, it says so", async ({ page, troubles }) => {
    troubles.expect(/status of 404/);
    await page.route("**/rooms", (route) => route.fulfill({ status: 404, body: "" }));
    await open(page, "/scale");
    const panel = page.locator("#live-room");
    await panel.scrollIntoViewIfNeeded();
    await panel.getByRole("button", { name: "only the other one" }).click();
    await expect(panel.getByRole("alert")).toContainText("no server behind it that has rooms");
  });
});
