import { nameOf, PAGES } from "./support/site.ts";
import { expect, open, SIZES, test } from "./support/test.ts";

test("it opens, and the navigation leads through every page", async ({ page }) => {
  await open(page, "/");
  const navigation = page.getByRole("navigation", { name: "Chapters" });
  for (const page_ of [...PAGES.slice(1), PAGES[0]!]) {
    const { path, h1 } = page_;
    const name = nameOf(page_);
    await navigation.getByRole("link", { name, exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(h1);
    await expect(page).toHaveURL((url) => url.pathname === path);
    await expect(page).toHaveTitle(`${name} · Duplex`);
    await expect(navigation.locator("[aria-current=page]")).toHaveText(new RegExp(name));
    // A new page begins at its heading, for the eye and for the keyboard.
    await expect(page.getByRole("main")).toBeFocused();
  }
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(PAGES.at(-1)!.h1);
});

for (const { path, title, h1 } of PAGES) {
  test(`${path} opens directly`, async ({ page }) => {
    const answer = await page.goto(path);
    expect(answer?.status()).toBe(200);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(h1);
    await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
    await expect(page).toHaveTitle(title);
    // And again from the browser's cache.
    await page.reload();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(h1);
  });
}

test("every link within the site leads to a page that is written", async ({ page }) => {
  // Hundreds of addresses set an instrument. Of those that set the same things on the same page, the first one stands for all.
  test.setTimeout(600_000);
  const kinds = new Map<string, number>();
  const isOneMore = (link: URL) => {
    const kind = `${link.pathname}?${[...link.searchParams.keys()].sort().join("&")}`;
    const count = kinds.get(kind) ?? 0;
    kinds.set(kind, count + 1);
    return count === 0;
  };
  const here = async () => {
    const links = await page.locator("a[href]").evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).href));
    return links.map((link) => new URL(link)).filter((link) => link.origin === new URL(page.url()).origin);
  };
  await open(page, "/");
  const seen = new Set<string>();
  const waiting = await here();
  for (let link = waiting.pop(); link; link = waiting.pop()) {
    const address = link.pathname + link.search;
    if (!seen.has(address)) {
      seen.add(address);
      if (!isOneMore(link)) continue;
      await open(page, address);
      await expect(page.getByRole("heading", { level: 1 }), address).not.toHaveText("No page here");
      await expect(page.getByText("not written yet"), address).toHaveCount(0);
      await expect(page.locator(".problems"), address).toHaveCount(0);
      waiting.push(...(await here()));
    }
  }
  for (const { path } of PAGES) {
    expect([...seen]).toContain(path);
  }
});

for (const path of ["/nowhere", "/frames/none", "/%F0%9F%98%80"]) {
  test(`${path} is the page for addresses that are no page's`, async ({ page }) => {
    await open(page, path);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("No page here");
    await page.getByRole("main").getByRole("link", { name: "Take a frame apart" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("A frame, bit by bit");
  });
}

test("the page names the scripts of its workers, and they are there", async ({ page, request }) => {
  await page.goto("/");
  for (const name of ["duplex-worker", "duplex-reader"]) {
    const meta = page.locator(`meta[name="${name}"]`);
    expect(await meta.evaluate((node) => node.getAttributeNames()), name).toEqual(["name", "content"]);
    const script = await request.get((await meta.getAttribute("content"))!);
    expect(script.headers()["content-type"], name).toContain("javascript");
  }
});

test("missing files are missing, not the page", async ({ request }) => {
  const answer = await request.get("/duplex-0000000000000000.js");
  expect(answer.status()).toBe(404);
});

test("the theme is kept", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await open(page, "/");
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.getByRole("button", { name: "Dark theme" }).click();
  await expect.poll(background).not.toBe(light);
  const dark = await background();
  await page.reload();
  await expect(page.getByRole("button", { name: "Dark theme" })).toHaveAttribute("aria-pressed", "true");
  expect(await background()).toBe(dark);
  await page.getByRole("button", { name: "System theme" }).click();
  await expect.poll(background).toBe(light);
});

test.describe("on a small screen", () => {
  test.use({ viewport: SIZES.narrow });

  test("the navigation folds into a menu", async ({ page }) => {
    await open(page, "/");
    const navigation = page.getByRole("navigation", { name: "Chapters" });
    await expect(navigation).toBeHidden();
    await page.getByRole("button", { name: "Menu" }).click();
    await expect(navigation).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(navigation).toBeHidden();
    await expect(page.getByRole("button", { name: "Menu" })).toBeFocused();
    await page.keyboard.press("Enter");
    await navigation.getByRole("link", { name: "Quiz" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Quiz");
    await expect(navigation).toBeHidden();
  });
});

test("the skip link leads past the navigation and leaves the address alone", async ({ page }) => {
  await open(page, "/frames?hex=8900&from=server");
  const address = page.url();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  expect(page.url()).toBe(address);
});

test("links lead to other pages without loading anew, and with a modifier to a new tab", async ({ page, context }) => {
  await open(page, "/closing");
  await page.evaluate(() => Object.assign(globalThis, { same: true }));
  const same = () => page.evaluate(() => "same" in globalThis);
  const inWords = page.locator("article.prose p a[href^='/']").first();
  const to = await inWords.getAttribute("href");
  const [tab] = await Promise.all([context.waitForEvent("page"), inWords.click({ modifiers: ["Control"] })]);
  expect(new URL(tab.url()).pathname + new URL(tab.url()).search).toBe(to!.split("#")[0]);
  await tab.close();
  await expect(page).toHaveURL(/\/closing$/);
  await inWords.click();
  await expect(page).not.toHaveURL(/\/closing$/);
  expect(await same()).toBe(true);
  // What stands in a link is a part of it.
  await page.locator("nav[aria-label='Chapters'] a[href='/quiz'] .n").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Quiz");
  await page.goBack();
  await page.goBack();
  await expect(page).toHaveURL(/\/closing$/);
  expect(await same()).toBe(true);
});
