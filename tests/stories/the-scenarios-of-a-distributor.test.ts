/**
 * Scenarios of a distributor, told one after the other in one world: each ends by reading the systems' own books.
 *
 * @covers API-01, API-03, API-05, API-07, API-08, API-09, API-10, API-11, API-12, API-13, API-14, API-15, API-16, API-17,
 *   API-18, API-19, API-20, API-24, API-25, EVT-14, EVT-37, EVT-38, PRC-05, PRC-22, PRC-25, PRC-28, PRD-01, PRD-02, PRD-06, SCN-01, SCN-06, SCN-10, SYS-16, SYS-20,
 *   SYS-37, SYS-41
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { standardPolicy } from "../../solutions/distribution/policy.ts";
import { siteSecrets } from "../../src/cli/site/secrets.ts";
import { createClient } from "../../src/gateway/keys.ts";
import { openWorld, type World } from "./kit/world.ts";
import { endsInAgreement } from "./scenarios/ending.ts";
import {
  aDispatchIsReported,
  anOrderIsFollowedByLinks,
  factsAreReportedAndFoundAgain,
} from "./scenarios/machines.ts";
import {
  anInvoiceTakenBackHasItsTaxVoided,
  damagedGoodsAreCreditedAndRefunded,
  unwantedGoodsGoBackOnTheShelf,
} from "./scenarios/returns.ts";
import { SILENT_FOR, threeChannels } from "./scenarios/three-channels.ts";

let world: World;
beforeAll(async () => {
  const patience = { ...standardPolicy.patience, acknowledgement: SILENT_FOR };
  world = await openWorld({ settings: { policy: { patience } } });
});
afterAll(() => world.close());

const stock = async (system: "erp" | "wms", sku: string): Promise<string> =>
  (await world.books(system)).stock[sku].onHand;
const level = async (sku: string, quantity: string): Promise<void> => {
  for (const system of ["erp", "wms"] as const)
    await world.estate.settings(system, { stock: { [sku]: quantity } });
};
const SIX = ["accepted", "credit approved", "allocated", "dispatched", "invoiced", "paid"];
/** `credit approved` as its field of the CRM is called. */
const inTheCrm = (milestone: string) =>
  milestone
    .split(" ")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("_");
/** A ledger entry as `debit account / credit account`. */
const entry = (lines: readonly { account: string; debit: string; credit: string }[]) =>
  lines.map(({ account, debit, credit }) =>
    debit === "0.00" ? `Cr ${account} ${credit}` : `Dr ${account} ${debit}`,
  );

