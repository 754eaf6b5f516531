import type { Locator, Page } from "@playwright/test";
import { expect, open, test } from "./support/test.ts";

const fragmentation = (page: Page) => page.getByRole("region", { name: "Fragmentation", exact: true });
const validation = (page: Page) => page.getByRole("region", { name: "UTF-8 validation" });
const inspector = (page: Page) => page.getByRole("region", { name: "Compression inspector", exact: true });
const cut = (page: Page, number: number) => page.getByRole("slider", { name: `Cut ${number}`, exact: true });
const holding = (page: Page) => fragmentation(page).getByRole("region", { name: "Holding" });
const verdict = (page: Page) => fragmentation(page).getByRole("region", { name: "The receiver’s verdict" });
const does = (page: Page) => fragmentation(page).getByRole("region", { name: "What the receiver does" });
const frames = (page: Page) => fragmentation(page).locator(".fragmentation__frame");
const preset = (panel: Locator, name: string) => panel.getByRole("button", { name, exact: true });

/** Puts a frame between two fragments, as a reader does. */
async function put(page: Page, where: string, what: RegExp): Promise<void> {
  await fragmentation(page).getByRole("button", { name: `Put a frame ${where}` }).click();
  await fragmentation(page).getByRole("group", { name: `What to put ${where}` }).getByRole("button", { name: what }).click();
}

/** The middle of a byte of the strip. */
async function byte(page: Page, number: number): Promise<{ x: number; y: number; width: number }> {
  const place = await page.locator(`#fragmentation-byte-${number}`).boundingBox();
  return { x: place!.x, y: place!.y + place!.height / 2, width: place!.width };
}

test("a cut is dragged with the mouse, and the frames follow", async ({ page }) => {
  await open(page, "/messages");
  await expect(cut(page, 2)).toHaveAttribute("aria-valuenow", "9");
  const from = (await cut(page, 2).boundingBox())!;
  const to = await byte(page, 7);
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + 90, to.y, { steps: 3 });
  await page.mouse.move(to.x + 2, to.y, { steps: 3 });
  await page.mouse.up();
  await expect(cut(page, 2)).toHaveAttribute("aria-valuenow", "7");
  await expect(cut(page, 2)).toBeFocused();
  await expect(frames(page)).toHaveCount(3);
  await expect(frames(page).nth(1)).toContainText("3 bytes");
  await expect(frames(page).nth(2)).toContainText("5 bytes");
  await expect(page).toHaveURL(/cuts=4%2C7/);
  // The pointer has let go.
  await page.mouse.move(to.x + 200, to.y);
  await expect(cut(page, 2)).toHaveAttribute("aria-valuenow", "7");
});

test("a cut is moved by keys, never past its neighbour, and removed", async ({ page }) => {
  await open(page, "/messages");
  await cut(page, 1).focus();
  await page.keyboard.press("ArrowRight");
  await expect(cut(page, 1)).toHaveAttribute("aria-valuetext", "after byte 5 of 12");
  await expect(cut(page, 1)).toBeFocused();
  await page.keyboard.press("End");
  await expect(cut(page, 1)).toHaveAttribute("aria-valuenow", "8");
  await page.keyboard.press("Home");
  await expect(cut(page, 1)).toHaveAttribute("aria-valuenow", "0");
  await page.keyboard.press("Delete");
  await expect(page.getByRole("slider", { name: /^Cut/ })).toHaveCount(1);
  await expect(frames(page)).toHaveCount(2);
  await fragmentation(page).getByRole("button", { name: "Add a cut" }).click();
  await expect(frames(page)).toHaveCount(3);
  await expect(cut(page, 1)).toBeFocused();
  await fragmentation(page).getByRole("button", { name: "Remove cut 1" }).click();
  await expect(frames(page)).toHaveCount(2);
});

test("a click between two bytes cuts there", async ({ page }) => {
  await open(page, "/messages?cuts=");
  await expect(frames(page)).toHaveCount(1);
  await expect(frames(page).first()).toContainText("0x1 text");
  const place = await byte(page, 2);
  await page.mouse.click(place.x, place.y);
  await expect(cut(page, 1)).toHaveAttribute("aria-valuenow", "2");
  await expect(frames(page).nth(0)).toContainText("FIN 0");
  await expect(frames(page).nth(1)).toContainText("0x0 continuation");
  await expect(frames(page).nth(1)).toContainText("FIN 1");
});

