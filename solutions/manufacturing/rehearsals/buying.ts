/** Rehearsals of buying: approval, the three-way match and payment, and a schedule that changes. */
import { send } from "crossdock";
import {
  finance,
  operations,
  payments,
  plant,
  procurement,
  production,
  purchasing,
  stock,
} from "crossdock/canon";
import { approved, elapsed, type Rehearsal, rehearsal, STILL } from "crossdock/testing";
import { standardPolicy } from "../policy.ts";
import { procureToPay } from "../processes/procure-to-pay.ts";
import { purchaseApproval } from "../processes/purchase-approval.ts";
import { scheduleChange } from "../processes/schedule-change.ts";
import { subcontract } from "../processes/subcontract.ts";

const each = (value: string) => ({ value, uom: "EA" });
const eur = (amount: string) => ({ amount, currency: "EUR" });
const perEach = (amount: string) => ({ ...eur(amount), per: each("1") });
const head = { purchaseOrderId: "PO-1", supplier: "V-310" };

// Approval --------------------------------------------------------------------------------------------------------------

const approval = purchaseApproval(standardPolicy);
const requisition = (quantity: string) =>
  procurement.RequisitionApproved.of({
    requisitionId: "RQ-1",
    supplier: "V-310",
    needBy: "2026-01-12",
    approver: "marc",
    lines: [{ line: "1", item: "SEAL-9", quantity: each(quantity), price: perEach("5.00") }],
  });
const ordered = (quantity: string) => ({
  ...head,
  requisitionId: "RQ-1",
  currency: "EUR",
  needBy: "2026-01-12",
  lines: [{ line: "1", item: "SEAL-9", quantity: each(quantity), price: perEach("5.00") }],
});
const issue = (quantity: string) =>
  send(purchasing.IssuePurchaseOrder.of(ordered(quantity)), {
    undo: purchasing.CancelPurchaseOrder.of({ ...head, reason: "The requisition was withdrawn." }),
  });

const approving: Rehearsal[] = [
  rehearsal("a small requisition is ordered at once", approval)
    .given()
    .when(requisition("60"))
    .decides({
      state: { order: ordered("60"), total: "300.00" },
      reach: ["approved", "ordered"],
      send: [issue("60")],
      end: "completed",
    }),
  rehearsal("a large one waits for a second person", approval)
    .given()
    .when(requisition("6000"))
    .decides({
      state: { order: ordered("6000"), total: "30000.00" },
      reach: "approved",
      ask: [{ approval: "purchase order", because: "PO-1 to V-310 costs 30000.00 EUR, above 10000.00." }],
    }),
  rehearsal("who has it ordered", approval)
    .given(requisition("6000"))
    .when(approved("purchase order"))
    .decides({ reach: "ordered", send: [issue("6000")], end: "completed" }),
];

// Order, receipt, invoice -----------------------------------------------------------------------------------------------

const purchase = procureToPay(standardPolicy);
const issued = procurement.PurchaseOrderIssued.of(ordered("60"));
const line = {
  line: "1",
  item: "SEAL-9",
  price: "5",
  ordered: "60",
  confirmed: "0",
  notified: "0",
  received: "0",
  rejected: "0",
  invoiced: "0",
  matched: "0",
};
const opened = {
  ...head,
  currency: "EUR",
  lines: [line],
  promised: "2026-01-12",
  promisedAt: "",
  invoices: [],
  heard: [],
};
const receipt = stock.GoodsReceived.of({
  receiptAdviceId: "GR-1",
  purchaseOrderId: "PO-1",
  warehouse: "WH-LYO",
  lines: [{ line: "1", item: "SEAL-9", receivedQuantity: each("60") }],
  receivedAt: STILL,
});
const day = "2026-01-05";
const posting = send(
  plant.PostGoodsReceipt.of({
    purchaseOrderId: "PO-1",
    receiptAdviceId: "GR-1",
    warehouse: "WH-LYO",
    documentDate: day,
    postingDate: day,
    lines: [{ line: "1", item: "SEAL-9", quantity: each("60") }],
  }),
);
const billed = (amount: string, tax: string, gross: string) =>
  procurement.SupplierInvoiceReceived.of({
    ...head,
    supplierInvoiceId: "SI-1",
    lines: [{ line: "1", item: "SEAL-9", quantity: each("60"), amount: eur(amount) }],
    taxExclusiveAmount: eur(amount),
    taxAmount: eur(tax),
    taxInclusiveAmount: eur(gross),
    issueDate: day,
  });