describe("SCN-01: CRM, ERP, warehouse and a regional finance entity", () => {
  test("a slow price, a misleading login error and a lost answer change nothing in any book", async () => {
    await level("PUMP-100", "40");
    // The price is known; then pricing becomes too slow for whoever waits, and the last good price stands in with its age.
    const question = { customer: "C-NORTH", currency: "EUR", lines: [{ sku: "PUMP-100", quantity: "10" }] };
    expect((await world.request("POST", "/v1/prices", question)).status).toBe(200);
    await world.estate.fault("pricing", "slow", { ms: 6_000, when: "before", times: 1 });
    const { status, body } = await world.request("POST", "/v1/prices", question);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      degraded: true,
      ageSeconds: expect.any(Number),
      answer: { lines: [{ sku: "PUMP-100", price: "500.00" }] },
    });
    expect((await world.request("GET", "/v1/customers/C-NORTH")).body).toMatchObject({
      degraded: false,
      answer: { customer: "C-NORTH", blocked: false, currency: "EUR" },
    });

    // Over its limit the finance entity says that the login is wrong; and it loses the answer to an entry it has booked.
    const misleading = {
      status: 429,
      code: "INVALID_LOGIN",
      message: "Invalid login attempt.",
      retryAfterSeconds: 1,
    };
    await world.estate.fault("finance", "busy", { ...misleading, times: 1, path: "journalEntry" });
    await world.estate.fault("finance", "lose-answer", { times: 1, path: "journalEntry" });
    const number = await world.orderByApi("C-NORTH", [{ sku: "PUMP-100", quantity: "10", price: "500.00" }]);
    await world.reached(number, "invoiced");
    const [invoice] = (await world.books("erp")).documents.A_BillingDocument;
    await world.estate.act("bank", "receive", {
      amount: "6000.00",
      currency: "EUR",
      debtor: "North Ltd",
      remittance: invoice.BillingDocument,
    });
    await world.reached(number, "paid");
    await world.rest();

    expect(Object.keys(await world.milestones(number))).toEqual(expect.arrayContaining(SIX));
    const { line } = (await world.story(number))!;
    const crm = (await world.books("crm")).records.find(
      (one: { externalId: string }) => one.externalId === line.number,
    );
    expect(crm.fields.Status__c).toBe("paid");
    const told = Object.keys(crm.fields).flatMap((name) => /^(.+)_At__c$/.exec(name)?.[1] ?? []);
    expect(told.toSorted()).toEqual(SIX.map(inTheCrm).toSorted());
    const erp = await world.books("erp");
    expect(erp.documents.A_SalesOrder).toHaveLength(1);
    expect(
      erp.documents.A_GoodsIssue.map((one: { Items: { Quantity: string }[] }) => one.Items[0]?.Quantity),
    ).toEqual(["10"]);
    expect(invoice.TotalGrossAmount).toBe("6000.00");
    expect([await stock("erp", "PUMP-100"), await stock("wms", "PUMP-100")]).toEqual(["30", "30"]);
    const left = (await world.books("wms")).shipOrders.flatMap(
      (one: { shipments: unknown[] }) => one.shipments,
    );
    expect(left).toMatchObject([
      { lines: [{ sku: "PUMP-100", quantity: "10" }], dispatchedAt: expect.any(String) },
    ]);
    const finance = await world.books("finance");
    expect(finance.journalEntries.map(({ lines }: { lines: never[] }) => entry(lines))).toEqual(
      expect.arrayContaining([
        ["Dr Cost of sales 3000.00", "Cr Finished goods 3000.00"],
        ["Dr Receivables 6000.00", "Cr Revenue 5000.00", "Cr Tax 1000.00"],
      ]),
    );
    expect(finance.journalEntries).toHaveLength(2);
    expect(finance.customerPayments.map(({ lines }: { lines: never[] }) => entry(lines))).toEqual([
      ["Dr Bank 6000.00", "Cr Receivables 6000.00"],
    ]);
    // The login error is a rate; the answer that was lost is looked up and adopted. Nothing was sent twice.
    const { rows: tries } = await world.pool.query(
      `select a.outcome from attempt a join delivery d on d.key = a.delivery
        where d.correlation = $1 and d.contract = 'ledger.post-entry' and a.outcome <> 'applied' order by d.id, a.number`,
      [line.correlation],
    );
    expect(tries.map(({ outcome }) => outcome)).toEqual(["unavailable", "in doubt", "found"]);
    const { rows: facts } = await world.pool.query(
      `select contract, count(*)::int as times from event where correlation = $1 and contract = any($2) group by 1 order by 1`,
      [line.correlation, ["finance.posting-accepted", "ledger.post-entry", "sales.prices-checked"]],
    );
    // Cost and invoice to the finance entity, and the cost in the ERP itself.
    expect(facts).toEqual([
      { contract: "finance.posting-accepted", times: 3 },
      { contract: "ledger.post-entry", times: 2 },
      { contract: "sales.prices-checked", times: 1 },
    ]);
    // Consolidation has heard what the entity's ledger booked, entry by entry.
    const heard = await world.until("consolidation has the entries", 20_000, async () => {
      const { facts: all } = (await world.books("consolidation")) as { facts: Record<string, unknown>[] };
      const mine = all.filter(
        ({ type, ledger, salesOrderId }) =>
          type === "finance.posting-accepted" && ledger === "ME-03" && salesOrderId === line.number,
      );
      return mine.length >= 2 && mine;
    });
    expect(heard.map(({ ledgerReference }) => ledgerReference).toSorted()).toEqual(
      finance.journalEntries.map(({ id }: { id: string }) => id).toSorted(),
    );
    const { facts: planned } = (await world.books("demand")) as { facts: { salesOrderId: string }[] };
    expect(planned.map(({ salesOrderId }) => `order/${salesOrderId}`)).toContain(line.correlation);
    // The misleading word did not pause the credential: nothing about access was ever shown.
    const { rows } = await world.pool.query(
      "select class from exception where connection = 'finance' and class = 'access'",
    );
    expect(rows).toEqual([]);
    expect(await world.wrong()).toEqual([]);
    await endsInAgreement(world, {
      about: [line.number],
      kinds: ["orders"],
      stock: ["PUMP-100"],
      faults: [
        ["pricing", "slow"],
        ["finance", "busy"],
        ["finance", "lose-answer"],
      ],
    });
  });
});

