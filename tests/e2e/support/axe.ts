import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/** Every violation with the element it is about, so that the report says what to mend. */
export async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id} (${help}): ${node.target.join(" ")}\n${node.failureSummary}`),
  );
}
