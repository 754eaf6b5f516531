import type { Page } from "@playwright/test";
import { violations } from "./support/axe.ts";
import { connect, isOpen, line, send, status } from "./support/live.ts";
import { Server } from "./support/server.ts";
import { expect, test } from "./support/test.ts";

/** Writes down every countdown that the page shows, so that none is missed between two looks. */
async function watchCountdowns(page: Page): Promise<() => Promise<number[]>> {
  await page.addInitScript(() => {
    const seen: number[] = [];
    (globalThis as unknown as { countdowns: number[] }).countdowns = seen;
    new MutationObserver(() => {
      const now = /Trying again in (\d+)\s+s/.exec(document.querySelector("main")?.textContent ?? "")?.[1];
      if (now !== undefined && Number(now) !== seen.at(-1)) {
        seen.push(Number(now));
      }
    }).observe(document, { subtree: true, childList: true, characterData: true });
    // Waits are drawn at random up to a ceiling; near the ceiling there is something to count.
    Math.random = () => 0.999;
  });
  return () => page.evaluate(() => (globalThis as unknown as { countdowns: number[] }).countdowns);
}

for (const [how, signal] of [
  ["is shut down", "SIGTERM"],
  ["crashes", "SIGKILL"],
] as const) {
  test(`the server ${how} in mid-session and comes back`, async ({ page, troubles }) => {
    // The browser itself logs each attempt that fails.
    troubles.expect(/net::ERR_|WebSocket connection to/);
    const server = await Server.start();
    try {
      const countdowns = await watchCountdowns(page);
      await connect(page, server.url);
      await send(page, "before");
      await expect(line(page, /^Server to client: text “before”/)).toBeVisible();
      await page.getByRole("textbox", { name: "Message" }).fill("half a sent");

      await server.stop(signal);
      await expect(status(page)).toContainText("Live wire lost");
      await expect(page.getByRole("button", { name: "Stop" })).toBeVisible();
      await expect(page.getByRole("main")).toContainText(/Trying again in \d+\s+s/);
      await expect
        .poll(countdowns, { message: "it counts down", timeout: 60_000 })
        .toEqual(expect.arrayContaining([3, 2, 1]));
      await expect(page.getByRole("textbox", { name: "Message" })).toHaveValue("half a sent");
      await expect(line(page, /^Server to client: text “before”/)).toBeVisible();
      if (signal === "SIGTERM") {
        // The server said goodbye, and the last of its bytes are there to be read.
        await expect(line(page, /^Server to client: close 1001/)).toBeVisible();
        expect(await violations(page)).toEqual([]);
      }

      await server.start();
      await expect(status(page)).toContainText("Live wire open", { timeout: 60_000 });
      await isOpen(page);
      const message = page.getByRole("textbox", { name: "Message" });
      await expect(message).toHaveValue("half a sent");
      await message.press("End");
      await message.pressSequentially("ence");
      await message.press("Enter");
      await expect(line(page, /^Server to client: text “half a sentence”/)).toBeVisible();
    } finally {
      await server.stop();
    }
  });
}

test("attempts can be stopped, and begun again by hand", async ({ page, troubles }) => {
  troubles.expect(/net::ERR_|WebSocket connection to/);
  const server = await Server.start();
  try {
    await connect(page, server.url);
    await server.stop("SIGKILL");
    await page.getByRole("button", { name: "Stop" }).click();
    await expect(page.getByText("You stopped the attempts.").last()).toBeVisible();
    await server.start();
    await page.getByRole("main").getByRole("button", { name: "Connect again" }).click();
    await isOpen(page);
  } finally {
    await server.stop();
  }
});
