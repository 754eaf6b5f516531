import { writeFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { frames } from "./support/frames.ts";
import { Recorder } from "./support/recorder.ts";
import { expect, open, SIZES, test } from "./support/test.ts";

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
    await expect(bytes(page).getByRole("button", { name: `${byte}, byte ${i},` })).toBeVisible();
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
  await bytes(page).getByRole("button", { name: "51, byte 9," }).click();
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
  for (let step = 1; step <= 5; step++) {
    await page.keyboard.press("ArrowRight");
    await expect(slider(page)).toHaveValue(`${step}`);
  }
  await expect(page).toHaveURL(/[?&]step=5(&|$)/);
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

test("the page begins at the first byte and says what to do, with scripts and without", async ({ page, browser, server }) => {
  const explanation = (page: Page) => page.getByRole("region", { name: "Explanation" });
  const still = await browser.newPage({ javaScriptEnabled: false });
  await still.goto(`${server.url}/frames`);
  await open(page, "/frames");
  for (const picture of [still, page]) {
    await expect(picture.getByRole("slider", { name: "Byte" })).toHaveAttribute("aria-valuetext", "byte 0 of 10");
    await expect(explanation(picture)).toContainText("Byte 0 · FIN, RSV and opcode");
    await expect(explanation(picture)).toContainText("Press “Next byte” or →");
  }
  await still.close();
  await button(page, "Next byte").click();
  await expect(explanation(page)).toContainText("Byte 1 · MASK and payload length");
  await expect(explanation(page)).not.toContainText("Press “Next byte”");
  await button(page, "Last byte").click();
  await expect(page).toHaveURL(/[?&]step=10(&|$)/);
  await page.reload();
  await expect(slider(page)).toHaveValue("10");
  await expect(explanation(page)).not.toContainText("Press “Next byte”");
});

const from = (page: Page, role: "client" | "server") =>
  page.getByRole("group", { name: "Sent by" }).getByRole("button", { name: role });

for (const [size, viewport] of Object.entries({ desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } })) {
  test(`who sends pasted bytes is taken from MASK, and the verdict is in view, ${size}`, async ({ page }) => {
    await page.setViewportSize(viewport);
    await open(page, "/frames");
    for (const [text, role, mask] of [
      ["82 7e 01 00 2a", "server", "0"],
      ["88 02 03 ea", "server", "0"],
      ["88 82 01 02 03 04 02 ea", "client", "1"],
      ['"\\x8a\\x00"', "server", "0"],
    ] as const) {
      await paste(page, text);
      await expect(from(page, role)).toHaveAttribute("aria-pressed", "true");
      await expect(page.getByText(`Taken from MASK: ${mask}, so a ${role} sent it.`)).toBeVisible();
      await expect(verdict(page).locator(".verdict")).not.toHaveClass(/bad/);
      await expect(verdict(page)).toBeInViewport({ ratio: 1 });
    }
    // Of one byte alone nobody can say who sent it: what is chosen stays.
    await paste(page, "88");
    await expect(from(page, "server")).toHaveAttribute("aria-pressed", "true");
    await expect(page.getByText(/MASK: \d/)).toHaveCount(0);
  });
}

test("another direction is one press away, holds for these bytes, and the next ones are judged anew", async ({ page }) => {
  await open(page, "/frames");
  await paste(page, "88 02 03 e8");
  await expect(verdict(page)).toContainText("A client accepts this.");
  await from(page, "client").click();
  await expect(verdict(page)).toContainText("A server fails the connection with 1002.");
  await expect(page.getByText("Not as MASK says: 0 is a server’s.")).toBeVisible();
  await expect(page).toHaveURL(/from=client/);
  await page.reload();
  await expect(from(page, "client")).toHaveAttribute("aria-pressed", "true");
  await paste(page, "89 00");
  await expect(from(page, "server")).toHaveAttribute("aria-pressed", "true");
  await expect(verdict(page)).toContainText("A client accepts this.");
});

