/** Rehearsals of goods that came for a purchase order nobody told of, or for none at all. */
import { send } from "crossdock";
import { operations, plant, procurement, stock } from "crossdock/canon";
import { approved, declined, overdue, type Rehearsal, rehearsal, STILL } from "crossdock/testing";
import { standardPolicy } from "../policy.ts";
import { namelessReceipt, unorderedReceipt } from "../processes/unordered-receipt.ts";

const unordered = unorderedReceipt(standardPolicy);
const nameless = namelessReceipt(standardPolicy);
const each = (value: string) => ({ value, uom: "EA" });
const issued = procurement.PurchaseOrderIssued.of({
  ...procurement.PurchaseOrderIssued.sample,
  purchaseOrderId: "PO-930",
});
const receiptOf = (more: Partial<(typeof stock.GoodsReceived)["sample"]> = {}) =>
  stock.GoodsReceived.of({
    receiptAdviceId: "GR-1",
    purchaseOrderId: "PO-930",
    warehouse: "WH-LYO",
    lines: [{ line: "1", item: "SEAL-9", receivedQuantity: each("20") }],
    receivedAt: STILL,
    ...more,
  });
const receipt = receiptOf();
const none = { purchaseOrderId: "PO-930", waiting: [], heard: [] };
const held = { ...none, waiting: [receipt.data], heard: ["GR-1"] };
const done = { ...held, waiting: [] };
const goods = "20 EA of SEAL-9 at WH-LYO as GR-1";
const asked = (why: string) => ({
  ask: [
    {
      approval: "unordered goods" as const,
      because: `${why} Approve with the number of the purchase order it belongs to, and why (PO-412: the papers were mixed up); decline what is not ours.`,
    },
  ],
});
const correction = (
  reason: string,
  order?: string,
  more: Partial<(typeof stock.ReceiptCorrected)["sample"]> = {},
) => ({
  receiptAdviceId: "GR-1",
  purchaseOrderId: "PO-930",
  ...(order === undefined ? {} : { correctOrderId: order, correctReceiptId: `GR-1/${order}` }),
  warehouse: "WH-LYO",
  lines: receipt.data.lines,
  reason,
  ...more,
});
const notOurs = (subject: string, reason: string, what = goods) =>
  operations.ExceptionRaised.of({
    subject,
    fingerprint: "unordered-receipt/not ours",
    class: "business hold",
    state: "held",
    title: "Goods that are not ours stand in the warehouse.",
    reason: `${what}: maria says they are not ours: ${reason} Nothing is booked, and our own warehouse takes them out of its stock. Send them back, and say that it is dealt with.`,
    owner: "warehouse",
  });
const { purchaseOrderId: _, ...noOrder } = receipt.data;
const unassigned = stock.GoodsUnassigned.of(noOrder);
const kept = { waiting: [noOrder], heard: ["GR-1"] };
/** The same of a receipt that named none. */
const unnamed = ({ purchaseOrderId: __, ...one }: ReturnType<typeof correction>) => one;
const WRONG = "The driver had the wrong address.";
const answered = (comment: string) => approved("unordered goods", "maria", comment);

