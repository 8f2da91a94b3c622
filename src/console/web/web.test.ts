/**
 * The pages in a real browser, on a real dock: each opens, shows what the engine did, and its buttons and keys work. That every page can
 * be read in both themes, and fits a narrow screen, is told in `people.test.ts`.
 *
 * Needs a Chromium: the one of CROSSDOCK_CHROMIUM, or Debian's at /usr/bin/chromium. Without one the tests are skipped and say so.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM } from "../../testing/console-build.ts";
import { documentPages } from "./documents.fixtures.ts";
import { Site } from "./site.fixtures.ts";
import { keyTasks } from "./tasks.fixtures.ts";
import { workPages } from "./work.fixtures.ts";

const missing = !existsSync(CHROMIUM);
if (missing) {
  console.warn(
    `The browser tests of the console are skipped: there is no Chromium at ${CHROMIUM}. Install it (Debian: apt-get install chromium) or name one with CROSSDOCK_CHROMIUM.`,
  );
}

/** What the shell may weigh compressed, in bytes: half a second on a slow line. */
const SHELL_MAX = 180_000;

// Together they take long only where the machine has much else to do; what a page waits for is named before that.
describe.skipIf(missing)("in a browser", { timeout: 60_000 }, () => {
  const site = new Site();
  beforeAll(async () => {
    await site.begin();
    await site.order(1);
    await site.order(2, "UNKNOWN");
    await site.order(3, "LOST");
    await site.order(4, "PUMP-100", "12000.00");
  }, 120_000);
  afterAll(() => site.end());

  test("the shell stays below its weight", () => {
    const assets = join(site.folder, "assets");
    // What the page names is fetched before anything shows; other parts come when somebody opens their page.
    const page = readFileSync(join(site.folder, "index.html"), "utf8");
    const named = [...page.matchAll(/(?:src|href)="\/assets\/([^"]+\.js)"/g)].map(([, name]) => name!);
    const weight = named.reduce((sum, name) => sum + statSync(join(assets, `${name}.gz`)).size, 0);
    expect(weight).toBeGreaterThan(10_000);
    expect(weight).toBeLessThan(SHELL_MAX);
  });

  test("the page is fresh each time, its parts are kept, and both come without compression too", async () => {
    const plain = { headers: { "accept-encoding": "identity" } };
    const root = await fetch(site.open.url, plain);
    const html = await root.text();
    expect([root.status, root.headers.get("cache-control")]).toEqual([200, "no-cache"]);
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? "";
    for (const options of [plain, { headers: { "accept-encoding": "br" } }]) {
      const part = await fetch(new URL(script, site.open.url), options);
      expect([part.status, part.headers.get("cache-control")]).toEqual([
        200,
        "public, max-age=31536000, immutable",
      ]);
      expect(await part.text()).toContain("createRoot");
    }
    expect((await fetch(new URL("/assets/../../package.json", site.open.url))).status).toBe(404);
    expect((await fetch(new URL("/assets/%2e%2e%2f%2e%2e%2fpackage.json", site.open.url))).status).not.toBe(
      200,
    );
    expect(html).not.toMatch(/<script(?![^>]*src=)|style=|https?:/);
  });

  documentPages(site);
  workPages(site);
  keyTasks(site);

  test("the browser had nothing to complain about", () => {
    expect(site.complaints).toEqual([]);
  });
});
