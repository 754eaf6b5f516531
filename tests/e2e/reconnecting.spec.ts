import type { Page } from "@playwright/test";
import { violations } from "./support/axe.ts";
import { Server } from "./support/server.ts";
import { choose, expect, open, SIZES, test, THEMES } from "./support/test.ts";

const storm = (page: Page) => page.getByRole("region", { name: "A restart under many clients" });
const real = (page: Page) => page.getByRole("region", { name: "Eleven real reconnections" });
const verdict = (page: Page) => storm(page).getByRole("status").filter({ hasText: /back after|short/ });
const begin = (page: Page) => real(page).getByRole("button", { name: "Open eleven, and restart their server" });
/** How far it is, or how it ended. Values of sliders are statuses too. */
const stage = (page: Page) => real(page).locator(".reconnect-live__stage[role=status]");
const stop = (page: Page) => real(page).getByRole("button", { name: "Stop" });

test("a storm asks before it shows, and the link has the outcome", async ({ page }) => {
  await open(page, "/reconnecting?clients=2000");
  await expect(storm(page).getByRole("group", { name: "Your prediction" })).toContainText("Which crowd has everybody back first?");
  await expect(storm(page).locator("figure")).toHaveCount(0);
  await storm(page).getByRole("button", { name: "The other: full jitter" }).click();
  await expect(verdict(page)).toContainText(/^(As you said|Not what you said)\. /);
  await expect(verdict(page)).toContainText(/full jitter: back after [\d.]+ s/);
  await expect(storm(page).locator("figure")).toHaveCount(2);
  await expect(page).toHaveURL((url) => url.searchParams.get("shown") === "1");
  await storm(page).getByRole("button", { name: "Hide it, and ask me again" }).click();
  await expect(storm(page).locator("figure")).toHaveCount(0);
  await expect(page).toHaveURL((url) => !url.searchParams.has("shown"));
});

test("a link brings the outcome, and no verdict on the reader", async ({ page }) => {
  await open(page, "/reconnecting?clients=2000&shown=1");
  await expect(verdict(page)).toContainText(/full jitter: back after [\d.]+ s/);
  await expect(verdict(page)).not.toContainText("said");
  await expect(storm(page).getByRole("row", { name: /^attempts in vain/ })).toContainText("%");
});

test("without the worker a smaller storm stands for a large one, and says so", async ({ page, troubles }) => {
  troubles.expect(/worker-.*\.js|net::ERR_FAILED/);
  await page.route("**/*worker*.js", (route) => route.abort());
  await open(page, "/reconnecting?clients=50000&shown=1");
  await expect(storm(page)).toContainText("did not start the worker that runs large models");
  await expect(storm(page)).toContainText("5000 clients at the most");
  await expect(verdict(page)).toContainText(/full jitter: back after [\d.]+ s/);
});

test("what cannot be used in an address is named, and the default is taken", async ({ page }) => {
  await open(page, "/reconnecting?clients=5000000&takes=3.5&code=1000");
  await expect(storm(page)).toContainText("clients=5000000: a whole number from 1 to 1000000 is needed.");
  await expect(storm(page).getByRole("slider", { name: "Clients" })).toHaveAttribute("aria-valuetext", /^100.000 clients$/);
  await expect(real(page)).toContainText("takes=3.5: a whole number from 1 to 20 is needed.");
  await expect(real(page)).toContainText("code=1000: it is one of 1001, 1012, 1013, cut.");
});

test("the client to copy comes back when the server does", async ({ page, troubles }) => {
  troubles.expect(/net::ERR_|WebSocket connection to/);
  const server = await Server.start();
  try {
    await page.goto(`${server.url}/reconnecting`);
    const code = await page.locator("pre", { hasText: "export function keepOpen" }).textContent();
    expect(code).toContain("new WebSocket(");
    const url = `${server.url.replace("http", "ws")}/lab/restart?group=to-copy`;
    await page.evaluate(`{
      ${(code ?? "").replace("export ", "")}
      globalThis.states = [];
      globalThis.heard = [];
      globalThis.client = keepOpen(${JSON.stringify(url)}, {
        onMessage: (message) => heard.push(message),
        onState: (state) => states.push(state),
      });
    }`);
    const states = () => page.evaluate("states") as Promise<string[]>;
    await expect.poll(states).toEqual(["open"]);
    await server.stop("SIGKILL");
    await expect.poll(states).toContain("waiting");
    await server.start();
    await expect.poll(async () => (await states()).at(-1), { timeout: 60_000 }).toBe("open");
    // The first word of the server on each connection.
    await expect.poll(() => page.evaluate("heard.length")).toBe(2);
    await page.evaluate("client.close()");
    await expect.poll(async () => (await states()).at(-1)).toBe("closed");
  } finally {
    await server.stop();
  }
});

