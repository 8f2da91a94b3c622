/** What people ask of the console's API beside single documents: whether a body keeps its contract, what a flow would do, which documents fit a filter, what was saved. */
import { Compile } from "typebox/compile";
import { expect, test } from "vitest";
import type { ConsoleSite, Inbox } from "./console-site.fixtures.ts";
import * as catalogueShapes from "./shapes-catalogue.ts";
import { FlowTrial } from "./shapes-developer.ts";

/** Registers them, on the site that is open when they run. */
export function questionsAsked(site: ConsoleSite): void {
  test("a body is held against a contract: what is wrong is named with what is expected there", async () => {
    const check = async (text: string) => {
      const said = await (await site.press("/contracts/sales.order-captured/check", { text })).json();
      expect([...Compile(catalogueShapes.Checked).Errors(said)]).toEqual([]);
      return said as { keeps: boolean; problem: string | null; expected: string | null };
    };
    const { sample } = await site.read<{ sample: object }>("/contracts/sales.order-captured");
    expect(await check(JSON.stringify(sample))).toEqual({ keeps: true, problem: null, expected: null });
    expect(await check(JSON.stringify({ ...sample, currency: "euro" }))).toMatchObject({
      keeps: false,
      problem: expect.stringContaining("currency"),
      expected: expect.any(String),
    });
    expect(await check("{,")).toMatchObject({
      keeps: false,
      problem: expect.stringMatching(/^It is no JSON/),
    });
  });

  test("a flow is tried on what somebody typed or what is recorded: each field with its rule, refusals with their place, nothing sent", async () => {
    const kept = async () =>
      (
        await site.db.pool.query(
          "select (select count(*) from receipt), (select count(*) from delivery) as sent",
        )
      ).rows[0];
    const before = await kept();
    const attempt = async (flow: string, input: object) => {
      const response = await site.press(`/flows/${flow}/try`, input);
      const said = (await response.json()) as FlowTried;
      if (response.status === 200)
        expect([...Compile(FlowTrial).Errors(said)].map(({ instancePath }) => instancePath)).toEqual([]);
      return { ...said, status: response.status };
    };
    type FlowTried = {
      outcomes: { contract: string; data: { lines: { item: string }[] }; rows: { path: string | null }[] }[];
      refused: { part: number; reason: string; facts: { name: string; value: string }[] }[];
      document: { mediaType: string; text: string } | null;
      hides: boolean;
    };
    const { flows } = await site.read<{ flows: { name: string; sample: string }[] }>("/flows");
    expect(flows.map(({ name }) => name)).toEqual([
      "entries-in",
      "entries-to-erp",
      "orders-to-erp",
      "shop-orders-in",
    ]);
    const [toErp, fromShop] = flows.slice(2) as unknown as [{ sample: string }, { sample: string }];

    const sent = await attempt("orders-to-erp", { text: toErp.sample });
    expect(JSON.parse(sent.document!.text)).toEqual(JSON.parse(toErp.sample));
    const came = await attempt("shop-orders-in", { text: fromShop.sample });
    expect(came.outcomes.map(({ contract }) => contract)).toEqual(["sales.order-captured"]);
    expect(came.outcomes[0]!.rows.find(({ path }) => path === "customerReference")).toMatchObject({
      arrived: { place: "customerReference" },
      ruleIn: "same value; the map is written by hand",
    });

    // What is wrong names its place, as it would when it arrived; what cannot be read at all says why.
    const order = JSON.parse(fromShop.sample) as { lines: { quantity: object }[] };
    const wrong = { ...order, lines: [{ ...order.lines[0], quantity: { value: "ten", uom: "EA" } }] };
    for (const flow of ["shop-orders-in", "orders-to-erp"]) {
      const { refused, outcomes } = await attempt(flow, { text: JSON.stringify(wrong) });
      expect([outcomes, refused[0]?.facts]).toEqual([
        [],
        expect.arrayContaining([{ name: "field", value: "lines.0.quantity.value" }]),
      ]);
      expect((await attempt(flow, { text: "{" })).refused).toHaveLength(1);
    }

    expect(await kept()).toEqual(before);

    // What is recorded is tried again where it stands, and shows no more than its page does.
    const captured = {
      ...order,
      salesOrderId: "SO-T",
      customerReference: "PO-T",
      shipTo: { name: "Jo Doe", street: "Canary Street 7", city: "Lyon", country: "FR" },
    };
    await site.dock.accept("shop-orders-in", { messageId: "T", body: Buffer.from(JSON.stringify(captured)) });
    const { inputs } = await site.read<{ inputs: { arrival: string; title: string }[] }>(
      "/flows/shop-orders-in/inputs",
    );
    expect(inputs[0]?.title).toBe("Order captured, order/SO-T");
    const again = await attempt("shop-orders-in", { arrival: inputs[0]!.arrival });
    expect([again.hides, again.outcomes.length, JSON.stringify(again).includes("Canary")]).toEqual([
      true,
      1,
      false,
    ]);
    expect((await attempt("orders-to-erp", { event: "1" })).status).toBe(404);
    expect((await attempt("nowhere", { text: "" })).status).toBe(404);
  });

  test("documents are chosen by kind, plant, worth, status and lateness; the count is that of the rows", async () => {
    await site.db.pool.query(
      `insert into business_key (value, type, correlation) select 'LYON', 'plant', 'order/SO-' || n from generate_series(4, 6) n`,
    );
    await site.db.pool.query(
      "update instance set started_at = started_at - interval '5 h' where key = any($1)",
      [["SO-1", "SO-2", "SO-4"].flatMap((key) => [key, `order/${key}`])],
    );
    const numbers = async (filter: string) => {
      const rows: string[] = [];
      for (let after = ""; ; ) {
        const page = await site.read<{ documents: { number: string }[]; next: string | null }>(
          `/documents?${filter}${after}&limit=1`,
        );
        rows.push(...page.documents.map(({ number }) => number));
        if (page.next === null) break;
        after = `&after=${encodeURIComponent(page.next)}`;
      }
      expect(await site.read(`/documents/count?${filter}`)).toEqual({ count: rows.length, next: null });
      return rows.toSorted();
    };
    expect(await numbers("plant=LYON&kind=order")).toEqual(["SO-4", "SO-5", "SO-6"]);
    expect(await numbers("over=12000 EUR")).toEqual(["SO-5", "SO-6"]);
    expect(await numbers("over=11999.99 EUR&plant=LYON")).toEqual(["SO-4", "SO-5", "SO-6"]);
    expect(await numbers("over=1 USD")).toEqual([]);
    expect(await numbers("kind=invoice")).toEqual([]);
    expect(await numbers("plant=PARIS&late=true")).toEqual([]);
    // What is late is what reads as late; a milestone that was reached in time is not.
    const late = await numbers("late=true");
    const all = await site.read<{ documents: { number: string; status: { late: boolean } }[] }>(
      "/documents?limit=200",
    );
    expect(late).toEqual(
      all.documents
        .filter(({ status }) => status.late)
        .map(({ number }) => number)
        .toSorted(),
    );
    expect(late).toContain("SO-2");
    const book = await fetch(new URL("/api/documents.xlsx?over=12000%20EUR", site.open.url));
    expect([book.status, book.headers.get("content-disposition")]).toEqual([
      200,
      'attachment; filename="crossdock-documents.xlsx"',
    ]);
    expect(Buffer.from(await book.arrayBuffer()).toString("latin1", 0, 4)).toBe("PK\x03\x04");
    expect(await site.taken("export documents")).toEqual([{ over: "12000 EUR", file: "xlsx", rows: 2 }]);
    for (const wrong of ["over=5000", "status=sleeping", "late=false"])
      expect([wrong, (await fetch(new URL(`/api/documents?${wrong}`, site.open.url))).status]).toEqual([
        wrong,
        400,
      ]);
  });

  test("what was saved is what happened, valued by nobody's numbers but the asker's", async () => {
    const parts = async (query = "") => {
      const { lines, hours, worth } = await site.read<{
        lines: { kind: string; count: number; hours: unknown; worth: unknown }[];
        hours: unknown;
        worth: unknown;
      }>(`/savings${query}`);
      return { of: Object.fromEntries(lines.map(({ kind, count }) => [kind, count])), lines, hours, worth };
    };
    const before = await parts();
    expect([before.hours, before.worth, before.lines.map((line) => line.worth)]).toEqual([
      null,
      null,
      [null, null, null, null],
    ]);
    // The shop sends SO-1 twice more; nothing of it is taken in, and the copies are counted.
    const twice = {
      messageId: "PO-COPY",
      body: new TextEncoder().encode(JSON.stringify(await site.bodyOf("COPY"))),
    };
    await site.dock.accept("shop-orders-in", twice);
    for (let copy = 0; copy < 2; copy += 1)
      expect((await site.dock.accept("shop-orders-in", twice)).outcome).toBe("duplicate");
    const after = await parts("?copy=10-30&hour=66.00%20EUR");
    expect(after.of.copy).toBe((before.of.copy ?? 0) + 2);
    expect(after.lines.find(({ kind }) => kind === "copy")).toMatchObject({
      hours: { from: "0.3", to: "1.0" },
      worth: { from: "22.00", to: "66.00", currency: "EUR" },
    });
    expect(after.worth).toEqual({ from: "22.00", to: "66.00", currency: "EUR" });
    const file = await fetch(new URL("/api/savings.csv?copy=10&hour=66.00%20EUR", site.open.url));
    expect([file.status, file.headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
    expect(await file.text()).toContain(
      '"Copies recognised and not taken in again","all","2","","10","10","0.3","0.3","22.00","22.00","EUR"',
    );
    expect(await site.taken("export savings")).toEqual([{ copy: "10", hour: "66.00 EUR", file: "csv" }]);
    for (const wrong of ["copy=15-10", "copy=ten", "hour=66", "hour=66%20euros"])
      expect([wrong, (await fetch(new URL(`/api/savings?${wrong}`, site.open.url))).status]).toEqual([
        wrong,
        422,
      ]);
  });

  test("what was set aside with a document that somebody let go meanwhile goes on by itself", async () => {
    await site.order(46, "PUMP-100", "12000.00");
    const question = async () =>
      (await site.read<Inbox>("/exceptions")).questions.find(
        ({ correlation }) => correlation === "order/SO-46",
      );
    await site.until(async () => (await question()) !== undefined);
    const { id } = (await question())!;
    await site.press(`/documents/${encodeURIComponent("order/SO-46")}/hold`, { reason: "Wait." });
    await site.press(`/questions/${encodeURIComponent(id)}/answer`, { verdict: "approved" });
    await site.until(async () => (await site.line("PO-46"))!.status.word === "on hold");
    // As by a worker that was lost before it tried again what was set aside.
    await site.db.pool.query("update tended_document set held_by = null where correlation = 'order/SO-46'");
    await site.until(async () => site.books.has("SO-46"));
  });
}