test("a ping between two fragments is answered, and the message comes whole", async ({ page }) => {
  await open(page, "/messages");
  await put(page, "between fragments 1 and 2", /^Ping$/);
  await expect(frames(page)).toHaveCount(4);
  await expect(does(page)).toContainText("A ping may come between two fragments.");
  await expect(holding(page)).toContainText("Caf");
  await expect(fragmentation(page).getByRole("region", { name: "It has sent back" })).toContainText("pong");
  await fragmentation(page).getByRole("button", { name: "Next frame" }).click();
  await fragmentation(page).getByRole("button", { name: "Next frame" }).click();
  await expect(fragmentation(page).getByRole("region", { name: "Its application has" })).toContainText("“Café: 3 €”");
  await expect(verdict(page)).toContainText("The server accepts all of it.");
  await expect(verdict(page)).toContainText("1 message");
  await expect(page).toHaveURL(/between=1%3Aping/);
  await fragmentation(page).getByRole("button", { name: "Take away frame 2, Ping" }).click();
  await expect(frames(page)).toHaveCount(3);
});

test("a text frame between two fragments fails the connection", async ({ page }) => {
  await open(page, "/messages");
  await put(page, "between fragments 2 and 3", /^Text frame \(illegal here\)$/);
  await expect(verdict(page)).toContainText("The server fails the connection with 1002, protocol error.");
  await expect(verdict(page)).toContainText("A message inside a message: byte 0 of frame 3.");
  await expect(verdict(page).getByRole("link", { name: "§5.4" })).toBeVisible();
  await fragmentation(page).getByRole("button", { name: "Next frame" }).click();
  await expect(does(page)).toContainText("Nobody reads this.");
  // Behind the message it is a message of its own.
  await preset(fragmentation(page), "Half a character").click();
  await put(page, "after the last fragment", /^Text frame$/);
  await expect(verdict(page)).toContainText("2 messages");
});

for (const [name, code, rule] of [
  ["Nothing to continue", 1002, "Nothing to continue"],
  ["Ends within a character", 1007, "Text that is not UTF-8"],
  ["A ping without FIN", 1002, "Control frame fragmented"],
] as const) {
  test(`${name}: the connection fails with ${code}`, async ({ page }) => {
    await open(page, "/messages");
    await preset(fragmentation(page), name).click();
    await expect(verdict(page)).toContainText(`fails the connection with ${code}`);
    await expect(verdict(page)).toContainText(rule);
  });
}

test("half a character waits in one fragment, and the other completes it", async ({ page }) => {
  await open(page, "/messages");
  await expect(holding(page)).toContainText("c3");
  await expect(holding(page)).toContainText("waiting for 1 more byte of a character");
  await expect(fragmentation(page).locator(".fragmentation__piece--torn-right")).toHaveCount(1);
  await page.getByRole("textbox", { name: "The message" }).fill("€€");
  await cut(page, 1).focus();
  await page.keyboard.press("ArrowRight");
  await expect(cut(page, 1)).toHaveAttribute("aria-valuetext", /within “€”, after 2 of its 3 bytes/);
  await expect(holding(page)).toContainText("waiting for 1 more byte");
  await page.keyboard.press("ArrowLeft");
  await expect(holding(page)).toContainText("waiting for 2 more bytes");
  // Turning FIN on ends the message there.
  await fragmentation(page).getByRole("button", { name: /^FIN 0 of fragment 1/ }).click();
  await expect(verdict(page)).toContainText("1007");
});

test("a frame leads to the decoder", async ({ page }) => {
  await open(page, "/messages?text=Hello&cuts=3&from=server");
  await page.getByRole("link", { name: "take apart frame 2" }).click();
  await expect(page).toHaveURL(/\/frames\?hex=010348656c80026c6f&from=server&step=5/);
});

test("what was typed stays, also when it is too long", async ({ page }) => {
  await open(page, "/messages");
  const box = page.getByRole("textbox", { name: "The message" });
  await box.fill("x".repeat(97));
  await expect(fragmentation(page)).toContainText("That is 97 bytes.");
  await expect(box).toHaveValue("x".repeat(97));
  await expect(frames(page)).toHaveCount(3);
  await box.fill("short");
  await expect(fragmentation(page)).not.toContainText("That is");
});

