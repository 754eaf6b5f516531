import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import type { Page } from "@playwright/test";
import { violations } from "./support/axe.ts";
import { EMBEDS, PAGES } from "./support/site.ts";
import { SlowLine } from "./support/slow_line.ts";
import { choose, expect, open, SIZES, test as plainTest, THEMES, works } from "./support/test.ts";

/** Bytes until the first instrument of a page works, and requests: the same as in xtask/src/budget.rs. */
const MOST_REQUESTS = 25;

/** The slow line that a test's page comes over. */
const test = plainTest.extend<{ line: SlowLine }>({
  line: async ({ server }, use) => {
    const line = await SlowLine.start(server.port);
    await use(line);
    await line.stop();
  },
});

/** Adds up what moves without a person having done anything, from the beginning. */
async function watchShifts(page: Page): Promise<() => Promise<{ score: number; what: string[] }>> {
  await page.addInitScript(() => {
    const seen = { score: 0, what: [] as string[] };
    Object.assign(globalThis, { duplexShifts: seen });
    type Shift = PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
      sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
    };
    new PerformanceObserver((list) => {
      for (const shift of list.getEntries() as Shift[]) {
        if (!shift.hadRecentInput) {
          seen.score += shift.value;
          for (const { node, previousRect, currentRect } of shift.sources) {
            const element = node instanceof Element ? node : node?.parentElement;
            seen.what.push(`${element?.tagName}.${element?.className}: ${previousRect.y} → ${currentRect.y}`);
          }
        }
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  return () => page.evaluate(() => (globalThis as unknown as { duplexShifts: { score: number; what: string[] } }).duplexShifts);
}

for (const { path, h1, hasInstrument } of PAGES) {
  test(`${path}: on a slow line the words are there before the program, and nothing moves`, async ({ page, line }) => {
    const shifts = await watchShifts(page);
    await page.goto(line.url + path, { waitUntil: "commit" });
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(h1);
    await expect(page.locator(".lede").first()).toBeVisible();
    await works(page);
    const painted = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
    const program = await page.evaluate(
      () => performance.getEntriesByType("resource").find(({ name }) => name.endsWith(".wasm")) as PerformanceResourceTiming,
    );
    // The words have the line to themselves.
    expect(painted).toBeLessThan(program.fetchStart);
    const { score, what } = await shifts();
    expect(what, `a score of ${score}`).toEqual([]);
  });

  test(`${path}: its first instrument works after few requests`, async ({ page }) => {
    const asked: string[] = [];
    page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (!/^\/(api|tap|echo)/.test(pathname)) {
        asked.push(pathname);
      }
    });
    await page.goto(path);
    if (hasInstrument) {
      await expect(page.locator("fieldset.slot").first()).toBeEnabled();
    } else {
      await works(page);
    }
    expect(asked.length).toBeLessThanOrEqual(MOST_REQUESTS);
  });

  test.describe("with scripts off", () => {
    test.use({ javaScriptEnabled: false });

    test(`${path}: the words can be read, and the controls say why they are still`, async ({ page }) => {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(h1);
      const words = await page.getByRole("main").innerText();
      expect(words.length).toBeGreaterThan(200);
      const slots = page.locator("fieldset.slot");
      if (hasInstrument) {
        await expect(slots.first()).toHaveAttribute("disabled", /.*/);
      }
      for (const slot of await slots.all()) {
        await expect(slot.getByText("These controls need scripts")).toBeVisible();
      }
    });
  });
}

for (const address of [
  "/frames?hex=8900&from=server",
  "/closing?fault=silence",
  "/heartbeat?clients=200000",
  "/messages?utf8=f4908080&byte=2",
  "/handshake?step=4&preset=proxy-200",
  "/frames?hex=zz&campaign=x",
]) {
  test(`${address}: nothing that can be seen moves`, async ({ page }) => {
    const shifts = await watchShifts(page);
    await page.goto(address);
    await works(page);
    const { score, what } = await shifts();
    expect(what, `a score of ${score}`).toEqual([]);
  });
}

test("an old or hostile address leaves the words, and one line says what was not understood", async ({ page }) => {
  await open(page, `/frames?campaign=mail&hex=8900&from=server`);
  await expect(page.getByText("“campaign” in the address means nothing on this page.")).toBeVisible();
  await page.goto(`/frames?hex=${"81".repeat(3000)}`);
  await works(page);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});

test("a module that does not come leaves the words, says so, and is tried again", async ({ page, troubles }) => {
  troubles.expect(/Failed to load resource|could not be fetched/);
  const files = PAGES.find(({ path }) => path === "/handshake")!;
  const [module] = files.rest;
  let broken = true;
  // A host that answers every address with the app's page.
  await page.route(`**/${module}`, (route) =>
    broken ? route.fulfill({ status: 200, contentType: "text/html", body: "<!doctype html>" }) : route.continue(),
  );
  await page.goto("/handshake");
  await expect(page.locator("html[data-ready]")).toHaveCount(1);
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  const failed = page.getByRole("alert").filter({ hasText: "could not be fetched" });
  await expect(failed.first()).toBeVisible();
  await expect(page.getByRole("region", { name: "Accept value" }).or(page.locator("#accept-key"))).toBeVisible();
  broken = false;
  while ((await failed.count()) > 0) {
    await failed.first().getByRole("button", { name: "Try again" }).click();
    await expect(page.locator("fieldset.slot:disabled").or(page.locator("body"))).not.toHaveCount(0);
    await page.waitForTimeout(200);
  }
  await expect(page.locator("fieldset.slot:disabled")).toHaveCount(0);
});

test("a page that does not come leaves the old one, and is tried again", async ({ page, troubles }) => {
  troubles.expect(/Failed to load resource|ERR_FAILED|could not be fetched/);
  await page.route("**/quiz-*.bin", (route) => route.abort());
  await open(page, "/frames");
  await page.getByRole("navigation", { name: "Chapters" }).getByRole("link", { name: "Quiz" }).click();
  const failed = page.getByRole("alert").filter({ hasText: "The page “Quiz” could not be fetched" });
  await expect(failed).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("A frame, bit by bit");
  await page.unroute("**/quiz-*.bin");
  await failed.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Quiz");
});

test("a program that does not come leaves the words and says so", async ({ page, troubles }) => {
  troubles.expect(/Failed to load resource|ERR_FAILED|preload/);
  await page.route("**/duplex-*.wasm", (route) => route.abort());
  await page.goto("/frames?hex=8900&from=server");
  await expect(page.getByText("program could not be fetched")).toBeVisible();
  await expect(page.getByRole("heading", { level: 2 }).first()).toBeVisible();
});

test("words whose module does not come stay as they are, and the page says so", async ({ page, troubles }) => {
  troubles.expect(/Failed to load resource|ERR_FAILED|preload/);
  await page.route("**/*.bin", (route) => route.abort());
  for (const path of ["/reconnecting", "/frames?hex=8900&from=server"]) {
    await page.goto(path);
    await expect(page.getByText("program could not be fetched")).toBeVisible();
    await expect(page.getByRole("heading", { level: 2 }).first()).toBeVisible();
  }
});

test("back and forward lead across pages to the state that was left", async ({ page }) => {
  await open(page, "/frames?hex=8900&from=server&step=1");
  await page.getByRole("navigation", { name: "Chapters" }).getByRole("link", { name: "Quiz" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Quiz");
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("A frame, bit by bit");
  await expect(page).toHaveURL(/hex=8900/);
  await expect(page.getByRole("region", { name: "Decoded frame" })).toContainText("ping");
  await page.goForward();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Quiz");
});

test("focus and what is selected survive the program", async ({ page, line }) => {
  await page.goto(`${line.url}/frames`, { waitUntil: "commit" });
  // With its styles, which hide the definitions of terms, and without the program, which comes after the first paint.
  await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
  const link = page.getByRole("navigation", { name: "Chapters" }).getByRole("link", { name: "Quiz" });
  await link.focus();
  await page.evaluate(() => getSelection()?.selectAllChildren(document.querySelector(".lede")!));
  const selected = () => page.evaluate(() => getSelection()?.toString());
  const before = await selected();
  await works(page);
  await expect(link).toBeFocused();
  expect(await selected()).toBe(before);
});

test.describe("embeds", () => {
  test("one instrument stands in a page of another origin, in the state that its link says", async ({ page, server }) => {
    const other = createServer((_, answer) => {
      answer.setHeader("content-type", "text/html");
      answer.end(
        `<!doctype html><title>Other</title><iframe id="duplex" width="800" height="900" src="${server.url}/embed/close-codes?code=1009"></iframe>`,
      );
    });
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    try {
      await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
      const frame = page.frameLocator("#duplex");
      await expect(frame.getByText("Message Too Big").or(frame.getByText("1009")).first()).toBeVisible();
      await expect(frame.locator("html[data-ready]")).toHaveCount(1);
      await expect(frame.getByRole("link", { name: "Duplex: Closing" })).toHaveAttribute("href", "/closing");
      await expect(frame.getByRole("navigation")).toHaveCount(0);
      const [tab] = await Promise.all([
        page.context().waitForEvent("page"),
        frame.locator("a[href^='/frames?']").first().click(),
      ]);
      await expect(tab.getByRole("heading", { level: 1 })).toHaveText("A frame, bit by bit");
    } finally {
      other.close();
    }
  });

  test("every other page may be framed by none", async ({ request }) => {
    for (const { path } of PAGES) {
      const answer = await request.get(path);
      expect(answer.headers()["content-security-policy"], path).toContain("frame-ancestors 'none'");
    }
    for (const { path } of EMBEDS) {
      const answer = await request.get(path);
      expect(answer.headers()["content-security-policy"], path).not.toContain("frame-ancestors 'none'");
    }
  });

  for (const { path } of EMBEDS) {
    test(`${path} has no violation, and fits from 320 px`, async ({ page }) => {
      await page.setViewportSize({ width: 320, height: 740 });
      await choose(page, THEMES[1]);
      await page.goto(path);
      await works(page);
      expect(await violations(page)).toEqual([]);
      const overhang = () =>
        page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(await overhang(), "pixels that it scrolls sideways at 320 px").toBeLessThanOrEqual(0);
      await page.setViewportSize(SIZES.wide);
      expect(await overhang(), "pixels that it scrolls sideways when wide").toBeLessThanOrEqual(0);
    });
  }
});
