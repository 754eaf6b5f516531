import { existsSync } from "node:fs";
import { join } from "node:path";
import { SERVER, SITE } from "./paths.ts";

/** Says what is missing before every test says that it cannot connect. */
export default function setup() {
  for (const [what, path, variable] of [
    ["The server", SERVER, "DUPLEX_SERVER"],
    ["The built site", join(SITE, "index.html"), "DUPLEX_SITE"],
  ] as const) {
    if (!existsSync(path)) {
      throw new Error(`${what} is not there: ${path}. Run \`cargo xtask build\` first, or set ${variable}.`);
    }
  }
}
