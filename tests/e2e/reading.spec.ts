import type { Locator, Page } from "@playwright/test";
import { EMBEDS, nameOf, PAGES } from "./support/site.ts";
import { expect, open, test, works } from "./support/test.ts";

/** How much of an element is on the screen, in pixels of its height. */
const seen = (element: Locator) =>
  element.evaluate((node) => {
    const { top, bottom } = node.getBoundingClientRect();
    return Math.min(bottom, innerHeight) - Math.max(top, 0);
  });

const scrolled = (page: Page) => page.evaluate(() => Math.round(scrollY));

test.describe("finding the way", () => {
  for (const { path } of PAGES) {
    test(`${path}: every link that sets an instrument brings it into view and moves the focus`, async ({ page }) => {
      test.slow();
      await open(page, path);
      const links = page.locator(`main a[href^="${path}?"], main a[href^="${path}#"]`);
      for (let number = 0; number < (await links.count()); number++) {
        const link = links.nth(number);
        const href = (await link.getAttribute("href"))!;
        await link.scrollIntoViewIfNeeded();
        await link.click();
        await expect(page).toHaveURL((url) => url.href.endsWith(href));
        const panel = page.locator(".panel:focus, .panel :focus");
        await expect(panel.first(), href).toBeVisible();
        await expect.poll(() => seen(page.locator(".panel").filter({ has: page.locator(":scope:focus, :focus") }).or(page.locator(".panel:focus")).first()), href).toBeGreaterThan(120);
        await page.goBack();
        await works(page);
      }
    });

    test(`${path}: its contents lead to its headings`, async ({ page }) => {
      await open(page, path);
      const contents = page.getByRole("navigation", { name: "Chapters" }).getByRole("list", { name: "On this page" });
      const headings = page.locator("article > h2[id]");
      await expect(contents.getByRole("link")).toHaveText(await headings.allTextContents());
      if ((await headings.count()) === 0) {
        return;
      }
      const last = contents.getByRole("link").last();
      const name = await last.innerText();
      await last.click();
      await expect(page.getByRole("heading", { level: 2, name, exact: true })).toBeInViewport();
    });
  }

  test("a link that is followed again brings its instrument into view again", async ({ page }) => {
    await open(page, "/heartbeat");
    const link = page.getByRole("link", { name: "Crash it" });
    for (let times = 0; times < 2; times++) {
      await link.scrollIntoViewIfNeeded();
      await link.click();
      await expect(page.locator("#heartbeat-timeline")).toBeFocused();
      await expect.poll(() => seen(page.locator("#heartbeat-timeline"))).toBeGreaterThan(120);
    }
  });

  test("home leads whoever looks for a close code to the codes", async ({ page }) => {
    await open(page, "/");
    await page.getByRole("link", { name: "My socket closes" }).click();
    const panel = page.locator("#close-codes");
    await expect(panel).toBeInViewport({ ratio: 0.5 });
    await expect(panel).toContainText("1006");
  });

  for (const { path } of EMBEDS) {
    test(`${path}: its link names the instrument, and leads to it`, async ({ page }) => {
      const name = path.split("/").at(-1)!;
      const home = PAGES.map((one) => one.path);
      await open(page, path);
      const back = page.getByRole("link", { name: /^From the chapter/ }).or(page.locator(".embed-from a")).first();
      const chapter = new URL((await back.getAttribute("href"))!, "http://x").pathname;
      expect(home).toContain(chapter);
      await open(page, `${chapter}#${name}`);
      await expect(page.locator(`#${name}`)).toBeInViewport();
    });
  }

  test("chapters lead on and back in reading order", async ({ page }) => {
    await open(page, "/");
    const order = page.getByRole("navigation", { name: "Reading order" });
    for (const next of PAGES.slice(1)) {
      await order.getByRole("link", { name: /^Next/ }).click();
      await expect(page).toHaveURL((url) => url.pathname === next.path);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(next.h1);
    }
    await expect(order.getByRole("link", { name: /^Next/ })).toHaveCount(0);
    const before = PAGES.at(-2)!;
    await order.getByRole("link", { name: `Previous ${nameOf(before)}` }).click();
    await expect(page).toHaveURL((url) => url.pathname === before.path);
  });

  test("a chapter’s own subject is linked to the chapter, and an RFC by its section sign", async ({ page }) => {
    for (const { path } of PAGES) {
      await open(page, path);
      for (const words of await page.locator("main article a.rfc").allTextContents()) {
        expect(words, path).toContain("§");
      }
    }
  });
});

