/**
 * People in a real browser: signing in, two people who approve, the audit, the administration; every page held against axe in
 * both themes, the key tasks by keyboard alone, and the pages at 200 % and on a narrow screen.
 *
 * Needs a Chromium, as `web.test.ts` says. With CROSSDOCK_PICTURES=<folder> the pages about people are written there as pictures.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeOf, stepAt } from "../../rights/one-time-codes.ts";
import { makeLink } from "../../rights/people.ts";
import { EVERYWHERE, type RoleName, type Scope } from "../../rights/permissions.ts";
import type { Dock } from "../../runtime/dock.ts";
import { Browser as ApiBrowser, PASSWORD, signInAs } from "../../testing/console-browser.ts";
import { builtConsole, CHROMIUM } from "../../testing/console-build.ts";
import { type FreshDatabase, freshDatabase } from "../../testing/database.ts";
import { smallDock } from "../../testing/small-dock.ts";
import { type OpenConsole, openConsole } from "../console.ts";
import {
  AXE,
  MOVING,
  RUN_AXE,
  RUN_AXE_ON_COLOURS,
  RUN_AXE_ON_MAIN,
  TWO_FRAMES,
  UNSAID,
  WIDER,
} from "./in-page.fixtures.ts";
import { pastItsRetention } from "./people.fixtures.ts";

/** Today: the period that is to be closed next. */
const DAY = new Date().toISOString().slice(0, 10);
const pictures = process.env.CROSSDOCK_PICTURES;

/** Below a test's own limit, so that what did not come is named. */
const COMES_WITHIN_MS = 25_000;

/** Chromium stopped painting a window or obeying for it, although the page in it answers: nothing of ours. */
class FrozenWindow extends Error {}

/** What is asked of a page outlasts no test: the browser's own commands wait for ever. */
async function soon<T>(page: Page, what: string, going: Promise<T>): Promise<T> {
  const waited = await within(COMES_WITHIN_MS, going);
  if (waited) return waited.came;
  if (await within(5_000, page.evaluate("true"))) throw new FrozenWindow(`${what} did not end in 25 s`);
  throw new Error(
    `${what} did not end, and the page answers nothing any more: does a script of it run for ever?`,
  );
}

async function within<T>(ms: number, going: Promise<T>): Promise<{ came: T } | undefined> {
  const timer = Promise.withResolvers<undefined>();
  const id = setTimeout(timer.resolve, ms);
  return Promise.race([going.then((came) => ({ came })), timer.promise]).finally(() => clearTimeout(id));
}

