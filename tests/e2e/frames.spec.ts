import type { Page } from "@playwright/test";
import { expect, open, test } from "./support/test.ts";

const HELLO = "/frames?hex=818537fa213d7f9f4d5158&from=client";

/** The value that the table shows for a field. */
const fact = (page: Page, name: string) =>
  page.getByRole("region", { name: "Decoded frame" }).locator(`dt:text-is("${name}") + dd`);
const slider = (page: Page) => page.getByRole("slider", { name: "Byte" });
const verdict = (page: Page) => page.getByRole("region", { name: "Verdict" });
const bytes = (page: Page) => page.getByRole("region", { name: "Bytes", exact: true });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

test("the frame of the link", async ({ page }) => {
  await open(page, HELLO);
  await expect(fact(page, "FIN")).toContainText("1");
  await expect(fact(page, "RSV")).toContainText("000");
  await expect(fact(page, "Opcode")).toContainText("0x1");
  await expect(fact(page, "Opcode")).toContainText("text");
  await expect(fact(page, "Mask")).toContainText("1");
  await expect(fact(page, "Length")).toContainText("5");
  await expect(fact(page, "Key")).toContainText("37fa213d");
  await expect(fact(page, "Payload")).toContainText("Hello");
  await expect(verdict(page)).toContainText("A server accepts this.");
  for (const [i, byte] of ["81", "85", "37", "fa", "21", "3d", "7f", "9f", "4d", "51", "58"].entries()) {
    await expect(bytes(page).getByRole("button", { name: `Byte ${i}, ${byte},` })).toBeVisible();
  }
  await expect(page.getByRole("region", { name: "Bits" })).toContainText("FIN");
  await expect(page.getByRole("region", { name: "Unmasking" })).toContainText("48");
});

test("stepping by buttons shows what the decoder knows at each byte", async ({ page }) => {
  await open(page, HELLO);
  await button(page, "First byte").click();
  await expect(fact(page, "FIN")).toContainText("1");
  for (const unknown of ["Mask", "Length", "Key", "Payload"]) {
    await expect(fact(page, unknown)).toContainText("not yet");
  }
  await button(page, "Next byte").click();
  await expect(fact(page, "Length")).toContainText("5");
  await expect(fact(page, "Key")).toContainText("not yet");
  for (let i = 0; i < 4; i++) {
    await button(page, "Next byte").click();
  }
  await expect(fact(page, "Key")).toContainText("37fa213d");
  await expect(fact(page, "Payload")).not.toContainText("Hello");
  await expect(slider(page)).toHaveValue("5");
  await expect(verdict(page)).toContainText("Nothing wrong so far. 5 bytes of payload to come.");
  await button(page, "Previous byte").click();
  await expect(fact(page, "Key")).toContainText("not yet");
  await button(page, "Last byte").click();
  await expect(fact(page, "Payload")).toContainText("Hello");
  await expect(slider(page)).toHaveValue("10");
});

test("stepping by arrow keys and by field", async ({ page }) => {
  await open(page, HELLO);
  await page.keyboard.press("ArrowLeft");
  await expect(slider(page)).toHaveValue("9");
  await button(page, "First byte").click();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect(slider(page)).toHaveValue("2");
  await page.keyboard.press("ArrowLeft");
  await expect(slider(page)).toHaveValue("1");
  await page.keyboard.press("Shift+ArrowRight");
  await expect(fact(page, "Key")).toContainText("37fa213d");
  await button(page, "Next field").click();
  await expect(fact(page, "Payload")).toContainText("Hello");
  await button(page, "Previous field").click();
  await expect(fact(page, "Payload")).not.toContainText("Hello");
  await button(page, "Last byte").click();
  await expect(slider(page)).toHaveValue("10");
});

test("stepping by the scrubber, and by pressing a byte", async ({ page }) => {
  await open(page, HELLO);
  await slider(page).fill("3");
  await expect(slider(page)).toHaveAttribute("aria-valuetext", "byte 3 of 10");
  await expect(fact(page, "Key")).toContainText("not yet");
  await slider(page).press("ArrowRight");
  await expect(slider(page)).toHaveValue("4");
  await bytes(page).getByRole("button", { name: "Byte 9, 51," }).click();
  await expect(slider(page)).toHaveValue("9");
});

test("playing runs to the last byte and stops there", async ({ page }) => {
  await open(page, HELLO);
  await button(page, "Play").click();
  await expect(button(page, "Pause")).toBeVisible();
  await expect(button(page, "Play")).toBeVisible({ timeout: 60_000 });
  await expect(slider(page)).toHaveValue("10");
});

test("the address follows the step, and gives it back", async ({ page }) => {
  await open(page, HELLO);
  await button(page, "First byte").click();
  for (let i = 0; i < 5; i++) {
    await page.keyboard.press("ArrowRight");
  }
  await expect(page).toHaveURL(/[?&]step=5(&|$)/);
  await expect(page).toHaveURL(/hex=818537fa213d7f9f4d5158/);
  await page.reload();
  await expect(slider(page)).toHaveValue("5");
  await expect(fact(page, "Key")).toContainText("37fa213d");
});

