/** Every outbound flow is walked with a sample, and what the other side answers is told as the right fact. */
import type { Message, OutboundFlow } from "crossdock";
import { canon, erp, fulfilment, operations, payments, sales, settlement, telling } from "crossdock/canon";
import { parse, readAcknowledgement, readInvoice, readShipNotice } from "crossdock/codecs/x12";
import { walkMessage } from "crossdock/testing";
import { expect, test } from "vitest";
import { judged } from "./capabilities.ts";
import { flow, flows, leave, solution, text, told, unwalked } from "./flow-walks.ts";
import { standardPolicy } from "./policy.ts";

const pumps = { line: "1", sku: "PUMP-100", quantity: "10" };

const sampleOf = (name: string): Message => {
  const contract = canon.find((each) => each.name === name);
  if (!contract) throw new Error(`There is no contract ${name}.`);
  return contract.of(contract.sample);
};

/** Flow, what it writes, and what the other side answers with what it is told as. */
const outbound: readonly [string, string, object, object?, string?][] = [
  [
    "erp-orders",
    "erp.post-sales-order",
    {
      ExternalReference: "SO-ACME-PO-4711",
      SoldToParty: "C-ACME",
      PurchaseOrderByCustomer: "PO-4711",
      TransactionCurrency: "EUR",
      Items: [{ SalesOrderItem: "1", Material: "PUMP-100", Quantity: "10", NetPrice: "500.00" }],
    },
    {},
    "sales.order-accepted",
  ],
  [
    "erp-order-changes",
    "erp.change-sales-order",
    {
      ExternalReference: "SO-ACME-PO-4711/change/1",
      SalesOrder: "4500001",
      Items: [{ SalesOrderItem: "1", Material: "PUMP-100", Quantity: "10", NetPrice: "500.00" }],
    },
  ],
  [
    "erp-order-cancellations",
    "erp.cancel-sales-order",
    { OrderReference: "SO-ACME-PO-4711", Reason: "The order was abandoned." },
  ],
  [
    "erp-goods-issues",
    "erp.post-goods-issue",
    {
      ExternalReference: "SO-ACME-PO-4711/SH-881",
      SalesOrder: "4500001",
      DeliveryDocument: "SH-881",
      PostingDate: "2026-01-05",
      Items: [{ SalesOrderItem: "1", Material: "PUMP-100", Quantity: "10" }],
    },
    { CostAmount: "3000.00" },
    "finance.posting-accepted",
  ],
  [
    "erp-movement-reversals",
    "erp.reverse-movement",
    { IssueReference: "SO-ACME-PO-4711/SH-881", Reason: "The shipment was reported by mistake." },
  ],
  [
    "erp-invoices",
    "erp.post-invoice",
    {
      ExternalReference: "SO-ACME-PO-4711/SH-881/invoice",
      SalesOrder: "4500001",
      DeliveryDocument: "SH-881",
      PostingDate: "2026-01-05",
      TaxDocument: "TX-1",
      TaxAmount: "1000.00",
      Items: [{ SalesOrderItem: "1", Material: "PUMP-100", Quantity: "10", NetAmount: "5000.00" }],
    },
    {
      PostingDate: "2026-01-05",
      TotalNetAmount: "5000.00",
      TaxAmount: "1000.00",
      TotalGrossAmount: "6000.00",
      Items: [{ SalesOrderItem: "1", Material: "PUMP-100", Quantity: "10", NetAmount: "5000.00" }],
    },
    "finance.invoice-posted",
  ],
  [
    "erp-credit-notes",
    "erp.post-credit-note",
    {
      BillingDocument: "INV-90000001",
      PostingDate: "2026-01-09",
      NetAmount: "5000.00",
      TaxAmount: "1000.00",
      Reason: "The goods arrived damaged.",
    },
    {},
    "finance.credit-note-issued",
  ],
  ["wms-allocations", "wms.allocate-stock", { orderId: "SO-ACME-PO-4711", lines: [pumps] }],
  [
    "wms-releases",
    "wms.release-allocation",
    { orderId: "SO-ACME-PO-4711", reason: "The order was cancelled.", lines: [pumps] },
  ],
  [
    "wms-ship-orders",
    "wms.ship-order",
    {
      orderId: "SO-ACME-PO-4711",
      customer: "C-ACME",
      lines: [pumps],
      shipTo: { name: "ACME Corp", city: "Lyon", country: "FR" },
    },
  ],
  [
    "wms-ship-order-cancellations",
    "wms.cancel-shipment",
    { orderId: "SO-ACME-PO-4711", reason: "The order was cancelled." },
  ],
  [
    "tms-bookings",
    "tms.book-freight",
    {
      orderId: "SO-ACME-PO-4711",
      attempt: 1,
      lines: [pumps],
      shipTo: { name: "ACME Corp", city: "Lyon", country: "FR" },
    },
  ],
  [
    "tms-cancellations",
    "tms.cancel-freight",
    { orderId: "SO-ACME-PO-4711", reason: "The order was cancelled." },
  ],
  [
    "tax-documents",
    "tax.finalise-document",
    {
      documentCode: "SO-ACME-PO-4711/SH-881",
      customer: "C-ACME",
      currency: "EUR",
      date: "2026-01-05",
      lines: [{ ...pumps, amount: "5000.00" }],
      commit: true,
    },
    { taxableAmount: "5000.00", taxAmount: "1000.00", rate: "0.20" },
    "finance.tax-finalised",
  ],
  [
    "tax-voids",
    "tax.void-document",
    { documentCode: "SO-ACME-PO-4711/SH-881", reason: "The shipment was withdrawn." },
    { id: "TX-1", voided: true },
    "finance.tax-voided",
  ],
  [
    "finance-entries",
    "ledger.post-entry",
    {
      tranDate: "2026-01-05",
      memo: "Invoice INV-90000001 of order SO-ACME-PO-4711",
      line: {
        items: [
          { account: "Receivables", debit: "6000.00", credit: "0.00" },
          { account: "Revenue", debit: "0.00", credit: "5000.00" },
          { account: "Tax", debit: "0.00", credit: "1000.00" },
        ],
      },
    },
    {},
    "finance.posting-accepted",
  ],
  [
    "finance-reversals",
    "ledger.reverse-entry",
    {
      tranDate: "2026-01-09",
      memo: "Reversal of INV-90000001: The invoice was cancelled.",
      line: {
        items: [
          { account: "Receivables", debit: "0.00", credit: "6000.00" },
          { account: "Revenue", debit: "6000.00", credit: "0.00" },
        ],
      },
    },
  ],
  [
    "finance-payments",
    "ar.apply-payment",
    {
      tranDate: "2026-01-20",
      memo: "Payment NTRY-1 of order SO-ACME-PO-4711",
      customer: "C-ACME",
      currency: "EUR",
      payment: "6000.00",
      apply: { items: [{ doc: "INV-90000001", amount: "6000.00" }] },
    },
    {},
    "finance.payment-applied",
  ],
  [
    "finance-payment-reversals",
    "ar.unapply-payment",
    {
      tranDate: "2026-01-20",
      memo: "Payment NTRY-1 taken back (The bank returned the payment.) of order SO-ACME-PO-4711",
      line: {
        items: [
          { account: "Receivables", debit: "6000.00", credit: "0.00" },
          { account: "Bank", debit: "0.00", credit: "6000.00" },
        ],
      },
    },
    {},
    "finance.payment-unapplied",
  ],
  [
    "erp-payment-reversals",
    "finance.payment-unapplied",
    {
      ExternalReference: "SO-ACME-PO-4711/NTRY-1/back",
      PaymentReference: "SO-ACME-PO-4711/NTRY-1",
      Reason: "The bank took it back as NTRY-9.",
    },
  ],
  [
    "payments-captures",
    "payment.capture",
    { orderId: "SO-7", invoice: "INV-90000002", amount: "120.00", currency: "EUR" },
  ],
  [
    "payments-refunds",
    "payment.refund",
    { orderId: "SO-7", amount: "120.00", reason: "The goods came back." },
  ],
  [
    "wms-expected-returns",
    "sales.return-authorised",
    {
      returnId: "RT-1",
      orderId: "SO-1001",
      rmaId: "RMA-1",
      lines: [{ line: "1", sku: "PUMP-100", quantity: "2" }],
      validUntil: "2026-02-28",
    },
  ],
  [
    "erp-goods-returns",
    "erp.post-goods-return",
    {
      ExternalReference: "RT-1/goods",
      BillingDocument: "INV-90000001",
      Items: [{ SalesOrderItem: "1", Material: "PUMP-100", Quantity: "2" }],
    },
    { CostAmount: "600.00" },
    "finance.posting-accepted",
  ],
  [
    "tax-credits",
    "tax.credit-document",
    {
      type: "credit",
      documentCode: "RT-1/credit",
      customer: "C-ACME",
      currency: "EUR",
      date: "2026-01-12",
      lines: [{ line: "1", sku: "PUMP-100", quantity: "2", amount: "1000.00" }],
      commit: true,
    },
    { taxableAmount: "-1000.00", taxAmount: "-200.00" },
    "finance.tax-credited",
  ],
  [
    "erp-incoming-payments",
    "finance.payment-applied",
    {
      ExternalReference: "SO-ACME-PO-4711/NTRY-1",
      TransactionCurrency: "EUR",
      Items: [{ BillingDocument: "INV-90000001", Amount: "6000.00" }],
    },
  ],
  [
    "crm-credit-notes",
    "finance.credit-note-issued",
    {
      Number__c: "CN-70000001",
      Order__r: { Crossdock_Id__c: "SO-ACME-PO-4711" },
      Invoice__c: "INV-90000001",
      Amount__c: "1200.00",
      Currency__c: "EUR",
      Reason__c: "Two pieces arrived damaged.",
    },
  ],
  [
    "shop-credit-notes",
    "finance.credit-note-issued",
    {
      orderId: "SO-ACME-PO-4711",
      status: "credited",
      creditNote: "CN-70000001",
      invoice: "INV-90000001",
      amount: "1200.00",
      currency: "EUR",
    },
  ],
  [
    "shop-returns",
    "inventory.goods-returned",
    { orderId: "SO-1001", status: "returned", returnId: "RT-1", at: "2026-01-12T08:00:00Z" },
  ],
  [
    "finance-submitted-entries",
    "finance.posting-submitted",
    {
      tranDate: "2026-01-31",
      memo: "Accrual of freight for January (ACC-2026-01-17)",
      line: {
        items: [
          { account: "Freight", debit: "450.00", credit: "0.00" },
          { account: "Accruals", debit: "0.00", credit: "450.00" },
        ],
      },
    },
    {},
    "finance.posting-accepted",
  ],
  [
    "crm-order-status",
    "operations.milestone-reached",
    { Status__c: "dispatched", Status_Part__c: 1, Status_Parts__c: 2, Dispatched_Parts__c: "1 of 2" },
  ],
  [
    "crm-price-discrepancies",
    "sales.price-discrepancy-found",
    {
      Quoted_Price__c: sales.PriceDiscrepancyFound.sample.quoted.amount,
      Held_Price__c: sales.PriceDiscrepancyFound.sample.billed.amount,
      Price_At_Risk__c: sales.PriceDiscrepancyFound.sample.atRisk.amount,
      Price_Currency__c: "EUR",
    },
  ],
  [
    "shop-order-status",
    "operations.milestone-reached",
    { orderId: "SO-ACME-PO-4711", status: "dispatched", part: 1, of: 2, at: "2026-01-05T08:01:00Z" },
  ],
  [
    "shop-moved-promises",
    "channel.update-order-status",
    { orderId: "SO-ACME-PO-4711", status: "dispatched", part: 1, of: 1, at: "2026-01-05T08:01:00Z" },
  ],
];

