import type { Page } from "@playwright/test";
import { expect, open, test } from "./support/test.ts";

/** The instrument that has one stream come by four transports. */
const comparison = (page: Page) => page.locator("#transport-comparison");

/** The cells of a transport's row, once the run is over. */
async function row(page: Page, transport: string): Promise<string[]> {
  const row = comparison(page).getByRole("row", { name: new RegExp(`^${transport} `) });
  return row.getByRole("cell").allInnerTexts();
}

async function isOver(page: Page): Promise<void> {
  await expect(comparison(page).getByText("The stream is over.")).toBeVisible({ timeout: 30_000 });
}

/** How the steps of a client are told. */
const steps = (page: Page, client: string) =>
  comparison(page).locator(".transport-comparison__steps > div").filter({ has: page.getByText(client, { exact: true }) });

test.describe("one stream by four transports", () => {
  test("all four get all messages, and the server counts what each cost", async ({ page }) => {
    await open(page, "/alternatives?lasts=3000&every=100&random=0&poll=500");
    const panel = comparison(page);
    await panel.getByRole("group", { name: "Your prediction of the shortest delay" }).getByRole("button", { name: "WebSocket" }).click();
    await panel.getByRole("group", { name: "Your prediction of the most bytes" }).getByRole("button", { name: "SSE" }).click();
    await panel.getByRole("button", { name: "Run all four" }).click();
    await isOver(page);
    await expect(panel.getByText(/It got all \d+\./)).toHaveCount(4);
    await expect(panel.getByText("Nothing went wrong.")).toHaveCount(4);
    await expect(panel.getByText(/The shortest delay: /)).toBeVisible();
    await expect(panel.getByText(/Not what you said\. Most bytes: Long polling/)).toBeVisible();
    await expect(panel.getByText(/may be wrong by ±/)).toBeVisible();
    const [polls] = await row(page, "Polling");
    const [held] = await row(page, "Long polling");
    expect(Number(polls)).toBeGreaterThanOrEqual(6);
    // As a rule one for each message; fewer where two came together.
    expect(Number(held)).toBeGreaterThan(Number(polls));
    expect((await row(page, "SSE"))[0]).toBe("1");
    expect((await row(page, "WebSocket"))[0]).toBe("1");
    // Nothing is left open.
    expect((await row(page, "WebSocket"))[2]).toBe("0");
    await panel.getByText("The first exchange of each, as it crossed").click();
    await expect(panel.getByText("101 Switching Protocols")).toBeVisible();
    await expect(panel.getByText("text/event-stream").first()).toBeVisible();
  });

  test("after a restart each comes back its own way, and nobody misses anything", async ({ page, troubles }) => {
    troubles.expect(/503|ERR_|WebSocket connection/);
    await open(page, "/alternatives?lasts=10000&every=200&random=0&poll=500&down=2000");
    const panel = comparison(page);
    await panel.getByRole("button", { name: "Run all four" }).click();
    await expect(panel.getByText(/^[1-9]\d* messages?$/)).toHaveCount(4);
    await panel.getByRole("button", { name: "Restart the server" }).click();
    await expect(steps(page, "SSE")).toContainText("The browser connects again by itself.");
    await expect(steps(page, "SSE")).toContainText("The browser gives up for good");
    await expect(steps(page, "WebSocket")).toContainText("loses its WebSocket: the page is told 1006.");
    await isOver(page);
    await expect(panel.getByText(/It got all \d+\./)).toHaveCount(4);
    await expect(steps(page, "WebSocket")).toContainText(/asks for what comes after message \d+/);
  });

  test("a WebSocket that is blocked gets nothing, and a fallback finds its way", async ({ page, troubles }) => {
    troubles.expect(/403|WebSocket connection/);
    await open(page, "/alternatives?lasts=5000&every=200&random=0&proxy=blocks&clients=fallback");
    const panel = comparison(page);
    await panel.getByRole("group", { name: "Your prediction of the way" }).getByRole("button", { name: "Long polling" }).click();
    await panel.getByRole("button", { name: "Run it" }).click();
    await isOver(page);
    await expect(panel.getByText(/As you said\. The first messages came by long polling, .* after 2 attempts in vain\./)).toBeVisible();
    const told = steps(page, "WebSocket, else long polling");
    await expect(told).toContainText("gets no WebSocket: the page is told 1006, and not why.");
    await expect(told).toContainText("takes long polling instead.");
    await expect(told).toContainText(/It got all \d+\./);
    expect((await row(page, "WebSocket"))[0]).toBe("2");
  });

  test("a proxy that buffers keeps an event stream until it ends", async ({ page }) => {
    await open(page, "/alternatives?lasts=3000&every=100&random=0&poll=500&proxy=buffers");
    const panel = comparison(page);
    await panel.getByRole("button", { name: "Run all four" }).click();
    await expect(panel.getByText(/^[1-9]\d* messages?$/)).toHaveCount(3);
    await expect(panel.getByText("0 messages", { exact: true })).toBeVisible();
    await isOver(page);
    await expect(steps(page, "SSE")).toContainText(/It got all \d+\./);
  });

  test("a proxy that cuts is met again and again", async ({ page, troubles }) => {
    troubles.expect(/504|ERR_|WebSocket connection/);
    await open(page, "/alternatives?lasts=5000&every=5000&random=0&poll=500&proxy=cuts&cut=1000");
    const panel = comparison(page);
    await panel.getByRole("button", { name: "Run all four" }).click();
    await expect(steps(page, "Long polling")).toContainText("is answered 504.", { timeout: 15_000 });
    await expect(steps(page, "Polling")).toContainText("Nothing went wrong.");
    await panel.getByRole("button", { name: "Stop" }).click();
    await expect(panel.getByText("You stopped it.")).toBeVisible();
  });

  test("without a server it says so", async ({ page, troubles }) => {
    troubles.expect(/status of 404/);
    await page.route("**/transports/runs", (route) => route.fulfill({ status: 404, body: "" }));
    await open(page, "/alternatives");
    await page.getByRole("button", { name: "Run all four" }).click();
    await expect(comparison(page).getByRole("alert")).toContainText("This site has no server behind it");
    await page.getByRole("button", { name: "Open them" }).click();
    await expect(page.locator("#connection-limit").getByRole("alert")).toContainText("This site has no server behind it");
  });
});

