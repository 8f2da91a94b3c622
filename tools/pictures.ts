/**
 * Takes pictures of the console's pages, in both themes, for docs/guides/console.
 *
 *     node --conditions=source tools/pictures.ts '<the link npm start prints>' docs/guides/console [order number …]
 *
 * Works on any running demonstration: the link opens its people, of whom the one named by CROSSDOCK_PERSON (or the first
 * controller) signs in. The first order number given is shown from all sides, each further one as it stands. Uses the Chromium of
 * CROSSDOCK_CHROMIUM, or Debian's.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";

const [link, folder, ...orders] = process.argv.slice(2);
if (!link || !folder || orders.length === 0) {
  console.error(
    "Usage: tools/pictures.ts <link or address of the console> <folder> <order number> [more order numbers]",
  );
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

const [first, ...others] = orders;
const pages: Record<string, string> = {
  home: "/",
  documents: "/documents",
  document: `/d/order/${first}`,
  step: `/d/order/${first}?zoom=attempts`,
  exceptions: "/exceptions",
  systems: "/systems",
  system: "/systems/wms?hours=1",
  processes: "/processes",
  process: "/processes/order-to-cash",
  contracts: "/contracts",
  insights: "/insights",
  reconciliation: "/reconciliation",
  runbooks: "/runbooks",
  developer: "/dev",
  ...Object.fromEntries(others.map((order, index) => [`document-${index + 2}`, `/d/order/${order}`])),
};
const wanted = process.env.CROSSDOCK_PAGES?.split(",");

const browser = await chromium.launch({
  executablePath: process.env.CROSSDOCK_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});

/** Signs in through the link, where one is given. */
async function signIn(context: BrowserContext): Promise<void> {
  if (!link?.includes("#")) return;
  const page = await context.newPage();
  await page.goto(link);
  const person = process.env.CROSSDOCK_PERSON ?? "Controller";
  await page
    .getByRole("button", { name: new RegExp(person, "i") })
    .first()
    .click();
  await page.locator("nav.menu").waitFor();
  await page.close();
}

for (const colorScheme of ["light", "dark"] as const) {
  const context = await browser.newContext({
    viewport: { width: 1360, height: 920 },
    colorScheme,
    reducedMotion: "reduce",
  });
  await signIn(context);
  for (const [name, path] of Object.entries(pages)) {
    if (wanted && !wanted.includes(name)) continue;
    const page = await context.newPage();
    await page.goto(new URL(path, link).href);
    await page.locator("main h1").waitFor();
    await page.locator(".loading").waitFor({ state: "detached" });
    if (name === "step") {
      await page
        .getByRole("button", { name: /^Post sales order → / })
        .first()
        .click();
      await page.getByRole("tab", { name: /What came back/ }).click();
      await page.locator(".step pre").first().waitFor();
      await page.evaluate("window.scrollTo(0, 0)");
    }
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
    if (name === "home") {
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox").fill(first ?? "");
      await page.getByRole("option").first().waitFor();
      await page.waitForTimeout(400);
      await page.screenshot({ path: join(folder, `palette-${colorScheme}.png`) });
    }
    await page.close();
  }
  await context.close();
}
if (!wanted) {
  const small = await browser.newContext({
    viewport: { width: 375, height: 812 },
    deviceScaleFactor: 2,
    reducedMotion: "reduce",
  });
  await signIn(small);
  const page = await small.newPage();
  await page.goto(new URL(pages.document ?? "/", link).href);
  await page.locator(".strip").waitFor();
  await page.screenshot({ path: join(folder, "document-telephone.png") });
}
await browser.close();
