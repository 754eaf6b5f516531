import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SITE } from "./paths.ts";

/** A page of the built site, as the build wrote it down in `pages.json`. */
export interface SitePage {
  path: string;
  /** The window's title. */
  title: string;
  /** The files that its words take, then those until its first instrument works, then those of its other instruments. */
  words: string[];
  first: string[];
  rest: string[];
  /** The words of its first heading, as it was prerendered. */
  h1: string;
  /** Whether an instrument stands on it. */
  hasInstrument: boolean;
}

const text = (html: string) =>
  html.replaceAll(/<[^>]*>/g, "").replaceAll("&amp;", "&").replaceAll("&#x27;", "'").trim();

function read(): SitePage[] {
  const table = JSON.parse(readFileSync(join(SITE, "pages.json"), "utf8")) as Omit<SitePage, "h1" | "hasInstrument">[];
  return table.map((page) => {
    const html = readFileSync(join(SITE, page.words[0]!), "utf8");
    return { ...page, h1: text(/<h1[^>]*>(.*?)<\/h1>/s.exec(html)?.[1] ?? ""), hasInstrument: html.includes("<fieldset") };
  });
}

const all = read();

/** Every page in the navigation, in reading order. */
export const PAGES = all.filter(({ path }) => !path.startsWith("/embed/") && path !== "/404");

/** Every instrument alone. */
export const EMBEDS = all.filter(({ path }) => path.startsWith("/embed/"));

/** The page's name in the navigation. */
export const nameOf = (page: SitePage) => page.title.replace(/ · Duplex$/, "");
