/**
 * Takes pictures of the console's pages, in both themes, for docs/guides/console.
 *
 *     node --conditions=source tools/pictures.ts '<the link npm start prints>' docs/guides/console [order number …]
 *
 * Works on any running demonstration: the link opens its people, and each page is looked at as somebody who may see it. The first
 * order number given is shown from all sides, each further one as it stands. A page whose subject is not there (no cause is open, no
 * period is to be closed) is left out and named. CROSSDOCK_PAGES=home,insights takes these only. Uses the Chromium of
 * CROSSDOCK_CHROMIUM, or Debian's.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const [link, folder, ...orders] = process.argv.slice(2);
if (!link || !folder || orders.length === 0) {
  console.error(
    "Usage: tools/pictures.ts <link or address of the console> <folder> <order number> [more order numbers]",
  );
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

/** Who looks, by the title of their role in the demonstration; null: nobody has signed in. */
type Viewer = "Controller" | "Integration developer" | "Auditor" | "Administrator" | null;

interface Shot {
  readonly name: string;
  readonly as?: Viewer;
  readonly path: string;
  /** The page behind the first of these links on `path`. */
  readonly behind?: string;
  /** What is done before the picture is taken. */
  readonly before?: (page: Page) => Promise<void>;
}

const [first = "", ...others] = orders;
const DEVELOPER = "Integration developer";
const ASSUMED = "document=10-15&copy=20-30&contradiction=30-60&doubt=20-40&hour=65.00%20EUR";
const SHOTS: readonly Shot[] = [
  { name: "home", path: "/" },
  {
    name: "palette",
    path: "/",
    before: async (page) => {
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox").fill(first);
      await page.getByRole("option").first().waitFor();
      await page.waitForTimeout(400);
    },
  },
  { name: "documents", path: "/documents" },
  { name: "document", path: `/d/order/${first}` },
  { name: "step", path: `/d/order/${first}?zoom=attempts`, before: openStep },
  ...others.map((order, index) => ({ name: `document-${index + 2}`, path: `/d/order/${order}` })),
  { name: "exceptions", path: "/exceptions" },
  { name: "solved", path: "/exceptions?show=solved" },
  { name: "compare", path: `/documents/compare?a=order%2F${first}&b=order%2F${others[0] ?? first}` },
  { name: "contract", path: "/contracts/sales.order-captured" },
  { name: "cause", path: "/exceptions?class=data", behind: 'main a[href^="/causes/"]:text("at once")' },
  { name: "arrival", path: "/exceptions?class=data", behind: 'main a[href^="/arrivals/"]' },
  { name: "bulk", path: "/bulk" },
  { name: "systems", path: "/systems" },
  { name: "system", path: "/systems/wms?hours=1" },
  { name: "processes", path: "/processes" },
  { name: "process", path: "/processes/order-to-cash" },
  { name: "reconciliation", path: "/reconciliation" },
  { name: "periods", path: "/periods" },
  { name: "period", path: "/periods", behind: 'main a[href^="/periods/"]' },
  { name: "promises", path: "/promises" },
  { name: "batches", path: "/batches" },
  { name: "batch", path: "/batches", behind: 'main a[href^="/batches/"]' },
  { name: "runbooks", path: "/runbooks" },
  { name: "contracts", path: "/contracts" },
  { name: "insights", path: "/insights" },
  { name: "savings", path: `/insights?hours=24&${ASSUMED}`, before: showing("What no person had to do") },
  { name: "approvals", path: "/approvals" },
  { name: "audit", as: "Auditor", path: "/audit" },
  { name: "admin", as: "Administrator", path: "/admin" },
  { name: "developer", as: DEVELOPER, path: "/dev" },
  { name: "clock", as: DEVELOPER, path: "/dev", before: showing("Let time pass") },
  { name: "events", as: DEVELOPER, path: "/dev/events" },
  { name: "mappings", as: DEVELOPER, path: "/dev/mappings?flow=acme-in", before: tryOne },
  { name: "sign-in", as: null, path: "/" },
];
const wanted = process.env.CROSSDOCK_PAGES?.split(",");
const isWanted = ({ name }: Shot) => !wanted || wanted.includes(name);