test("links and files say who sends, or MASK does", async ({ page }) => {
  for (const [query, role] of [
    ["hex=880203e8", "server"],
    ["hex=880203e8&from=client", "client"],
    ["hex=888000000000", "client"],
    ["hex=888000000000&from=server", "server"],
  ] as const) {
    await open(page, `/frames?${query}`);
    await expect(from(page, role), query).toHaveAttribute("aria-pressed", "true");
  }
  await button(page, "Paste bytes").click();
  const file = page.locator("input[type=file]");
  for (const [hex, role] of [["8a03ff00ff", "server"], ["8a8000000000", "client"]] as const) {
    await file.setInputFiles({ name: "wire.bin", mimeType: "application/octet-stream", buffer: Buffer.from(hex, "hex") });
    await expect(from(page, role), hex).toHaveAttribute("aria-pressed", "true");
  }
});

test("what is chosen is a step back, what is stepped is not", async ({ page }) => {
  await open(page, "/frames");
  await page.getByRole("button", { name: "Ping", exact: true }).click();
  await button(page, "Previous byte").click();
  await button(page, "RFC figure").click();
  await slider(page).fill("2");
  await expect(page).toHaveURL(/view=rfc.*step=2/);
  await from(page, "client").click();
  await expect(page).toHaveURL(/from=client/);
  await page.goBack();
  await expect(from(page, "server")).toHaveAttribute("aria-pressed", "true");
  await expect(page).toHaveURL(/view=rfc/);
  await expect(slider(page)).toHaveValue("2");
  await page.goBack();
  await expect(page).not.toHaveURL(/view=/);
  await expect(button(page, "Ruler")).toHaveAttribute("aria-pressed", "true");
  await expect(slider(page)).toHaveValue("5");
  await page.goBack();
  await expect(slider(page)).toHaveAttribute("aria-valuetext", "byte 0 of 10");
});

test("a verdict that all is well does not speak of a failure", async ({ page }) => {
  await open(page, HELLO);
  await expect(verdict(page)).toContainText("A server accepts this.");
  await expect(verdict(page)).not.toContainText("1002");
});

const box = (page: Page) => page.getByRole("textbox", { name: /^Bytes in hexadecimal/ });

/** Opens the box if it is not, and decodes this. */
async function paste(page: Page, text: string): Promise<void> {
  if (!(await box(page).isVisible())) {
    await button(page, "Paste bytes").click();
  }
  await box(page).fill(text);
  await button(page, "Decode").click();
}

test("bytes that are pasted are decoded, and a slip is named", async ({ page }) => {
  await open(page, HELLO);
  await button(page, "Paste bytes").click();
  await expect(box(page)).toBeFocused();
  await box(page).fill("81 05 48 65 6c 6c 6g");
  await button(page, "Decode").click();
  await expect(page.getByRole("alert")).toContainText("Character 20, “g”");
  await expect(box(page)).toHaveValue("81 05 48 65 6c 6c 6g");
  await expect(fact(page, "Key")).toContainText("37fa213d");
  await box(page).fill("81 05 48 65 6c 6c 6f");
  await expect(page.getByText("Read as hexadecimal digits: 1 frame, 7 bytes.")).toBeVisible();
  await button(page, "Decode").click();
  await expect(fact(page, "Payload")).toContainText("Hello");
  await expect(fact(page, "Mask")).toContainText("0");
  await expect(verdict(page)).toContainText("A client accepts this.");
  await expect(page).toHaveURL(/hex=810548656c6c6f/);
});

test("what was typed is there again when the box is opened again", async ({ page }) => {
  await open(page, HELLO);
  await button(page, "Paste bytes").click();
  await box(page).fill("81 0");
  await button(page, "Paste bytes").click();
  await expect(box(page)).toBeHidden();
  await button(page, "Paste bytes").click();
  await expect(box(page)).toHaveValue("81 0");
  await paste(page, "81 00");
  await page.getByRole("button", { name: "Ping", exact: true }).click();
  await button(page, "Paste bytes").click();
  await button(page, "Paste bytes").click();
  await expect(box(page)).toHaveValue("89 05 48 65 6c 6c 6f");
});