test.each(outbound)("%s writes %s as the system wants it", (name, contract, document, answer, as) => {
  const out = leave(name, sampleOf(contract));
  expect(JSON.parse(text(out.body))).toEqual(document);
  if (as) expect(out.answer({ reference: "N-1", answer }).map((message) => message.contract)).toEqual([as]);
});

test("an order is valid when customer, terms and prices are as agreed; each reason why not is told", () => {
  const judge = judged(standardPolicy);
  const erp = {
    BusinessPartner: "C-NORTH",
    Name: "North",
    Currency: "EUR",
    PaymentTerms: "NET30",
    Blocked: false,
    CreditLimit: "1.00",
    CreditExposure: "0.00",
  };
  const pricing = {
    lines: [
      { line: "1", sku: "PUMP-100", price: "500.00" },
      { line: "2", sku: "SEAL-9", price: "5.00" },
    ],
  };
  const order = {
    customer: "C-NORTH",
    currency: "EUR",
    lines: [
      { sku: "PUMP-100", quantity: "2", price: "503.00" },
      { sku: "SEAL-9", quantity: "1" },
    ],
  };
  expect(judge({ erp, pricing }, order)).toMatchObject({ valid: true, reasons: [] });
  const wrong = {
    ...order,
    paymentTerms: "NET60",
    lines: [{ sku: "PUMP-100", quantity: "2", price: "480" }],
  };
  expect(judge({ erp: { ...erp, Blocked: true }, pricing }, wrong).reasons).toEqual([
    "Customer C-NORTH is blocked.",
    "The terms NET60 are not agreed; NET30 are.",
    "Line 1 states 480 for PUMP-100; 500.00 is agreed.",
  ]);
  expect(judge({ erp: { refused: "F2/035" }, pricing: { refused: "ITEM_UNKNOWN" } }, order)).toMatchObject({
    valid: false,
    customer: { known: false },
    reasons: [
      "Customer C-NORTH is not known.",
      "Pricing does not know one of the items, or has no prices for this customer.",
    ],
  });
});

