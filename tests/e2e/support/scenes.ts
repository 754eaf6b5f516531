import type { Page } from "@playwright/test";
import { connect, line, selected, send } from "./live.ts";
import { lab } from "./lab.ts";
import { expect, open } from "./test.ts";

/** Chooses by its key, once the question that the address names has been fetched and listens. */
const choose = (page: Page, key: string) =>
  expect(async () => {
    await page.keyboard.press(key);
    await expect(page.getByRole("button", { name: "Check" })).toBeEnabled({ timeout: 1_000 });
  }).toPass();

/** The pages in the states that people see, for the eye and for axe. */
export const SCENES: Record<string, (page: Page) => Promise<void>> = {
  home: (page) => open(page, "/"),
  frames: (page) => open(page, "/frames?hex=818537fa213d7f9f4d5158&from=client&step=5"),
  "frames, broken": async (page) => {
    await open(page, "/frames?preset=reserved");
    await expect(page.getByRole("region", { name: "Verdict" })).toContainText("fails the connection");
  },
  "frames, bad link": async (page) => {
    await open(page, "/frames?hex=81zz&from=nobody");
    await page.getByRole("button", { name: "Paste bytes" }).click();
    await page.getByRole("textbox", { name: /^Bytes in hexadecimal/ }).fill("8");
    await page.getByRole("button", { name: "Decode" }).click();
  },
  handshake: (page) => open(page, "/handshake?step=11"),
  "handshake, broken": async (page) => {
    await open(page, "/handshake?preset=accept&key=aGVsbG8%3D&step=20");
    await page.getByText("What this server answers itself").click();
    await expect(page.getByRole("group", { name: "The client’s verdict" })).toContainText("fails the connection");
  },
  "handshake, bad link": (page) => open(page, "/handshake?step=99&preset=none&request=nonsense&response="),
  messages: (page) => open(page, "/messages"),
  "messages, broken": async (page) => {
    await open(page, "/messages?between=1:ping,2:text&step=4&utf8=556e20636166e9206175206c616974&first=ok&second=ok&third=ok&bits=8&takeover=0");
    await page.getByRole("button", { name: "Put a frame between fragments 1 and 2" }).click();
    await expect(page.getByRole("region", { name: "The receiver’s verdict" })).toContainText("fails the connection");
  },
  "messages, bad link": async (page) => {
    await open(page, "/messages?cuts=99&between=x&from=server&utf8=zz&bits=99&written=hex&first=0&sender=client");
    await page.getByRole("textbox", { name: "The message" }).fill("x".repeat(97));
    await page.getByRole("textbox", { name: "Its bytes, in hexadecimal" }).fill("f");
  },
  reference: (page) => open(page, "/reference"),
  "search, open": async (page) => {
    await open(page, "/");
    await page.getByRole("button", { name: "Search", exact: true }).click();
    await page.getByRole("combobox", { name: "Search" }).fill("close");
    await expect(page.getByRole("option").first()).toBeVisible();
  },
  heartbeat: (page) => open(page, "/heartbeat"),
  "heartbeat, asleep": (page) => open(page, "/heartbeat?asks=both&faults=sleep-30,wake-90&trip=2000&at=91"),
  "heartbeat, bad link": (page) => open(page, "/heartbeat?every=soon&faults=flood-3&clients=0&pings=3"),
  closing: (page) => open(page, "/closing"),
  "closing, both at once": (page) => open(page, "/closing?start=both&traffic=1&at=300&code=1012"),
  "closing, cable pulled": (page) => open(page, "/closing?wrong=cable&when=answered"),
  "closing, refused": (page) => open(page, "/closing?client-code=1001&code=4000"),
  "closing, bad link": (page) => open(page, "/closing?start=me&trip=0&at=soon&code=bye"),
  reconnecting: (page) => open(page, "/reconnecting"),
  "reconnecting, shown": async (page) => {
    await open(page, "/reconnecting?shown=1&clients=20000&down=0");
    await expect(page.locator("#reconnect-storm").getByText("half are back after")).toBeVisible();
    await expect(page.locator("#reconnect-storm").getByText(/^The (one|other) crowd is first|^Neither/)).toBeVisible();
  },
  "reconnecting, bad link": (page) => open(page, "/reconnecting?left=never&clients=0&seed=x&cap=1"),
  scale: (page) => open(page, "/scale"),
  "scale, shown": (page) => open(page, "/scale?sum=1&connections=1000000&windows=302080&sent=1&ran=1&people=2000&fault=dies"),
  "scale, bad link": (page) => open(page, "/scale?connections=many&tls=-1&balancer=mine&users=0&preset=x&queue=none"),
  "scale, a hundred servers": (page) => open(page, "/scale?servers=100&users=100000&sent=1"),
  alternatives: (page) => open(page, "/alternatives"),
  "alternatives, run": async (page) => {
    await open(page, "/alternatives?lasts=3000&every=100&poll=500&who=both&often=seconds&behind=walls");
    await page.getByRole("button", { name: "Run all four" }).click();
    await expect(page.locator("#transport-comparison").getByText("The stream is over.")).toBeVisible({ timeout: 20_000 });
  },
  "alternatives, seven streams": async (page) => {
    await open(page, "/alternatives");
    await page.getByRole("button", { name: "Open them" }).click();
    await expect(page.locator("#connection-limit").getByText(/wait|are open/).first()).toBeVisible();
    await expect(page.locator("#connection-limit").getByText(/Your browser/)).toBeVisible();
  },
  "alternatives, bad link": (page) => open(page, "/alternatives?every=soon&proxy=wall&streams=0&who=me&cut=1"),
  field: (page) => open(page, "/field"),
  "field, shown": async (page) => {
    await open(page, "/field?hour=1&topics=all&members=3&both=title&line=1&way=0");
    await expect(page.locator("#shared-editing").getByText("in both panes")).toBeVisible();
  },
  "field, bad link": (page) => open(page, "/field?members=0&topics=x&rate=1&per=nobody&both=all&way=-1"),
  live: async (page) => {
    await connect(page);
    await send(page, "Hello");
    await expect(line(page, /^Server to client: text/)).toBeVisible();
    await expect(selected(page)).toContainText("text");
  },
  "live, handshake": async (page) => {
    await connect(page);
    await line(page, /^Server to client: 101/).click();
    await expect(selected(page)).toContainText("it matches");
  },
  "live, closing": async (page) => {
    await connect(page);
    await page.getByRole("button", { name: "Choose how to close" }).click();
    await page.getByRole("textbox", { name: "Close code" }).fill("1001");
    await page.getByRole("button", { name: "Send the close frame" }).click();
    await expect(page.getByText("A page may not send 1001").or(page.getByText("1001").first())).toBeVisible();
  },
  "live, closed": async (page) => {
    await connect(page);
    await page.getByRole("button", { name: "Close 1000", exact: true }).click();
    await expect(line(page, /^Your script is told 1000/)).toBeVisible();
  },
  quiz: (page) => open(page, "/quiz"),
  "quiz, wrong": async (page) => {
    await open(page, "/quiz?question=ping-pong");
    await choose(page, "d");
    await page.keyboard.press("Enter");
    await expect(page.locator("#quiz-verdict")).toContainText("D is not right.");
  },
  "quiz, several": async (page) => {
    await open(page, "/quiz?question=never-sent");
    await choose(page, "a");
    await page.keyboard.press("Enter");
    await expect(page.locator("#quiz-verdict")).toBeVisible();
  },
  "quiz, order": (page) => open(page, "/quiz?question=closing-order"),
  "quiz, bits": async (page) => {
    await open(page, "/quiz?question=mask-bit");
    await page.getByRole("radio", { name: "byte 0, bit 0: 1" }).check();
    await page.getByRole("button", { name: "Check" }).click();
    await expect(page.locator("#quiz-verdict")).toContainText("That is FIN");
  },
  "quiz, partners": (page) => open(page, "/quiz?question=opcodes"),
  "quiz, value": async (page) => {
    await open(page, "/quiz?question=unmask-fifth");
    await page.getByRole("textbox", { name: "Your answer" }).fill("bb");
    await page.getByRole("button", { name: "Check" }).click();
    await expect(page.locator("#quiz-verdict")).toContainText("It is 21");
  },
  "quiz, exercise": async (page) => {
    await open(page, "/quiz?practice=read-frame&seed=3&level=2");
    await choose(page, "a");
    await page.keyboard.press("Enter");
    await expect(page.locator("#quiz-verdict")).toBeVisible();
  },
  "quiz, chapter": async (page) => {
    await open(page, "/quiz?chapter=frames");
    await page.getByText("Your progress").click();
  },
  "quiz, exam": (page) => open(page, "/quiz?exam=4711"),
  inspect: (page) => open(page, "/inspect"),
  "inspect, frames": async (page) => {
    await open(page, "/inspect");
    await page.getByRole("button", { name: "a close frame gone wrong" }).click();
    await expect(page.getByText("59395 is 1000")).toBeVisible();
  },
  "inspect, handshake": async (page) => {
    await open(page, "/inspect");
    await page.getByRole("button", { name: "what curl shows" }).click();
    await expect(page.getByText("This handshake fails.")).toBeVisible();
  },
  "inspect, error": async (page) => {
    await open(page, "/inspect");
    await page.getByRole("button", { name: "an error text" }).click();
    await expect(page.getByText("What usually causes it").first()).toBeVisible();
  },
  "inspect, refused": async (page) => {
    await open(page, "/inspect");
    await page.getByRole("textbox", { name: /Paste or drop/ }).fill("?");
    await expect(page.getByText("This is not read.")).toBeVisible();
  },
  "tcp, a segment lost": (page) => open(page, "/handshake?course=lost&bytes=3000#tcp-connection"),
  presentation: async (page) => {
    await open(page, "/heartbeat");
    await page.locator("main").focus();
    await page.keyboard.press("p");
    await expect(page.getByRole("complementary", { name: "Presentation" })).toBeVisible();
  },
  "closing, lab": (page) => open(page, "/closing?fault=silence&guess=nothing.none.-"),
  "closing, lab, run": async (page) => {
    await open(page, "/closing?fault=interleaved-message&guess=message.1006.1002");
    await lab(page).getByRole("button", { name: "Run it", exact: true }).click();
    await expect(lab(page).getByText("What is asked", { exact: true })).toBeVisible();
    await lab(page).getByRole("button", { name: /^Client to server: close/ }).click();
    await expect(lab(page).getByText("Step through it")).toBeVisible();
  },
  "closing, lab, handshake": async (page) => {
    await open(page, "/closing?fault=wrong-accept&guess=close.1002.1002");
    await lab(page).getByRole("button", { name: "Run it", exact: true }).click();
    await expect(lab(page).getByRole("link", { name: "Judge it in the handshake editor" })).toBeVisible();
  },
  "closing, lab, bad link": (page) => open(page, "/closing?fault=earthquake&guess=7"),
  "frames, several": (page) => open(page, "/frames?preset=interleaved&step=11"),
  "frames, figure": (page) => open(page, "/frames?preset=length16&view=rfc&step=40"),
  "frames, a mebibyte": (page) => open(page, "/frames?preset=mebibyte&step=500000"),
  "frames, composer": (page) => open(page, "/frames?compose=1&from=client&opcode=9&fin=0&rsv=010&form=16&length=8"),
  "frames, paste": async (page) => {
    await open(page, "/frames");
    await page.getByRole("button", { name: "Paste bytes" }).click();
    await page.getByRole("textbox", { name: /^Bytes in/ }).fill("[81, 05, 48, 65, 6]");
    await expect(page.getByRole("button", { name: /^Read as/ }).first()).toBeVisible();
  },
  "frames, measured and sent": async (page) => {
    await open(page, "/frames");
    await page.getByRole("button", { name: "Measure as an HTTP POST" }).click();
    await expect(page.getByText("× the frame")).toBeVisible();
    await page.getByText("The heads that made it so").click();
    await page.getByRole("button", { name: "Send it down the live wire" }).click();
    await expect(page.getByText("Your browser sent 5 bytes")).toBeVisible();
    await page.getByRole("button", { name: "Copy as" }).click();
    await expect(page.getByRole("menuitem", { name: "Rust" })).toBeVisible();
  },
  "not found": (page) => open(page, "/nowhere"),
};