/** A ping and a text from RFC 6455 §5.7, as people have them. */
const FORMS: [string, string][] = [
  ["hexadecimal digits", "890548656c6c6f810548656c6c6f"],
  ["hexadecimal digits", "89 05 48 65 6c 6c 6f\n81 05 48 65 6c 6c 6f"],
  ["a list of numbers", "0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f"],
  ["a list of numbers", "char peer1_0[] = { /* Packet 7 */\n0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f,\n0x81, 0x05, 72, 101, 108, 108, 111 };"],
  ["a string with escapes", String.raw`b"\x89\x05Hello\x81\x05Hello"`],
  ["a string with escapes", '"\\x89\\x05\\x48\\x65\\x6c\\x6c\\x6f\\x81\\x05" \\\n"\\x48\\x65\\x6c\\x6c\\x6f"'],
  ["base64", "iQVIZWxsb4EFSGVsbG8="],
  ["an xxd dump", "00000000: 8905 4865 6c6c 6f81 0548 656c 6c6f       ..Hello..Hello\n"],
  ["a hexdump -C dump", "00000000  89 05 48 65 6c 6c 6f 81  05 48 65 6c 6c 6f        |..Hello..Hello|\n0000000e\n"],
  ["a Wireshark hex dump", "0000   89 05 48 65 6c 6c 6f 81 05 48 65 6c 6c 6f         ..Hello..Hello\n"],
];

for (const [name, text] of FORMS) {
  test(`pasted as ${name}: ${text.slice(0, 24).replaceAll("\n", " ")}`, async ({ page }) => {
    await open(page, HELLO);
    await paste(page, text);
    await expect(page.getByText(`Read as ${name}: 2 frames, 14 bytes.`)).toBeVisible();
    await expect(page).toHaveURL(/hex=890548656c6c6f810548656c6c6f/);
    await expect(strip(page)).toContainText("Frame 2 of 2");
  });
}

test("what could be two forms is read as one and offered as the other", async ({ page }) => {
  await open(page, HELLO);
  await paste(page, "[81, 05, 48, 65, 60, 60, 60]");
  await expect(page).toHaveURL(/hex=81054865606060/);
  await page.getByRole("button", { name: "Read as a list of numbers" }).click();
  await expect(page.getByText(/^Read as a list of numbers: \d frames?, 7 bytes/)).toBeVisible();
  await button(page, "Decode").click();
  await expect(page).toHaveURL(/hex=510530413c3c3c/);
  await page.getByRole("combobox", { name: "Read as" }).selectOption("a hex dump");
  await button(page, "Decode").click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(box(page)).toHaveValue("[81, 05, 48, 65, 60, 60, 60]");
});

test("an unbroken run of hexadecimal digits is not offered as base64", async ({ page }) => {
  await open(page, HELLO);
  await paste(page, "8105deadbeef");
  await expect(page).toHaveURL(/hex=8105deadbeef/);
  await expect(page.getByText(/^Read as hexadecimal digits: 1 frame, 6 bytes/)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Read as/ })).toHaveCount(0);
});

test("a dump with a line missing says which", async ({ page }) => {
  await open(page, HELLO);
  const line = (at: string) => `${at}   00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f   ................\n`;
  await paste(page, line("0000") + line("0020"));
  await expect(page.getByRole("alert")).toContainText("Line 2, character 1, “0x0020”, is not the offset that comes next, 0x0010.");
});

test("a file is read as bytes, or as the dump that it holds", async ({ page }) => {
  await open(page, HELLO);
  await button(page, "Paste bytes").click();
  const file = page.locator("input[type=file]");
  await file.setInputFiles({ name: "wire.bin", mimeType: "application/octet-stream", buffer: Buffer.from("8a03ff00ff", "hex") });
  await expect(page).toHaveURL(/hex=8a03ff00ff/);
  await file.setInputFiles({ name: "wire.txt", mimeType: "text/plain", buffer: Buffer.from("00000000: 8900  ..\n") });
  await expect(page).toHaveURL(/hex=8900/);
  await expect(box(page)).toHaveValue("00000000: 8900  ..\n");
  await file.setInputFiles({ name: "empty", mimeType: "text/plain", buffer: Buffer.alloc(0) });
  await expect(page.getByRole("alert")).toContainText("empty is empty");
  await file.setInputFiles({ name: "huge", mimeType: "application/octet-stream", buffer: Buffer.alloc((16 << 20) + 1) });
  await expect(page.getByRole("alert")).toContainText("up to 16 MiB");
});

/** Puts a text of megabytes into the box as the clipboard does. */
async function pasteLong(page: Page, unit: string, times: number): Promise<void> {
  await box(page).evaluate(
    (box, [unit, times]) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", unit.repeat(times));
      box.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    },
    [unit, times] as const,
  );
}

