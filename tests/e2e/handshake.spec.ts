import type { Page } from "@playwright/test";
import { expect, open, test } from "./support/test.ts";

const exchange = (page: Page) => page.getByRole("region", { name: "The opening handshake", exact: true });
const editor = (page: Page) => page.getByRole("region", { name: "Handshake editor" });
const accept = (page: Page) => page.getByRole("region", { name: "The accept value" });
const explanation = (page: Page) => exchange(page).getByRole("region", { name: "Explanation" });
const slider = (page: Page) => page.getByRole("slider", { name: "Step" });
const request = (page: Page) => page.getByRole("textbox", { name: "The request" });
const response = (page: Page) => page.getByRole("textbox", { name: "The response" });
const server = (page: Page) => page.getByRole("group", { name: "The server’s verdict" });
const client = (page: Page) => page.getByRole("group", { name: "The client’s verdict" });
const preset = (page: Page, name: string) => editor(page).getByRole("button", { name, exact: true });
const current = (page: Page) => exchange(page).locator("[aria-current]");

test("stepping from TCP to the first frame, by button and by key", async ({ page }) => {
  await open(page, "/handshake");
  await expect(explanation(page)).toContainText("First a connection");
  await page.getByRole("button", { name: "Next step" }).click();
  await expect(explanation(page)).toContainText("GET /chat HTTP/1.1");
  await expect(current(page)).toContainText("GET /chat HTTP/1.1");
  await page.keyboard.press("ArrowRight");
  await expect(explanation(page)).toContainText("Host");
  await page.keyboard.press("ArrowLeft");
  await expect(current(page)).toContainText("GET /chat");
  await page.keyboard.press("End");
  await expect(explanation(page)).toContainText("From here on, frames");
  await expect(current(page)).toContainText("81 85 37 fa 21 3d 7f 9f 4d 51 58");
  await page.keyboard.press("ArrowLeft");
  await expect(explanation(page)).toContainText("HTTP ends here");
});

test("a line leads to its explanation, and the address follows", async ({ page }) => {
  await open(page, "/handshake");
  await exchange(page).getByRole("button", { name: /^Sec-WebSocket-Accept/ }).click();
  await expect(explanation(page)).toContainText("It does not prove who the peer is");
  await expect(page).toHaveURL(/[?&]step=\d+/);
  const step = await slider(page).inputValue();
  await page.reload();
  await expect(slider(page)).toHaveValue(step);
  await expect(explanation(page)).toContainText("Sec-WebSocket-Accept");
  await slider(page).fill("0");
  await expect(explanation(page)).toContainText("First a connection");
});

for (const [name, refused] of [
  ["A proxy drops Upgrade", "426 Upgrade Required"],
  ["Wrong version", "426 Upgrade Required"],
  ["Bad key", "400 Bad Request"],
  ["HTTP/1.0", "400 Bad Request"],
  ["A POST", "405 Method Not Allowed"],
  ["A foreign Origin", "403 Forbidden"],
] as const) {
  test(`${name}: the server refuses, and the response says so`, async ({ page }) => {
    await open(page, "/handshake");
    await preset(page, name).click();
    await expect(server(page)).toContainText(`The server refuses: ${refused}.`);
    await expect(response(page)).toHaveValue(new RegExp(`^HTTP/1.1 ${refused}\n`));
    await expect(client(page)).toContainText("The client fails the connection.");
  });
}

test("without a subprotocol the RFC and the browsers’ standard differ, and both are said", async ({ page }) => {
  await open(page, "/handshake?preset=subprotocol");
  await expect(client(page)).toContainText("By the browsers’ standard the connection fails.");
  await expect(client(page)).toContainText("By the RFC the connection opens");
  await expect(client(page).getByRole("link", { name: "the standard" })).toHaveAttribute("href", /websockets\.spec\.whatwg\.org/);
  await expect(client(page).getByRole("link", { name: "§4.1" })).toBeVisible();
});