describe.skipIf(!existsSync(CHROMIUM))("in a browser, signed in", { timeout: 60_000 }, () => {
  let db: FreshDatabase;
  let dock: Dock;
  let open: OpenConsole;
  let browser: Browser;
  let order: Awaited<ReturnType<typeof smallDock>>["order"];
  let post: Awaited<ReturnType<typeof smallDock>>["post"];
  const folder = mkdtempSync(join(tmpdir(), "crossdock-people-"));
  const complaints: string[] = [];

  beforeAll(async () => {
    const built = builtConsole();
    db = await freshDatabase();
    ({ dock, order, post } = await smallDock(db.url));
    open = await openConsole({
      dock,
      port: 0,
      settings: {
        folder: await built,
        name: "Test dock",
        pepper: "a pepper of the test",
        sealingKey: "the sealing key of this test, long",
        secondFactor: ["finance"],
        told: { workers: 1 },
      },
    });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    await signInAs(open.url, db.pool, "lars", ["logistics"]);
    await signInAs(open.url, db.pool, "kim", ["controller"]);
    await signInAs(open.url, db.pool, "olga", ["auditor", "administrator", "controller", "developer"]);
    await order(1);
    await order(2, "UNKNOWN");
    await order(3, "LOST");
    await order(4, "PUMP-100", "12000.00");
    await order(5, "LOST");
    await post("UNKNOWN-1", "ME-01", DAY);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await open?.close();
    await dock?.stop();
    await db?.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  type Look = { colorScheme?: "light" | "dark"; width?: number; height?: number };
  const context = ({ colorScheme = "light", width = 1280, height = 900 }: Look = {}) =>
    browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: "reduce" });

  async function visit(within: BrowserContext, path: string): Promise<Page> {
    const page = await within.newPage();
    page.setDefaultTimeout(COMES_WITHIN_MS);
    page.on("console", (message) => {
      // The browser notes every refused request by itself; those are what some tests are about.
      if (
        ["error", "warning"].includes(message.type()) &&
        !/status of (401|403|404|409)/.test(message.text())
      )
        complaints.push(`${path}: ${message.text()}`);
    });
    page.on("pageerror", (error) => complaints.push(`${path}: ${error.message}`));
    await page.goto(new URL(path, open.url).href);
    await page.waitForSelector("main h1");
    return page;
  }

  /** Somebody's page, signed in beforehand: that signing in works by keyboard is told once, below. */
  async function signedIn(person: string, path = "/", look: Look = {}): Promise<Page> {
    const api = new ApiBrowser(open.url);
    await api.signIn(person, PASSWORD);
    return asOwnerOf(api, path, look);
  }

  async function asOwnerOf({ cookie }: ApiBrowser, path = "/", look: Look = {}): Promise<Page> {
    const within = await context(look);
    const [name = "", value = ""] = cookie.split("=");
    await within.addCookies([{ name, value, url: open.url }]);
    const page = await visit(within, path);
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
    return page;
  }

  async function picture(page: Page, name: string): Promise<void> {
    if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  }

  test("whoever comes by a link finds the page they wanted after signing in, and nothing before", async () => {
    const page = await visit(await context(), "/d/order/SO-1");
    await page.getByRole("heading", { level: 1, name: "Sign in to Test dock" }).waitFor();
    await picture(page, "sign-in-light");
    expect(await page.content()).not.toContain("SO-1<");
    await page.getByLabel("Name you sign in with").fill("lars");
    await page.keyboard.press("Tab");
    await page.keyboard.type("not his password");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: "do not belong together" }).waitFor();
    await page.getByLabel("Password").focus();
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "SO-1" }).waitFor();
    expect(await page.evaluate("document.cookie")).toBe("");

    await page.getByRole("button", { name: "Lars", exact: true }).click();
    await page.getByText("answer the questions processes ask").waitFor();
    expect(await page.getByText("manage people, roles, keys and sessions").count()).toBe(0);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { level: 1, name: "Sign in to Test dock" }).waitFor();
    await page.context().close();
  });

  test("who is about to be signed out is told, and may stay", async () => {
    const within = await context();
    await within.clock.install();
    const page = await visit(within, "/you");
    await page.getByLabel("Name you sign in with").fill("lars");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Your sign-in" }).waitFor();
    const leave =
      "update console_session set seen_at = seen_at - interval '28 minutes' where person = 'lars'";
    await db.pool.query(leave);
    await page.clock.fastForward("27:30");
    const warning = page.getByRole("alert").filter({ hasText: "You are signed out in 2 min" });
    await warning.waitFor();
    await picture(page, "session-ends-light");
    await warning.getByRole("button", { name: "Stay signed in" }).click();
    await warning.waitFor({ state: "detached" });
    const { rows } = await db.pool.query(
      "select clock_timestamp() - max(seen_at) < interval '1 minute' as fresh from console_session where person = 'lars'",
    );
    expect(rows).toEqual([{ fresh: true }]);
    await within.close();
  });

  test("the demonstration's link lets one choose who to be, and leaves the address at once", async () => {
    await db.pool.query(`insert into person (id, name, demonstration) values ('dora', 'Dora Demo', true)`);
    await db.pool.query(
      `insert into role_grant (person, role, granted_by) values ('dora', 'viewer', 'test')`,
    );
    const token = await makeLink(db.pool, { kind: "demonstration", lifetimeMs: 60_000 }, { name: "test" });
    const page = await visit(await context(), `/welcome#${token}`);
    await page.getByRole("heading", { level: 1, name: "Who would you like to be?" }).waitFor();
    expect(page.url()).toBe(`${open.url}welcome`);
    await picture(page, "welcome-light");
    await page.getByRole("button", { name: /Dora Demo/ }).click();
    await page.getByRole("button", { name: "Dora Demo" }).waitFor();
    expect(
      await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Admin" }).count(),
    ).toBe(0);
    await page.context().close();
  });

  test("one asks, the other approves: what was found is booked under both their names", async () => {
    const lars = await signedIn("lars", "/d/order/SO-3");
    await lars.getByRole("button", { name: "I have checked…" }).click();
    const dialog = lars.getByRole("dialog");
    await dialog.getByLabel("Its number in ERP").fill("4509999");
    await dialog.getByLabel(/^Why/).fill("Found in the ERP under this number.");
    await dialog.getByRole("button", { name: "It was booked", exact: true }).click();
    await lars.getByRole("status").filter({ hasText: "This takes a second person" }).waitFor();

    const kim = await signedIn("kim", "/approvals");
    await kim.getByRole("heading", { name: "1 waiting" }).waitFor();
    await picture(kim, "approvals-light");
    await db.pool.query(
      "update console_session set proven_at = clock_timestamp() - interval '1 hour' where person = 'kim'",
    );
    await kim.getByRole("button", { name: "Approve…" }).click();
    await kim.getByRole("dialog").getByRole("button", { name: "Approve", exact: true }).click();
    // Asked for where it is missing; what was pressed goes on by itself then.
    const proof = kim.getByRole("dialog", { name: "Prove it is you" });
    await proof.getByLabel("Your password").fill("not hers, surely");
    await kim.keyboard.press("Enter");
    await proof.getByRole("alert").filter({ hasText: "not your password" }).waitFor();
    await proof.getByLabel("Your password").fill(PASSWORD);
    await picture(kim, "prove-light");
    await kim.keyboard.press("Enter");
    await kim.getByRole("heading", { name: "Nothing waits" }).waitFor();
    await kim.goto(new URL("/d/order/SO-3", open.url).href);
    await kim.getByText("4509999").first().waitFor();
    await lars.context().close();
    await kim.context().close();
  });

  test("in an emergency whoever is on call takes access, everybody reads who has it and why, and it ends", async () => {
    await signInAs(open.url, db.pool, "olaf", ["emergency"]);
    const olaf = await signedIn("olaf", "/you");
    await olaf.getByRole("button", { name: "Take it…" }).click();
    const dialog = olaf.getByRole("dialog", { name: "Take emergency access?" });
    const why = dialog.getByLabel(/^What the emergency is/);
    await why.fill("Too short");
    expect(await dialog.getByRole("button", { name: "Take it" }).isDisabled()).toBe(true);
    await why.fill("The warehouse stands still and nobody answers.");
    await dialog.getByRole("button", { name: "Take it" }).click();
    await dialog.waitFor({ state: "detached" });
    const lars = await signedIn("lars", "/d/order/SO-2");
    const bar = (page: Page) =>
      page.getByRole("alert").filter({
        hasText: /Olaf may do what an operator may until .*: The warehouse stands still and nobody answers\./,
      });
    await bar(lars).waitFor();
    await picture(lars, "emergency-light");
    await bar(olaf).getByRole("button", { name: "End it" }).click();
    await bar(olaf).waitFor({ state: "detached" });
    await olaf.context().close();
    await lars.context().close();
  });

  test("an administrator adds somebody, gives a role, and sees the console as they do; the auditor finds it and verifies it", async () => {
    const olga = await signedIn("olga", "/admin");
    await olga.getByLabel("Name", { exact: true }).fill("Nora New");
    await olga.getByLabel("Signs in as").fill("nora");
    await olga.getByRole("button", { name: "Add", exact: true }).click();
    const line = olga.getByRole("row", { name: /Nora New/ });
    await line.getByRole("button", { name: "Give a role…" }).click();
    await olga.getByRole("dialog").getByLabel("Role").selectOption("logistics");
    await olga
      .getByRole("dialog")
      .getByLabel(/Only plants/)
      .fill("LYON");
    await olga.getByRole("dialog").getByRole("button", { name: "Give", exact: true }).click();
    await line.getByText("Logistics operator for plant LYON").waitFor();
    await picture(olga, "admin-light");
    await line.getByRole("button", { name: "Invite" }).click();
    await olga.getByText("/welcome#").waitFor();
    await line.getByRole("button", { name: "See as…" }).click();
    await olga.getByRole("dialog").getByRole("button", { name: "See", exact: true }).click();
    await olga.getByText("You see the console as Nora New sees it.").waitFor();
    await olga.getByRole("button", { name: "Back to yourself" }).click();
    await olga.getByText("You see the console as").waitFor({ state: "detached" });

    await olga.goto(new URL("/audit?action=give+role&subject=nora", open.url).href);
    await olga.getByRole("cell", { name: /person:nora/ }).waitFor();
    await olga.getByRole("button", { name: "Verify now" }).click();
    await olga.getByText(/unbroken at/).waitFor();
    await picture(olga, "audit-light");
    expect(await olga.getByText("The archive").count()).toBe(0);

    const written = await pastItsRetention(db, folder);
    await olga.reload();
    const files = olga.getByRole("table", { name: "Files of the archive, the oldest first" });
    await files.waitFor();
    const month = new Date().toISOString().slice(0, 7);
    expect(
      await files
        .getByRole("row")
        .evaluateAll((rows) => rows.slice(1).map((row) => [...row.children].map((cell) => cell.textContent))),
    ).toEqual(
      [
        ["2020-01", "the journal", "2"],
        [month, "what was settled", "1"],
      ].map((told, index) => [
        ...told,
        expect.stringMatching(/\d{4}/),
        expect.stringContaining(`${folder}/${written[index]} on `),
      ]),
    );
    await olga.context().close();
  });

  test("who needs a second factor is led to it, signs in with its code, and gets in by a recovery code without the app", async () => {
    await signInAs(open.url, db.pool, "fay", ["finance"]);
    const signIn = async (page: Page) => {
      await page.getByLabel("Name you sign in with").fill("fay");
      await page.getByLabel("Password").fill(PASSWORD);
      await page.keyboard.press("Enter");
    };
    const code = (page: Page) => page.getByLabel("Code of your app, or a recovery code");
    const fay = await visit(await context({ colorScheme: "dark" }), "/documents");
    await signIn(fay);
    await fay.getByRole("heading", { level: 1, name: "One more thing, Fay" }).waitFor();
    expect(await fay.getByRole("navigation", { name: "Pages" }).count()).toBe(0);
    await fay.getByRole("button", { name: "Show the picture" }).click();
    await fay.getByRole("img", { name: "Picture for an authenticator app" }).waitFor();
    const uri = new URL((await fay.getByRole("link", { name: /on this device/ }).getAttribute("href"))!);
    const secret = uri.searchParams.get("secret")!;
    const shown = (by: number) => codeOf(secret, stepAt(Date.now() / 1_000) + by);
    const found = [...(await axe(fay, RUN_AXE))];
    await picture(fay, "second-factor-dark");
    await fay.keyboard.type("000000");
    await fay.keyboard.press("Enter");
    await fay.getByRole("alert").filter({ hasText: "not the code" }).waitFor();
    await fay.getByLabel("The code the app shows").fill(shown(-1));
    await fay.keyboard.press("Enter");
    const codes = fay.getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
    await codes.first().waitFor();
    const recovery = await codes.allTextContents();
    expect(recovery).toHaveLength(10);
    found.push(...(await axe(fay, RUN_AXE_ON_COLOURS)));
    await fay.getByRole("button", { name: "I have kept them" }).click();
    await fay.getByRole("heading", { level: 1, name: "Documents" }).waitFor();

    const again = await visit(await context(), "/you");
    await signIn(again);
    await code(again).waitFor();
    found.push(...(await axe(again, RUN_AXE)));
    await again.keyboard.type(shown(0));
    await picture(again, "sign-in-code-light");
    await again.keyboard.press("Enter");
    await again.getByText("You have 10 recovery codes left.").waitFor();
    found.push(...(await axe(again, RUN_AXE)));
    await picture(again, "you-light");

    const without = await visit(await context(), "/you");
    await signIn(without);
    await code(without).fill(recovery[0]!);
    await without.keyboard.press("Enter");
    await without.getByText("You have 9 recovery codes left.").waitFor();
    expect(found).toEqual([]);
    for (const page of [fay, again, without]) await page.context().close();
  });

  const axe = async (page: Page, run: string) => {
    if (!(await page.evaluate("Boolean(globalThis.axe)"))) await page.evaluate(AXE);
    return (await soon(page, "axe", page.evaluate(run))) as string[];
  };

  /** Every page in the menu, and one of each kind behind them. */
  async function everyPage(page: Page): Promise<string[]> {
    const menu = await page
      .locator("nav.menu a")
      .evaluateAll((links) => links.map((link) => link.getAttribute("href")!));
    const causes = await page.evaluate<string[]>(
      "fetch('/api/exceptions').then((said) => said.json()).then(({ groups }) => groups.map(({ id }) => '/causes/' + id))",
    );
    const behind = [
      ...causes.slice(0, 1),
      `/periods/ME-01/${DAY}`,
      "/d/order/SO-2",
      "/d/order/SO-1?zoom=attempts",
      "/documents/compare?a=order%2FSO-1&b=order%2FSO-2",
      "/documents?search=PO-",
      "/documents?process=order-to-cash&at=accepted&how=someone",
      "/documents?kind=order&over=100%20EUR&late=true",
      "/systems/erp",
      "/admin?tab=roles",
      "/admin?tab=keys",
      "/admin?tab=sessions",
      "/admin?tab=settings",
      "/processes/order-to-cash",
      "/contracts/sales.order-captured",
      "/dev/events",
      "/dev/mappings?flow=orders-to-erp",
      "/you",
      "/nowhere",
    ];
    return [...new Set([...menu, ...behind])];
  }
  /** Goes to a page as a link in the console does, without loading the console again. */
  async function turnTo(page: Page, path: string): Promise<void> {
    await soon(
      page,
      `turning to ${path}`,
      page.evaluate(`history.pushState(null, "", ${JSON.stringify(path)}); ${TWO_FRAMES}`),
    );
    await page.waitForSelector("main h1");
    await settled(page);
  }
  const settled = (page: Page) =>
    expect.poll(() => page.locator(".loading").count(), { timeout: COMES_WITHIN_MS }).toBe(0);

  test("on no page does axe find anything in either theme, and each fits a screen 320 pixels wide, or one at 200 %", async () => {
    // Each in a window of its own: what lies behind another window is painted once a second.
    const windows = [await signedIn("olga"), await signedIn("olga")] as const;
    const paths = await everyPage(windows[0]);
    const found: unknown[] = [];
    const wide = { width: 1280, height: 900 };
    const look = async (page: Page, path: string) => {
      await turnTo(page, path);
      const kind = /^\/(cause|period)s\/./.exec(path)?.[1];
      if (kind) await picture(page, `${kind}-light`);
      // What stands around the page is the same on all of them, and looked at once.
      found.push(
        ...(await axe(page, path === "/" ? RUN_AXE : RUN_AXE_ON_MAIN)).map((each) => `${path}: ${each}`),
      );
      found.push(...((await page.evaluate(UNSAID)) as string[]).map((each) => `${path}: ${each}`));
      // What only colours can change is looked at twice; the rest is the same in both themes.
      await soon(page, `${path} in dark`, page.emulateMedia({ colorScheme: "dark" }));
      if (kind) await picture(page, `${kind}-dark`);
      found.push(...(await axe(page, RUN_AXE_ON_COLOURS)).map((each) => `${path}, dark: ${each}`));
      await soon(page, `${path} in light`, page.emulateMedia({ colorScheme: "light" }));
      // 200 % on a screen 1280 wide leaves 640; 320 is 400 % (WCAG 2.2, 1.4.10).
      for (const width of [640, 320]) {
        await soon(page, `${path} at ${width}`, page.setViewportSize({ width, height: 512 }));
        await soon(page, `painting ${path} at ${width}`, page.evaluate(TWO_FRAMES));
        const wider = (await page.evaluate(WIDER)) as unknown[];
        if (wider.length > 0) found.push([path, width, wider]);
      }
      await soon(page, `${path} as wide as before`, page.setViewportSize(wide));
    };
    const next = paths.values();
    const lookAtTheRest = async (window: Page): Promise<Page> => {
      let page = window;
      for (const path of next)
        await look(page, path).catch(async (error) => {
          if (!(error instanceof FrozenWindow)) throw error;
          console.warn(`${error.message}: it is looked at in a new window.`);
          page = await signedIn("olga");
          await look(page, path);
        });
      return page;
    };
    const [first, second] = await Promise.all([lookAtTheRest(windows[0]), lookAtTheRest(windows[1])]);
    for (const [path, heading] of [
      ["/exceptions", "Give up…"],
      ["/admin", "Give a role…"],
    ] as const) {
      await turnTo(first, path);
      await first.getByRole("button", { name: heading }).first().click();
      await first.getByRole("dialog").waitFor();
      found.push(...(await axe(first, RUN_AXE)).map((each) => `${path} dialog: ${each}`));
      await first.keyboard.press("Escape");
    }
    await turnTo(first, "/d/order/SO-1?zoom=attempts");
    await first.getByRole("button", { name: "Show graph" }).click();
    await first.getByRole("group", { name: /^What led to what/ }).waitFor();
    found.push(...(await axe(first, RUN_AXE)).map((each) => `graph: ${each}`));
    for (const [key, dialog] of [
      ["?", "Keys"],
      ["Control+k", "Go to anything"],
    ] as const) {
      await first.keyboard.press(key);
      await first.getByRole("dialog", { name: dialog }).waitFor();
      found.push(...(await axe(first, RUN_AXE)).map((each) => `${dialog}: ${each}`));
      await first.keyboard.press("Escape");
    }
    expect(found).toEqual([]);
    for (const page of [first, second]) await page.context().close();
  }, 120_000);

  test("nobody is shown a page or a button that ends in a refusal, and no page asks for what its reader may not see", async () => {
    const place =
      "insert into business_key (value, type, correlation) values ('LYON', 'plant', 'order/SO-2')";
    await db.pool.query(place);
    const lyon = { ...EVERYWHERE, plants: ["LYON"] };
    const open_ = async (person: string, roles: readonly RoleName[], scope = EVERYWHERE) => {
      const page = await asOwnerOf(await signInAs(open.url, db.pool, person, roles, scope));
      const refused: string[] = [];
      page.on("response", (answer) => {
        if (answer.status() >= 400) refused.push(`${page.url()}: ${answer.status()} ${answer.url()}`);
      });
      const menu = await page
        .locator("nav.menu a")
        .evaluateAll((links) => links.map((link) => link.getAttribute("href")!));
      const seen: Record<string, string[]> = {};
      for (const path of [
        ...menu,
        "/d/order/SO-2",
        "/systems/erp",
        "/dev/mappings",
        "/admin",
        "/audit",
        "/",
      ]) {
        await turnTo(page, path);
        const buttons = await page.locator("main button:visible").allTextContents();
        seen[path] = [...new Set(buttons)].filter((text) => ACTS.includes(text));
        if ((await page.locator("main h1").textContent()) === "This page is not for you")
          seen[path] = ["barred"];
      }
      await page.context().close();
      const acts = Object.fromEntries(Object.entries(seen).filter(([, shown]) => shown.length > 0));
      return { refused, menu, acts };
    };
    const business = [
      "/",
      "/documents",
      "/exceptions",
      "/systems",
      "/processes",
      "/reconciliation",
      "/periods",
    ];
    const rest = ["/runbooks", "/batches", "/bulk", "/promises", "/contracts", "/insights", "/approvals"];
    const elsewhere = { "/dev/mappings": ["barred"], "/admin": ["barred"], "/audit": ["barred"] };
    const [viewer, logistics, administrator, nobody] = await Promise.all([
      open_("vera", ["viewer"]),
      open_("lea", ["logistics"], lyon),
      open_("ada", ["administrator"]),
      open_("nils", []),
    ]);
    expect(viewer).toEqual({ refused: [], menu: [...business, ...rest], acts: elsewhere });
    expect(logistics).toEqual({
      refused: [],
      menu: [...business, ...rest].filter((path) => path !== "/promises"),
      acts: {
        ...elsewhere,
        "/exceptions": ["Try again…", "Give up…"],
        "/d/order/SO-2": ["Try again…", "Give up…"],
      },
    });
    const not = ["barred"];
    const unseen = { "/d/order/SO-2": not, "/dev/mappings": not, "/audit": not };
    expect(administrator).toEqual({
      refused: [],
      menu: ["/systems", "/approvals", "/admin"],
      // She steers systems without seeing a document, and begins where she has something to do.
      acts: { ...unseen, "/systems/erp": ["Pause…", "Drain…"], "/admin": ["Add"] },
    });
    expect(nobody).toEqual({
      refused: [],
      menu: ["/approvals"],
      acts: { ...unseen, "/systems/erp": not, "/admin": not, "/": not },
    });
  }, 120_000);

  test("nothing moves for those who asked for less motion", async () => {
    const page = await signedIn("olga");
    for (const path of ["/", "/exceptions", "/d/order/SO-2"]) {
      await turnTo(page, path);
      expect([path, await page.evaluate(MOVING)]).toEqual([path, []]);
    }
    await page.context().close();
  });

  test("who asked for no page begins where their role works, and Home stays where it is", async () => {
    const roles: [string, RoleName[], Scope, string][] = [
      ["otto", ["auditor"], EVERYWHERE, "/audit"],
      ["leo", ["logistics"], EVERYWHERE, "/exceptions"],
      ["vera", ["viewer"], EVERYWHERE, "/documents"],
      ["pia", ["viewer"], { ...EVERYWHERE, plants: ["LYON"] }, "/"],
      ["aki", ["administrator"], EVERYWHERE, "/systems"],
      ["una", ["auditor", "developer"], EVERYWHERE, "/exceptions"],
    ];
    const page = await visit(await context(), "/");
    const enter = async (person: string, at: string) => {
      await page.getByLabel("Name you sign in with").fill(person);
      await page.getByLabel("Password").fill(PASSWORD);
      await page.keyboard.press("Enter");
      await page.waitForURL(new URL(at, open.url).href);
      await page.getByRole("navigation", { name: "Pages" }).waitFor();
    };
    for (const [person, held, scope, begins] of roles) {
      await signInAs(open.url, db.pool, person, held, scope);
      await enter(person, begins);
      if (begins === "/audit") {
        // Home is a page like the others, also after it was loaded again; nobody is sent on from it.
        await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Home" }).click();
        await page.getByRole("heading", { level: 1, name: "Home" }).waitFor({ state: "attached" });
        await page.reload();
        await page.getByRole("heading", { level: 1, name: "Home" }).waitFor({ state: "attached" });
      }
      await page.context().clearCookies();
      await page.goto(open.url);
    }
    await page.goto(new URL("/systems?hours=6", open.url).href);
    await enter("otto", "/systems?hours=6");
    await page.context().close();
  });

  test("the browser had nothing to complain about", () => {
    expect(complaints).toEqual([]);
  });
});

/** Buttons that change something. */
const ACTS = [
  "Approve…",
  "Decline…",
  "Try again…",
  "Give up…",
  "I have checked…",
  "Pause…",
  "Drain…",
  "Compare now…",
  "Close…",
  "Add",
];
