import { once } from "node:events";
import { inflateRawSync } from "node:zlib";
import { WebSocketServer } from "ws";
import { frame } from "./support/frames.ts";
import { connect, connectPlain, isOpen, line, selected, send, shownBytes, silentPort, status, timeline } from "./support/live.ts";
import { expect, open, test } from "./support/test.ts";

test("connect, send Hello, and see the frame's real bytes", async ({ page }) => {
  await connectPlain(page);
  await send(page, "Hello");

  await line(page, /^Client to server: text “Hello”/).click();
  const sent = frame(await shownBytes(page));
  expect(sent).toMatchObject({ fin: true, rsv1: false, opcode: 1 });
  expect(sent.raw).toHaveLength(11);
  expect(sent.key).toHaveLength(4);
  expect(sent.payload.toString()).toBe("Hello");
  await expect(selected(page)).toContainText(sent.key!.toString("hex"));

  await line(page, /^Server to client: text “Hello”/).click();
  expect((await shownBytes(page)).toString("hex")).toBe("810548656c6c6f");
  await expect(selected(page)).toContainText("not masked");

  // The same word again has another key.
  await send(page, "Hello");
  await expect(timeline(page).getByRole("button", { name: /^Server to client: text “Hello”/ })).toHaveCount(2);
  await line(page, /^Client to server: text “Hello”/).click();
  const again = frame(await shownBytes(page));
  expect(again.payload.toString()).toBe("Hello");
  expect(again.raw.equals(sent.raw)).toBe(false);
  await expect(page.getByRole("region", { name: "Round trip" })).toContainText("median");
});