test("credit and price are asked, and their answers told", () => {
  const credit = leave("erp-credit-checks", sampleOf("erp.check-credit"));
  expect(credit.question).toMatchObject({ customer: "C-ACME", amount: "5000.00", currency: "EUR" });
  const said = { Limit: "8000.00", Exposure: "0.00", Reason: "" };
  const decided = (Decision: string) =>
    credit.answer({ reference: "", answer: { ...said, Decision } }).map(({ contract }) => contract);
  expect([decided("approved"), decided("held")]).toEqual([["sales.credit-approved"], ["sales.credit-held"]]);

  const invoice = leave("erp-invoice-reads", sampleOf("erp.read-invoice"));
  expect(invoice.question).toMatchObject({ invoiceId: "INV-90000001" });
  const Items = [{ SalesOrderItem: "1", Material: "PUMP-100", Quantity: "10.000", NetAmount: "5000.00" }];
  const billed = { DeliveryDocument: "SH-1", SoldToParty: "C-ACME", TransactionCurrency: "EUR", Items };
  const totals = { TotalNetAmount: "5000.00", TaxAmount: "1000.00" };
  expect(invoice.answer({ reference: "", answer: { ...billed, ...totals } })[0]).toMatchObject({
    contract: "finance.invoice-stated",
    data: { returnId: "RT-1", shipmentId: "SH-1", lines: [{ quantity: { value: "10", uom: "EA" } }] },
  });

  const price = leave("pricing-checks", sampleOf("pricing.check-prices"));
  expect(price.question).toMatchObject({ customer: "C-ACME", lines: [pumps] });
  const lines = [{ line: "1", sku: "PUMP-100", price: "500.00" }];
  expect(price.answer({ reference: "", answer: { lines } })[0]?.contract).toBe("sales.prices-checked");
  expect(() => price.answer({ reference: "", answer: { lines: [] } })).toThrow(
    "Pricing did not say what PUMP-100 costs.",
  );
});

