import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { WebSocketServer } from "ws";
import { choose, expect, open, SIZES, test, THEMES } from "./support/test.ts";

const region = (name: string) => (page: Page) => page.getByRole("region", { name });
const line = region("A connection over time");
const crowd = region("Dead connections on a server");
const pulse = region("Real pings and pongs");
const button = (page: Page, name: string) => line(page).getByRole("button", { name, exact: true });
const knob = (page: Page, name: string) => line(page).getByRole("slider", { name, exact: true });
const result = (page: Page) => line(page).getByRole("status").filter({ hasText: "The server" });
const seconds = (text: string | null) => Number(/after ([\d.]+) s/.exec(text ?? "")?.[1]);
/** The number that stands over these words. */
const number = (page: Page, of: RegExp) =>
  crowd(page).locator("dl > div").filter({ has: page.locator("dt", { hasText: of }) }).locator("dd");

test("the server knows after a while, within what the formula gives, and the client never", async ({ page }) => {
  await open(page, "/heartbeat");
  await expect(result(page)).toHaveText(/^The server knows after .* s, the client never knows\.$/);
  const found = new Set<number>();
  for (let i = 0; i < 6; i++) {
    const took = seconds(await result(page).textContent());
    // 1 × 20 s + 10 s, less the way; and an interval more at most.
    expect(took).toBeGreaterThanOrEqual(29.9);
    expect(took).toBeLessThanOrEqual(50);
    found.add(took);
    await button(page, "Other luck").click();
  }
  expect(found.size, "where in the interval the fault falls makes the difference").toBeGreaterThan(3);
  await expect(line(page)).toContainText("1 × 20 s + 10 s − 0.044 s = 30.0 s");
});

test("what happens, happens where the reader stands", async ({ page }) => {
  await open(page, "/heartbeat?at=45");
  // One thing at a time: the crash replaces the cable.
  await button(page, "Crash the client").click();
  await expect(result(page)).toHaveText("The server knows after 0.04 s, the client itself is gone.");
  await expect(page).toHaveURL((url) => url.searchParams.get("faults") === "crash-45");
  await button(page, "Client loses power").click();
  await expect(result(page)).toHaveText(/^The server knows after [34]\d\.\d s, the client itself is gone\.$/);
  await button(page, "Server loses power").click();
  await expect(result(page)).toHaveText("The server itself is gone, the client never knows.");
  await button(page, "Both").click();
  await expect(result(page)).toHaveText(/^The server itself is gone, the client knows after [34]\d\.\d s\.$/);
  await line(page).getByRole("button", { name: /^Take back/ }).click();
  await expect(result(page)).toHaveText("The server is connected, the client is connected.");
});

test("a cable comes back in time, or too late", async ({ page }) => {
  await open(page, "/heartbeat?at=50");
  await button(page, "Put the cable back").click();
  await expect(result(page)).toHaveText("The server is connected, the client is connected.");
  await line(page).getByRole("button", { name: /^Take back: cable back/ }).click();
  await expect(result(page)).toContainText("the client never knows");
});

test("nobody asks, and nobody learns", async ({ page }) => {
  await open(page, "/heartbeat");
  await button(page, "Nobody").click();
  await expect(result(page)).toHaveText("The server never knows, the client never knows.");
  await expect(line(page)).toContainText("nothing is sent, so nothing is missed");
});

test("a link restores what happened, the knobs and the moment", async ({ page }) => {
  await open(page, "/heartbeat?asks=both&every=30000&wait=5000&misses=0&nat=60000&trip=2000&run=300000&seed=3&faults=sleep-40,wake-200&at=210.5&resets=1");
  for (const [name, text] of [
    ["Interval", "every 30 seconds"],
    ["Timeout", "5 seconds"],
    ["Misses allowed", "0 in a row"],
    ["NAT timeout", "60 seconds of silence"],
    ["Round trip", "2 seconds"],
    ["Time shown", "5 minutes"],
    ["Time", "210 of 300 seconds"],
  ] as const) {
    await expect(knob(page, name)).toHaveAttribute("aria-valuetext", text);
  }
  await expect(button(page, "Both")).toHaveAttribute("aria-pressed", "true");
  await expect(line(page).getByRole("list", { name: "What happens" }).getByRole("listitem")).toHaveCount(2);
  const before = await result(page).textContent();
  await page.reload();
  await expect(result(page)).toHaveText(before ?? "");
});

test("what cannot be used in an address is named, and the rest holds", async ({ page }) => {
  await open(page, "/heartbeat?every=soon&wait=5000&faults=flood-3&clients=0&pings=3");
  await expect(line(page)).toContainText("every=soon: a whole number from 1000 to 300000 is needed.");
  await expect(line(page)).toContainText("faults=flood-3: “flood” is none of cable");
  await expect(knob(page, "Timeout")).toHaveAttribute("aria-valuetext", "5 seconds");
  await expect(crowd(page)).toContainText("clients=0: a whole number from 100 to 1000000 is needed.");
  await expect(pulse(page)).toContainText("pings=3: it is one of 1, 2, 5, 10.");
});