async function openStep(page: Page): Promise<void> {
  await page
    .getByRole("button", { name: /^Post sales order → / })
    .first()
    .click();
  await page.getByRole("tab", { name: /What came back/ }).click();
  await page.locator(".step pre").first().waitFor();
  await page.evaluate("window.scrollTo(0, 0)");
}

/** Tries the flow on the first input it recorded: the latest may be the broken file. */
async function tryOne(page: Page): Promise<void> {
  const input = page.getByRole("combobox", { name: /^Tried on/ });
  await input.locator("option").nth(1).waitFor({ state: "attached" });
  await input.selectOption({ index: (await input.locator("option").count()) - 1 });
  await page.locator("main table").first().waitFor();
}

function showing(heading: string): (page: Page) => Promise<void> {
  return async (page) => {
    const part = page.getByRole("region", { name: heading });
    await part.waitFor();
    await part.evaluate((element) =>
      window.scrollTo(0, element.getBoundingClientRect().top + window.scrollY - 90),
    );
  };
}

/** Signs in through the link, where one is given. */
async function signIn(context: BrowserContext, viewer: Exclude<Viewer, null>): Promise<void> {
  if (!link?.includes("#")) return;
  const page = await context.newPage();
  await page.goto(link);
  await page
    .getByRole("button", { name: new RegExp(viewer, "i") })
    .first()
    .click();
  await page.locator("nav.menu").waitFor();
  await page.close();
}

async function settled(page: Page): Promise<void> {
  await page.locator("main h1").waitFor();
  await page.locator(".loading").first().waitFor({ state: "detached" });
}

async function take(context: BrowserContext, shot: Shot, file: string): Promise<void> {
  const page = await context.newPage();
  await page.goto(new URL(shot.path, link).href);
  await settled(page);
  if (shot.behind !== undefined) {
    const behind = page.locator(shot.behind).first();
    const there = await behind.waitFor({ timeout: 3_000 }).then(
      () => true,
      () => false,
    );
    if (!there) {
      console.error(`${shot.name} is left out: nothing on ${shot.path} leads to it now.`);
      return page.close();
    }
    await page.goto(new URL((await behind.getAttribute("href")) ?? "/", link).href);
    await settled(page);
  }
  await shot.before?.(page);
  await page.screenshot({ path: join(folder!, file) });
  await page.close();
}

async function takeAll(browser: Browser, colorScheme: "light" | "dark"): Promise<void> {
  for (const [viewer, shots] of Map.groupBy(SHOTS.filter(isWanted), ({ as = "Controller" }) => as)) {
    const context = await browser.newContext({
      viewport: { width: 1360, height: 920 },
      colorScheme,
      reducedMotion: "reduce",
    });
    if (viewer !== null) await signIn(context, viewer);
    for (const shot of shots) await take(context, shot, `${shot.name}-${colorScheme}.png`);
    await context.close();
  }
}

const browser = await chromium.launch({
  executablePath: process.env.CROSSDOCK_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
for (const colorScheme of ["light", "dark"] as const) await takeAll(browser, colorScheme);
if (!wanted || wanted.includes("telephone")) {
  const small = await browser.newContext({
    viewport: { width: 375, height: 812 },
    deviceScaleFactor: 2,
    reducedMotion: "reduce",
  });
  await signIn(small, "Controller");
  await take(small, { name: "document", path: `/d/order/${first}` }, "document-telephone.png");
}
if (link.includes("#") && (!wanted || wanted.includes("welcome"))) {
  const page = await (await browser.newContext({ viewport: { width: 1360, height: 920 } })).newPage();
  await page.goto(link);
  await page
    .getByRole("button", { name: /Controller/i })
    .first()
    .waitFor();
  await page.screenshot({ path: join(folder, "welcome-light.png") });
}
await browser.close();
