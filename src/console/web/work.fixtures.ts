/** The other pages in the browser: systems, the funnel, the inbox, processes, contracts, bulk acts, the journal, agreement. */
import { expect, onTestFinished, test } from "vitest";
import { balance } from "../../trace/balance.ts";
import type { Site } from "./site.fixtures.ts";

/** Registers them, on the site that is open when they run. */
export function workPages(site: Site): void {
  test("a system is paused with a reason, says so everywhere, and every chart has its table", async () => {
    // Whatever becomes of this test, the others find the ERP as it was.
    onTestFinished(async () => void (await site.dock.decideConnection("erp", "resume", { name: "test" })));
    const opened = await site.page("/systems");
    await opened.getByRole("link", { name: "ERP" }).click();
    await opened.getByRole("heading", { level: 1, name: "ERP" }).waitFor();
    await opened.getByRole("button", { name: "Pause…" }).click();
    const dialog = opened.getByRole("dialog");
    await dialog.getByLabel(/Why/).fill("New release.");
    await opened.route(
      "**/api/systems/erp/decide",
      (press) =>
        press.fulfill({
          status: 503,
          contentType: "application/problem+json",
          body: '{"detail":"Restarting."}',
        }),
      { times: 1 },
    );
    await dialog.getByRole("button", { name: "Pause", exact: true }).click();
    // A question that was refused stays, with the refusal and what was typed: behind it nothing can be read.
    const refusal = opened.getByRole("alert").filter({ hasText: "Restarting." });
    await dialog.filter({ has: refusal }).waitFor();
    expect(await dialog.getByLabel(/Why/).inputValue()).toBe("New release.");
    site.forgetRefusals(503);
    await dialog.getByRole("button", { name: "Pause", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await refusal.count()).toBe(0);
    await opened.getByText("Nothing is sent to it. maria: New release.").waitFor();
    await site.order(70);
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
    await opened.goto(new URL("/systems/erp", site.open.url).href);
    await opened.getByRole("button", { name: "Resume" }).click();
    await opened.getByText("It answers.").waitFor();
  });

  test("Ctrl K reaches a page, a system and a document by any number, by keyboard alone", async () => {
    const opened = await site.page("/");
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
  });

  test("a number of the funnel leads to exactly that many rows, and the filter can be kept", async () => {
    await site.order(80, "UNKNOWN");
    await site.order(81, "UNKNOWN");
    const home = await site.page("/");
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
  });

  test("the inbox keeps still while somebody points at it: a new cause waits, and stands where the order says afterwards", async () => {
    const list = await site.page("/exceptions");
    const causes = list.locator("main section.cause .card-aside a");
    const places = () => causes.evaluateAll((all) => all.map((one) => one.getAttribute("href")));
    await causes.first().hover();
    const stood = await places();
    await site.order(82, "RENAMED_HERE");
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
  });

  test("a process is drawn from the steps that were taken, and each number leads to its rows", async () => {
    const opened = await site.page("/processes");
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
  });

  test("a contract says who sends and who takes it; insights count what happened", async () => {
    const opened = await site.page("/contracts");
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
    await opened.goto(new URL("/insights?hours=6", site.open.url).href);
    await opened.getByRole("heading", { name: "What stopped documents" }).waitFor();
    await opened.keyboard.press("t");
    await opened.getByRole("table", { name: "Exceptions opened over time, by class" }).waitFor();
  });

  test("documents are chosen by worth and status, in the address, and the choice can be kept", async () => {
    await site.order(90, "PUMP-100", "50000.00");
    const opened = await site.page("/documents");
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
    const saved = await (await fetch(new URL((await file.getAttribute("href"))!, site.open.url))).text();
    expect(saved.split("\r\n").map((line) => line.split(",").slice(0, 4).join(" "))).toEqual([
      '"kind" "number" "known as" "status"',
      '"Order" "SO-90" "PO-90" "On hold: credit review"',
      "",
    ]);
    await opened.getByRole("button", { name: /^Forget the filter over/ }).click();
  });

  test("bulk acts and promises are seen with what became of them", async () => {
    const { token } = (await (await fetch(new URL("/api/session", site.open.url))).json()) as {
      token: string;
    };
    await site.order(91, "UNKNOWN");
    const stopped = async () => {
      const { groups } = (await (await fetch(new URL("/api/exceptions", site.open.url))).json()) as {
        groups: { id: string; items: { subject: string; correlation: string }[] }[];
      };
      const items = groups.flatMap(({ id, items: those }) => those.map((item) => ({ ...item, cause: id })));
      return items.find(({ correlation }) => correlation === "order/SO-91");
    };
    await expect.poll(stopped, { timeout: 10_000 }).toBeDefined();
    const { subject, cause } = (await stopped())!;
    const frozen = await fetch(new URL("/api/selections", site.open.url), {
      method: "POST",
      headers: { "content-type": "application/json", "x-crossdock-token": token },
      body: JSON.stringify({
        act: "try again",
        chosen: { subjects: [subject] },
        reason: "The item is there now.",
      }),
    });
    expect(frozen.status).toBe(201);
    await site.db.pool.query(
      `insert into promise (id, inquiry, question, asked, answer, given_to, said_at, given_at, amount, currency, state, settled_at, actual, difference, reason, next_at)
       values (gen_random_uuid(), 'tax', '{}', 'a', '{}', 'client:shop', now(), now(), 19.00, 'EUR', 'open', null, null, null, null, 'infinity'),
              (gen_random_uuid(), 'tax', '{}', 'b', '{}', 'client:shop', now(), now(), 20.00, 'EUR', 'differs', now(), '{}', '-1.50', 'The rate is lower since today.', 'infinity')`,
    );
    const opened = await site.page("/bulk");
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

    // A delivery of another order passes for one of this order, in which somebody corrected the same mistake.
    const lend = (from: string, to: string, corrected: number) =>
      site.db.pool.query(
        "update delivery set correlation = $2, corrected = $3 where correlation = $1 and status = 'applied'",
        [from, to, corrected],
      );
    onTestFinished(async () => {
      await lend("order/SO-91", "order/SO-50", 0);
      await site.db.pool.query("delete from correction where by = 'lars'");
    });
    await lend("order/SO-50", "order/SO-91", 1);
    await site.db.pool.query(
      `insert into correction (delivery, version, data, contract_version, changed, by)
       select key, 1, '{}', 1, '[{"path":"parts[1].item","before":"UNKNOWN","after":"PUMP-100"}]', 'lars' from delivery
        where correlation = 'order/SO-91' and corrected = 1`,
    );
    await opened.goto(new URL(`/causes/${cause}`, site.open.url).href);
    await opened.getByRole("button", { name: "Fix data" }).click();
    const offer = opened.getByRole("checkbox", {
      name: /^lars changed parts\[1\]\.item from "UNKNOWN" to "PUMP-100" for ERP .*Do the same to lines\[0\]\.item in 1 document$/,
    });
    expect(await offer.isChecked()).toBe(false);
    await offer.check();
    await opened.getByLabel(/^Why/).fill("As it was for the other message.");
    await opened.getByRole("button", { name: "Look at what would happen" }).click();
    await opened.getByText("1 × Corrected (lines[0].item) and sent to ERP, under the same key.").waitFor();
    await opened.getByRole("button", { name: "Stop" }).click();
    await opened.goto(new URL("/promises", site.open.url).href);
    await opened.getByText("Tax: 1 promise").waitFor();
    await opened.getByRole("row", { name: /differs by -€1\.50.*The rate is lower since today/ }).waitFor();
  });

  test("the journal opens line by line, and a flow is tried on what is typed and on what is recorded", async () => {
    const opened = await site.page("/dev/events?contract=sales.order-captured");
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
  });

  test("what systems contradict each other about is seen, asked again and accepted with a reason", async () => {
    site.books.delete("SO-1");
    const opened = await site.page("/reconciliation");
    await opened.getByText("No system contradicts another.").waitFor();
    const account = opened.locator("section", { hasText: "Is everything accounted for?" });
    await account.getByText("Everything accepted is accounted for").waitFor();
    const { applied, superseded, cancelled, open: still } = await balance(site.db.pool);
    expect(still).toBeGreaterThan(0);
    await account
      .getByText(
        `${applied + superseded + cancelled + still} deliveries = ${applied} applied + ${superseded} replaced + ${cancelled} given up + ${still} open`,
      )
      .waitFor();
    await site.dock.compare("orders", { name: "maria", reason: "To see." }, 0);
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
    await opened.goto(new URL("/", site.open.url).href);
    await opened.getByRole("heading", { name: "Do we agree?" }).waitFor();
    await opened.getByText("1 contradiction").waitFor();
  });
}