test("the handshake is there line by line", async ({ page }) => {
  await connect(page);
  await line(page, /^Client to server: GET \/echo/).click();
  for (const words of ["HTTP/1.1", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"]) {
    await expect(selected(page)).toContainText(words);
  }
  await expect(selected(page)).toContainText("permessage-deflate");
  await line(page, /^Server to client: 101/).click();
  await expect(selected(page)).toContainText(/sec-websocket-accept: [A-Za-z0-9+/]{27}=/i);
  await expect(selected(page)).toContainText("it matches");
});

test("with compression on, RSV1 is set and the text is readable", async ({ page }) => {
  await connect(page);
  await page.getByRole("button", { name: "2,000 characters" }).click();
  const text = await page.getByRole("textbox", { name: "Message" }).inputValue();
  expect(text).toHaveLength(2000);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  for (const from of ["Client", "Server"]) {
    const words = new RegExp(`^${from} to .*: text .*RSV1`);
    await line(page, words).click();
    await expect(selected(page)).toContainText("RSV1");
    await expect(selected(page)).toContainText(text.trim());
    const { raw, rsv1, payload, key } = frame(await shownBytes(page));
    expect(rsv1).toBe(true);
    expect(raw.length).toBeLessThan(200);
    expect(key !== undefined).toBe(from === "Client");
    // RFC 7692 §7.2.2: what was taken off the end comes back before inflating.
    const tail = Buffer.from("0000ffff", "hex");
    expect(inflateRawSync(Buffer.concat([payload, tail]), { finishFlush: 2 }).toString()).toBe(text);
  }
});

test("a frame of the wire opens in Frames with its own bytes", async ({ page }) => {
  await connectPlain(page);
  await send(page, "Hello");
  await line(page, /^Client to server: text “Hello”/).click();
  const { raw } = frame(await shownBytes(page));
  await selected(page).getByRole("link", { name: "Step through it" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("A frame, bit by bit");
  await expect(page).toHaveURL(new RegExp(`hex=${raw.toString("hex")}`));
  await expect(page.getByRole("region", { name: "Decoded frame" })).toContainText("Hello");
  await expect(page.getByRole("region", { name: "Verdict" })).toContainText("A server accepts this.");
  // The wire stays open meanwhile, and back on its page nothing is lost.
  await expect(status(page)).toContainText("Live wire open");
  await page.goBack();
  await expect(line(page, /^Client to server: text “Hello”/)).toBeVisible();
});

test("the server's pings and the browser's pongs are seen", async ({ page }) => {
  await connect(page);
  await expect(line(page, /^Client to server: pong/)).toBeVisible({ timeout: 60_000 });
  await timeline(page).getByRole("button", { name: /^Server to client: ping/ }).first().click();
  const ping = frame(await shownBytes(page));
  await timeline(page).getByRole("button", { name: /^Client to server: pong/ }).first().click();
  const pong = frame(await shownBytes(page));
  expect(ping).toMatchObject({ fin: true, opcode: 9, key: undefined });
  expect(pong).toMatchObject({ fin: true, opcode: 10 });
  expect(pong.key).toHaveLength(4);
  expect(pong.payload.equals(ping.payload)).toBe(true);
});

test("binary messages, and bytes that are no bytes", async ({ page }) => {
  await connectPlain(page);
  await page.getByRole("combobox", { name: "Type" }).selectOption({ label: "Binary" });
  await send(page, "00 ff 8g");
  await expect(page.getByRole("alert")).toContainText("g");
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveValue("00 ff 8g");
  await send(page, "00 ff 80");
  await line(page, /^Server to client: binary/).click();
  expect((await shownBytes(page)).toString("hex")).toBe("820300ff80");
});

test("bytes are sent in whatever form they are written, a pasted dump among them", async ({ page }) => {
  await connectPlain(page);
  await page.getByRole("combobox", { name: "Type" }).selectOption({ label: "Binary" });
  await send(page, "<Buffer 48 65 6c 6c 6f>");
  await line(page, /^Server to client: binary/).click();
  expect((await shownBytes(page)).toString("hex")).toBe("820548656c6c6f");
  const field = page.getByRole("textbox", { name: "Message" });
  await field.fill("");
  await field.evaluate((input) => {
    const data = new DataTransfer();
    data.setData("text/plain", "00000000: 4865 6c6c 6f21 2121 2121 2121 2121 2121  Hello!!!!!!!!!!!\n00000010: 2121  !!\n");
    input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const echo = timeline(page).getByRole("button", { name: /^Server to client: binary/ });
  await expect(echo).toHaveCount(2);
  await echo.last().click();
  expect((await shownBytes(page)).toString("hex")).toBe(`8212${Buffer.from(`Hello${"!".repeat(13)}`).toString("hex")}`);
});

test("closing with a code of one's own", async ({ page }) => {
  await connect(page);
  await page.getByRole("button", { name: "Choose how to close" }).click();
  await page.getByRole("textbox", { name: "Close code" }).fill("4321");
  await page.getByRole("textbox", { name: "Reason" }).fill("enough");
  await page.getByRole("button", { name: "Send the close frame" }).click();
  await expect(status(page)).toContainText("Live wire closed");
  await line(page, /^Client to server: close/).click();
  const sent = frame(await shownBytes(page));
  expect(sent.opcode).toBe(8);
  expect(sent.payload.readUInt16BE(0)).toBe(4321);
  expect(sent.payload.subarray(2).toString()).toBe("enough");
  await line(page, /^Server to client: close/).click();
  expect(frame(await shownBytes(page)).payload.readUInt16BE(0)).toBe(4321);
  await expect(line(page, /^Your script is told 4321/)).toBeVisible();
  // Who closes on purpose is not connected again behind their back.
  await expect(page.getByText("Nobody connects again until you do.")).toBeVisible();
  await page.getByRole("main").getByRole("button", { name: /^Connect/ }).first().click();
  await isOpen(page);
});

test("what was typed is not sent while the wire is closed, and stays", async ({ page }) => {
  await connect(page);
  await page.getByRole("button", { name: "Close 1000", exact: true }).click();
  await expect(status(page)).toContainText("Live wire closed");
  await send(page, "too late");
  await expect(page.getByRole("alert")).toContainText("Not sent");
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveValue("too late");
});

test("why nothing can be sent stands at the button, and is in view with it", async ({ page }) => {
  await connect(page);
  await page.getByRole("button", { name: "Close 1000", exact: true }).click();
  const button = page.getByRole("button", { name: "Send", exact: true });
  await expect(button).toHaveAccessibleDescription(/^The wire is closed/);
  const why = page.getByText("nothing can be sent until you connect again");
  await why.scrollIntoViewIfNeeded();
  await button.scrollIntoViewIfNeeded();
  const [above, below] = [(await why.boundingBox())!, (await button.boundingBox())!];
  expect(above.y + above.height).toBeLessThanOrEqual(below.y + 1);
  expect(below.y - above.y).toBeLessThan(60);
});

test("who ended TCP is told apart from who began to close", async ({ page }) => {
  await connect(page);
  await page.getByRole("button", { name: "Close 1000", exact: true }).click();
  await expect(line(page, /^TCP ends the server’s FIN comes first; the first close frame was the client’s, 1000/)).toBeVisible();
});

test("a close reason that is too long is told while it is typed", async ({ page }) => {
  await connect(page);
  await page.getByRole("button", { name: "Choose how to close" }).click();
  await page.getByRole("textbox", { name: "Reason" }).fill("é".repeat(61) + "ab");
  await expect(page.getByText("124 of 123 bytes. The reason has 1 byte too many")).toBeVisible();
  await page.getByRole("textbox", { name: "Reason" }).fill("é".repeat(61) + "a");
  await expect(page.getByText("123 of 123 bytes", { exact: true })).toBeVisible();
});

test("the status says what happens before the wire is opened", async ({ page }) => {
  await open(page, "/quiz");
  await expect(status(page)).toContainText("Opens here when you ask, and by itself on its page.");
  await expect(status(page)).not.toContainText("Nothing is sent");
});

test("words from the wire stay words", async ({ page }) => {
  await connectPlain(page);
  const words = "<img src=x onerror=alert(1)> & “quotes” 😀";
  await send(page, words);
  await line(page, /^Server to client: text/).click();
  await expect(selected(page)).toContainText(words);
  await expect(page.getByRole("main").locator("img")).toHaveCount(0);
});

test("text that turns around or hides keeps its line readable", async ({ page }) => {
  await connectPlain(page);
  await send(page, "abc\u202edef\u200b\u0007 👩\u200d💻");
  const echo = line(page, /^Server to client: text “abc\s*RLO\s*def\s*ZWSP\s*BEL\s* 👩\u200d💻/);
  await echo.click();
  await expect(selected(page).getByTitle("U+202E RIGHT-TO-LEFT OVERRIDE")).toHaveText("RLO");
  await expect(selected(page)).not.toContainText("\u202e");
  // Hebrew reads from the right, and what stands behind it stays behind it.
  await send(page, "שלום!");
  const hebrew = line(page, /^Server to client: text “שלום!” · /);
  const end = await hebrew.locator("bdi", { hasText: "שלום" }).boundingBox();
  const bytes = await hebrew.locator("bdi", { hasText: "bytes" }).boundingBox();
  expect(bytes!.x).toBeGreaterThan(end!.x);
  // The close reason is told in three places.
  await page.getByRole("button", { name: "Choose how to close" }).click();
  await page.getByRole("textbox", { name: "Reason" }).fill("a\u202eb");
  await page.getByRole("button", { name: "Send the close frame" }).click();
  await expect(line(page, /^Your script is told 1000/)).toContainText("aRLOb");
  await expect(page.locator("bdi").filter({ hasText: "You closed it with 1000" }).first()).toContainText("aRLOb");
  await expect(page.locator("body")).not.toContainText("\u202e");
});

test.describe("another address", () => {
  test("shows messages only, and says why", async ({ page }) => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(server, "listening");
    server.on("connection", (socket) => {
      socket.on("message", (data, binary) => socket.send(data, { binary }));
    });
    const { port } = server.address() as { port: number };
    try {
      await connect(page);
      await page.getByRole("textbox", { name: "Address" }).fill(`ws://127.0.0.1:${port}/some/path`);
      await page.getByRole("textbox", { name: "Address" }).press("Enter");
      await expect(page.getByText("Only messages can be seen here, not bytes.")).toBeVisible();
      await expect(page.getByText("No browser gives a page the bytes of its WebSocket")).toBeVisible();
      await isOpen(page);
      await send(page, "Hello over there");
      await expect(line(page, /^Client to server: text “Hello over there”/)).toBeVisible();
      await line(page, /^Server to client: text “Hello over there”/).click();
      await expect(selected(page)).toContainText("No bytes here.");
      await expect(selected(page).getByRole("group", { name: "Bytes" })).toHaveCount(0);
      await page.getByRole("button", { name: "Use this site’s echo" }).click();
      await isOpen(page);
      await send(page, "home again");
      await line(page, /^Server to client: text “home again”/).click();
      expect(frame(await shownBytes(page)).opcode).toBe(1);
    } finally {
      server.clients.forEach((client) => client.terminate());
      server.close();
    }
  });

  test("comes with a link, and waits until the reader connects", async ({ page }) => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(server, "listening");
    let connections = 0;
    server.on("connection", (socket) => {
      connections += 1;
      socket.on("message", (data, binary) => socket.send(data, { binary }));
    });
    const { port } = server.address() as { port: number };
    try {
      const url = `ws://127.0.0.1:${port}/linked`;
      await open(page, `/live?url=${encodeURIComponent(url)}`);
      await expect(page.getByRole("textbox", { name: "Address" })).toHaveValue(url);
      await expect(page.getByText("Nothing goes to this address until you connect.")).toBeVisible();
      expect(connections).toBe(0);
      await page.getByRole("button", { name: "Connect", exact: true }).click();
      await isOpen(page);
      expect(connections).toBe(1);
      // Back at the own echo, the address says nothing of another.
      await page.getByRole("button", { name: "Use this site’s echo" }).click();
      await expect(page).toHaveURL(/\/live$/);
    } finally {
      server.clients.forEach((client) => client.terminate());
      server.close();
    }
  });

  test("secrets in its URL are never in the page’s address", async ({ page }) => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(server, "listening");
    const asked: string[] = [];
    server.on("connection", (_socket, request) => asked.push(request.url ?? ""));
    const { port } = server.address() as { port: number };
    try {
      await connect(page);
      const box = page.getByRole("textbox", { name: "Address" });
      const url = `ws://127.0.0.1:${port}/?token=hunter2&room=1`;
      await box.fill(url);
      await box.press("Enter");
      await expect(page.getByText("Only messages can be seen here, not bytes.")).toBeVisible();
      await expect(page).toHaveURL(/room/);
      expect(page.url()).not.toContain("hunter2");
      expect(asked).toEqual(["/?token=hunter2&room=1"]);
      await expect(page.getByRole("main")).toContainText("One value was left out of the page’s address and its links: token.");
      await page.reload();
      await expect(box).toHaveValue(url.replace("hunter2", "left-out"));
      await expect(page.getByRole("alert")).toContainText("left a secret out of it");
    } finally {
      server.clients.forEach((client) => client.terminate());
      server.close();
    }
  });

  test("a link to the own echo connects with its options, and says so when it is no address", async ({ page, server }) => {
    const echo = `ws://127.0.0.1:${server.port}/echo?fragment=2`;
    await open(page, `/live?url=${encodeURIComponent(echo)}`);
    await isOpen(page);
    await line(page, /^Client to server: GET \/echo/).click();
    await expect(selected(page)).toContainText("fragment=2");
    await open(page, "/live?url=example.com");
    await expect(page.getByRole("main")).toContainText("url=example.com: The address has no scheme.");
    await isOpen(page);
  });

  test("where nobody answers the page says so and offers the way back", async ({ page, troubles }) => {
    troubles.expect(/WebSocket connection to .* failed/);
    const port = await silentPort();
    await connect(page);
    await page.getByRole("textbox", { name: "Address" }).fill(`ws://127.0.0.1:${port}/`);
    await page.getByRole("textbox", { name: "Address" }).press("Enter");
    await expect(page.getByText("The connection failed before it was open.").last()).toBeVisible();
    await page.getByRole("button", { name: "Use this site’s echo" }).click();
    await isOpen(page);
  });

  test("is connected to once the old connection’s close frames have been seen", async ({ page }) => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    try {
      await connect(page);
      const box = page.getByRole("textbox", { name: "Address" });
      await box.fill(`ws://127.0.0.1:${port}/`);
      await box.press("Enter");
      await expect(page.getByText("Only messages can be seen here, not bytes.")).toBeVisible();
      const lines = await timeline(page).getByRole("listitem").allInnerTexts();
      const at = (words: RegExp) => lines.findIndex((text) => words.test(text.replaceAll(/\s+/g, " ")));
      expect(at(/Client to server: close 1000/)).toBeGreaterThan(0);
      expect(at(/Server to client: close 1000/)).toBeGreaterThan(at(/Client to server: close/));
      expect(at(/Your script is told 1000/)).toBeGreaterThan(0);
      expect(at(/^Connection 2/)).toBeGreaterThan(at(/Your script is told 1000/));
      expect(at(/open/)).toBeGreaterThan(at(/^Connection 2/));
    } finally {
      server.clients.forEach((client) => client.terminate());
      server.close();
    }
  });

  test("leaves no old failure beside what is wrong with a new one", async ({ page, troubles }) => {
    troubles.expect(/WebSocket connection to .* failed/);
    const port = await silentPort();
    await connect(page);
    const box = page.getByRole("textbox", { name: "Address" });
    await box.fill(`ws://127.0.0.1:${port}/`);
    await box.press("Enter");
    const failure = page.getByRole("main").getByText("The connection failed before it was open.");
    await expect(failure).toBeVisible();
    await box.fill("http://a/");
    await box.press("Enter");
    await expect(page.getByRole("alert")).toContainText("Try ws://");
    await expect(failure).toHaveCount(0);
    await page.getByRole("button", { name: "Use this site’s echo" }).click();
    await isOpen(page);
  });

  for (const [typed, said] of [
    ["http://127.0.0.1/", "Try ws://"],
    ["127.0.0.1:8080", "has no scheme"],
    ["ftp://a/", "not a scheme for WebSockets"],
    ["ws://", "comes a host"],
    ["ws://a:99999/", "not a port"],
    ["", "empty"],
  ] as const) {
    test(`“${typed}” is no address, and the page says what to do`, async ({ page }) => {
      await open(page, "/live");
      const box = page.getByRole("textbox", { name: "Address" });
      await isOpen(page);
      await box.fill(typed);
      await box.press("Enter");
      await expect(page.getByRole("alert")).toContainText(said);
      await expect(box).toHaveValue(typed);
    });
  }
});

for (const width of [1440, 360]) {
  test(`nothing moves while the wire opens, ${width} pixels wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await page.addInitScript(() => {
      const seen: string[] = [];
      Object.assign(globalThis, { shifts: seen });
      type Shift = { sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[] };
      new PerformanceObserver((list) => {
        for (const { sources } of list.getEntries() as unknown as Shift[]) {
          for (const { node, previousRect, currentRect } of sources) {
            const at = ({ x, y }: DOMRect) => `${x} ${y}`;
            seen.push(`${node?.nodeName} “${node?.textContent}”: ${at(previousRect)} → ${at(currentRect)}`);
          }
        }
      }).observe({ type: "layout-shift", buffered: true });
    });
    await connect(page);
    expect(await page.evaluate(() => (globalThis as unknown as { shifts: string[] }).shifts)).toEqual([]);
  });
}