export const rehearsals: readonly Rehearsal[] = [
  rehearsal("an order that is told of is received elsewhere", unordered)
    .given()
    .when(issued)
    .decides({ state: none, end: "completed" }),
  rehearsal("goods nobody ordered are kept and asked about", unordered)
    .given()
    .when(receipt)
    .decides({
      state: held,
      reach: "received",
      ...asked(`${goods} came for PO-930, which nobody told us of.`),
    }),
  rehearsal("told again they are the same goods", unordered)
    .given(receipt)
    .when(receipt)
    .decides({ state: held, note: "The receipt GR-1 was heard before." }),
  rehearsal("goods of a transfer are its own story", unordered)
    .given(receipt)
    .when(receiptOf({ receiptAdviceId: "GR-2", transferId: "TR-1" }))
    .decides({ state: { ...held, heard: ["GR-1", "GR-2"] }, note: "GR-2 is of a transfer." }),
  rehearsal("they are given to the order when it is told of", unordered)
    .given(receipt)
    .when(issued)
    .decides({
      state: done,
      publish: [receipt],
      reach: "decided",
      end: "completed",
      note: "PO-930 was told of.",
    }),
  rehearsal("a person says which order they belong to", unordered)
    .given(receipt)
    .when(answered("PO-412: the papers were mixed up."))
    .decides({
      state: done,
      reach: "decided",
      publish: [receiptOf({ purchaseOrderId: "PO-412", receiptAdviceId: "GR-1/PO-412" })],
      send: [send(plant.CorrectReceipt.of(correction("PO-412: the papers were mixed up.", "PO-412")))],
      note: `maria has ${goods} received for PO-412: PO-412: the papers were mixed up.`,
    }),
  rehearsal("of a house that is not ours it is said for it that it took them in for another order", unordered)
    .given(receiptOf({ warehouse: "WH-ROT" }))
    .when(answered("PO-412"))
    .decides({
      state: done,
      reach: "decided",
      publish: [
        receiptOf({ warehouse: "WH-ROT", purchaseOrderId: "PO-412", receiptAdviceId: "GR-1/PO-412" }),
        stock.ReceiptCorrected.of(correction("PO-412", "PO-412", { warehouse: "WH-ROT" })),
      ],
      send: [],
      note: "maria has 20 EA of SEAL-9 at WH-ROT as GR-1 received for PO-412: PO-412",
    }),
  rehearsal("an answer that names no order is no answer", unordered)
    .given(receipt)
    .when(answered("They are ours."))
    .decides(asked("maria named no purchase order: They are ours.")),
  rehearsal("nor is one that names the order nobody told of", unordered)
    .given(receipt)
    .when(answered("PO-930"))
    .decides(asked("maria named PO-930 itself, which is to be told first: PO-930")),
  rehearsal("what is not ours is booked nowhere, and the warehouse is told", unordered)
    .given(receipt)
    .when(declined("unordered goods", WRONG))
    .decides({
      state: done,
      reach: "decided",
      publish: [notOurs("purchaseOrder/PO-930", WRONG)],
      send: [send(plant.CorrectReceipt.of(correction(WRONG)))],
      note: `maria has ${goods} sent back: ${WRONG}`,
    }),
  rehearsal("not even when the order is told of after all", unordered)
    .given(receipt, declined("unordered goods", WRONG))
    .when(issued)
    .decides({ state: done, publish: [], end: "completed", note: "PO-930 was told of." }),
  rehearsal("who decides is reminded", unordered)
    .given(receipt)
    .when(overdue("unordered goods"))
    .decides(asked(`${goods} still waits.`)),
  rehearsal("goods whose papers name no order are kept and asked about as well", nameless)
    .given()
    .when(unassigned)
    .decides({
      state: kept,
      reach: "received",
      ...asked(`${goods} came, and the papers name no order.`),
    }),
  rehearsal("a person says which order those belong to, and it is over", nameless)
    .given(unassigned)
    .when(answered("PO-412: found in the mail."))
    .decides({
      state: { ...kept, waiting: [] },
      reach: "decided",
      publish: [receiptOf({ purchaseOrderId: "PO-412", receiptAdviceId: "GR-1/PO-412" })],
      send: [send(plant.CorrectReceipt.of(unnamed(correction("PO-412: found in the mail.", "PO-412"))))],
      end: "completed",
      note: `maria has ${goods} received for PO-412: PO-412: found in the mail.`,
    }),
  rehearsal("those that are not ours go back", nameless)
    .given(unassigned)
    .when(declined("unordered goods", WRONG))
    .decides({
      state: { ...kept, waiting: [] },
      reach: "decided",
      publish: [notOurs("goodsReceipt/GR-1", WRONG)],
      send: [send(plant.CorrectReceipt.of(unnamed(correction(WRONG))))],
      end: "completed",
      note: `maria has ${goods} sent back: ${WRONG}`,
    }),
  rehearsal("an answer that names no order decides nothing", nameless)
    .given(unassigned)
    .when(answered("They are ours."))
    .decides(asked("maria named no purchase order: They are ours.")),
  rehearsal("who decides about them is reminded", nameless)
    .given(unassigned)
    .when(overdue("unordered goods"))
    .decides(asked(`${goods} still waits.`)),
];
