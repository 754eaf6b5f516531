import type { Page } from "@playwright/test";

/** The fault lab. */
export const lab = (page: Page) => page.getByRole("region", { name: "Fault lab" });