test("stepping meets packets on their way, by keyboard too", async ({ page }) => {
  await open(page, "/heartbeat?at=0");
  await button(page, "Step").focus();
  let met = 0;
  for (let i = 0; i < 8; i++) {
    await page.keyboard.press("Enter");
    met += await line(page).locator(".ladder__dot").count();
  }
  expect(met).toBeGreaterThan(3);
  await knob(page, "Time").focus();
  await page.keyboard.press("End");
  await expect(knob(page, "Time")).toHaveAttribute("aria-valuetext", "120 of 120 seconds");
  await expect(line(page)).toContainText("knows: no answer");
  await expect(line(page)).toContainText("believes it is connected, wrongly for");
});

test("it plays to the end", async ({ page }) => {
  await open(page, "/heartbeat?at=110");
  await button(page, "64×").or(line(page).getByRole("button", { name: "sixty-four times real time" })).click();
  await button(page, "Play").click();
  await expect(knob(page, "Time")).toHaveAttribute("aria-valuetext", "120 of 120 seconds");
  await expect(button(page, "Play")).toBeVisible();
});

test("the log says in words what the drawing shows", async ({ page }) => {
  await open(page, "/heartbeat");
  await page.getByText("In words, from here on").click();
  await expect(line(page)).toContainText("The client’s cable is pulled. Neither end is told.");
  await expect(line(page)).toContainText("lost, the cable is out");
  await expect(line(page)).toContainText("The server knows: 2 pings in a row had no pong in time.");
});

test("Back leads to what was there before a link in the prose", async ({ page }) => {
  await open(page, "/heartbeat");
  const before = await result(page).textContent();
  await page.getByRole("link", { name: "Crash it" }).click();
  await expect(result(page)).toContainText("the client itself is gone");
  await page.goBack();
  await expect(result(page)).toHaveText(before ?? "");
});

test("many connections: the formula, the run beside it, and the cost", async ({ page }) => {
  await open(page, "/heartbeat");
  // 100 000 a day, each carried for 1.5 × 30 s + 10 s: 100000 / 86400 × 55.
  await expect(number(page, /^dead by formula/)).toHaveText("64");
  await expect(crowd(page).getByRole("img")).toHaveCount(3);
  const dead = await number(page, /and growing/).textContent();
  expect(Number(dead?.replace(/\D/g, ""))).toBeGreaterThan(45_000);
  const every = crowd(page).getByRole("slider", { name: "Ping every" });
  await every.focus();
  await page.keyboard.press("Home");
  await expect(every).toHaveAttribute("aria-valuetext", "every 1 second");
  // 1.5 × 1 s + 10 s.
  await expect(number(page, /^dead by formula/)).toHaveText("13");
  await expect(number(page, /woken/)).toHaveText(/3.600/);
  await expect(page).toHaveURL((url) => url.searchParams.get("beat") === "1000");
  await crowd(page).getByRole("button", { name: "frames only" }).click();
  await expect(crowd(page)).toContainText("20 bytes a heartbeat");
});