test.describe("the place on the page", () => {
  const place = async (page: Page) => {
    const heading = page.getByRole("heading", { name: "Close codes", level: 2 });
    await heading.evaluate((node) => node.scrollIntoView());
    await page.waitForTimeout(100);
    return scrolled(page);
  };

  test("Back from another page leads to the line that was left", async ({ page }) => {
    await open(page, "/closing");
    const before = await place(page);
    await page.getByRole("navigation", { name: "Chapters" }).getByRole("link", { name: "Frames", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("A frame, bit by bit");
    // The page is there a moment before its place is.
    await expect.poll(() => scrolled(page)).toBe(0);
    await page.goBack();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Closing");
    await expect.poll(async () => Math.abs((await scrolled(page)) - before)).toBeLessThan(40);
    await works(page);
    expect(Math.abs((await scrolled(page)) - before)).toBeLessThan(40);
  });

  test("a reload leaves the reader where they were", async ({ page }) => {
    await open(page, "/closing");
    const before = await place(page);
    await page.reload();
    await works(page);
    expect(Math.abs((await scrolled(page)) - before)).toBeLessThan(40);
  });

  for (const address of ["/closing#when-the-server-vanishes", "/heartbeat#choosing-an-interval"]) {
    test(`${address} opens at its heading`, async ({ page }) => {
      await open(page, address);
      const heading = page.locator(`h2${new URL(address, "http://x").hash}`);
      await expect(heading).toBeInViewport();
      const { y } = (await heading.boundingBox())!;
      expect(y).toBeLessThan(200);
    });
  }

  test("a heading of another page is led to as well", async ({ page }) => {
    await open(page, "/");
    await page.evaluate(() => {
      const link = document.createElement("a");
      link.href = "/heartbeat#choosing-an-interval";
      link.textContent = "elsewhere";
      document.querySelector("main")!.prepend(link);
    });
    await page.getByRole("link", { name: "elsewhere" }).click();
    await expect(page.locator("#choosing-an-interval")).toBeInViewport();
  });
});

test.describe("one rule for history", () => {
  const length = (page: Page) => page.evaluate(() => history.length);

  const cases: [string, string, (page: Page) => Locator, RegExp][] = [
    ["/heartbeat", "who asks", (page) => page.getByRole("button", { name: "Nobody", exact: true }), /asks=nobody/],
    ["/closing", "who begins", (page) => page.getByRole("button", { name: "Both at once" }), /start=both/],
    ["/messages", "bytes to begin with", (page) => page.locator("#utf8-validation").getByRole("button", { name: /surrogate/i }).first(), /utf8=/],
  ];
  for (const [path, what, control, wrote] of cases) {
    test(`${path}: Back takes ${what} back`, async ({ page }) => {
      await open(page, path);
      await control(page).click();
      await expect(page).toHaveURL(wrote);
      await page.goBack();
      await expect(page).not.toHaveURL(wrote);
      await expect(page).toHaveURL((url) => url.pathname === path);
    });
  }

  test("what is dragged or stepped is no place of its own", async ({ page }) => {
    await open(page, "/heartbeat");
    const before = await length(page);
    await page.getByRole("slider", { name: "Interval" }).first().press("ArrowRight");
    await expect(page).toHaveURL(/every=/);
    await page.getByRole("button", { name: "Step", exact: true }).click();
    await expect(page).toHaveURL(/at=/);
    expect(await length(page)).toBe(before);
  });
});

test.describe("keys", () => {
  for (const [path, address] of [
    ["/", "/"],
    ["/handshake", "/handshake"],
    ["/frames", "/frames"],
    ["/messages", "/messages?step=0"],
    ["/closing", "/closing?at=0"],
    ["/heartbeat", "/heartbeat"],
  ] as const) {
    test(`${path}: the arrows step from page load, and Space plays inside`, async ({ page }) => {
      await page.emulateMedia({ reducedMotion: "reduce" });
      await open(page, address);
      const panel = page.locator(".panel").first();
      await panel.evaluate((node) => node.scrollIntoView({ block: "center" }));
      const slider = panel.locator(".playback > input");
      const before = Number(await slider.inputValue());
      await page.keyboard.press("ArrowRight");
      await expect.poll(async () => Number(await slider.inputValue())).toBeGreaterThan(before);
      const after = Number(await slider.inputValue());
      await page.keyboard.press("ArrowLeft");
      await expect.poll(async () => Number(await slider.inputValue())).toBeLessThan(after);
      await panel.focus();
      await page.keyboard.press("Space");
      await expect(panel.getByRole("button", { name: "Pause" })).toBeVisible();
      await page.keyboard.press("Space");
      await expect(panel.getByRole("button", { name: "Play" })).toBeVisible();
    });
  }

  test("arrows outside of every instrument leave what is out of view alone", async ({ page }) => {
    await open(page, "/frames");
    const slider = page.locator(".playback > input").first();
    const before = await slider.inputValue();
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await page.keyboard.press("ArrowRight");
    await page.waitForTimeout(100);
    expect(await slider.inputValue()).toBe(before);
  });

  test("a skip link leads to the instrument, and from there three keys to its steps", async ({ page }) => {
    await open(page, "/handshake");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await expect(page.getByRole("link", { name: "Skip to the instrument" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page.locator("#opening-handshake")).toBeFocused();
    await expect(page).toHaveURL((url) => url.pathname === "/handshake" && url.hash === "");
  });
});

test.describe("with less motion", () => {
  test.use({ reducedMotion: "reduce" });

  for (const path of ["/", "/handshake", "/frames", "/messages", "/closing?at=0", "/heartbeat"]) {
    test(`${path}: Play goes from step to step`, async ({ page }) => {
      await open(page, path);
      const panel = page.locator(".panel").first();
      const slider = panel.locator(".playback > input");
      const before = Number(await slider.inputValue());
      await panel.getByRole("button", { name: "Play" }).click();
      await expect.poll(async () => Number(await slider.inputValue())).not.toBe(before);
      await panel.getByRole("button", { name: "Pause" }).click();
    });
  }
});

test("the heartbeat opens at the beginning, with what to do first", async ({ page }) => {
  await open(page, "/heartbeat");
  const panel = page.locator("#heartbeat-timeline");
  await expect(panel.getByRole("slider", { name: "Time", exact: true })).toHaveValue("0");
  await expect(panel).toContainText("Press Play");
});

test.describe("on a projector", () => {
  for (const viewport of [{ width: 1280, height: 720 }, { width: 1024, height: 768 }]) {
    test.describe(`${viewport.width} × ${viewport.height}`, () => {
      test.use({ viewport, reducedMotion: "reduce" });

      test("the ladder of a close and what it says fit one screen", async ({ page }) => {
        await open(page, "/closing?at=0");
        await page.locator("#closing-handshake .panel__columns").evaluate((node) => node.scrollIntoView());
        const ladder = (await page.locator("#closing-handshake .ladder").boundingBox())!;
        expect(Math.min(ladder.y + ladder.height, viewport.height) - Math.max(ladder.y, 0)).toBeGreaterThan(340);
        await expect(page.locator(".closing-handshake__now")).toBeInViewport({ ratio: 0.95 });
      });

      for (const { path } of PAGES) {
        test(`${path}: what is drawn is at least 12 pixels high`, async ({ page }) => {
          await open(page, path);
          const small = await page.evaluate(() => {
            const found = new Set<string>();
            const walk = document.createTreeWalker(document.querySelector("main")!, NodeFilter.SHOW_TEXT);
            for (let node = walk.nextNode(); node; node = walk.nextNode()) {
              const parent = node.parentElement!;
              const { fontSize } = getComputedStyle(parent);
              const box = parent.getBoundingClientRect();
              if (node.textContent!.trim() && box.width > 1 && parseFloat(fontSize) < 12) {
                found.add(`${parent.closest("[class]")?.getAttribute("class")}: ${fontSize} “${node.textContent!.trim().slice(0, 20)}”`);
              }
            }
            return [...found];
          });
          expect(small).toEqual([]);
        });
      }
    });
  }
});

test.describe("with a reader’s own colours", () => {
  test.use({ forcedColors: "active" });

  test("what is chosen differs from what is not by more than its fill", async ({ page }) => {
    for (const path of ["/closing", "/heartbeat", "/messages", "/frames"]) {
      await open(page, path);
      const look = (element: Locator) =>
        element.evaluate((node) => {
          const { color, backgroundColor, borderTopColor } = getComputedStyle(node);
          return [color, backgroundColor, borderTopColor].join();
        });
      const chosen = page.locator(".panel button[aria-pressed=true]").first();
      const other = page.locator(".panel button[aria-pressed=false]:enabled").first();
      expect(await look(chosen), path).not.toBe(await look(other));
    }
  });

  test("what is drawn with fills keeps them", async ({ page }) => {
    const fill = (selector: string) =>
      page.locator(selector).first().evaluate((node) => getComputedStyle(node).backgroundColor);
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await open(page, "/");
    expect(await fill(".gauge i")).not.toBe(await paper());
    expect(await fill(".dot")).not.toBe(await paper());
    await open(page, "/closing?wrong=cable");
    const hatched = page.locator(".ladder__dead").first();
    expect(await hatched.evaluate((node) => getComputedStyle(node).backgroundImage)).toContain("gradient");
  });
});

test.describe("on paper", () => {
  for (const { path } of PAGES) {
    test(`${path} prints its words and drawings, and nothing to press`, async ({ page }) => {
      await open(page, path);
      await page.emulateMedia({ media: "print" });
      for (const gone of [".side", ".playback", ".turn", ".panel__foot .btn", ".slider input", ".chip[aria-pressed=false]"]) {
        for (const element of await page.locator(gone).all()) {
          await expect(element, gone).toBeHidden();
        }
      }
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      for (const drawing of await page.locator(".drawing").all()) {
        const box = await drawing.boundingBox();
        expect(box === null || box.height > 0).toBe(true);
      }
      const overhang = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(overhang).toBeLessThanOrEqual(0);
    });
  }
});

test.describe("at rest", () => {
  test("what plays stands still while it cannot be seen", async ({ page }) => {
    await open(page, "/");
    const slider = page.locator("#polling-vs-websocket").getByRole("slider", { name: "Time", exact: true });
    await expect.poll(async () => Number(await slider.inputValue())).toBeGreaterThan(3);
    await page.getByRole("heading", { name: "What to remember" }).scrollIntoViewIfNeeded();
    await page.waitForTimeout(300);
    const before = await slider.inputValue();
    await page.waitForTimeout(700);
    expect(await slider.inputValue()).toBe(before);
  });

  test("what plays stops after a full round", async ({ page }) => {
    await open(page, "/?at=179");
    const panel = page.locator("#polling-vs-websocket");
    await panel.getByRole("button", { name: "Play" }).click();
    await expect(panel.getByRole("button", { name: "Play" })).toBeVisible();
    expect(await panel.getByRole("slider", { name: "Time", exact: true }).inputValue()).toBe("1800");
  });
});

test("the visible word of a speed is part of its name", async ({ page }) => {
  await open(page, "/heartbeat");
  const speeds = page.locator("#heartbeat-timeline").getByRole("group", { name: "Speed" }).getByRole("button");
  for (const speed of await speeds.all()) {
    expect(await speed.getAttribute("aria-label")).toContain(await speed.innerText());
  }
});