test("another example is another address, and the back button returns", async ({ page }) => {
  await open(page, HELLO);
  await page.getByRole("button", { name: "Ping", exact: true }).click();
  await expect(fact(page, "Opcode")).toContainText("ping");
  await expect(page).toHaveURL(/hex=89/);
  await page.getByRole("button", { name: "Reserved opcode" }).click();
  await expect(verdict(page)).toContainText("A server fails the connection with 1002.");
  await page.goBack();
  await expect(fact(page, "Opcode")).toContainText("ping");
  await page.goBack();
  await expect(fact(page, "Payload")).toContainText("Hello");
  await page.goForward();
  await expect(fact(page, "Opcode")).toContainText("ping");
});

test("the same bytes from the other end are judged anew", async ({ page }) => {
  await open(page, HELLO);
  await page.getByRole("group", { name: "Sent by" }).getByRole("button", { name: "server" }).click();
  await expect(verdict(page)).toContainText("A client fails the connection with 1002.");
  await expect(page).toHaveURL(/from=server/);
  await expect(verdict(page).getByRole("link", { name: "§5.1" })).toBeVisible();
});

test("bytes that are pasted are decoded, and a slip is named", async ({ page }) => {
  await open(page, HELLO);
  await button(page, "Paste bytes").click();
  const box = page.getByRole("textbox", { name: /^Bytes in hexadecimal/ });
  await expect(box).toBeFocused();
  await box.fill("81 05 48 65 6c 6c 6g");
  await button(page, "Decode").click();
  await expect(page.getByRole("alert")).toContainText("Character 20, “g”");
  await expect(box).toHaveValue("81 05 48 65 6c 6c 6g");
  await expect(fact(page, "Key")).toContainText("37fa213d");
  await box.fill("81 05 48 65 6c 6c 6f");
  await button(page, "Decode").click();
  await expect(fact(page, "Payload")).toContainText("Hello");
  await expect(fact(page, "Mask")).toContainText("0");
  await expect(verdict(page)).toContainText("A server fails the connection with 1002.");
  await expect(page).toHaveURL(/hex=810548656c6c6f/);
});

test("several frames in one go", async ({ page }) => {
  // Ping and text from a server (RFC 6455 §5.7), one after the other.
  await open(page, "/frames?hex=890548656c6c6f810548656c6c6f&from=server&step=6");
  await expect(fact(page, "Opcode")).toContainText("ping");
  await slider(page).press("End");
  await expect(fact(page, "Opcode")).toContainText("text");
  await expect(fact(page, "Payload")).toContainText("Hello");
});

test("the compressed example of RFC 7692", async ({ page }) => {
  await open(page, "/frames?hex=c107f248cdc9c90700&from=server&deflate=1");
  await expect(fact(page, "RSV")).toContainText("100");
  await expect(fact(page, "Payload")).toContainText("Hello");
  await expect(verdict(page)).toContainText("A client accepts this.");
  await open(page, "/frames?hex=c107f248cdc9c90700&from=server");
  await expect(verdict(page)).toContainText("A client fails the connection with 1002.");
});

for (const [query, said] of [
  ["hex=81zz", "hex=81zz"],
  ["hex=818", "stands alone"],
  ["from=nobody", "from=nobody"],
  ["hex=818537fa213d7f9f4d5158&from=client&step=11", "step=11"],
  ["step=-1", "step=-1"],
  ["preset=none", "preset=none"],
  ["hex=%ff%fe", "hex="],
  ["hex=81&hex=82", "cannot be read"],
] as const) {
  test(`?${query} gives the default and says so`, async ({ page }) => {
    await open(page, `/frames?${query}`);
    await expect(page.getByRole("status").filter({ hasText: said })).toBeVisible();
    await expect(fact(page, "Key")).toContainText("37fa213d");
    await expect(fact(page, "Payload")).toContainText("Hello");
  });
}

test("the link of a long frame names the example instead of carrying its bytes", async ({ page }) => {
  await open(page, HELLO);
  await page.getByRole("button", { name: "64 KiB" }).click();
  await expect(fact(page, "Length")).toContainText("65");
  await expect(page).toHaveURL(/preset=length64/);
  expect(page.url().length).toBeLessThan(200);
  await page.reload();
  await expect(fact(page, "Length")).toContainText("in 64 bits");
});

test("what is copied is what is shown", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, HELLO);
  await button(page, "Copy bytes").click();
  await expect(page.getByText("Copied")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("81 85 37 fa 21 3d 7f 9f 4d 51 58");
  await button(page, "Copy link").click();
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toMatch(/\/frames\?hex=818537fa213d7f9f4d5158&from=client/);
});

test("hovering a field lights it up everywhere", async ({ page }) => {
  await open(page, HELLO);
  const panel = page.getByRole("region", { name: "Frame decoder" });
  await fact(page, "Key").hover();
  await expect(panel).toHaveAttribute("data-hot", "key");
  await bytes(page).getByRole("button", { name: "Byte 7, 9f," }).focus();
  await expect(panel).toHaveAttribute("data-hot", "payload");
});