test("links restore fragmentation, and Back leads to the preset before", async ({ page }) => {
  await open(page, "/messages?text=h%C3%A9llo&cuts=2%2C4&between=1%3Apong%2C2%3Aping&from=server&step=2");
  await expect(frames(page)).toHaveCount(5);
  await expect(page.getByRole("textbox", { name: "The message" })).toHaveValue("héllo");
  await expect(fragmentation(page).getByRole("slider", { name: "Frames read" })).toHaveValue("2");
  await expect(holding(page)).toContainText("c3");
  await preset(fragmentation(page), "One frame").click();
  await expect(frames(page)).toHaveCount(1);
  await preset(fragmentation(page), "The RFC’s “Hello”").click();
  await expect(frames(page).first()).toContainText("01 03 48 65 6c");
  await page.goBack();
  await expect(frames(page).first()).toContainText("12 bytes");
});

for (const [query, said] of [
  ["cuts=99", "cuts=99"],
  ["between=1:pling", "between=1:pling"],
  ["step=77", "step=77"],
  ["data=xyz", "data=xyz"],
  ["utf8=f", "utf8=f"],
  ["byte=40", "byte=40"],
  ["bits=7", "bits=7"],
  ["takeover=perhaps", "takeover=perhaps"],
  ["text=a&text=b", "cannot be read"],
] as const) {
  test(`?${query} gives the default and says so`, async ({ page }) => {
    await open(page, `/messages?${query}`);
    await expect(page.getByRole("status").filter({ hasText: said }).first()).toBeVisible();
    await expect(frames(page)).toHaveCount(3);
    await expect(page.getByRole("textbox", { name: "Its bytes, in hexadecimal" })).toHaveValue("f4 90 80 80");
    await expect(inspector(page).getByText("83 bytes", { exact: true })).toBeVisible();
  });
}

test("f4 is fine, and the 90 after it is not", async ({ page }) => {
  await open(page, "/messages");
  await expect(validation(page)).toContainText("f4 begins a character of 4 bytes.");
  await expect(validation(page)).toContainText("90 comes: it does not fit.");
  await validation(page).getByRole("button", { name: "Next byte" }).click();
  await expect(validation(page)).toContainText("where Unicode ends.");
  const said = validation(page).getByRole("region", { name: "The client’s verdict" });
  await expect(said).toContainText("The client fails the connection with 1007");
  await expect(validation(page)).toContainText("2 of 4");
  // The rest is never read.
  await expect(validation(page).getByRole("button", { name: "Byte 3: 80, never read" })).toBeDisabled();
  await validation(page).getByRole("button", { name: "Binary", exact: true }).click();
  await validation(page).getByRole("slider", { name: "Bytes read" }).fill("4");
  await expect(said).toContainText("Accepted.");
});

for (const [name, steps, words] of [
  ["Four bytes that fit", 5, "completes the character U+1F44B"],
  ["Overlong", 1, "every character has one spelling"],
  ["Surrogate", 2, "makes a surrogate"],
  ["Stray continuation", 3, "none is under way"],
  ["Ends too early", 3, "the message ends here"],
  ["Latin-1", 8, "does not go on with the character"],
] as const) {
  test(`${name}: decided after byte ${steps}`, async ({ page }) => {
    await open(page, "/messages");
    await preset(validation(page), name).click();
    const next = validation(page).getByRole("button", { name: "Next byte" });
    for (let step = 0; step < steps; step++) {
      await expect(next).not.toHaveAttribute("aria-disabled", "true");
      await next.click();
    }
    await expect(next).toHaveAttribute("aria-disabled", "true");
    await expect(validation(page).getByRole("region", { name: "What this byte says" })).toContainText(words);
  });
}

test("text and bytes say the same, and the address follows", async ({ page }) => {
  await open(page, "/messages");
  await page.getByRole("textbox", { name: "Text", exact: true }).fill("é");
  await expect(page.getByRole("textbox", { name: "Its bytes, in hexadecimal" })).toHaveValue("c3 a9");
  await page.getByRole("textbox", { name: "Its bytes, in hexadecimal" }).fill("c3 2");
  await expect(validation(page)).toContainText("stands alone");
  await page.getByRole("textbox", { name: "Its bytes, in hexadecimal" }).fill("c3 28");
  await expect(validation(page)).toContainText("28 does not go on");
  await expect(page).toHaveURL(/utf8=c328/);
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Its bytes, in hexadecimal" })).toHaveValue("c3 28");
});