test("what a client does not take though the server answered", async ({ page }) => {
  await open(page, "/handshake");
  await preset(page, "Wrong accept value").click();
  await expect(server(page)).toContainText("The server switches: 101");
  await expect(client(page)).toContainText("for this key it is s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  await preset(page, "An extension nobody offered").click();
  await expect(client(page)).toContainText("was chosen, but not offered");
  await preset(page, "A proxy’s 200").click();
  await expect(client(page)).toContainText("What follows a 200 is a page, not frames.");
  await expect(client(page)).toContainText("1006");
  await editor(page).getByRole("button", { name: "Use the server’s answer" }).click();
  await expect(client(page)).toContainText("The connection is open.");
});

test("typing changes the verdict, the answer and the address, and stays as typed", async ({ page }) => {
  await open(page, "/handshake");
  const typed = (await request(page).inputValue()).replace("Version: 13", "Version: 12");
  await request(page).fill(typed);
  await expect(server(page)).toContainText("The version of the protocol is 12.");
  await expect(server(page).getByRole("link", { name: "§4.4" })).toBeVisible();
  await expect(response(page)).toHaveValue(/Sec-WebSocket-Version: 13/);
  await expect(page).toHaveURL(/request=/);
  await page.reload();
  await expect(request(page)).toHaveValue(typed);
  await expect(server(page)).toContainText("426");
  await request(page).fill("nonsense\n");
  await expect(server(page)).toContainText("400 Bad Request");
  await expect(request(page)).toHaveValue("nonsense\n");
});

test("secrets of a pasted request are in the editor, and never in the address or a link", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, "/handshake");
  const pasted = (await request(page).inputValue())
    .replace("/chat", "/chat?access_token=hunter2")
    .replace("session=7f3a9c", "session=hunter2\nAuthorization: Bearer hunter2");
  await request(page).fill(pasted);
  await expect(editor(page)).toContainText(
    "Three values were left out of the address: access_token, Cookie, Authorization.",
  );
  await expect(page).toHaveURL(/request=.*left/);
  expect(page.url()).not.toContain("hunter2");
  await expect(editor(page)).toContainText("“Copy link” copies a placeholder for access_token, Cookie, Authorization.");
  await page.evaluate(() => navigator.clipboard.writeText("nothing yet"));
  await editor(page).getByRole("button", { name: "Copy link" }).click();
  const read = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(read).toContain("request=");
  expect(await read()).not.toContain("hunter2");
  // Forth and back, and what was typed stands there again.
  await preset(page, "A POST").click();
  await expect(page).toHaveURL(/preset=post/);
  expect(page.url()).not.toContain("hunter2");
  await page.goBack();
  await expect(request(page)).toHaveValue(pasted);
  await expect(client(page)).toContainText("The connection is open.");
  // Another visit has the placeholders, and they can be read.
  await page.reload();
  await expect(request(page)).toHaveValue(/Cookie: \(left out\)\nAuthorization: \(left out\)/);
  await expect(client(page)).toContainText("The connection is open.");
});

test("what was typed is there again after a preset", async ({ page }) => {
  await open(page, "/handshake");
  await request(page).fill("GET /mine HTTP/1.1\n");
  await preset(page, "A POST").click();
  await expect(request(page)).toHaveValue(/^POST/);
  await preset(page, "What you wrote").click();
  await expect(request(page)).toHaveValue("GET /mine HTTP/1.1\n");
  await response(page).fill("HTTP/1.1 302 Found\n\n");
  await editor(page).getByRole("button", { name: "Use the server’s answer" }).click();
  await expect(response(page)).toHaveValue(/^HTTP\/1.1 400/);
  await preset(page, "What you wrote").click();
  await expect(response(page)).toHaveValue("HTTP/1.1 302 Found\n\n");
  await expect(client(page)).toContainText("Browsers follow no redirect here.");
});

test("the server’s rules decide what is negotiated", async ({ page }) => {
  await open(page, "/handshake");
  const agreed = editor(page).getByRole("region", { name: "What is agreed on" });
  await expect(agreed).toContainText("chat.v1");
  await expect(agreed).toContainText("permessage-deflate");
  await page.getByRole("textbox", { name: /^Subprotocols/ }).fill("chat.v2");
  await expect(agreed).toContainText("chat.v2");
  await editor(page).getByRole("button", { name: "Do not" }).click();
  await expect(agreed).toContainText("this server does not compress");
  await expect(response(page)).not.toHaveValue(/permessage-deflate/);
  await expect(page).toHaveURL(/protocols=chat\.v2&deflate=0/);
  await open(page, "/handshake?preset=origin&origin=");
  await expect(client(page)).toContainText("The connection is open.");
});

test("presets are addresses, and the back button returns", async ({ page }) => {
  await open(page, "/handshake?step=3");
  await preset(page, "A POST").click();
  await expect(page).toHaveURL(/step=3&preset=post/);
  await preset(page, "Wrong version").click();
  await expect(server(page)).toContainText("426");
  await page.goBack();
  await expect(server(page)).toContainText("405");
  await expect(slider(page)).toHaveValue("3");
});

test("a link to a handshake brings its editor into view", async ({ page }) => {
  await open(page, "/handshake");
  await page.getByRole("listitem").filter({ hasText: "answers 200 with a page" }).getByRole("link", { name: "See it" }).click();
  await expect(client(page)).toContainText("The status is 200 OK.");
  await expect(request(page)).toBeInViewport();
  await expect(editor(page)).toBeFocused();
  await open(page, "/handshake?preset=post");
  await expect(request(page)).toBeInViewport();
});