const sound = billed("300.00", "60.00", "360.00");
const invoice = {
  supplierInvoiceId: "SI-1",
  net: "300.00",
  tax: "60.00",
  gross: "360.00",
  lines: [{ line: "1", item: "SEAL-9", quantity: "60", amount: "300.00" }],
  state: "booking" as const,
  approver: null,
};
const came = { ...line, received: "60" };
const matched = { ...came, invoiced: "60", matched: "60" };
const booked = (amount: string, tax: string, gross: string) =>
  send(
    purchasing.PostSupplierInvoice.of({
      ...head,
      supplierInvoiceId: "SI-1",
      lines: [{ line: "1", item: "SEAL-9", quantity: each("60"), amount: eur(amount) }],
      taxExclusiveAmount: eur(amount),
      taxAmount: eur(tax),
      taxInclusiveAmount: eur(gross),
      postingDate: day,
    }),
  );
const ofLedger = (sourceDocument: string) =>
  finance.PostingAccepted.of({
    sourceDocument,
    ledger: "ERP",
    ledgerReference: "5200001",
    purchaseOrderId: "PO-1",
  });

const paidOut = payments.PaymentSettled.of({
  payoutId: "PO-70001",
  direction: "out",
  amount: eur("360.00"),
  fee: eur("0.00"),
  payments: ["PO-1/SI-1"],
  purchaseOrderId: "PO-1",
  settledAt: STILL,
});

const buying: Rehearsal[] = [
  rehearsal("goods that come are booked", purchase)
    .given(issued)
    .when(receipt)
    .decides({ state: { ...opened, lines: [came], heard: ["GR-1"] }, reach: "received", send: [posting] }),
  rehearsal("an invoice before its goods waits for them", purchase)
    .given(issued)
    .when(sound)
    .decides({
      state: { ...opened, invoices: [{ ...invoice, state: "waiting" }] },
      note: "The invoice waits for the goods.",
    }),
  rehearsal("order, receipt and invoice that agree are matched and booked", purchase)
    .given(issued, receipt)
    .when(sound)
    .decides({
      state: { ...opened, lines: [matched], invoices: [invoice], heard: ["GR-1"] },
      reach: "matched",
      publish: [
        procurement.SupplierInvoiceMatched.of({ ...head, supplierInvoiceId: "SI-1", amount: eur("360.00") }),
      ],
      send: [booked("300.00", "60.00", "360.00")],
    }),
  rehearsal("a dearer one is shown with its difference", purchase)
    .given(issued, receipt)
    .when(billed("330.00", "66.00", "396.00"))
    .decides({
      state: {
        ...opened,
        lines: [came],
        heard: ["GR-1"],
        invoices: [
          {
            ...invoice,
            net: "330.00",
            tax: "66.00",
            gross: "396.00",
            lines: [{ line: "1", item: "SEAL-9", quantity: "60", amount: "330.00" }],
            state: "in question",
          },
        ],
      },
      publish: [
        procurement.SupplierInvoiceMismatched.of({
          ...head,
          supplierInvoiceId: "SI-1",
          differences: [
            { line: "1", kind: "price", expected: "300.00 EUR", found: "330.00 EUR", amount: eur("30.00") },
          ],
        }),
      ],
      ask: [{ approval: "mismatch", because: "Line 1, price: expected 300.00 EUR, found 330.00 EUR." }],
    }),
  rehearsal("what is booked is paid, and cannot be taken back", purchase)
    .given(issued, receipt, sound)
    .when(ofLedger("SI-1"))
    .decides({
      state: { ...opened, lines: [matched], heard: ["GR-1"], invoices: [{ ...invoice, state: "paying" }] },
      send: [
        send(
          purchasing.InstructPayment.of({
            ...head,
            paymentId: "PO-1/SI-1",
            amount: eur("360.00"),
            supplierInvoiceIds: ["SI-1"],
            executionDate: day,
          }),
          { pivot: true },
        ),
      ],
    }),
  rehearsal("money that went before the match is shown at once, and does not go a second time", purchase)
    .given(issued, receipt)
    .when(paidOut)
    .decides({
      state: { ...opened, lines: [came], heard: ["GR-1"], paidEarly: ["PO-1/SI-1"] },
      publish: [
        operations.ExceptionRaised.of({
          subject: "purchaseOrder/PO-1",
          fingerprint: "procure-to-pay/paid-before-match",
          class: "business hold",
          state: "held",
          title: "A supplier was paid before its invoice was matched.",
          reason:
            "360.00 EUR went to V-310 as PO-1/SI-1, and no invoice of that number is matched. Have it paid back, or the invoice matched; it is not paid again.",
          owner: "treasury",
          valueAtRisk: eur("360.00"),
        }),
      ],
    }),
  rehearsal("booked later, it is done without another payment", purchase)
    .given(issued, receipt, paidOut, sound)
    .when(ofLedger("SI-1"))
    .decides({
      state: {
        ...opened,
        lines: [matched],
        heard: ["GR-1"],
        invoices: [{ ...invoice, state: "paid" }],
        paidEarly: ["PO-1/SI-1"],
      },
      reach: "paid",
      end: "completed",
      note: "SI-1 is booked; it was paid before.",
    }),
  rehearsal("paid in full it is done", purchase)
    .given(issued, receipt, sound, ofLedger("SI-1"))
    .when(paidOut)
    .decides({
      state: { ...opened, lines: [matched], heard: ["GR-1"], invoices: [{ ...invoice, state: "paid" }] },
      reach: "paid",
      end: "completed",
    }),
];