test("what a tax engine answers is the tax of the order; while it is silent its last rate there is promised", () => {
  const asked = sampleOf("tax.calculate-order");
  const { question, answer } = leave("order-taxes", asked);
  expect(question).toMatchObject({ customer: "C-ACME", jurisdiction: "FR", commit: false });
  const said = {
    taxableAmount: "5000.00",
    taxAmount: "1000.00",
    rate: "0.20",
    asOf: "2026-01-05T08:00:00Z",
  };
  const [fact] = answer({ reference: "", answer: said });
  expect(fact).toMatchObject({
    contract: "finance.tax-calculated",
    data: { sequenceNumberId: 0, taxAmount: { amount: "1000.00", currency: "EUR" }, jurisdiction: "FR" },
  });
  const standIn = (flow("order-taxes") as OutboundFlow).standIn;
  const when = { saidAt: said.asOf, at: "2026-01-06T08:00:00Z" };
  expect(standIn?.from({ ...(fact?.data as object), rate: "0.055" }, question, when)).toEqual({
    ...(fact?.data as object),
    taxAmount: { amount: "275.00", currency: "EUR" },
    rate: "0.055",
    asOf: when.at,
    promisedFrom: when.saidAt,
  });
  expect(standIn?.like(question)).toBe("C-ACME FR EUR");

  expect(leave("shop-order-taxes", sampleOf("finance.tax-calculated")).body).toBeDefined();
});