/** Counts how many times the page has painted another state of the progress: between the slices it does what it likes. */
async function watchProgress(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const kept = globalThis as unknown as { painted: Set<number> };
    kept.painted = new Set();
    const look = () => {
      const progress = document.querySelector("progress");
      if (progress) {
        kept.painted.add(progress.value);
      }
      requestAnimationFrame(look);
    };
    look();
  });
  return () => page.evaluate(() => (globalThis as unknown as { painted: Set<number> }).painted.size);
}

// 5 MB on the wire: a message of 4 KiB from a client, over and over.
const LONG_UNIT = `82fe100037fa213d${"00".repeat(4096)}`;
const LONG_TIMES = 1220;
const LONG_SAID = /^Read as hexadecimal digits: 1.220 frames, 5.006.880 bytes\./;

test("megabytes are read in slices: the page answers, says how far it is, and shows them", async ({ page }) => {
  await open(page, "/frames");
  await button(page, "Paste bytes").click();
  await expect(box(page)).toBeFocused();
  const painted = await watchProgress(page);
  await pasteLong(page, LONG_UNIT, LONG_TIMES);
  await expect(page.getByText(LONG_SAID)).toBeVisible();
  await expect(page.getByText(/bytes of text are kept as they were pasted/)).toBeVisible();
  await expect(box(page)).toHaveValue(/^82fe100037fa213d.*…$/);
  await button(page, "Decode").click();
  await expect(strip(page)).toContainText(/Frame 1.220 of 1.220/);
  await expect(verdict(page)).toContainText("A server accepts this.");
  await expect(verdict(page)).toBeInViewport({ ratio: 1 });
  await from(page, "server").click();
  await expect(verdict(page)).toContainText("A client");
  await expect(from(page, "server")).toHaveAttribute("aria-pressed", "true");
  expect(await painted()).toBeGreaterThan(3);
});

test("reading megabytes can be given up, and what was pasted stays", async ({ page }) => {
  await open(page, "/frames");
  await button(page, "Paste bytes").click();
  await expect(box(page)).toBeFocused();
  // As slow as the slowest of telephones, so that there is time to press.
  const browser = await page.context().newCDPSession(page);
  await browser.send("Emulation.setCPUThrottlingRate", { rate: 20 });
  await pasteLong(page, LONG_UNIT, LONG_TIMES);
  await expect(page.getByRole("progressbar", { name: "Reading" })).toBeVisible();
  await button(page, "Cancel").click();
  await browser.send("Emulation.setCPUThrottlingRate", { rate: 1 });
  await expect(page.getByRole("progressbar", { name: "Reading" })).toBeHidden();
  await expect(page.getByText(LONG_SAID)).toBeHidden();
  await expect(page.getByText(/bytes of text are kept as they were pasted/)).toBeVisible();
  await expect(fact(page, "Opcode")).toContainText("text");
  // Closed and opened, asked for again: all of it is still there.
  await button(page, "Paste bytes").click();
  await button(page, "Paste bytes").click();
  await expect(page.getByText(/bytes of text are kept as they were pasted/)).toBeVisible();
  await button(page, "Decode").click();
  await expect(strip(page)).toContainText(/Frame 1.220 of 1.220/);
  await button(page, "Empty the box").click();
  await expect(box(page)).toHaveValue("");
  await expect(box(page)).toBeEditable();
});

test("a slip in megabytes is named once they are asked for", async ({ page }) => {
  await open(page, "/frames");
  await button(page, "Paste bytes").click();
  await expect(box(page)).toBeFocused();
  await pasteLong(page, "81 05 48 65 6c 6c 6g ", 20_000);
  await expect(page.getByRole("progressbar", { name: "Reading" })).toBeHidden();
  await button(page, "Decode").click();
  await expect(page.getByRole("alert")).toContainText("Character 20, “g”");
  await expect(page.getByText(/420.000 bytes of text are kept/)).toBeVisible();
});

test("a file of megabytes is read in slices", async ({ page }, info) => {
  await open(page, "/frames");
  await button(page, "Paste bytes").click();
  await expect(box(page)).toBeFocused();
  const painted = await watchProgress(page);
  const head = Buffer.from("817f00000000004c4b40", "hex");
  const path = info.outputPath("wire.bin");
  await writeFile(path, Buffer.concat([head, Buffer.alloc(5_000_000, "Hello ")]));
  const browser = await page.context().newCDPSession(page);
  await browser.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await page.locator("input[type=file]").setInputFiles(path);
  await expect(fact(page, "Length")).toContainText(/5.000.000/);
  await expect(from(page, "server")).toHaveAttribute("aria-pressed", "true");
  await expect(verdict(page)).toContainText("A client accepts this.");
  expect(await painted()).toBeGreaterThan(2);
});