test("eleven real connections are dropped, and all come back", async ({ page }) => {
  await open(page, "/reconnecting?takes=20&away=500");
  await expect(real(page)).toContainText("The server takes 20 a second and is away for 500 ms. When is the last of eleven back?");
  await expect(begin(page)).toBeDisabled();
  await expect(stop(page)).toBeDisabled();
  await real(page).getByRole("button", { name: "Later" }).click();
  await begin(page).click();
  await expect(stage(page)).toHaveText(/^(As you said|Not what you said)\. The last of eleven was back after [\d.]+ s\.$/, { timeout: 60_000 });
  await expect(real(page)).toContainText(/They made \d+ attempts, (\d+|none) of them in vain\./);
  await expect(real(page)).toContainText("was told 1001 when the connections ended");
  await expect(real(page)).toContainText("By the model the last is back after");
  await expect(real(page).locator("figure").getByRole("img")).toHaveAttribute("aria-label", "Of 11 clients, 11 are back as measured and 11 by the model.");
  await real(page).getByText("Each attempt", { exact: true }).click();
  const rows = real(page).getByRole("group", { name: "Each attempt" }).locator("tbody tr");
  await expect(rows).toHaveCount(11);
  await expect(rows.filter({ hasText: /1001.*[\d.]+ s accepted/ })).toHaveCount(11);
  await expect(stop(page)).toBeDisabled();
  await expect(begin(page)).toBeEnabled();
  // Another question has had no answer yet.
  await real(page).getByRole("slider", { name: "Away for" }).press("End");
  await expect(begin(page)).toBeDisabled();
  await expect(page).toHaveURL((url) => url.searchParams.get("away") === "5000");
});

test("a server that crashes tells nothing, and the reader can stop", async ({ page }) => {
  await open(page, "/reconnecting?takes=1&away=5000&code=cut&wait=fixed");
  await real(page).getByRole("button", { name: "8 to 15 s" }).click();
  await begin(page).click();
  await expect(real(page)).toContainText("They are coming back.");
  await expect(real(page).locator(".reconnect-live__lanes")).toContainText("×");
  await stop(page).click();
  await expect(stage(page)).toHaveText("You stopped it. All are closed.");
  await expect(real(page)).toContainText("was told 1006 when the connections ended: there was no close frame.");
  await expect(real(page)).toContainText("The server had answered 503, which a page’s script cannot see.");
});

test("without a server that restarts it says so, and the models work", async ({ page, troubles }) => {
  troubles.expect(/WebSocket connection to/);
  await page.routeWebSocket(/\/lab\/restart/, (socket) => socket.close({ code: 1006 }));
  await open(page, "/reconnecting?clients=100&shown=1");
  await real(page).getByRole("button", { name: "Later" }).click();
  await begin(page).click();
  await expect(stage(page)).toContainText(/could be opened, and the page is told \d+ and no reason/);
  await expect(begin(page)).toBeEnabled();
  await expect(verdict(page)).toContainText(/full jitter: back after [\d.]+ s/);
});

for (const theme of THEMES) {
  test.describe(`${theme}, on a small screen`, () => {
    test.use({ viewport: SIZES.narrow, colorScheme: theme, reducedMotion: "reduce" });

    test("a run fits, can be touched, and has no violation", async ({ page }) => {
      await choose(page, theme);
      await open(page, "/reconnecting?takes=20&away=500&clients=100&shown=1");
      await real(page).getByRole("button", { name: "Within 8 s" }).click();
      await begin(page).click();
      await expect(stage(page)).toContainText("The last of eleven was back after", { timeout: 60_000 });
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(wider).toBeLessThanOrEqual(0);
      for (const control of await page.locator("main .panel :is(button, input, summary)").all()) {
        const box = await control.boundingBox();
        expect(box?.height, await control.evaluate((e) => e.outerHTML)).toBeGreaterThanOrEqual(44);
      }
      expect(await violations(page)).toEqual([]);
    });
  });
}