test("a chart is read by keys and by the pointer, and taken away", async ({ page }) => {
  await open(page, "/heartbeat");
  const title = "Dead connections over time";
  const chart = crowd(page).locator("figure", { hasText: title });
  const values = chart.locator("output");
  const cursor = chart.getByRole("slider", { name: `Values of: ${title}` });
  await cursor.focus();
  await page.keyboard.press("Home");
  await expect(cursor).toHaveAttribute("aria-valuetext", "0 s");
  await expect(values).toContainText("without pings 0");
  await expect(values).toHaveAttribute("aria-live", "polite");
  await page.keyboard.press("ArrowRight");
  await expect(cursor).not.toHaveAttribute("aria-valuetext", "0 s");
  await page.keyboard.press("End");
  await expect(cursor).toHaveAttribute("aria-valuetext", "12 h");
  const end = await values.textContent();
  await cursor.hover();
  await expect(values).not.toHaveText(end ?? "");
  await expect(values, "what the pointer passes is not spoken").toHaveAttribute("aria-live", "off");
  await chart.getByText("Table", { exact: true }).click();
  await expect(chart.getByRole("columnheader")).toHaveText(["time", "without pings", "with pings"]);
  for (const [ending, begins] of [
    ["csv", "time (s),without pings,with pings\r\n0,"],
    ["svg", "<svg "],
  ] as const) {
    const download = page.waitForEvent("download");
    await chart.getByRole("button", { name: `${ending.toUpperCase()} of: ${title}` }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe(`dead-connections-over-time.${ending}`);
    const text = await readFile(await file.path(), "utf8");
    expect(text.slice(0, begins.length)).toBe(begins);
    expect(text, "colours are written out").not.toContain("var(");
  }
});

test("real pings and pongs, and a page that hangs", async ({ page }) => {
  await open(page, "/heartbeat?pings=1&beats=1");
  await expect(pulse(page)).toContainText("Not connected.");
  await pulse(page).getByRole("button", { name: "Connect and listen" }).click();
  await expect(pulse(page).getByRole("status").first()).toContainText("Connected to ws://");
  const pongs = async () => Number(/(\d+) pongs?/.exec((await pulse(page).textContent()) ?? "")?.[1]);
  await expect.poll(pongs).toBeGreaterThan(1);
  await expect(pulse(page)).toContainText(/[1-9]\d* echo(es)?/);
  const most = async (i: number) => {
    const text = await pulse(page).locator("dl.nums").nth(i).locator("dd").last().textContent();
    return Number.parseFloat(text ?? "") * (text?.endsWith("ms") ? 1 : 1000);
  };
  const before = await pongs();
  await pulse(page).getByRole("button", { name: "Freeze this page for 3 s" }).click();
  await expect.poll(pongs).toBeGreaterThan(before + 2);
  // The echo had to wait until the page could listen. The browser's pongs had not.
  await expect.poll(() => most(1)).toBeGreaterThan(await most(0));
  await pulse(page).getByRole("button", { name: "Disconnect" }).click();
  await expect(pulse(page).getByRole("status").first()).toContainText("You closed it with 1000.");
});

test.describe("without a server that knows wires", () => {
  test("it says so, and the models work", async ({ page, troubles }) => {
    troubles.expect(/404|405/);
    await page.route("**/api/wires", (route) => route.fulfill({ status: 404, body: "<!doctype html>" }));
    await open(page, "/heartbeat");
    await pulse(page).getByRole("button", { name: "Connect and listen" }).click();
    await expect(pulse(page).getByRole("status").first()).toContainText("This site has no echo server behind it");
    await expect(result(page)).toContainText("The server knows after");
  });
});

test.describe("on a small screen", () => {
  test.use({ viewport: SIZES.narrow, reducedMotion: "reduce" });

  test("nothing scrolls sideways, and every control can be touched", async ({ page }) => {
    await open(page, "/heartbeat?faults=cable-20,back-50,sleep-80");
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wider).toBeLessThanOrEqual(0);
    for (const control of await page.locator("main :is(button, input:not([type=radio]), label:has([type=radio]), summary)").filter({ visible: true }).all()) {
      const box = await control.boundingBox();
      expect(box?.height, await control.evaluate((e) => e.outerHTML)).toBeGreaterThanOrEqual(44);
    }
  });

  test("time runs down, and a touch goes there", async ({ page }) => {
    await open(page, "/heartbeat");
    const scene = line(page).locator(".scene");
    const box = await scene.boundingBox();
    await scene.click({ position: { x: 20, y: (box?.height ?? 0) * 0.75 } });
    await expect(knob(page, "Time")).toHaveAttribute("aria-valuetext", /^(89|90) of 120 seconds$/);
  });
});

for (const theme of THEMES) {
  test(`${theme}: connected and with everything opened, still no violation`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: "reduce", colorScheme: theme });
    await choose(page, theme);
    await open(page, "/heartbeat?asks=both&faults=sleep-30,wake-90&pings=1&trip=x");
    await page.getByText("In words, from here on").click();
    await pulse(page).getByRole("button", { name: "Connect and listen" }).click();
    await expect(pulse(page)).toContainText(/[1-9]\d* pongs?/);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`))).toEqual([]);
  });
}

test("the page’s heartbeat to copy hears answers, and gives up on a server that falls silent", async ({ page, troubles }) => {
  troubles.expect(/WebSocket connection to/);
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  let answered = 0;
  let silent = false;
  server.on("connection", (socket) =>
    socket.on("message", () => {
      if (!silent) {
        answered += 1;
        socket.send("here");
      }
    }),
  );
  try {
    await open(page, "/heartbeat");
    const code = await page.locator("pre", { hasText: "export function heartbeat" }).textContent();
    expect(code).toContain("onDead()");
    const { port } = server.address() as AddressInfo;
    await page.evaluate(`{
      ${(code ?? "").replace("export ", "")}
      globalThis.given = 0;
      globalThis.socket = new WebSocket("ws://127.0.0.1:${port}");
      heartbeat(socket, () => { given += 1; }, { every: 100, wait: 500 });
    }`);
    await expect.poll(() => answered, { timeout: 30_000 }).toBeGreaterThan(1);
    expect(await page.evaluate("given")).toBe(0);
    silent = true;
    await expect.poll(() => page.evaluate("given"), { timeout: 30_000 }).toBe(1);
    expect(await page.evaluate("socket.readyState")).toBeGreaterThan(1);
  } finally {
    for (const socket of server.clients) socket.terminate();
    server.close();
  }
});