test("several frames in one go", async ({ page }) => {
  // Ping and text from a server (RFC 6455 §5.7), one after the other.
  await open(page, "/frames?hex=890548656c6c6f810548656c6c6f&from=server&step=6");
  await expect(fact(page, "Opcode")).toContainText("ping");
  await slider(page).press("End");
  await expect(fact(page, "Opcode")).toContainText("text");
  await expect(fact(page, "Payload")).toContainText("Hello");
});

const strip = (page: Page) => page.getByRole("region", { name: "Frames", exact: true });

test("frames in a row are gone to by press, by button and by key, and judged in their places", async ({ page }) => {
  await open(page, "/frames?preset=interleaved&step=4");
  await expect(strip(page)).toContainText("Frame 1 of 3");
  await expect(strip(page)).toContainText("fails the connection with 1002 at frame 2");
  await expect(verdict(page)).toContainText("A client accepts this.");
  await page.keyboard.press("]");
  await expect(strip(page)).toContainText("Frame 2 of 3");
  await expect(verdict(page)).toContainText("A client fails the connection with 1002. At frame 2 of 3.");
  await expect(verdict(page)).toContainText("before the message under way had ended");
  await button(page, "Next frame").click();
  await expect(verdict(page)).toContainText("A client does not read this frame");
  await expect(page).toHaveURL(/[?&]hex=010348/);
  await page.keyboard.press("[");
  await page.keyboard.press("[");
  await expect(strip(page)).toContainText("Frame 1 of 3");
  await strip(page).getByRole("button", { name: "Frame 2: text, 5 bytes, breaks a rule" }).click();
  await expect(slider(page)).toHaveValue("11");
  await expect(page).toHaveURL(/[?&]step=11/);
  await page.reload();
  await expect(strip(page)).toContainText("Frame 2 of 3");
});

test("ten thousand frames draw a few", async ({ page }) => {
  await open(page, HELLO);
  await paste(page, "8900".repeat(10_000));
  await expect(strip(page)).toContainText(/Frame 10.000 of 10.000/);
  expect(await strip(page).getByRole("listitem").count()).toBeLessThan(20);
  await page.keyboard.press("[");
  await expect(strip(page)).toContainText(/Frame 9.999 of 10.000/);
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
  ["deflate=yes", "deflate=yes"],
  ["from=nobody", "from=nobody"],
  ["hex=818537fa213d7f9f4d5158&from=client&step=11", "step=11"],
  ["step=-1", "step=-1"],
  ["preset=none", "preset=none"],
  ["hex=%ff%fe", "hex="],
  ["hex=81&hex=82", "cannot be read"],
] as const) {
  test(`?${query} gives the default and says so`, async ({ page }) => {
    await open(page, `/frames?${query}`);
    await expect(page.getByRole("status").filter({ hasText: said }).first()).toBeVisible();
    await slider(page).press("End");
    await expect(fact(page, "Key")).toContainText("37fa213d");
    await expect(fact(page, "Payload")).toContainText("Hello");
  });
}

test("a link further down on the page brings the decoder into view", async ({ page }) => {
  await open(page, HELLO);
  const link = page.getByRole("link", { name: "a ping without FIN" });
  await link.scrollIntoViewIfNeeded();
  await link.click();
  await expect(page.getByRole("region", { name: "Composer" })).toBeInViewport();
  await expect(verdict(page)).toContainText("A control frame has FIN 0");
});

test("a link that draws the frame as the RFC does brings it into view and moves the focus", async ({ page }) => {
  await open(page, "/frames");
  const link = page.getByRole("link", { name: "See this frame drawn that way" });
  await link.scrollIntoViewIfNeeded();
  await link.click();
  const figure = page.getByRole("group", { name: "The frame, 32 bits a row" });
  await expect(figure).toBeVisible();
  await expect(page.getByRole("region", { name: "Frame inspector" })).toBeFocused();
  await expect(figure).toBeInViewport({ ratio: 0.5 });
});

