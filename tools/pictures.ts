/**
 * Takes pictures of the console's pages, in both themes, for docs/guides/console.
 *
 *     node --conditions=source tools/pictures.ts http://127.0.0.1:7301/ docs/guides/console [order number …]
 *
 * Works on any running console; the first order number given is shown from all sides, each further one as it stands. Uses
 * the Chromium of CROSSDOCK_CHROMIUM, or Debian's.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [console_, folder, ...orders] = process.argv.slice(2);
if (!console_ || !folder || orders.length === 0) {
  console.error(
    "Usage: tools/pictures.ts <address of the console> <folder> <order number> [more order numbers]",
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
  ...Object.fromEntries(others.map((order, index) => [`document-${index + 2}`, `/d/order/${order}`])),
};

const browser = await chromium.launch({
  executablePath: process.env.CROSSDOCK_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
for (const colorScheme of ["light", "dark"] as const) {
  const context = await browser.newContext({
    viewport: { width: 1360, height: 920 },
    colorScheme,
    reducedMotion: "reduce",
  });
  for (const [name, path] of Object.entries(pages)) {
    const page = await context.newPage();
    await page.goto(new URL(path, console_).href);
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
    await page.close();
  }
  await context.close();
}
const small = await browser.newContext({
  viewport: { width: 375, height: 812 },
  deviceScaleFactor: 2,
  reducedMotion: "reduce",
});
const page = await small.newPage();
await page.goto(new URL(pages.document ?? "/", console_).href);
await page.locator(".strip").waitFor();
await page.screenshot({ path: join(folder, "document-telephone.png") });
await browser.close();
