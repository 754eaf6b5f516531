import { expect, open, test } from "./support/test.ts";

test("the words are there without scripts", async ({ browser, server }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${server.url}/reference`);
  await expect(page.getByRole("row").filter({ hasText: "1006 abnormal closure" })).toContainText("no close frame had come");
  await expect(page.getByRole("table", { name: "Glossary" })).toContainText("masking key");
  await context.close();
});

test("the contents lead to every section, and a row has an address", async ({ page }) => {
  await open(page, "/reference");
  const links = page.getByRole("navigation", { name: "Contents" }).getByRole("link");
  const headings = page.getByRole("main").getByRole("heading", { level: 2 });
  expect(await links.allInnerTexts()).toEqual(await headings.allInnerTexts());
  await links.filter({ hasText: "Glossary" }).click();
  await expect(headings.filter({ hasText: "Glossary" })).toBeInViewport();
  await page.getByRole("link", { name: "1012 service restart" }).click();
  await expect(page).toHaveURL(/#close-1012$/);
  await page.reload();
  await expect(page.locator("#close-1012")).toBeInViewport();
});

test("bytes that break a rule are judged so in Frames", async ({ page }) => {
  await open(page, "/reference");
  const row = page.getByRole("row").filter({ hasText: "Reserved opcode" });
  await row.getByRole("link", { name: "83 00" }).click();
  await expect(page).toHaveURL(/\/frames\?hex=8300/);
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("fails the connection");
});

test("on paper it is a sheet of two pages", async ({ page }) => {
  await open(page, "/reference");
  for (const format of ["A4", "Letter"]) {
    const pdf = (await page.pdf({ format, preferCSSPageSize: false })).toString("latin1");
    expect(pdf.match(/\/Type\s*\/Page\b/g)?.length, format).toBe(2);
  }
  await page.emulateMedia({ media: "print" });
  for (const name of ["Opcodes", "Close codes", "Headers of the handshake", "Rules of thumb"]) {
    await expect(page.getByRole("table", { name })).toBeVisible();
  }
  await expect(page.getByRole("img", { name: /^The header of a frame/ })).toBeVisible();
  await expect(page.getByRole("table", { name: "Glossary" })).toBeHidden();
  await expect(page.getByRole("heading", { level: 2 }).first()).toBeHidden();
});