// A schedule that changes -------------------------------------------------------------------------------------------------

const schedule = scheduleChange(standardPolicy);
const changed = (scheduleVersion: number, newStart: string) =>
  production.ScheduleChanged.of({
    productionOrderId: "PR-9",
    plant: "LYO",
    scheduleVersion,
    oldStart: "2026-01-10",
    newStart,
    cause: "It became urgent.",
    purchaseOrders: [
      {
        purchaseOrderId: "PO-1",
        supplier: "V-310",
        line: "1",
        item: "SEAL-9",
        quantity: each("60"),
        needBy: "2026-01-07",
      },
    ],
    expedite: [{ driver: "overtime", amount: eur("300.00") }],
    changedAt: STILL,
  });
const alone = production.ScheduleChanged.of({
  productionOrderId: "PR-9",
  plant: "LYO",
  scheduleVersion: 2,
  oldStart: "2026-01-10",
  newStart: "2026-01-08",
  cause: "It became urgent.",
  changedAt: STILL,
});
const plan = {
  productionOrderId: "PR-9",
  plant: "LYO",
  version: 2,
  start: "2026-01-08",
  cause: "It became urgent.",
  pegged: [],
  displaced: [],
  expedite: [],
  stage: "applied" as const,
  agreed: [],
  heard: [],
};
const move = {
  productionOrderId: "PR-9",
  plant: "LYO",
  scheduleVersion: 2,
  start: "2026-01-08",
  reason: "It became urgent.",
};
const moves = [
  send(plant.RescheduleProduction.of(move)),
  send(plant.RescheduleProductionOrder.of({ ...move, askedAt: STILL })),
];