describe("SCN-10: a commerce order reaches the ERP only when its prerequisites hold", () => {
  test("five posts are one order; the ERP holds nothing before credit, and takes it once after the data is mended", async () => {
    await level("PUMP-100", "10");
    // Analytics is away meanwhile; it stops nobody.
    await world.estate.fault("bi", "down");
    await world.estate.settings("wms", { autoShip: false });
    const entries = (await world.books("erp")).ledger.length;
    const before = (await world.books("erp")).documents.A_SalesOrder.length;
    const body = {
      customer: "C-OVER",
      customerReference: "SO-1110",
      currency: "EUR",
      lines: [{ sku: "PUMP-100", quantity: "4", price: "500.00" }],
    };
    const posts = await Promise.all(
      Array.from({ length: 5 }, () => world.post("/v1/sales-orders", body, "key-1110")),
    );
    expect(posts.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 200, 202]);
    const receipts = new Set(
      posts.flatMap(({ status, body: said }) => (status < 300 ? [said.receipt ?? said.orderId] : [])),
    );
    expect(receipts.size).toBe(1);
    const other = { ...body, lines: [{ ...body.lines[0], quantity: "5" }] };
    expect((await world.post("/v1/sales-orders", other, "key-1110")).status).toBe(409);

    // Another client bursts and is told when to come back; ours is not.
    const { pepper } = siteSecrets(world.data);
    const maker = { name: "story", reason: "A client with little patience granted." };
    const { key } = await createClient(
      world.pool,
      pepper,
      { name: "burst", scopes: ["orders:read-all"], perMinute: 10 },
      maker,
    );
    const burst = await Promise.all(
      Array.from({ length: 60 }, async () => {
        const answer = await fetch(`${world.gateway}/v1/sales-orders/SO-OVER-SO-1110`, {
          headers: { authorization: `Bearer ${key}` },
        });
        await answer.arrayBuffer();
        return answer;
      }),
    );
    const told = burst.filter((one) => one.status === 429);
    expect(told.length).toBeGreaterThan(0);
    for (const one of told) expect(Number(one.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await world.request("GET", "/v1/sales-orders/SO-OVER-SO-1110")).status).toBe(200);

    // Credit waits for a person; the ERP holds nothing and nobody disagrees about it.
    await world.until("the order waits for credit", 20_000, async () => {
      const story = await world.story("SO-1110");
      return story?.questions.some(
        ({ approval, verdict }) => approval === "credit review" && verdict === null,
      );
    });
    expect((await world.books("erp")).documents.A_SalesOrder).toHaveLength(before);
    await world.estate.fault("erp", "refuse", {
      times: 1,
      path: "A_SalesOrder",
      status: 400,
      code: "VP/204",
      message: "The tax number of the customer is missing.",
    });
    await world.decide("SO-1110", "credit review", "approved", "The old invoices are paid.");
    const parked = await world.until("the refusal is set aside", 20_000, async () => {
      const { rows } = await world.pool.query(
        "select key, reason from delivery where contract = 'erp.post-sales-order' and status = 'parked'",
      );
      return rows[0] as { key: string; reason: string } | undefined;
    });
    expect(parked.reason).toContain("VP/204");
    await world.press(`/api/deliveries/${encodeURIComponent(parked.key)}/try-again`, {
      reason: "The tax number is there.",
    });
    await world.reached("SO-1110", "accepted");
    await world.until(
      "the ERP has the order",
      20_000,
      async () => (await world.books("erp")).documents.A_SalesOrder.length === before + 1,
    );
    await world.reached("SO-1110", "allocated");
    const posted = (await world.books("erp")).documents.A_SalesOrder.at(-1);
    expect(posted).toMatchObject({ SoldToParty: "C-OVER", Items: [{ Material: "PUMP-100", Quantity: "4" }] });
    await world.back("bi");
    const heard = await world.until("analytics has caught up", 30_000, async () => {
      const { facts } = (await world.books("bi")) as { facts: { type: string; salesOrderId?: string }[] };
      const mine = facts
        .filter(({ salesOrderId }) => salesOrderId === "SO-OVER-SO-1110")
        .map(({ type }) => type);
      return (
        mine.includes("inventory.stock-allocated") &&
        mine.filter((one) => one === "sales.order-accepted").length === 2 &&
        mine
      );
    });
    // Each once, and in the order in which they happened: taken on, good for it, then on the ERP's books and allocated.
    const { rows: happened } = await world.pool.query(
      "select contract from event where correlation = 'order/SO-OVER-SO-1110' and contract = any($1) order by position",
      [heard],
    );
    expect(heard).toEqual(happened.map(({ contract }) => contract));
    expect(heard.slice(0, 2)).toEqual(["sales.order-accepted", "sales.credit-approved"]);
    expect(heard.slice(2).toSorted()).toEqual(["inventory.stock-allocated", "sales.order-accepted"]);
    expect((await world.books("wms")).stock["PUMP-100"]).toMatchObject({ onHand: "10", allocated: "4" });
    expect((await world.books("erp")).ledger).toHaveLength(entries);
    const { journalEntries } = (await world.books("finance")) as { journalEntries: { memo: string }[] };
    expect(journalEntries.filter(({ memo }) => memo.includes("SO-1110"))).toEqual([]);
    const { allocations } = await world.books("wms");
    expect(allocations.at(-1).lines).toMatchObject([{ sku: "PUMP-100", quantity: "4" }]);
    await endsInAgreement(world, {
      about: ["SO-OVER-SO-1110"],
      kinds: ["orders"],
      stock: ["PUMP-100"],
      faults: [
        ["bi", "down"],
        ["erp", "refuse"],
      ],
      // The same key with another body was refused, and whoever looks after the caller is told.
      left: [/^Two different messages with one id from /],
    });
  });
});

describe("machines at the gateway", () => {
  test("an order leads to customer, product, shipment, invoice and payment by links, and back", () =>
    anOrderIsFollowedByLinks(world));
  test("a dispatch reported by a machine is one with the warehouse's own word", () =>
    aDispatchIsReported(world));
  test("what a supplier and finance report is taken once, checked, and found again under its number", () =>
    factsAreReportedAndFoundAgain(world));
});

describe("SCN-06: a distributor's shop, partner and inside sales over two warehouses", () => {
  test("a silent partner, a late word, a lost answer and an absent CRM change nothing in any book", () =>
    threeChannels(world));
});

describe("returns", () => {
  test("damaged goods are scrapped, credited and refunded, in every book once", () =>
    damagedGoodsAreCreditedAndRefunded(world));
  test("goods nobody wants are let back by a person, go on the shelf, and lower what is owed", () =>
    unwantedGoodsGoBackOnTheShelf(world));
  test("an invoice taken back whole at the ERP has its tax voided, and every ledger is even", () =>
    anInvoiceTakenBackHasItsTaxVoided(world));
});