test("the accept value of a key, of a fresh one, and of a bad one", async ({ page }) => {
  await open(page, "/handshake");
  const key = page.getByRole("textbox", { name: "Sec-WebSocket-Key" });
  await expect(accept(page)).toContainText("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  await accept(page).getByRole("button", { name: "A fresh key" }).click();
  await expect(key).not.toHaveValue("dGhlIHNhbXBsZSBub25jZQ==");
  expect(Buffer.from(await key.inputValue(), "base64")).toHaveLength(16);
  const sum = await page.evaluate(async (key) => {
    const text = new TextEncoder().encode(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
    const digest = await crypto.subtle.digest("SHA-1", text);
    return btoa(String.fromCharCode(...new Uint8Array(digest)));
  }, await key.inputValue());
  await expect(accept(page)).toContainText(`Sec-WebSocket-Accept: ${sum}`);
  await key.fill("aGVsbG8=");
  await expect(accept(page)).toContainText("This is base64 of 5 bytes, and a key is base64 of 16.");
  await expect(key).toHaveAttribute("aria-invalid", "true");
  await key.fill("not base64");
  await expect(accept(page)).toContainText("character 4, “ ”");
  await expect(page).toHaveURL(/key=not/);
  await page.reload();
  await expect(key).toHaveValue("not base64");
});

for (const [query, said] of [
  ["step=99", "step=99"],
  ["preset=none", "preset=none"],
  ["deflate=maybe", "deflate=maybe"],
  ["step=1&step=2", "cannot be read"],
] as const) {
  test(`?${query} gives the default and says so`, async ({ page }) => {
    await open(page, `/handshake?${query}`);
    await expect(page.getByRole("status").filter({ hasText: said }).first()).toBeVisible();
    await expect(client(page)).toContainText("The connection is open.");
    await expect(slider(page)).toHaveValue("0");
  });
}

test("pointing at a finding marks its place in the text", async ({ page }) => {
  await open(page, "/handshake");
  const row = editor(page).getByRole("region", { name: "What the server requires" }).getByRole("listitem");
  await row.filter({ hasText: "Version 13" }).hover();
  await expect(editor(page).locator(".handshake-editor__marks .lit")).toContainText("13");
});

test("TCP segment by segment: what is lost is sent again, what is reset has no FIN", async ({ page }) => {
  await open(page, "/handshake");
  const tcp = page.getByRole("region", { name: "A TCP connection, segment by segment" });
  await expect(tcp.getByRole("row")).toHaveCount(1 + 8);
  await tcp.getByRole("button", { name: "A segment is lost" }).click();
  await expect(tcp).toContainText("gets lost on the way");
  await expect(tcp.locator(".is-lost")).toHaveCount(1);
  await tcp.getByRole("button", { name: "The server resets" }).click();
  await expect(tcp).toContainText("RST, ACK");
  await expect(tcp).not.toContainText("FIN, ACK");
  await expect(page).toHaveURL(/course=reset/);
});

test("the browser's API line by line, on a real socket", async ({ page, troubles }) => {
  // What is sent on a closed socket goes nowhere, and the browser says so in its console.
  troubles.expect(/already in CLOSING or CLOSED state/);
  await open(page, "/handshake#websocket-api");
  const api = page.getByRole("region", { name: "The browser’s API, line by line" });
  const run = (line: number) => api.getByRole("button", { name: new RegExp(`^Run line ${line}:`) }).click();
  await run(3);
  await expect(api).toContainText("There is no socket yet");
  await run(1);
  await expect(api).toContainText("a WebSocket, that is not open yet");
  await expect(api.getByText("open", { exact: true })).toBeVisible();
  await run(3);
  await expect(api).toContainText("message: a string, “Hello”");
  await run(4);
  await expect(api).toContainText("message: a Blob of 3 bytes");
  await run(5);
  await run(4);
  await expect(api).toContainText("message: an ArrayBuffer, [1, 2, 3]");
  await run(7);
  await expect(api).toContainText("throws InvalidAccessError");
  await run(8);
  await expect(api).toContainText("throws SyntaxError");
  await run(9);
  await expect(api).toContainText("close: code 4000, reason “done”, wasClean true");
  await run(10);
  await run(6);
  await expect(api.locator(".websocket-api__seen li").last()).toContainText(/[1-9]\d*$/);
});

const CURL = `* Connected to a.example (192.0.2.1) port 80
> GET /chat HTTP/1.1
> Host: a.example
> Upgrade: websocket
> Connection: Upgrade
> Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
> Sec-WebSocket-Version: 13
>${" "}
< HTTP/1.1 101 Switching Protocols
< Upgrade: websocket
< Connection: Upgrade
< Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
<${" "}
`;

for (const [what, box] of [
  ["request", request],
  ["response", response],
] as const) {
  test(`the marks of a tool are taken off what is pasted as the ${what}, and each message goes into its place`, async ({ page }) => {
    await open(page, "/handshake");
    await box(page).fill(CURL);
    await expect(request(page)).toHaveValue(/^GET \/chat HTTP\/1.1\nHost: a.example\n[^>]*\n\n$/);
    await expect(response(page)).toHaveValue(/^HTTP\/1.1 101 Switching Protocols\n[^<]*\n\n$/);
    await expect(client(page)).toContainText("open");
  });
}

test("without what knows the marks a pasted request stays as it was pasted", async ({ page, troubles }) => {
  troubles.expect(/handshake_marks|net::ERR_FAILED/);
  await page.route("**/handshake_marks-*", (route) => route.abort());
  await open(page, "/handshake");
  await request(page).fill(CURL);
  await expect(server(page)).toContainText(/not/i);
  await expect(request(page)).toHaveValue(CURL);
});
