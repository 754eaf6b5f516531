import { expect, open, test } from "./support/test.ts";

test.describe("what connections hold", () => {
  test("asks before the sum is shown, and the address follows", async ({ page }) => {
    await open(page, "/scale");
    const panel = page.locator("#connection-cost");
    await expect(panel.getByText("each, and")).toHaveCount(0);
    await panel.getByRole("button", { name: "one or two GB" }).click();
    await expect(panel.getByText("You said so. 18.8 kB each, and 1.9 GB in all.")).toBeVisible();
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
