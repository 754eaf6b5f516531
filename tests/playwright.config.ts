import { defineConfig } from "@playwright/test";

// `cargo xtask test` sets these where they differ from the defaults:
//   DUPLEX_SERVER    the server's program          (../target/server/duplex-server)
//   DUPLEX_SITE      the built site                (../dist)
//   DUPLEX_CHROMIUM  the browser's program         (Playwright's own)
//   DUPLEX_SHOTS     a folder for screenshots of every page; see e2e/shots.spec.ts
const chromium = process.env.DUPLEX_CHROMIUM;

export default defineConfig({
  testDir: "e2e",
  globalSetup: "./e2e/support/setup.ts",
  fullyParallel: true,
  workers: 2,
  forbidOnly: !!process.env.CI,
  // Of nearly nine hundred tests in a real browser one may meet a hiccup of a busy machine. What passes only the second time
  // is listed as flaky at the end, and is to be mended.
  retries: process.env.CI ? 1 : 0,
  // No test asserts how long something takes. These only end what hangs, on a slow and busy machine too.
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: process.env.CI ? [["list"]] : [["list"], ["html", { open: "never" }]],
  grepInvert: process.env.DUPLEX_SHOTS ? undefined : /@shots/,
  use: {
    browserName: "chromium",
    viewport: { width: 1440, height: 960 },
    screenshot: "only-on-failure",
    launchOptions: {
      ...(chromium ? { executablePath: chromium } : {}),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
