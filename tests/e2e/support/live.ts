import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { Locator, Page } from "@playwright/test";
import { expect, open } from "./test.ts";

export const status = (page: Page) => page.getByRole("region", { name: "Live wire status", includeHidden: true });
export const timeline = (page: Page) => page.getByRole("list", { name: "Timeline" });
export const selected = (page: Page) => page.getByRole("region", { name: "Selected" });
/** The newest line whose words match. A line says its direction first: "Client to server: text “Hello” · 11 bytes". */
export const line = (page: Page, words: RegExp): Locator =>
  timeline(page).getByRole("button", { name: words }).last();

/** A port at which nobody answers. */
export async function silentPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits until the wire is open. On a small screen the status is folded away, so its text is asked for, not its sight. */
export async function isOpen(page: Page): Promise<void> {
  await expect(status(page)).toContainText("Live wire open");
}

/** Opens the page of the live wire at this site and waits until it is connected. */
export async function connect(page: Page, site = ""): Promise<void> {
  await open(page, `${site}/live`);
  await isOpen(page);
  await expect(line(page, /^Server to client: 101/)).toBeVisible();
}

/** Connects without permessage-deflate. */
export async function connectPlain(page: Page, site = ""): Promise<void> {
  await connect(page, site);
  await page.getByRole("button", { name: "compression: on" }).click();
  await expect(page.getByRole("button", { name: "compression: off" })).toBeVisible();
  await expect(timeline(page)).toContainText("Connection 2");
  await isOpen(page);
  await expect(timeline(page).getByRole("button", { name: /^Server to client: 101/ })).toHaveCount(2);
}

export async function send(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Message" }).fill(text);
  await page.getByRole("button", { name: "Send", exact: true }).click();
}

/** The bytes of the selected line as the page shows them. */
export async function shownBytes(page: Page): Promise<Buffer> {
  const text = await selected(page).getByRole("group", { name: "Bytes" }).innerText();
  return Buffer.from(text.replaceAll(/\s/g, ""), "hex");
}

/** What the selected line's copy button copies. The page needs the permission to read the clipboard. */
export async function copied(page: Page): Promise<string> {
  await page.evaluate(() => navigator.clipboard.writeText("nothing yet"));
  // By its class: for a moment after copying, its name is what it has done.
  await selected(page).locator("button.copy").click();
  const read = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(read, { intervals: [20] }).not.toBe("nothing yet");
  return read();
}