for (const [name, viewport] of Object.entries({
  "1280 × 720": { width: 1280, height: 720 },
  "1024 × 768": { width: 1024, height: 768 },
  "1280 × 720 at 150 %": { width: 853, height: 480 },
})) {
  test(`bits, bytes, controls and what they mean are on one screen, ${name}`, async ({ page }) => {
    await page.setViewportSize(viewport);
    await open(page, "/frames");
    const part = (name: string) => page.getByRole("region", { name, exact: true });
    const controls = page.getByRole("group", { name: "Step through the bytes" });
    const roomy = viewport.height > 600;
    const head = roomy ? page.getByRole("region", { name: "Frame inspector" }) : part("Bits");
    for (const step of ["0", "1", "5", "10"]) {
      await slider(page).fill(step);
      await head.evaluate((element) => element.scrollIntoView());
      for (const one of [part("Bits"), part("Bytes"), controls, part("Explanation")]) {
        const { y, height } = (await one.boundingBox())!;
        expect(y, `${step}: top`).toBeGreaterThanOrEqual(0);
        expect(y + height, `${step}: bottom`).toBeLessThanOrEqual(viewport.height);
      }
    }
  });
}

for (const width of [360, 390, 853, 1024, 1280, 1440]) {
  test(`no label of the drawing is small, broken or cut at ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    for (const view of ["", "&view=rfc"]) {
      await open(page, `/frames?preset=hello&step=9${view}`);
      const drawing = page.getByRole("region", { name: "Bits" });
      await expect(drawing.getByText("MASK").or(drawing.getByRole("button", { name: /^MASK/ })).first()).toBeVisible();
      const faults = await page.getByRole("region", { name: /^(Bits|Bytes)$/ }).evaluateAll((parts) => {
        const faults: string[] = [];
        for (const part of parts) {
          for (const element of part.querySelectorAll<HTMLElement>("*")) {
            const text = [...element.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE).map((n) => n.textContent).join("");
            if (text.trim() && element.checkVisibility() && parseFloat(getComputedStyle(element).fontSize) < 11.99) {
              faults.push(`${text} is small`);
            }
          }
          for (const label of part.querySelectorAll<HTMLElement>(".frame-inspector__label > span")) {
            const range = document.createRange();
            range.selectNodeContents(label);
            const word = range.getBoundingClientRect();
            const room = label.parentElement!.getBoundingClientRect();
            const name = label.textContent!;
            if (!name.includes(" ") && range.getClientRects().length > 1) {
              faults.push(`${name} is broken`);
            }
            if (word.left < room.left - 0.5 || word.right > room.right + 0.5) {
              faults.push(`${name} is cut`);
            }
            if (room.width < 24 || room.height < 24) {
              faults.push(`${name} is hard to press`);
            }
          }
        }
        return faults;
      });
      expect(faults, view).toEqual([]);
    }
  });
}

test("what a byte is called begins with what stands on it", async ({ page }) => {
  for (const query of ["preset=hello", "preset=length16", "preset=interleaved"]) {
    await open(page, `/frames?${query}`);
    const names = await page
      .locator(".frame-inspector__byte, .frame-inspector__cell, .frame-inspector__frame")
      .evaluateAll((all) => all.map((one) => [one.getAttribute("aria-label")!, (one as HTMLElement).innerText] as const));
    expect(names.length).toBeGreaterThan(5);
    const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, " ").trim();
    for (const [name, shown] of names) {
      expect(plain(name)).toContain(plain(shown));
    }
  }
});

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
    .toMatch(/\/frames\?step=10#frame-inspector$/);
  await page.getByRole("button", { name: "Ping", exact: true }).click();
  await button(page, "Copy link").click();
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toMatch(/\/frames\?hex=890548656c6c6f#frame-inspector$/);
});

test("hovering a field lights it up everywhere", async ({ page }) => {
  await open(page, HELLO);
  const panel = page.getByRole("region", { name: "Frame inspector" }).locator(".frame-inspector__body");
  await fact(page, "Key").hover();
  await expect(panel).toHaveAttribute("data-hot", "key");
  // A pointer that rests on something else would speak for that when the page moves under it.
  await page.mouse.move(2, 2);
  await expect(panel).not.toHaveAttribute("data-hot", "key");
  await bytes(page).getByRole("button", { name: "9f, byte 7," }).focus();
  await expect(panel).toHaveAttribute("data-hot", "payload");
});

test("every language of the menu gives back the same bytes", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  // The same text with another key: a plain address shows the key of the RFC.
  const hex = "81850102030449676f686e";
  await open(page, `/frames?hex=${hex}&from=client`);
  const menu = button(page, "Copy as");
  const read = () => page.evaluate(() => navigator.clipboard.readText());
  const copied = async (entry: string) => {
    await page.evaluate(() => navigator.clipboard.writeText("nothing yet"));
    await menu.click();
    await page.getByRole("menuitem", { name: entry, exact: true }).click();
    await expect.poll(read).not.toBe("nothing yet");
    await expect(menu).toBeFocused();
    return read();
  };
  expect(await copied("Link")).toMatch(new RegExp(`/frames\\?hex=${hex}#frame-inspector$`));
  expect(await copied("Base64")).toBe(Buffer.from(hex, "hex").toString("base64"));
  expect((await copied("Hex")).replaceAll(" ", "")).toBe(hex);
  const script = await copied("JavaScript");
  const run = new Function(`${script}; return frame;`) as () => Uint8Array;
  expect(Buffer.from(run()).toString("hex")).toBe(hex);
  for (const [entry, begins] of [
    ["Rust", "const FRAME: [u8; 11] = ["],
    ["Python", "frame = ("],
    ["C", "static const unsigned char frame[11] = {"],
    ["JavaScript", "const frame = new Uint8Array(["],
    ["Base64", "gYUB"],
  ] as const) {
    const text = await copied(entry);
    expect(text).toContain(begins);
    await paste(page, "8900");
    await expect(page).toHaveURL(/hex=8900/);
    await paste(page, text);
    await expect(page).toHaveURL(new RegExp(`hex=${hex}`));
  }
});

