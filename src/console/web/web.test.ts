/**
 * The pages in a real browser, on a real dock: each opens, shows what the engine did, and its buttons and keys work.
 *
 * Needs a Chromium: the one of CROSSDOCK_CHROMIUM, or Debian's at /usr/bin/chromium. Without one the tests are skipped
 * and say so. With CROSSDOCK_PICTURES=<folder> each page is also written there as a picture, in both themes.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Dock } from "../../runtime/dock.ts";
import { builtConsole, CHROMIUM } from "../../testing/console-build.ts";
import { type FreshDatabase, freshDatabase, startTestServer } from "../../testing/database.ts";
import { smallDock } from "../../testing/small-dock.ts";
import { balance } from "../../trace/balance.ts";
import { type OpenConsole, openConsole } from "../console.ts";
import { keyTasks } from "./tasks.fixtures.ts";

const missing = !existsSync(CHROMIUM);
if (missing) {
  console.warn(
    `The browser tests of the console are skipped: there is no Chromium at ${CHROMIUM}. Install it (Debian: apt-get install chromium) or name one with CROSSDOCK_CHROMIUM.`,
  );
}

/** What the shell may weigh compressed, in bytes: half a second on a slow line. */
const SHELL_MAX = 180_000;

describe.skipIf(missing)("in a browser", () => {
  let db: FreshDatabase;
  let server: { stop(): Promise<void> } | undefined;
  let dock: Dock;
  let order: Awaited<ReturnType<typeof smallDock>>["order"];
  let post: Awaited<ReturnType<typeof smallDock>>["post"];
  let books: Set<string>;
  let open: OpenConsole;
  let browser: Browser;
  let folder: string;
  const contexts = new Map<string, BrowserContext>();
  /** What the browser complained about: errors in the log, broken policy, exceptions. */
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = await builtConsole();
    // Readers stay below the oldest transaction of their server, and other tests keep some open for longer than a page waits.
    server = await startTestServer();
    db = await freshDatabase();
    ({ dock, order, post, books } = await smallDock(db.url));
    open = await openConsole({ dock, port: 0, settings: { folder, actor: "maria", name: "Test dock" } });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    await order(1);
    await order(2, "UNKNOWN");
    await order(3, "LOST");
    await order(4, "PUMP-100", "12000.00");
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await open?.close();
    await dock?.stop();
    await db?.drop();
    await server?.stop();
  });

  async function page(
    path: string,
    options: { colorScheme?: "light" | "dark"; width?: number } = {},
  ): Promise<Page> {
    const { colorScheme = "light", width = 1280 } = options;
    // A browser that was here before has the parts of the application; only the page itself is fresh.
    const name = `${colorScheme} ${width}`;
    const context =
      contexts.get(name) ??
      (await browser.newContext({ viewport: { width, height: 900 }, colorScheme, reducedMotion: "reduce" }));
    contexts.set(name, context);
    const opened = await context.newPage();
    // Well below a test's own limit, so that what did not come is named.
    opened.setDefaultTimeout(12_000);
    opened.on("console", (message) => {
      // A cause that was solved while its page was open is not found any more; the browser notes every 404.
      const solved = message.location().url.includes("/api/causes/") && message.text().includes("404");
      if (!solved && (message.type() === "error" || message.type() === "warning"))
        complaints.push(`${path}: ${message.text()}`);
    });
    opened.on("pageerror", (error) => complaints.push(`${path}: ${error.message}`));
    await opened.goto(new URL(path, open.url).href);
    await opened.waitForSelector("main h1");
    return opened;
  }

  test("the shell stays below its weight", () => {
    const assets = join(folder, "assets");
    // What the page names is fetched before anything shows; other parts come when somebody opens their page.
    const page = readFileSync(join(folder, "index.html"), "utf8");
    const named = [...page.matchAll(/(?:src|href)="\/assets\/([^"]+\.js)"/g)].map(([, name]) => name!);
    const weight = named.reduce((sum, name) => sum + statSync(join(assets, `${name}.gz`)).size, 0);
    expect(weight).toBeGreaterThan(10_000);
    expect(weight).toBeLessThan(SHELL_MAX);
  });

  test("the page is fresh each time, its parts are kept, and both come without compression too", async () => {
    const plain = { headers: { "accept-encoding": "identity" } };
    const root = await fetch(open.url, plain);
    const html = await root.text();
    expect([root.status, root.headers.get("cache-control")]).toEqual([200, "no-cache"]);
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? "";
    for (const options of [plain, { headers: { "accept-encoding": "br" } }]) {
      const part = await fetch(new URL(script, open.url), options);
      expect([part.status, part.headers.get("cache-control")]).toEqual([
        200,
        "public, max-age=31536000, immutable",
      ]);
      expect(await part.text()).toContain("createRoot");
    }
    expect((await fetch(new URL("/assets/../../package.json", open.url))).status).toBe(404);
    expect((await fetch(new URL("/assets/%2e%2e%2f%2e%2e%2fpackage.json", open.url))).status).not.toBe(200);
    expect(html).not.toMatch(/<script(?![^>]*src=)|style=|https?:/);
  });

  test("home says in one sentence how things stand, and shows the funnel as picture and as table", async () => {
    const home = await page("/");
    await home.getByRole("status").filter({ hasText: /step/ }).waitFor();
    await home.getByText("3 documents need someone").waitFor();
    await home.getByRole("button", { name: "Show table" }).click();
    const row = home.getByRole("row", { name: /^Accepted/ });
    expect(await row.textContent()).toContain("4");
    await home.close();
  });

  test("a number typed into the search leads to its document, by keyboard alone", async () => {
    const home = await page("/");
    await home.keyboard.press("/");
    await home.keyboard.type("PO-1");
    await home.keyboard.press("Enter");
    await home.getByRole("status").filter({ hasText: "1 document for PO-1." }).waitFor();
    await home.getByRole("link", { name: "SO-1", exact: true }).click();
    await home.getByRole("heading", { level: 1, name: "SO-1" }).waitFor();
    expect(home.url()).toBe(`${open.url}d/order/SO-1`);
    expect(await home.title()).toBe("SO-1 · Crossdock");

    await home.keyboard.press("2");
    await home.getByRole("button", { name: "Post sales order → ERP" }).click();
    await home.getByRole("tab", { name: "Side by side" }).click();
    const compared = home.getByRole("table", { name: /field by field/ });
    await compared
      .getByRole("row", { name: /customerReference PO-1 .*customerReference PO-1 .*PO-1 same value/ })
      .waitFor();
    await home.getByRole("checkbox", { name: "Only differences" }).check();
    await compared
      .getByRole("row", { name: /no field of the message has it/ })
      .first()
      .waitFor();
    await home.getByRole("tab", { name: "What came back (1)" }).click();
    await home.getByText('"erpOrderId": "450000').waitFor();
    await home.keyboard.press("Escape");
    await home.getByRole("tab").first().waitFor({ state: "detached" });
    await home.getByRole("button", { name: "Show graph" }).click();
    await home.getByRole("group", { name: /^What led to what: \d+ things/ }).waitFor();
    await home.keyboard.press("t");
    const led = home.getByRole("table", { name: "What led to what" });
    await led.getByRole("row", { name: /^Post sales order .* Order captured/ }).waitFor();
    await home.keyboard.press("g");
    await home.keyboard.press("d");
    await home.getByRole("link", { name: "SO-1", exact: true }).waitFor();
    for (const key of ["j", "j", "k", "o"]) await home.keyboard.press(key);
    await home.getByRole("heading", { level: 1, name: /^SO-/ }).waitFor();
    // Whoever speaks to the computer switches single keys off; Ctrl K stays.
    await home.keyboard.press("?");
    await home.getByRole("checkbox", { name: "Single keys do something" }).uncheck();
    await home.keyboard.press("Escape");
    for (const key of ["g", "d", "?", "Control+k"]) await home.keyboard.press(key);
    await home.getByRole("combobox", { name: /^Type a number/ }).waitFor();
    expect(new URL(home.url()).pathname).toMatch(/^\/d\//);
    await home.evaluate("localStorage.clear()");
    await home.close();
  });

  test("a document that changes while it is open changes on the page", async () => {
    const found = await page("/d/order/SO-4");
    await found.getByText("On hold: credit review").first().waitFor();
    await found.getByRole("button", { name: "Approve…" }).click();
    await found.getByLabel("Comment").fill("Known customer.");
    await found.getByRole("button", { name: "Approve", exact: true }).click();
    await found.getByText("maria approved credit review").waitFor();
    await found.getByText("On track", { exact: false }).first().waitFor();
    await found.close();
  });

  test("an unclear outcome is settled by the number somebody found", async () => {
    const inbox = await page("/exceptions");
    await inbox.getByRole("button", { name: "I have checked…" }).click();
    const dialog = inbox.getByRole("dialog");
    await dialog.getByLabel("Its number in ERP").fill("4509999");
    expect(await dialog.getByRole("button", { name: /not booked/ }).isDisabled()).toBe(true);
    await dialog.getByRole("button", { name: "It was booked", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await inbox.getByRole("button", { name: "I have checked…" }).waitFor({ state: "detached" });
    await inbox.goto(new URL("/d/order/SO-3", open.url).href);
    await inbox.getByText("4509999").first().waitFor();
    await inbox.close();
  });

  test("a button pressed too late says so", async () => {
    const first = await page("/d/order/SO-2");
    await first.getByRole("button", { name: "Give up…" }).click();
    const { rows } = await db.pool.query<{ key: string }>(
      "select key from delivery where correlation = 'order/SO-2'",
    );
    await dock.cancelDelivery(rows[0]!.key, { name: "somebody else", reason: "Faster." });
    const dialog = first.getByRole("dialog");
    await dialog.getByLabel(/Why/).fill("Ordered by mistake.");
    await dialog.getByRole("button", { name: "Give up", exact: true }).click();
    await first.getByRole("alert").filter({ hasText: "Changed meanwhile: nothing was done." }).waitFor();
    // The refusal was provoked; the browser notes every 409.
    complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes("409")));
    await first.close();
  });

  test("what arrives while the list is open waits until somebody asks for it", async () => {
    const list = await page("/documents");
    await list.getByRole("link", { name: "SO-4" }).waitFor();
    const before = await list.getByRole("row").count();
    await order(50);
    await list.getByRole("button", { name: /changed/ }).waitFor();
    expect(await list.getByRole("row").count()).toBe(before);
    await list.getByRole("button", { name: /changed/ }).click();
    await list.getByRole("link", { name: "SO-50" }).waitFor();
    await list.close();
  });

  test("nobody is asked to give up what merely waits", async () => {
    await db.pool.query("update delivery set status = 'owed', attempts = 2 where correlation = 'order/SO-1'");
    const waiting = await page("/d/order/SO-1");
    await waiting.getByText("Trying again").first().waitFor();
    expect(await waiting.getByRole("button", { name: "Give up…" }).count()).toBe(0);
    await db.pool.query("update delivery set status = 'applied' where correlation = 'order/SO-1'");
    await waiting.close();
  });

  test("a system is paused with a reason, says so everywhere, and every chart has its table", async () => {
    // Whatever becomes of this test, the others find the ERP as it was.
    onTestFinished(async () => void (await dock.decideConnection("erp", "resume", { name: "test" })));
    const opened = await page("/systems");
    await opened.getByRole("link", { name: "ERP" }).click();
    await opened.getByRole("heading", { level: 1, name: "ERP" }).waitFor();
    await opened.getByRole("button", { name: "Pause…" }).click();
    const dialog = opened.getByRole("dialog");
    await dialog.getByLabel(/Why/).fill("New release.");
    await dialog.getByRole("button", { name: "Pause", exact: true }).click();
    await opened.getByText("Nothing is sent to it. maria: New release.").waitFor();
    await order(70);
    // What is counted is what is listed.
    await opened.getByRole("heading", { name: /^Not settled/ }).waitFor();
    await opened.getByRole("link", { name: "SO-70" }).waitFor();
    const counted = opened.getByRole("heading", { name: /^Not settled/ });
    const rows = opened.getByRole("table", { name: "Deliveries that are not settled, oldest first" });
    // The count and the list are asked for one after the other.
    await expect
      .poll(async () => [await counted.innerText(), (await rows.getByRole("row").count()) - 1])
      .toEqual(["Not settled (1)", 1]);
    await opened.keyboard.press("t");
    await opened.getByRole("table", { name: "Calls over time" }).waitFor();
    await opened.getByRole("table", { name: "Outages, latest first" }).waitFor();
    await opened.keyboard.press("g");
    await opened.keyboard.press("h");
    await opened.getByRole("status").filter({ hasText: "ERP is paused by maria" }).waitFor();
    await opened.goto(new URL("/systems/erp", open.url).href);
    await opened.getByRole("button", { name: "Resume" }).click();
    await opened.getByText("It answers.").waitFor();
    await opened.close();
  });

  test("Ctrl K reaches a page, a system and a document by any number, by keyboard alone", async () => {
    const opened = await page("/");
    for (const [typed, heading] of [
      ["proc", "Processes"],
      ["web shop", "Web shop"],
      ["PO-1", "SO-1"],
    ] as const) {
      await opened.keyboard.press("Control+k");
      await opened.getByRole("combobox").fill(typed);
      await opened.getByRole("option", { name: heading }).first().waitFor();
      await opened.keyboard.press("ArrowDown");
      await opened.keyboard.press("ArrowUp");
      await opened.keyboard.press("Enter");
      await opened.getByRole("heading", { level: 1, name: heading }).waitFor();
    }
    await opened.getByRole("button", { name: "What can I tell the customer?" }).click();
    await opened.getByText(/^Order PO-1 \(our number SO-1\): The goods are reserved for you/).waitFor();
    await opened.close();
  });

  test("a number of the funnel leads to exactly that many rows, and the filter can be kept", async () => {
    await order(80, "UNKNOWN");
    await order(81, "UNKNOWN");
    const home = await page("/");
    await home.getByText("2 documents need someone").waitFor();
    const drop = home.locator(".drop-someone").first();
    const says = await drop.innerText();
    await drop.click();
    await home.getByRole("heading", { level: 1, name: "Documents" }).waitFor();
    await home.getByText(/who stands there longest comes first/).waitFor();
    expect(String((await home.getByRole("row").count()) - 1)).toBe(/\d+/.exec(says)?.[0]);
    await home.getByRole("button", { name: "Keep this filter" }).click();
    await home.reload();
    await home.getByRole("link", { name: /Order to cash · at .* · need someone/ }).waitFor();
    await home.close();
  });

  test("the inbox keeps still while somebody points at it: a new cause waits, and stands where the order says afterwards", async () => {
    const list = await page("/exceptions");
    const causes = list.locator("main section.cause .card-aside a");
    const places = () => causes.evaluateAll((all) => all.map((one) => one.getAttribute("href")));
    await causes.first().hover();
    const stood = await places();
    await order(82, "RENAMED_HERE");
    await list.getByRole("button", { name: "1 new cause: show" }).waitFor();
    expect(await places()).toEqual(stood);
    await list.getByRole("button", { name: "1 new cause: show" }).click();
    await expect.poll(async () => (await places()).slice(1)).toEqual(stood);
    const [newest] = await places();
    await list.getByRole("combobox", { name: "Order" }).selectOption("oldest");
    await list.mouse.move(0, 0);
    await expect.poll(async () => (await places()).at(-1)).toBe(newest);
    await list.getByRole("combobox", { name: "Whose" }).selectOption("mine");
    await list.getByText("Nothing matches this filter.").waitFor();
    expect(new URL(list.url()).search).toBe("?order=oldest&of=mine");
    await list.getByRole("link", { name: "Solved lately" }).click();
    await list
      .getByRole("listitem")
      .filter({ hasText: "Decided by maria" })
      .filter({ hasText: "4509999" })
      .waitFor();
    await list.close();
  });

  test("a process is drawn from the steps that were taken, and each number leads to its rows", async () => {
    const opened = await page("/processes");
    await opened.getByRole("link", { name: "Order to cash" }).click();
    await opened.getByRole("group", { name: /kinds? of steps were taken/ }).waitFor();
    await opened.getByText("half within about").first().waitFor();
    await opened.keyboard.press("t");
    const steps = opened.getByRole("table", { name: "Steps that were taken" });
    await steps.getByRole("row", { name: /^Start Accepted/ }).waitFor();
    const here = opened.getByRole("table", { name: "Who stands where now" }).getByRole("link").first();
    const stand = await here.innerText();
    await here.click();
    await opened.getByText(/who stands there longest comes first/).waitFor();
    expect(String((await opened.getByRole("row").count()) - 1)).toBe(stand);
    await opened.close();
  });

  test("a contract says who sends and who takes it; insights count what happened", async () => {
    const opened = await page("/contracts");
    await opened.getByRole("link", { name: "erp.post-sales-order" }).click();
    await opened.getByRole("heading", { level: 1, name: "erp.post-sales-order" }).waitFor();
    await opened.getByText("orders-to-erp").waitFor();
    await opened.getByRole("button", { name: "Check", exact: true }).click();
    await opened.getByText("It keeps the contract").waitFor();
    await opened.getByLabel("A body, as JSON").fill('{"salesOrderId": 7}');
    await opened.getByRole("button", { name: "Check", exact: true }).click();
    await opened
      .getByRole("status")
      .filter({ hasText: /^It does not .*erp\.post-sales-order v1/ })
      .waitFor();
    await opened.goto(new URL("/insights?hours=6", open.url).href);
    await opened.getByRole("heading", { name: "What stopped documents" }).waitFor();
    await opened.keyboard.press("t");
    await opened.getByRole("table", { name: "Exceptions opened over time, by class" }).waitFor();
    await opened.close();
  });

  test("documents are chosen by worth and status, in the address, and the choice can be kept", async () => {
    await order(90, "PUMP-100", "50000.00");
    const opened = await page("/documents");
    await opened.getByLabel("Worth over").fill("40000");
    await opened.keyboard.press("Tab");
    expect(new URL(opened.url()).search).toBe("");
    await opened.getByLabel("Worth over").fill("40000 EUR");
    await opened.keyboard.press("Enter");
    await opened.getByRole("combobox", { name: /^Status/ }).selectOption("on hold");
    await opened
      .getByRole("status")
      .filter({ hasText: /^1 document: over €40,000.00 · on hold\.$/ })
      .waitFor();
    expect(await opened.getByRole("table").getByRole("link").allTextContents()).toEqual(["SO-90"]);
    await opened.getByRole("button", { name: "Keep this filter" }).click();
    await opened.getByRole("link", { name: "over €40,000.00 · on hold" }).waitFor();
    const file = opened.getByRole("link", { name: "Save as CSV" });
    const saved = await (await fetch(new URL((await file.getAttribute("href"))!, open.url))).text();
    expect(saved.split("\r\n").map((line) => line.split(",").slice(0, 4).join(" "))).toEqual([
      '"kind" "number" "known as" "status"',
      '"Order" "SO-90" "PO-90" "On hold: credit review"',
      "",
    ]);
    await opened.getByRole("button", { name: /^Forget the filter over/ }).click();
    await opened.close();
  });

  test("bulk acts and promises are seen with what became of them", async () => {
    const { token } = (await (await fetch(new URL("/api/session", open.url))).json()) as { token: string };
    await order(91, "UNKNOWN");
    const stopped = async () => {
      const { groups } = (await (await fetch(new URL("/api/exceptions", open.url))).json()) as {
        groups: { items: { subject: string; correlation: string }[] }[];
      };
      const items = groups.flatMap((group) => group.items);
      return items.find(({ correlation }) => correlation === "order/SO-91")?.subject;
    };
    await expect.poll(stopped, { timeout: 10_000 }).toBeDefined();
    const frozen = await fetch(new URL("/api/selections", open.url), {
      method: "POST",
      headers: { "content-type": "application/json", "x-crossdock-token": token },
      body: JSON.stringify({
        act: "try again",
        chosen: { subjects: [await stopped()] },
        reason: "The item is there now.",
      }),
    });
    expect(frozen.status).toBe(201);
    await db.pool.query(
      `insert into promise (id, inquiry, question, asked, answer, given_to, said_at, given_at, amount, currency, state, settled_at, actual, difference, reason, next_at)
       values (gen_random_uuid(), 'tax', '{}', 'a', '{}', 'client:shop', now(), now(), 19.00, 'EUR', 'open', null, null, null, null, 'infinity'),
              (gen_random_uuid(), 'tax', '{}', 'b', '{}', 'client:shop', now(), now(), 20.00, 'EUR', 'differs', now(), '{}', '-1.50', 'The rate is lower since today.', 'infinity')`,
    );
    const opened = await page("/bulk");
    const row = opened.getByRole("row", { name: /The item is there now/ });
    expect(await row.getByRole("cell").allTextContents()).toEqual([
      "frozen",
      "1",
      "0",
      "0",
      "0",
      "1",
      "€500.00",
    ]);
    await row.getByRole("link", { name: "Try again" }).click();
    await opened.getByRole("button", { name: "Try it" }).waitFor();
    await opened.goto(new URL("/promises", open.url).href);
    await opened.getByText("Tax: 1 promise").waitFor();
    await opened.getByRole("row", { name: /differs by -€1\.50.*The rate is lower since today/ }).waitFor();
    await opened.close();
  });

  test("the journal opens line by line, and a flow is tried on what is typed and on what is recorded", async () => {
    const opened = await page("/dev/events?contract=sales.order-captured");
    await opened.getByLabel("About (any number)").fill("PO-1");
    await opened.keyboard.press("Enter");
    await opened.getByRole("status").filter({ hasText: "1 line of the journal for this filter." }).waitFor();
    await opened.getByRole("button", { name: "Order captured" }).click();
    await opened.getByText('"customerReference": "PO-1"').waitFor();
    expect(new URL(opened.url()).search).toMatch(/about=PO-1.*open=\d+/);
    await opened.getByRole("link", { name: "Mappings" }).click();
    await opened.getByRole("combobox", { name: /^Flow/ }).selectOption("orders-to-erp");
    const typed = opened.getByLabel("The data of a message, as JSON");
    const sample = JSON.parse(await typed.inputValue());
    await typed.fill(JSON.stringify({ ...sample, currency: "euro" }));
    await opened.getByRole("button", { name: "Try", exact: true }).click();
    await opened.getByRole("status").filter({ hasText: "Nothing would be sent, 1 part refused." }).waitFor();
    await opened
      .getByRole("definition")
      .filter({ hasText: /^currency$/ })
      .waitFor();
    await opened.getByRole("combobox", { name: /^Tried on/ }).selectOption({ index: 1 });
    await opened.getByRole("heading", { name: "As it would be sent" }).waitFor();
    expect(new URL(opened.url()).search).toMatch(/input=event/);
    await opened.close();
  });

  test("text from outside is shown and never run", async () => {
    await order(60, '"><img src=x onerror=window.hacked=1><script>window.hacked=1</script>');
    const shown = await page("/d/order/SO-60?zoom=attempts");
    await shown.getByRole("button", { name: "Order captured" }).first().click();
    await shown.getByText("<script>window.hacked=1</script>").first().waitFor();
    expect(await shown.evaluate("window.hacked")).toBeUndefined();
    await shown.close();
  });

  test.each(["50%", "a/b c", "x?y#z", "1%2F2"])(
    "an order numbered %s has its page, by link and by address",
    async (number) => {
      await order(number);
      const list = await page(`/documents?search=${encodeURIComponent(`SO-${number}`)}`);
      await list.getByRole("link", { name: `SO-${number}`, exact: true }).click();
      await list.getByRole("heading", { level: 1, name: `SO-${number}`, exact: true }).waitFor();
      await list.reload();
      await list.getByRole("heading", { level: 1, name: `SO-${number}`, exact: true }).waitFor();
      // A selection on the page is part of its address and leaves the number alone.
      await list.getByRole("button", { name: "All steps" }).click();
      await list.getByRole("button", { name: "Post sales order → ERP" }).waitFor();
      await list.getByRole("heading", { level: 1, name: `SO-${number}`, exact: true }).waitFor();
      await list.close();
    },
  );

  test("what systems contradict each other about is seen, asked again and accepted with a reason", async () => {
    books.delete("SO-1");
    const opened = await page("/reconciliation");
    await opened.getByText("No system contradicts another.").waitFor();
    const account = opened.locator("section", { hasText: "Is everything accounted for?" });
    await account.getByText("Everything accepted is accounted for").waitFor();
    const { applied, superseded, cancelled, open: still } = await balance(db.pool);
    expect(still).toBeGreaterThan(0);
    await account
      .getByText(
        `${applied + superseded + cancelled + still} deliveries = ${applied} applied + ${superseded} replaced + ${cancelled} given up + ${still} open`,
      )
      .waitFor();
    await dock.compare("orders", { name: "maria", reason: "To see." }, 0);
    await opened.getByRole("heading", { name: "Orders that contradict (1)" }).waitFor();
    const row = opened.getByRole("listitem").filter({ hasText: "SO-1" });
    const words = row.getByRole("table", { name: "Who says what about allocated" });
    await words.waitFor();
    expect(await words.getByRole("row").allInnerTexts()).toEqual([
      expect.stringContaining("System"),
      expect.stringMatching(/^Crossdock\s+says yes/),
      expect.stringMatching(/^ERP\s+says no\s+asked/),
    ]);
    await row.getByText("Most likely missing: “post sales order” to ERP.").waitFor();
    await row.getByRole("button", { name: "Accept as it is…" }).click();
    const dialog = opened.getByRole("dialog");
    await dialog.getByLabel(/Why/).fill("The ERP was restored.");
    await dialog.getByRole("button", { name: "Accept as it is" }).click();
    await row.getByText("Accepted as it is: maria: The ERP was restored.").waitFor();
    await opened.goto(new URL("/", open.url).href);
    await opened.getByRole("heading", { name: "Do we agree?" }).waitFor();
    await opened.getByText("1 contradiction").waitFor();
    await opened.close();
  });

  const PAGES = [
    "/",
    "/documents",
    "/documents?search=PO-",
    "/d/order/SO-1?zoom=attempts",
    "/d/order/SO-2",
    "/exceptions",
    "/periods",
    "/runbooks",
    "/systems",
    "/systems/erp",
    "/reconciliation",
    "/processes",
    "/contracts",
    "/contracts/sales.order-captured",
    "/insights?hours=6",
    "/processes/order-to-cash",
    "/documents?process=order-to-cash&at=accepted&how=someone",
    "/documents?kind=order&over=100%20EUR&late=true",
    "/bulk",
    "/promises",
    "/dev/events",
    "/dev/mappings?flow=orders-to-erp",
    "/nowhere",
  ];

  test.each(["light", "dark"] as const)(
    "every page can be read and reached in the %s theme, and fits a telephone and twice the size",
    async (colorScheme) => {
      const opened = await page("/", { colorScheme });
      for (const path of PAGES) {
        await opened.goto(new URL(path, open.url).href);
        await opened.waitForSelector("main h1");
        await expect.poll(() => opened.locator(".loading").count(), { timeout: 10_000 }).toBe(0);
        expect([path, await opened.evaluate(UNREADABLE)]).toEqual([path, []]);
        expect([path, await opened.evaluate(NAMELESS)]).toEqual([path, []]);
        const pictures = process.env.CROSSDOCK_PICTURES;
        if (pictures) {
          const name = path.replaceAll(/[^a-z0-9]+/gi, "-").replaceAll(/^-|-$/g, "") || "home";
          await opened.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`), fullPage: true });
        }
        // A window of 1280 at 200 % has 640 to give.
        for (const width of [640, 320]) {
          await opened.setViewportSize({ width, height: 900 });
          expect([path, width, await opened.evaluate(TOO_WIDE)]).toEqual([path, width, []]);
        }
        await opened.setViewportSize({ width: 1280, height: 900 });
      }
      await opened.close();
    },
    // Some twenty pages, each loaded, read and looked at.
    90_000,
  );

  keyTasks(() => ({ page, order, post }));

  test("the browser had nothing to complain about", () => {
    expect(complaints).toEqual([]);
  });
});

/** Runs in the page: texts whose contrast with what lies behind them is below 4.5:1 (3:1 when large), WCAG 2.2 1.4.3. */
const UNREADABLE = `(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const over = ([r, g, b, a], under) => [r, g, b].map((part, index) => (part * a + under[index] * (255 - a)) / 255);
  const behind = (element) => {
    if (!element) return rgba(getComputedStyle(document.documentElement).backgroundColor).slice(0, 3);
    const own = rgba(getComputedStyle(element).backgroundColor);
    return own[3] === 255 ? own.slice(0, 3) : over(own, behind(element.parentElement));
  };
  const light = (rgb) => { const [r, g, b] = rgb.map((part) => { const c = part / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const bad = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.trim();
    const element = walk.currentNode.parentElement;
    if (!text || element.closest(".sr, .skip, noscript, [hidden], :disabled") || element.getClientRects().length === 0) continue;
    const style = getComputedStyle(element);
    const under = behind(element);
    const a = light(over(rgba(style.color), under)), b = light(under);
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) bad.add(text.slice(0, 40) + " " + ratio.toFixed(2));
  }
  return [...bad];
})()`;

/** Runs in the page: controls without a name, smaller than 24 × 24 px, tables without a caption, missing landmarks. */
const NAMELESS = `(() => {
  const bad = [];
  for (const control of document.querySelectorAll("button, input, textarea, select")) {
    if (control.getClientRects().length === 0) continue;
    const name = control.getAttribute("aria-label") || control.textContent.trim() || [...(control.labels ?? [])].map((one) => one.textContent).join("");
    if (!name) bad.push("no name: " + control.outerHTML.slice(0, 80));
    const { width, height } = control.getBoundingClientRect();
    const inText = control.matches(".entry-title, .node-title");
    if (!inText && (width < 24 || height < 24)) bad.push("small: " + name + " " + width + " x " + height);
  }
  for (const table of document.querySelectorAll("table")) if (!table.caption) bad.push("no caption: " + table.className);
  for (const image of document.querySelectorAll("img")) if (!image.hasAttribute("alt")) bad.push("no alt: " + image.src);
  for (const landmark of ["header", "nav", "main"]) if (!document.querySelector(landmark)) bad.push("no " + landmark);
  if (document.querySelectorAll("h1").length !== 1) bad.push("h1: " + document.querySelectorAll("h1").length);
  if (!document.documentElement.lang) bad.push("no language");
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  for (const id of new Set(ids)) if (ids.filter((one) => one === id).length > 1) bad.push("id twice: " + id);
  return bad;
})()`;

/** Runs in the page: what reaches beyond its right edge, unless it scrolls by itself. */
const TOO_WIDE = `(() => {
  const width = innerWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("main *, header *, nav *")]
    .filter((one) => one.getBoundingClientRect().right > width + 1 && !one.closest(".scroll, pre"))
    .map((one) => one.tagName.toLowerCase() + "." + one.className + " " + one.textContent.slice(0, 40));
})()`;
