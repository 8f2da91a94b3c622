/**
 * The console of a story's world in a real browser, as a person at this machine sees it.
 *
 * The pages are those that are shipped; what they ask goes to the world's own console. The browser proves itself as the command line does.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { LOCAL_KEY } from "../../../src/cli/site/site.ts";
import { builtConsole, CHROMIUM } from "../../../src/testing/console-build.ts";
import type { World } from "./world.ts";

export const hasBrowser: boolean = existsSync(CHROMIUM);
if (!hasBrowser)
  console.warn(
    `Stories are started by the API: there is no Chromium at ${CHROMIUM}. Install it (Debian: apt-get install chromium) or name one with CROSSDOCK_CHROMIUM.`,
  );

/** Opens a page of the console, hands it to `look`, and closes the browser whatever happens. Returns what the browser complained about. */
export async function inBrowser(
  world: World,
  path: string,
  look: (page: Page) => Promise<void>,
): Promise<readonly string[]> {
  const folder = await builtConsole();
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  const complaints: string[] = [];
  try {
    const context = await browser.newContext({
      extraHTTPHeaders: {
        authorization: `Bearer ${world.environment[LOCAL_KEY]}`,
        "x-crossdock-person": "somebody",
      },
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.route(
      ({ pathname }) => !pathname.startsWith("/api/"),
      (route) => {
        const { pathname } = new URL(route.request().url());
        return route.fulfill({ path: join(folder, pathname.includes(".") ? pathname : "index.html") });
      },
    );
    await page.goto(new URL(path, world.console).href);
    await look(page);
    return complaints;
  } finally {
    await browser.close();
  }
}