test("a system that took a milestone whole holds the same opinion; of a part it holds none", () => {
  const { sample } = operations.MilestoneReached;
  const answered = (part: number) => {
    const { answer } = leave("crm-order-status", operations.MilestoneReached.of({ ...sample, part }));
    return answer({ reference: "801" }).map(({ data }) => data);
  };
  expect(answered(1)).toEqual([]);
  expect(answered(2)).toEqual([
    { process: "order-to-cash", instance: "SO-ACME-PO-4711", milestone: "dispatched" },
  ]);
});

test("what another process reaches is not told to CRM, and another customer's order not to the shop", () => {
  const other = operations.MilestoneReached.of({ ...operations.MilestoneReached.sample, process: "returns" });
  expect(walkMessage(flow("crm-order-status"), other)).toEqual({
    passedOver: "only orders are of interest to the CRM",
  });
  const ours = operations.MilestoneReached.of(operations.MilestoneReached.sample);
  expect(walkMessage(flow("shop-order-status"), ours, () => "C-ACME")).toEqual({
    passedOver: "it is no order of the shop",
  });
});

test("a payout is booked with what lies between it and the captures; what nobody explains is not booked at all", () => {
  const eur = (amount: string) => ({ amount, currency: "EUR" });
  const { payments: _, ...sample } = payments.PaymentSettled.sample;
  const settled = (more: object) =>
    payments.PaymentSettled.of({
      ...sample,
      payments: ["CAP-1"],
      amount: eur("1654.80"),
      fee: eur("25.20"),
      gross: eur("1800.00"),
      refunded: eur("120.00"),
      ...more,
    });
  const { body, answer } = leave("finance-payouts", settled({}));
  expect(JSON.parse(text(body))).toEqual({
    tranDate: "2026-01-06",
    memo: "Payout PO-9 of 1654.80 EUR: fee 25.20, given back 120.00",
    line: {
      items: [
        { account: "Fees", debit: "25.20", credit: "0.00" },
        { account: "Receivables", debit: "120.00", credit: "0.00" },
        { account: "Bank", debit: "0.00", credit: "145.20" },
      ],
    },
  });
  expect(told(answer({ reference: "77" }))).toEqual([
    ["finance.posting-accepted", { sourceDocument: "PO-9", ledger: "ME-03", ledgerReference: "77" }],
  ]);
  expect(() => walkMessage(flow("finance-payouts"), settled({ amount: eur("1650.00") }))).toThrow(
    "Payout PO-9 is over 1650.00 EUR, and 4.80 EUR between it and what was captured is neither fee nor refund.",
  );
  const passed = "it goes out, or all that was captured is paid out";
  for (const more of [{ direction: "out" }, { fee: eur("0.00"), refunded: eur("0.00") }])
    expect(walkMessage(flow("finance-payouts"), settled(more))).toEqual({ passedOver: passed });
});

