import type { Page } from "@playwright/test";
import { expect, open, test } from "./support/test.ts";

const composer = (page: Page) => page.getByRole("region", { name: "Composer" });
const by = (page: Page, role: "client" | "server") =>
  composer(page).getByRole("region", { name: `Sent by a ${role}` });
const bytes = async (page: Page) => {
  const shown = page.getByRole("region", { name: "Bytes", exact: true }).locator("button.frame-inspector__byte");
  return (await shown.evaluateAll((all) => all.map((one) => one.firstChild?.textContent ?? ""))).join("").replaceAll(/\s/g, "");
};
const field = (page: Page, name: string) => composer(page).getByRole("textbox", { name });
const press = (page: Page, name: string) => composer(page).getByRole("button", { name }).click();

test("an example is taken over, and every field changes the bytes and both verdicts", async ({ page }) => {
  await open(page, "/frames");
  await page.getByRole("button", { name: "Compose" }).click();
  await expect(field(page, "Payload as text")).toHaveValue("Hello");
  expect(await bytes(page)).toBe("818537fa213d7f9f4d5158");
  await expect(by(page, "client")).toContainText("A server accepts this.");
  await expect(by(page, "server")).toContainText("A client fails the connection with 1002.");
  await expect(by(page, "server").getByRole("link", { name: "§5.1" })).toBeVisible();

  await press(page, "FIN 1");
  await press(page, "RSV2 0");
  await composer(page).getByRole("combobox", { name: "opcode" }).selectOption({ label: "0xB reserved" });
  await press(page, "64");
  await expect.poll(() => bytes(page)).toBe("2bff000000000000000537fa213d7f9f4d5158");
  for (const [role, rules] of [
    ["client", ["Reserved bit set", "Reserved opcode", "Control frame fragmented", "Length not in its shortest form"]],
    ["server", ["Reserved bit set", "Server frame masked"]],
  ] as const) {
    for (const rule of rules) {
      await expect(by(page, role).getByRole("listitem").filter({ hasText: `${rule} · 1002` })).toBeVisible();
    }
  }
  await press(page, "MASK 1");
  await expect.poll(() => bytes(page)).toBe("2b7f000000000000000548656c6c6f");
  await expect(by(page, "client")).toContainText("Client frame not masked");
  await expect(by(page, "server")).not.toContainText("masked");
});

test("a length that is not true", async ({ page }) => {
  await open(page, "/frames?compose=1&from=server&opcode=1&mask=0&text=Hello");
  await field(page, "Length announced").fill("8");
  await expect.poll(() => bytes(page)).toBe("810848656c6c6f");
  await expect(by(page, "server")).toContainText("3 bytes of payload to come");
  await field(page, "Length announced").fill("2");
  await expect(by(page, "server")).toContainText("A client accepts this.");
  await expect(by(page, "server")).toContainText("Then 3 bytes are left over.");
  await field(page, "Length announced").fill("0x8000000000000000");
  await expect(by(page, "server")).toContainText("Top bit of a 64-bit length set");
  await field(page, "Length announced").fill("lots");
  await expect(composer(page)).toContainText("“lots” is not a length");
  await expect(field(page, "Length announced")).toHaveValue("lots");
});

test("a close frame has a code and a reason", async ({ page }) => {
  await open(page, "/frames?compose=1&from=client");
  await composer(page).getByRole("combobox", { name: "opcode" }).selectOption({ label: "0x8 close" });
  await field(page, "Close code").fill("1006");
  await field(page, "Reason").fill("gone");
  await expect(by(page, "client")).toContainText("Close code that must not be sent · 1002");
  await field(page, "Close code").fill("4000");
  await expect(by(page, "client")).toContainText("A server accepts this.");
  await expect(page).toHaveURL(/code=4000&reason=gone/);
});

test("a key is four bytes, typed or random", async ({ page }) => {
  await open(page, "/frames?compose=1&from=client&key=00000000");
  expect(await bytes(page)).toBe("81850000000048656c6c6f");
  await field(page, "Masking key").fill("0102");
  await expect(composer(page)).toContainText("A masking key has 4 bytes; here are 2 bytes.");
  const drawn = new Set<string>();
  for (let i = 0; i < 3; i++) {
    await press(page, "Random key");
    const key = await field(page, "Masking key").inputValue();
    expect(key).toMatch(/^[0-9a-f]{8}$/);
    await expect.poll(() => bytes(page)).toContain(`8185${key}`);
    drawn.add(key);
  }
  expect(drawn.size).toBeGreaterThan(1);
});

test("the address gives the composition back, and Back leaves it", async ({ page }) => {
  await open(page, "/frames");
  await page.getByRole("button", { name: "Compose" }).click();
  await press(page, "FIN 1");
  await press(page, "Hex");
  await field(page, "Payload in hexadecimal").fill("ff 00 f");
  await expect(composer(page)).toContainText("stands alone");
  await expect(page).toHaveURL(/compose=1.*fin=0.*bytes=ff/);
  await page.reload();
  await expect(field(page, "Payload in hexadecimal")).toHaveValue("ff 00 f");
  await expect(composer(page).getByRole("button", { name: "FIN 0" })).toHaveAttribute("aria-pressed", "false");
  await page.goBack();
  await expect(composer(page)).toBeHidden();
  await expect(page).not.toHaveURL(/compose/);
});

test("a composition with a mistake in its address says so", async ({ page }) => {
  await open(page, "/frames?compose=1&opcode=zz&rsv=2");
  await expect(page.getByText("opcode=zz: one hexadecimal digit")).toBeVisible();
  await expect(page.getByText("rsv=2: three bits")).toBeVisible();
  expect(await bytes(page)).toBe("818537fa213d7f9f4d5158");
});