test("a back-reference lights up the first message, and loses it without takeover", async ({ page }) => {
  await open(page, "/messages");
  const first = inspector(page).getByRole("region", { name: "First message", exact: true });
  const second = inspector(page).getByRole("region", { name: "Second message", exact: true });
  const told = inspector(page).getByRole("region", { name: "This back-reference" });
  await expect(told).toContainText("Found in message 1.");
  await expect(first.locator("mark").first()).toBeVisible();
  await expect(inspector(page).locator(".compression-inspector__line")).toHaveAttribute("d", /^M /);
  await second.getByRole("button", { name: /coffee/ }).hover();
  await expect(first.locator("mark")).toHaveText(" coffee");
  await second.getByRole("button", { name: /"type"/ }).focus();
  await expect(told).toContainText("Copy 42 from 83 back");
  const sends = inspector(page).getByRole("group", { name: "Server → client", exact: true });
  await sends.getByRole("button", { name: "Starts afresh" }).click();
  await expect(inspector(page)).toContainText("permessage-deflate; server_no_context_takeover");
  await expect(told).toContainText("Found in this message.");
  await expect(inspector(page)).toContainText("0 between messages");
  await expect(page).toHaveURL(/takeover=client/);
  await page.reload();
  await expect(told).toContainText("Found in this message.");
});

test("the bytes of the RFC’s example, and the way to the decoder", async ({ page }) => {
  await open(page, "/messages");
  await preset(inspector(page), "The RFC’s “Hello”").click();
  const sent = inspector(page).getByRole("region", { name: "First message, compressed" });
  await expect(sent).toContainText("f2 48 cd c9 c9 07 00");
  await expect(sent.locator("del")).toContainText("00 00 ff ff");
  await expect(inspector(page).getByRole("region", { name: "Second message, compressed" })).toContainText("f2 00 11 00 00");
  await sent.getByRole("link", { name: /^Take the frame apart/ }).click();
  await expect(page).toHaveURL(/\/frames\?hex=c107f248cdc9c90700c105f200110000&from=server&step=0&deflate=1/);
});

test("short messages get longer, random bytes are stored", async ({ page }) => {
  await open(page, "/messages?first=ok");
  await expect(inspector(page)).toContainText("−2 (longer)");
  await preset(inspector(page), "Random bytes").click();
  await expect(inspector(page)).toContainText("stored: 96 bytes as they were");
  await expect(page).toHaveURL(/written=hex/);
});

test("windows cost memory, by connection", async ({ page }) => {
  await open(page, "/messages?bits=15,9&connections=1000000");
  const memory = inspector(page).getByRole("region", { name: "Memory at the server" });
  await expect(memory).toContainText("1,000,000");
  await expect(memory).toContainText("2^(9+2) + 2^(8+9)");
  await expect(inspector(page)).toContainText("reaches back 250 at most");
  await memory.getByRole("slider", { name: "Connections" }).fill("0");
  await expect(memory).toContainText("169 KiB for 1 × 169 KiB");
});

test("three instruments keep their own part of the address", async ({ page }) => {
  await open(page, "/messages?cuts=6&utf8=c0af&bits=10");
  await preset(fragmentation(page), "The RFC’s “Hello”").click();
  await expect(page).toHaveURL(/utf8=c0af/);
  await expect(page).toHaveURL(/bits=10/);
  await expect(page).toHaveURL(/text=Hello/);
});

test("a link to an instrument brings it into view", async ({ page }) => {
  await open(page, "/messages");
  await page.getByRole("link", { name: "See the byte" }).click();
  await expect(validation(page)).toContainText("20 does not go on");
  await expect(validation(page)).toBeFocused();
  await expect(validation(page).getByRole("heading", { name: /^Byte/ })).toBeInViewport();
  await open(page, "/messages?first=ok&second=ok");
  await expect(page.getByRole("textbox", { name: "First message" })).toBeInViewport();
});
