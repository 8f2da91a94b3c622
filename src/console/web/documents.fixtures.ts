/** Documents in the browser: found by any number, read all the way round, decided about, and told apart from what is foreign. */
import { expect, test } from "vitest";
import type { Site } from "./site.fixtures.ts";

/** Registers them, on the site that is open when they run. */
export function documentPages(site: Site): void {
  test("home says in one sentence how things stand, and shows the funnel as picture and as table", async () => {
    const home = await site.page("/");
    await home.getByRole("status").filter({ hasText: /step/ }).waitFor();
    await home.getByText("3 documents need someone").waitFor();
    await home.getByRole("button", { name: "Show table" }).click();
    const row = home.getByRole("row", { name: /^Accepted/ });
    expect(await row.textContent()).toContain("4");
  });

  test("a number typed into the search leads to its document, by keyboard alone", async () => {
    const home = await site.page("/");
    await home.keyboard.press("/");
    await home.keyboard.type("PO-1");
    await home.keyboard.press("Enter");
    await home.getByRole("status").filter({ hasText: "1 document for PO-1." }).waitFor();
    await home.getByRole("link", { name: "SO-1", exact: true }).click();
    await home.getByRole("heading", { level: 1, name: "SO-1" }).waitFor();
    expect(home.url()).toBe(`${site.open.url}d/order/SO-1`);
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
  });

  test("a document that changes while it is open changes on the page", async () => {
    const found = await site.page("/d/order/SO-4");
    await found.getByText("On hold: credit review").first().waitFor();
    await found.getByRole("button", { name: "Approve…" }).click();
    await found.getByLabel("Comment").fill("Known customer.");
    await found.getByRole("button", { name: "Approve", exact: true }).click();
    await found.getByText("maria approved credit review").waitFor();
    await found.getByText("On track", { exact: false }).first().waitFor();
  });

  test("an unclear outcome is settled by the number somebody found", async () => {
    const inbox = await site.page("/exceptions");
    await inbox.getByRole("button", { name: "I have checked…" }).click();
    const dialog = inbox.getByRole("dialog");
    await dialog.getByLabel("Its number in ERP").fill("4509999");
    expect(await dialog.getByRole("button", { name: /not booked/ }).isDisabled()).toBe(true);
    await dialog.getByRole("button", { name: "It was booked", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await inbox.getByRole("button", { name: "I have checked…" }).waitFor({ state: "detached" });
    await inbox.goto(new URL("/d/order/SO-3", site.open.url).href);
    await inbox.getByText("4509999").first().waitFor();
  });

  test("a button pressed too late says so", async () => {
    const first = await site.page("/d/order/SO-2");
    await first.getByRole("button", { name: "Give up…" }).click();
    const { rows } = await site.db.pool.query<{ key: string }>(
      "select key from delivery where correlation = 'order/SO-2'",
    );
    await site.dock.cancelDelivery(rows[0]!.key, { name: "somebody else", reason: "Faster." });
    const dialog = first.getByRole("dialog");
    await dialog.getByLabel(/Why/).fill("Ordered by mistake.");
    await dialog.getByRole("button", { name: "Give up", exact: true }).click();
    await first.getByRole("alert").filter({ hasText: "Changed meanwhile: nothing was done." }).waitFor();
    site.forgetRefusals(409);
  });

  test("what arrives while the list is open waits until somebody asks for it", async () => {
    const list = await site.page("/documents");
    await list.getByRole("link", { name: "SO-4" }).waitFor();
    const before = await list.getByRole("row").count();
    await site.order(50);
    await list.getByRole("button", { name: /changed/ }).waitFor();
    expect(await list.getByRole("row").count()).toBe(before);
    await list.getByRole("button", { name: /changed/ }).click();
    await list.getByRole("link", { name: "SO-50" }).waitFor();
  });

  test("nobody is asked to give up what merely waits", async () => {
    await site.db.pool.query(
      "update delivery set status = 'owed', attempts = 2 where correlation = 'order/SO-1'",
    );
    const waiting = await site.page("/d/order/SO-1");
    await waiting.getByText("Trying again").first().waitFor();
    expect(await waiting.getByRole("button", { name: "Give up…" }).count()).toBe(0);
    await site.db.pool.query("update delivery set status = 'applied' where correlation = 'order/SO-1'");
  });

  test("text from outside is shown and never run", async () => {
    await site.order(60, '"><img src=x onerror=window.hacked=1><script>window.hacked=1</script>');
    const shown = await site.page("/d/order/SO-60?zoom=attempts");
    await shown.getByRole("button", { name: "Order captured" }).first().click();
    await shown.getByText("<script>window.hacked=1</script>").first().waitFor();
    expect(await shown.evaluate("window.hacked")).toBeUndefined();
  });

  test("an order has its page whatever its number holds, by link and by address", async () => {
    for (const number of ["50%", "a/b c", "x?y#z", "1%2F2"]) {
      await site.order(number);
      const list = await site.page(`/documents?search=${encodeURIComponent(`SO-${number}`)}`);
      const heading = list.getByRole("heading", { level: 1, name: `SO-${number}`, exact: true });
      await list.getByRole("link", { name: `SO-${number}`, exact: true }).click();
      await heading.waitFor();
      await list.reload({ waitUntil: "commit" });
      await heading.waitFor();
      // A selection on the page is part of its address and leaves the number alone.
      await list.getByRole("button", { name: "All steps" }).click();
      await list.getByRole("button", { name: "Post sales order → ERP" }).waitFor();
      await heading.waitFor();
    }
  });
}