test("an entry that does not balance never leaves", () => {
  const { lines } = settlement.PostEntry.sample;
  const lame = settlement.PostEntry.of({ ...settlement.PostEntry.sample, lines: lines.slice(0, 2) });
  expect(() => walkMessage(flow("finance-entries"), lame)).toThrow("does not balance");
});

test("a price that is no whole cent a piece is not written into the ERP as one", () => {
  const per = { value: "100", uom: "EA" };
  const [line] = erp.PostSalesOrder.sample.lines;
  const odd = { ...line!, price: { amount: "49.95", currency: "EUR", per } };
  const message = erp.PostSalesOrder.of({ ...erp.PostSalesOrder.sample, lines: [odd] });
  expect(() => walkMessage(flow("erp-orders"), message)).toThrow("cannot be written per piece");
});

test("each document we send is one the partner can read back as we meant it", () => {
  const sets = telling.documents.slice(0, 3).map((document) => {
    const message = telling.SendDocument.of({ ...telling.SendDocument.sample, document });
    const { body } = leave("acme-out", message);
    expect(text(leave("acme-out", message).body)).toBe(text(body));
    return parse(body!).interchanges[0]!.groups[0]!.sets[0]!;
  });
  expect(readAcknowledgement(sets[0]!)).toMatchObject({
    type: "AD",
    poNumber: "PO-4711",
    sellerOrderNumber: "SO-ACME-PO-4711",
    lines: [{ line: "1", quantity: "10", sku: "PUMP-100", acknowledgements: [{ status: "IA" }] }],
  });
  expect(readShipNotice(sets[1]!)).toMatchObject({
    shipmentId: "SH-881",
    orders: [{ poNumber: "PO-4711", packs: [{ sscc: "340123450000000018", items: [{ quantity: "10" }] }] }],
  });
  expect(readInvoice(sets[2]!)).toMatchObject({
    invoiceNumber: "INV-90000001",
    total: "6000.00",
    taxes: [{ amount: "1000.00" }],
    lines: [{ quantity: "10", price: "500" }],
  });
});

test("no outbound flow is left unwalked, and every command of the process has one", () => {
  expect(unwalked("out")).toEqual([]);
  const carried = new Set(
    [...flows.values()].flatMap((each) => (each.direction === "out" ? [each.on.name] : [])),
  );
  // What a distributor commands; plants and purchasing are commanded by the manufacturing solution.
  const commands = [erp, fulfilment, settlement, telling]
    .flatMap(({ contracts }) => contracts as readonly { name: string }[])
    .filter(({ name }) => !/update-order-status$/.test(name));
  expect(commands.map(({ name }) => name).filter((name) => !carried.has(name))).toEqual([]);
});

test("connections are named as people call their systems, each once", () => {
  const names = (solution.connections ?? []).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(
    expect.arrayContaining([
      "acme-mailbox",
      "acme-outbox",
      "shop",
      "crm",
      "erp",
      "wms",
      "tms",
      "pricing",
      "tax",
    ]),
  );
});