test("the menu works by keyboard", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, HELLO);
  const menu = button(page, "Copy as");
  const entry = (name: string) => page.getByRole("menuitem", { name, exact: true });
  await menu.focus();
  await page.keyboard.press("ArrowDown");
  await expect(entry("Link")).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(entry("Base64")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("menu")).toBeHidden();
  await expect(menu).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(entry("Link")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Copied: Rust")).toBeVisible();
  await menu.click();
  await page.getByRole("heading", { level: 1 }).click();
  await expect(page.getByRole("menu")).toBeHidden();
});

test("the figure of the RFC shows the frame of the link", async ({ page }) => {
  await open(page, `${HELLO}&view=rfc&step=4`);
  const figure = page.getByRole("group", { name: "The frame, 32 bits a row" });
  const cell = (name: string) => figure.getByRole("button", { name, exact: true });
  await expect(cell("FIN, bits 0 to 0: 1")).toBeVisible();
  await expect(cell("opcode, bits 4 to 7: 81")).toContainText("0x1");
  await expect(cell("Payload len, bits 9 to 15: 85")).toContainText("5");
  await expect(cell("Masking key, bits 16 to 31: 37 fa")).toBeVisible();
  await expect(cell("Masking key, continued, bits 32 to 47: 21")).toBeVisible();
  await cell("Payload data, bits 48 to 55: not read yet").click();
  await expect(slider(page)).toHaveValue("6");
  await button(page, "Ruler").click();
  await expect(figure).toBeHidden();
  await expect(page).not.toHaveURL(/view=/);
  await button(page, "RFC figure").click();
  await expect(page).toHaveURL(/view=rfc/);
  await page.reload();
  await expect(figure).toBeVisible();
});