test.describe("the limit of connections", () => {
  test("the seventh event stream waits, and so does a request", async ({ page, troubles }) => {
    // Whoever waits is told nothing; what is closed while it waits is.
    troubles.expect(/ERR_/);
    await open(page, "/alternatives");
    const panel = page.locator("#connection-limit");
    await panel.getByRole("button", { name: "five or six" }).click();
    await panel.getByRole("button", { name: "Open them" }).click();
    await expect(panel.getByText("As you said. 6 are open, and one waits.")).toBeVisible();
    await expect(panel.getByText("Your browser reached this server by http/1.1.")).toBeVisible();
    await expect(panel.getByText(/The request beside them waits as well/)).toBeVisible();
    await panel.getByRole("button", { name: "Close them all" }).click();
    await expect(panel.getByText("6 streams had been open at once.")).toBeVisible();
    await expect(panel.getByText(/^answered after/)).toBeVisible();
  });

  test("five leave room for a request", async ({ page }) => {
    await open(page, "/alternatives?streams=5");
    const panel = page.locator("#connection-limit");
    await panel.getByRole("button", { name: "Open them" }).click();
    await expect(panel.getByText("All 5 are open.")).toBeVisible();
    await expect(panel.getByText(/^answered after/)).toBeVisible();
  });
});

test.describe("which one", () => {
  test("five questions end in a recommendation with its rule, and the address keeps the answers", async ({ page }) => {
    await open(page, "/alternatives");
    const panel = page.locator("#transport-chooser");
    const answer = (question: string, name: string) =>
      panel.getByRole("group", { name: question }).getByRole("button", { name }).click();
    await answer("Who speaks?", "Both");
    await expect(panel.getByText("1 of 5 answered.")).toBeVisible();
    await answer("How often?", "Seconds apart");
    await answer("Text or bytes?", "Text");
    await answer("What lies in between?", "Proxies that may block upgrades");
    await expect(panel.getByRole("status")).toContainText("A WebSocket, else long polling");
    await expect(panel.getByRole("status")).toContainText("The rule: ");
    await expect(page).toHaveURL(/who=both.*behind=walls/);
    await page.goBack();
    await expect(panel.getByText("Still possible:")).toBeVisible();
    await panel.getByRole("button", { name: "Begin again" }).click();
    await expect(panel.getByText("0 of 5 answered.")).toBeVisible();
  });
});

test("what a link cannot mean is named", async ({ page }) => {
  await open(page, "/alternatives?every=soon&proxy=wall&who=me");
  await expect(comparison(page)).toContainText("a whole number from 20 to 5000 is needed");
  await expect(comparison(page)).toContainText("it is one of none, blocks, buffers, cuts");
  await expect(page.locator("#transport-chooser")).toContainText("it is one of");
});
