import { frames } from "./support/frames.ts";
import { connect, connectPlain, copied, line, selected, send, shownBytes, status, timeline } from "./support/live.ts";
import { Recorder } from "./support/recorder.ts";
import { expect, test } from "./support/test.ts";

// What the page shows against what somebody in the middle of the cable writes down, byte for byte.

for (const compression of ["off", "on"] as const) {
  test(`the page shows what the wire carried, compression ${compression}`, async ({ page, context, server }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const recorder = await Recorder.start(server.port);
    try {
      await (compression === "off" ? connectPlain : connect)(page, recorder.url);
      const texts = ["Hello", "", "Grüße, 世界 😀", "x".repeat(125), "y".repeat(126), "z".repeat(70_000), "Hello"];
      for (const [i, text] of texts.entries()) {
        await send(page, text);
        const echoes = timeline(page).getByRole("button", { name: /^Server to client: text/ });
        await expect(echoes).toHaveCount(i + 1);
      }
      await page.getByRole("combobox", { name: "Type" }).selectOption({ label: "Binary" });
      await send(page, "00 01 fe ff");
      await expect(line(page, /^Server to client: binary/)).toBeVisible();
      await page.getByRole("button", { name: "Close 1000", exact: true }).click();
      await expect(status(page)).toContainText("Live wire closed");
      await expect(line(page, /^TCP ends/)).toBeVisible();
      if (await page.getByRole("button", { name: "Follow the newest" }).isVisible()) {
        await page.getByRole("button", { name: "Follow the newest" }).click();
      }

      const recording = recorder.echoes().at(-1)!;
      const fromClient = recording.split("client");
      const fromServer = recording.split("server");

      await line(page, /^Client to server: GET/).click();
      expect(await copied(page)).toBe(fromClient.head.toString("latin1"));
      await line(page, /^Server to client: 101/).click();
      expect(await copied(page)).toBe(fromServer.head.toString("latin1"));

      const sent = frames(fromClient.rest);
      const received = frames(fromServer.rest);
      expect(sent.filter((f) => f.opcode === 1).length).toBe(texts.length);
      expect(sent.some((f) => f.rsv1)).toBe(compression === "on");
      expect(received.some((f) => f.rsv1)).toBe(compression === "on");
      expect(sent.every((f) => f.key) && received.every((f) => !f.key)).toBe(true);

      // The lines of this connection only: those after its answer.
      const lanes = timeline(page).getByRole("button");
      const names = await lanes.evaluateAll((all) => all.map((one) => one.textContent ?? ""));
      const begin = names.findLastIndex((name) => name.startsWith("Server to client: 101")) + 1;
      for (const [from, wire] of [
        ["Client to server: ", sent],
        ["Server to client: ", received],
      ] as const) {
        const own = [...names.entries()].filter(([i, name]) => i >= begin && name.startsWith(from));
        expect(own.length, `frames ${from}`).toBe(wire.length);
        for (const [n, [lane, name]] of own.entries()) {
          const { raw } = wire[n]!;
          await lanes.nth(lane).click();
          const shown = selected(page).getByRole("group", { name: "Bytes" });
          if (await shown.getByText("more bytes").isVisible()) {
            const beginning = (await shown.innerText()).replace(/…[^]*$/, "").replaceAll(/\s/g, "");
            expect(raw.toString("hex").startsWith(beginning), name).toBe(true);
          } else {
            expect((await shownBytes(page)).toString("hex"), name).toBe(raw.toString("hex"));
          }
          const copy = await copied(page);
          const whole = raw.toString("hex");
          expect(copy === whole || (raw.length > 65_536 && whole.startsWith(copy)), name).toBe(true);
        }
      }
    } finally {
      await recorder.stop();
    }
  });
}

test("two readers never see each other's bytes", async ({ browser, server }) => {
  const recorder = await Recorder.start(server.port);
  const pages = await Promise.all([1, 2].map(async () => (await browser.newContext()).newPage()));
  try {
    for (const [i, page] of pages.entries()) {
      await connectPlain(page, recorder.url);
      await send(page, `reader ${i}`);
      await expect(line(page, new RegExp(`^Server to client: text “reader ${i}”`))).toBeVisible();
    }
    for (const [i, page] of pages.entries()) {
      await expect(timeline(page)).not.toContainText(`reader ${1 - i}`);
    }
  } finally {
    await Promise.all(pages.map((page) => page.context().close()));
    await recorder.stop();
  }
});