for (const [size, viewport] of Object.entries(SIZES)) {
  test(`of a mebibyte only the rows in view are drawn, ${size}`, async ({ page }) => {
    await page.setViewportSize(viewport);
    await open(page, "/frames?preset=mebibyte");
    await expect(fact(page, "Length")).toContainText(/1.048.576/);
    await expect(verdict(page)).toContainText("A server accepts this.");
    const rows = page.getByRole("group", { name: /^Payload, / });
    const drawn = () => rows.getByRole("button").count();
    // The last byte is in view, since that is where the reader is.
    await expect(rows.getByRole("button", { name: /, byte 1048589,/ })).toBeVisible();
    expect(await drawn()).toBeLessThanOrEqual(13 * 16);
    await slider(page).fill("500000");
    await expect(rows.getByRole("button", { name: /, byte 500000,/ })).toHaveAttribute("aria-current", "step");
    expect(await drawn()).toBeLessThanOrEqual(13 * 16);
    await page.keyboard.press("ArrowRight");
    await rows.evaluate((list) => list.scrollTo(0, 0));
    const first = rows.getByRole("button", { name: /, byte 14,/ });
    await expect(first).toBeVisible();
    expect(await drawn()).toBeLessThanOrEqual(13 * 16);
    await first.click();
    await expect(slider(page)).toHaveValue("14");
    await expect(fact(page, "Payload")).toContainText("A");
    const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
    expect(nodes).toBeLessThan(1500);
  });
}

test("what HTTP costs is what somebody in the middle of the cable counts", async ({ page, server }) => {
  const recorder = await Recorder.start(server.port);
  try {
    await open(page, `${recorder.url}${HELLO}`);
    const cost = page.getByRole("region", { name: "Cost on the wire" });
    const number = async (name: string) =>
      Number((await cost.locator(`dt:text-is("${name}") + dd`).innerText()).replace(/ bytes?[^]*/, "").replaceAll(/\D/g, ""));
    await button(page, "Measure as an HTTP POST").click();
    await expect(cost).toContainText("× the frame");
    const mine = recorder.recordings.find((r) => r.bytes("client").includes("POST /api/cost/"))!;
    const [client, answers] = [mine.bytes("client"), mine.bytes("server")];
    const begin = client.indexOf("POST /api/cost/");
    const end = client.indexOf("GET ", begin);
    const request = client.subarray(begin, end < 0 ? undefined : end);
    expect(request.subarray(-5).toString()).toBe("Hello");
    const answer = answers.lastIndexOf("HTTP/1.1 204 No Content\r\n");
    const next = answers.indexOf("HTTP/1.1 ", answer + 1);
    const response = answers.subarray(answer, next < 0 ? undefined : next);
    expect(await number("This frame")).toBe(11);
    expect(await number("HTTP request")).toBe(request.length);
    expect(await number("HTTP response")).toBe(response.length);
    expect(await number("Together")).toBe(request.length + response.length);
    await cost.getByText("The heads that made it so").click();
    await expect(cost.getByRole("group", { name: "Head of the request" })).toContainText("User-Agent");
    // Of another frame nothing is known.
    await page.getByRole("button", { name: "Ping", exact: true }).click();
    await expect(cost).not.toContainText("× the frame");
  } finally {
    await recorder.stop();
  }
});

test("without a server that measures, the page says that it needs one", async ({ page, troubles }) => {
  troubles.expect(/404/);
  await page.route("**/api/cost/*", (route) => route.fulfill({ status: 404, body: "<html>nothing here</html>" }));
  await open(page, HELLO);
  await button(page, "Measure as an HTTP POST").click();
  await expect(page.getByText("This site has no server behind it that measures (status 404).")).toBeVisible();
});

test("the payload goes down the live wire in a frame that the browser makes", async ({ page, server }) => {
  const recorder = await Recorder.start(server.port);
  try {
    await open(page, `${recorder.url}${HELLO}`);
    const part = page.getByRole("region", { name: "Down the live wire" });
    await part.getByRole("button", { name: "Send it down the live wire" }).click();
    await expect(part).toContainText("Your browser sent 5 bytes of text as a frame of");
    const sent = frames(recorder.echoes().at(-1)!.split("client").rest).filter((f) => f.opcode === 1);
    expect(sent.length).toBe(1);
    const { raw, key, rsv1 } = sent[0]!;
    const shown = (await part.locator("code").innerText()).replaceAll(" ", "");
    expect(shown).toBe(raw.toString("hex"));
    await expect(part).toContainText(`its own key, ${key!.toString("hex")}`);
    expect(await part.getByText("RSV1 is 1").isVisible()).toBe(rsv1);
    await part.getByRole("link", { name: "Take that frame apart" }).click();
    await expect(page).toHaveURL(new RegExp(`hex=${raw.toString("hex")}`));
    await expect(fact(page, "Payload")).toContainText("Hello");
    await expect(verdict(page)).toContainText("A server accepts this.");
  } finally {
    await recorder.stop();
  }
});
