import { fileURLToPath } from "node:url";

const here = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** The server's program. */
export const SERVER = process.env.DUPLEX_SERVER ?? here(`target/server/duplex-server${process.platform === "win32" ? ".exe" : ""}`);
/** The built site. */
export const SITE = process.env.DUPLEX_SITE ?? here("dist");