const planning: Rehearsal[] = [
  rehearsal("a change that touches nobody is applied at once", schedule)
    .given()
    .when(alone)
    .decides({
      state: plan,
      publish: [],
      send: moves,
      reach: ["announced", "assessed", "answered", "decided", "applied"],
    }),
  rehearsal("an older version is superseded", schedule)
    .given(changed(3, "2026-01-08"))
    .when(changed(2, "2026-01-09"))
    .decides({ note: "Version 2 is superseded by 3." }),
  rehearsal("who keeps silent counts as silent, and one case is asked", schedule)
    .given(changed(2, "2026-01-08"))
    .when(elapsed("supplier answers"))
    .decides({
      state: {
        ...plan,
        pegged: [
          {
            purchaseOrderId: "PO-1",
            supplier: "V-310",
            line: "1",
            item: "SEAL-9",
            quantity: "60",
            needBy: "2026-01-07",
            inTime: null,
            late: null,
          },
        ],
        expedite: [{ driver: "overtime", amount: "300.00" }],
        stage: "deciding",
      },
      publish: [
        stock.ShortageDetected.of({
          shortageId: "SEAL-9/LYO",
          item: "SEAL-9",
          plant: "LYO",
          required: each("60"),
          available: each("0"),
          needBy: "2026-01-07",
          productionOrderId: "PR-9",
        }),
      ],
      ask: ["plan", "purchase"].map((one) => ({
        approval: one as "plan" | "purchase",
        because:
          "PR-9 moves to 2026-01-08. PO-1 (SEAL-9): no answer, 60 from safety stock. overtime: 300.00 EUR.",
      })),
      stop: [],
      reach: "answered",
    }),
];

// Subcontracting ----------------------------------------------------------------------------------------------------------

const outside = subcontract(standardPolicy);
const sent = production.SubcontractSent.of({
  productionOrderId: "PR-20",
  ...head,
  reportId: "SS-1",
  components: [{ item: "HOUS-4", quantity: each("40") }],
  sentAt: STILL,
});
const back = (used: string, returned: string, scrapped: string) =>
  production.SubcontractReturned.of({
    productionOrderId: "PR-20",
    ...head,
    reportId: "SR-1",
    item: "PUMP-100",
    quantity: each(used),
    used: [{ item: "HOUS-4", quantity: each(used) }],
    returned: [{ item: "HOUS-4", quantity: each(returned) }],
    scrapped: [{ item: "HOUS-4", quantity: each(scrapped) }],
    returnedAt: STILL,
  });
const provided = {
  ...head,
  components: [{ item: "HOUS-4", provided: "40", used: "0", returned: "0", scrapped: "0" }],
  made: "0",
  heard: ["SS-1"],
};
const accounted = (used: string, returned: string, scrapped: string) => ({
  ...provided,
  components: [{ item: "HOUS-4", provided: "40", used, returned, scrapped }],
  made: used,
  heard: ["SS-1", "SR-1"],
});
const difference = (reason: string) =>
  operations.ExceptionRaised.of({
    subject: "purchaseOrder/PO-1",
    fingerprint: "subcontract/components-not-accounted-for",
    class: "business hold",
    state: "held",
    title: "Components at a supplier are not accounted for.",
    reason,
    owner: "buyer",
  });

const subcontracting: Rehearsal[] = [
  rehearsal("components that left are the supplier's to account for", outside)
    .given()
    .when(sent)
    .decides({ state: provided, reach: "provided" }),
  rehearsal("used, returned and lost pieces that add up are the end of it", outside)
    .given(sent)
    .when(back("38", "1", "1"))
    .decides({
      state: accounted("38", "1", "1"),
      reach: ["returned", "accounted"],
      stop: ["accounting"],
      end: "completed",
    }),
  rehearsal("what is still open has its time", outside)
    .given(sent)
    .when(back("30", "0", "1"))
    .decides({ state: accounted("30", "0", "1"), reach: "returned", start: ["accounting"] }),
  rehearsal("and is shown to the buyer when that is over", outside)
    .given(sent, back("30", "0", "1"))
    .when(elapsed("accounting"))
    .decides({ publish: [difference("HOUS-4: 40 provided, 9 open.")], start: ["accounting"] }),
  rehearsal("more than was provided is shown at once", outside)
    .given(sent)
    .when(back("41", "0", "0"))
    .decides({
      state: accounted("41", "0", "0"),
      reach: "returned",
      publish: [difference("HOUS-4: 40 provided, -1 open.")],
    }),
];

export const rehearsals: readonly Rehearsal[] = [...approving, ...buying, ...planning, ...subcontracting];
