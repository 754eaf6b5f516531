import { expect, test as base, type Page } from "@playwright/test";
import { Server } from "./server.ts";

/** What a test may say about troubles in the browser that it causes on purpose. */
export interface Troubles {
  /** A trouble whose text matches this does not fail the test. */
  expect(pattern: RegExp): void;
}

interface TestFixtures {
  troubles: Troubles;
}

interface WorkerFixtures {
  server: Server;
}

/** The fault lab breaks connections on purpose, and a browser says so in its console. */
const LAB = /WebSocket connection to '[^']*\/lab\/[^']*' failed/;

/** An address that is no page's is answered with 404 and the page that says so, and a browser says so in its console. */
const NOWHERE = /status of 404 .*\/(nowhere|frames\/none|%F0%9F%98%80)\)$/;

/** Every test runs against the real server, and fails on a console error, a page error or a CSP violation. */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],

  baseURL: async ({ server }, use) => {
    await use(server.url);
  },

  troubles: [
    async ({ context, server }, use, info) => {
      const seen: string[] = [];
      const expected: RegExp[] = [LAB, NOWHERE];
      await context.exposeBinding("duplexViolation", (_source, text: string) => {
        seen.push(`CSP violation: ${text}`);
      });
      await context.addInitScript(() => {
        document.addEventListener("securitypolicyviolation", (event) => {
          const report = (globalThis as unknown as { duplexViolation(text: string): void }).duplexViolation;
          report(`${event.violatedDirective} blocked ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`);
        });
      });
      const watch = (page: Page) => {
        page.on("pageerror", (error) => seen.push(`page error: ${error.stack ?? error.message}`));
        page.on("crash", () => seen.push("the page crashed"));
        page.on("console", (message) => {
          const text = message.text();
          if (message.type() === "error" || /panicked at|Content Security Policy/.test(text)) {
            seen.push(`console ${message.type()}: ${text} (${message.location().url})`);
          }
        });
      };
      context.pages().forEach(watch);
      context.on("page", watch);
      const before = server.log.length;

      await use({ expect: (pattern) => expected.push(pattern) });

      if (info.status !== info.expectedStatus) {
        await info.attach("server log", { body: server.log.slice(before), contentType: "text/plain" });
      }
      const unexpected = seen.filter((text) => !expected.some((pattern) => pattern.test(text)));
      expect(unexpected, "nothing goes wrong in the browser").toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** The themes and widths that every page has to look right in. */
export const THEMES = ["light", "dark"] as const;
export const SIZES = {
  wide: { width: 1440, height: 960 },
  narrow: { width: 360, height: 740 },
} as const;

/** Opens the page as somebody who has chosen this theme. */
export async function choose(page: Page, theme: (typeof THEMES)[number]): Promise<void> {
  await page.addInitScript((theme) => {
    const kept = JSON.parse(localStorage.getItem("duplex.v1") ?? "{}");
    localStorage.setItem("duplex.v1", JSON.stringify({ ...kept, theme }));
  }, theme);
}

/** Goes to a page and waits until the program has drawn it and listens. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await works(page);
  // The search, pasting anywhere and the keys of the presentation come when the page is at rest.
  if (await page.locator("#present").count()) await expect(page.locator("html[data-tools]")).toBeAttached();
}

/** Waits until the program has taken over the page and all its instruments work: from now on no key is lost. */
export async function works(page: Page): Promise<void> {
  await expect(page.locator("html[data-ready]")).toHaveCount(1);
  // A page that is printed fetches the instruments further down too.
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await expect(page.locator("fieldset.slot:disabled")).toHaveCount(0);
}
