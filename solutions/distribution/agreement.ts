/**
 * What everybody must agree about an order: channel, CRM, ERP, warehouse, tax engine and ledger, milestone by milestone.
 *
 * The matrix of the business as data, with how each system is asked what it holds. Figures are compared line by line and sum by
 * sum, in pieces and in the order's currency. Questions change nothing.
 */
import {
  type Agreement,
  agreement,
  type Book,
  type Hearing,
  type Held,
  type Snapshot,
  type Teller,
  type Told,
} from "crossdock";
import {
  decimals,
  erp,
  finance,
  fulfilment,
  inventory,
  logistics,
  operations,
  payments,
  sales,
  settlement,
} from "crossdock/canon";
import { anyOf, byLine, type CreditNote, creditedOf, lines, ofOrder, sum } from "./agreed.ts";
import { askCrm, askShop } from "./agreement-channels.ts";
import { askFinance, askPayments, askTax } from "./agreement-money.ts";
import { FORBIDDEN, fingerprintOf } from "./forbidden.ts";
import { shipOrder } from "./order-acts.ts";
import { PROVEN } from "./order-fulfilment.ts";
import { type OrderState, orderTotal } from "./order-state.ts";
import * as quantities from "./quantities.ts";
import type { Bookkeeper, Filled } from "./settings.ts";

const { add, compare, isPositive } = decimals;

/** Told of every milestone by the flow that carries it. */
const TOLD: Teller = { by: operations.MilestoneReached.name, says: operations.MilestoneAcknowledged.name };
const CHANNELS = { crm: TOLD, shop: TOLD };

/**
 * What a house that ships for us would be sent of it, as it was ordered: by that it is known which house serves the order, also
 * while a line has no price yet or nobody wants it any more.
 */
const toShip = (state: OrderState) =>
  shipOrder(
    state,
    state.lines.map(({ line, item, uom, quantities: { ordered } }) => ({
      line,
      item,
      quantity: { value: ordered, uom },
    })),
  ).message.data as (typeof fulfilment.ShipOrder)["sample"];

/** Of what has no lines, before it is accepted or of services alone, nothing is shipped anywhere. */
const isShippedElsewhere = (houses: Filled["houses"], state: OrderState): boolean =>
  state.lines.length > 0 && houses.some(({ serves }) => serves(toShip(state)));

export const orders = ({ shopCustomers, policy, houses, bookkeepers }: Filled): Agreement<OrderState> =>
  agreement<OrderState>({
    name: "orders",
    title: "Orders",
    owner: "order-management",
    process: "order-to-cash",
    keyType: "order",
    every: "1h",
    milestones: {
      accepted: {
        grace: "2m",
        systems: {
          // The posting is gated: the ERP's clock starts when the gate opens.
          erp: { by: erp.PostSalesOrder.name, says: sales.OrderAccepted.name, after: "credit approved" },
          ...CHANNELS,
        },
      },
      // An order the ERP has is one whose credit it lets pass, unless somebody blocks it there.
      "credit approved": { grace: "5m", systems: { ...CHANNELS, erp: { mayBeSilent: true } } },
      allocated: {
        grace: "5m",
        systems: {
          wms: { by: fulfilment.AllocateStock.name, says: inventory.StockAllocated.name },
          ...CHANNELS,
        },
      },
      dispatched: {
        grace: "15m",
        systems: {
          wms: { says: logistics.ShipmentDispatched.name },
          erp: { by: erp.PostGoodsIssue.name },
          // It is handed what leaves our own house, and knows of no other.
          tms: { mayBeSilent: true },
          ...CHANNELS,
        },
      },
      delivered: {
        grace: "1d",
        systems: { tms: { says: logistics.DeliveryProven.name, after: "dispatched", mayBeSilent: true } },
      },
      "tax finalised": { grace: "30m", systems: { tax: { by: settlement.FinaliseDocument.name } } },
      invoiced: {
        grace: "4h",
        systems: {
          erp: { by: erp.PostInvoice.name, says: finance.InvoicePosted.name },
          finance: { by: settlement.PostEntry.name },
          ...kept(bookkeepers, "invoiced"),
          ...CHANNELS,
        },
      },
      credited: {
        grace: "1h",
        systems: {
          erp: { says: finance.CreditNoteIssued.name },
          crm: { by: finance.CreditNoteIssued.name },
          shop: { by: finance.CreditNoteIssued.name },
          ...kept(bookkeepers, "credited"),
        },
      },
      paid: {
        grace: "1d",
        systems: {
          // What it holds as paid is what it takes off the customer's exposure.
          erp: { by: payments.PaymentApplied.name },
          payments: { by: settlement.CapturePayment.name, says: payments.PaymentCaptured.name },
          finance: { by: settlement.ApplyPayment.name },
          ...kept(bookkeepers, "paid"),
          ...CHANNELS,
        },
      },
    },
    concerns(system, state, { givenUp }) {
      // What was taken back stands nowhere in ERP, warehouse and tax engine; CRM and channels keep what they were told.
      if (givenUp && !["erp", "wms", "tax"].includes(system)) return false;
      if (system === "payments") return state.order.payment.method === "card";
      if (system === "shop") return shopCustomers.includes(state.order.customer);
      return system !== "wms" || !isShippedElsewhere(houses, state);
    },
    forbidden: Object.entries(FORBIDDEN).map(([cause, { title }]) => ({
      title,
      fingerprint: fingerprintOf(cause),
    })),
    worth: (state) => orderTotal(state),
    ours(state, reached, told): Book {
      const held = (milestone: string, figures?: Record<string, string>): Held => ({
        reached: reached.has(milestone),
        ...(figures ? { figures } : {}),
      });
      const of = (value: (line: quantities.Quantities) => string) =>
        lines(
          state.lines.map(({ line }) => line),
          byLine(state.lines.map(({ line, quantities: q }) => [line, value(q)])),
        );
      const tax = sum(
        state.shipments.flatMap((one) => (one.tax && !one.taxVoided ? [one.tax.amount.amount] : [])),
      );
      const elsewhere = isShippedElsewhere(houses, state);
      return {
        accepted: held("accepted", of(quantities.wanted)),
        "credit approved": held("credit approved"),
        allocated: held(
          "allocated",
          of(({ allocated }) => allocated),
        ),
        dispatched: held("dispatched", {
          ...of(({ shipped }) => shipped),
          ...(elsewhere ? {} : { shipments: String(state.shipments.length) }),
        }),
        delivered: {
          reached: null,
          figures: { proofs: String(proven(state, told).size) },
        },
        "tax finalised": { reached: null, figures: { tax } },
        invoiced: held("invoiced", {
          ...of(({ invoiced }) => invoiced),
          gross: sum(state.invoices.map(({ amount }) => amount)),
          tax: sum(
            state.shipments.flatMap((one) =>
              one.tax && one.invoiceId !== null ? [one.tax.amount.amount] : [],
            ),
          ),
        }),
        credited: creditsTold(told),
        paid: held("paid", { paid: sum(state.invoices.map(({ paid }) => paid)) }),
      };
    },
    snapshots: [
      ...[askErp, askWms, askTms, askCrm, askShop, askTax, askPayments],
      askFinance(policy.ledger.receivables),
      ...bookkeepers.map(({ holds }) => holds),
    ],
    hearings: [erpCredits],
    facts: [logistics.DeliveryProven.name],
  });

/** Shipments somebody signed for: while the order ran, or when all of it was paid already. */
const proven = ({ heard }: OrderState, told: readonly Told[]): ReadonlySet<string> =>
  new Set([
    ...heard.filter((fact) => fact.startsWith(PROVEN)).map((fact) => fact.slice(PROVEN.length)),
    ...told.flatMap(({ contract, data }) => {
      const { shipmentId } = data as Partial<(typeof logistics.DeliveryProven)["sample"]>;
      return contract === logistics.DeliveryProven.name && shipmentId !== undefined ? [shipmentId] : [];
    }),
  ]);

/** What was told of credit notes, each once, however long ago the order was over. */
const creditsTold = (told: readonly Told[]): Held => {
  const notes = told.flatMap(({ contract, data }): CreditNote[] => {
    if (contract !== finance.CreditNoteIssued.name) return [];
    const { creditNoteId, billingReference, taxInclusiveAmount } = data as CreditNoteIssued;
    return [{ creditNote: creditNoteId, invoice: billingReference, amount: taxInclusiveAmount.amount }];
  });
  return { ...creditedOf(notes), reached: notes.length > 0 ? true : null };
};
type CreditNoteIssued = (typeof finance.CreditNoteIssued)["sample"];

/** What the ERP took back by its own word; its books are asked about it return by return. */
const erpCredits: Hearing = {
  system: "erp",
  facts: [finance.CreditNoteIssued.name],
  read(facts) {
    // What billing took back of a service is none of its business.
    const { complete: _, ...credited } = creditsTold(facts.filter(({ source }) => source === "erp"));
    return { credited };
  },
};

const kept = (
  bookkeepers: readonly Bookkeeper[],
  milestone: keyof Bookkeeper["milestones"],
): Record<string, Teller> =>
  Object.fromEntries(
    bookkeepers.flatMap(({ holds, milestones }) => {
      const teller = milestones[milestone];
      return teller ? [[holds.system, teller]] : [];
    }),
  );

// Asking -----------------------------------------------------------------------------------------------------------

interface ErpFlow {
  readonly ExternalReference: string;
  readonly Cancelled: boolean;
  readonly Items: readonly Record<
    "SalesOrderItem" | "Quantity" | "IssuedQuantity" | "BilledQuantity",
    string
  >[];
  readonly CreditBlocked: boolean;
  readonly BillingDocuments: readonly Readonly<Record<"TotalGrossAmount" | "TaxAmount", string>>[];
  readonly IncomingPayments: readonly Readonly<Record<"IncomingPayment" | "Amount", string>>[];
}

/** Of an order it does not have it says nothing about credit, whatever it said before. */
const NOTHING: Book = {
  accepted: { reached: false },
  "credit approved": { reached: null },
  dispatched: { reached: false },
  invoiced: { reached: false },
  paid: { reached: null, figures: { paid: "0" }, documents: [] },
};

const askErp: Snapshot = {
  system: "erp",
  about: "order-status",
  atOnce: 50,
  question: (numbers) => ({ filter: anyOf("ExternalReference", numbers) }),
  read({ value }: { value: readonly ErpFlow[] }, number) {
    const order = value.find(({ ExternalReference }) => ExternalReference === number);
    if (!order || order.Cancelled) return NOTHING;
    const { Items: items } = order;
    const all = items.map(({ SalesOrderItem }) => SalesOrderItem);
    const figures = (field: "Quantity" | "IssuedQuantity" | "BilledQuantity") =>
      lines(all, byLine(items.map((item) => [item.SalesOrderItem, item[field]])));
    // Whether that is all there will be, it judges by its own quantities; so its figures are compared, and not its view of them.
    return {
      accepted: { reached: true, figures: figures("Quantity") },
      "credit approved": { reached: !order.CreditBlocked },
      dispatched: { reached: null, figures: figures("IssuedQuantity") },
      invoiced: {
        reached: null,
        figures: {
          ...figures("BilledQuantity"),
          gross: sum(order.BillingDocuments.map(({ TotalGrossAmount }) => TotalGrossAmount)),
          tax: sum(order.BillingDocuments.map(({ TaxAmount }) => TaxAmount)),
        },
      },
      paid: {
        reached: null,
        figures: { paid: sum(order.IncomingPayments.map(({ Amount }) => Amount)) },
        documents: order.IncomingPayments.map(({ IncomingPayment }) => IncomingPayment),
      },
    };
  },
};

interface WmsOrder {
  readonly orderId: string;
  readonly allocations: readonly {
    readonly lines: readonly Record<"line" | "quantity" | "reserved" | "taken" | "released", string>[];
  }[];
  readonly shipments: readonly WmsShipment[];
}
interface WmsShipment {
  readonly shipmentId: string;
  readonly reference: string;
  readonly part: number;
  readonly parts: number;
  readonly dispatchedAt: string;
  readonly lines: readonly { readonly line: string; readonly sku: string; readonly quantity: string }[];
  readonly handlingUnits: readonly unknown[];
}

const askWms: Snapshot = {
  system: "wms",
  about: "order-status",
  atOnce: 50,
  question: (numbers) => ({ ids: numbers.join(",") }),
  read({ items }: { items: readonly WmsOrder[] }, number) {
    const order = ofOrder(items, number);
    if (!order) return null;
    const asked = order.allocations.flatMap((allocation) => allocation.lines);
    const all = [...new Set(asked.map(({ line }) => String(line)))];
    const wanted = lines(
      all,
      byLine(asked.map(({ line, quantity, released }) => [line, decimals.subtract(quantity, released)])),
    );
    const allocated = lines(
      all,
      byLine(asked.map(({ line, reserved, taken }) => [line, add(reserved, taken)])),
    );
    const shipped = lines(
      all,
      byLine(
        order.shipments.flatMap((shipment) =>
          shipment.lines.map(({ line, quantity }) => [line, quantity] as const),
        ),
      ),
    );
    const whole = (figures: Record<string, string>) =>
      Object.entries(wanted).some(([, value]) => isPositive(value)) &&
      Object.entries(wanted).every(([line, value]) => compare(figures[line] ?? "0", value) >= 0);
    return {
      allocated: { reached: whole(allocated), figures: allocated },
      dispatched: { reached: whole(shipped), figures: shipped },
    };
  },
  /** Its shipments as its webhooks tell them. Their numbers make them one with what it may still send. */
  report({ items }: { items: readonly WmsOrder[] }, number, milestone) {
    if (milestone !== "dispatched") return [];
    return (ofOrder(items, number)?.shipments ?? []).map(({ dispatchedAt, ...shipment }) => {
      const id = `asked:${shipment.shipmentId}`;
      const told = {
        type: "shipment.dispatched",
        id,
        occurredAt: dispatchedAt,
        orderId: number,
        outstanding: [],
        ...shipment,
      };
      return { flow: "wms-reports", messageId: id, body: told };
    });
  },
};

interface TmsOrder {
  readonly orderId: string;
  readonly consignments: readonly {
    readonly shipmentId: string;
    readonly status: string;
    readonly at: string;
    readonly told: object;
  }[];
}

/** It knows what it carries itself, and not whether that is all of the order. */
const askTms: Snapshot = {
  system: "tms",
  about: "consignments",
  atOnce: 50,
  question: (numbers) => ({ orders: numbers.join(",") }),
  read({ items }: { items: readonly TmsOrder[] }, number) {
    const order = ofOrder(items, number);
    if (!order) return {};
    const proofs = order.consignments.filter(({ status }) => status === "delivered").length;
    return {
      dispatched: { reached: null, figures: { shipments: String(order.consignments.length) } },
      delivered: { reached: null, figures: { proofs: String(proofs) } },
    };
  },
  /** What the carrier reported of each delivery: a proof that came before its shipment was known to us is heard again. */
  report: ({ items }: { items: readonly TmsOrder[] }, number) =>
    (ofOrder(items, number)?.consignments ?? [])
      .filter(({ status }) => status === "delivered")
      .map(({ shipmentId, at, told }) => {
        const id = `asked:${shipmentId}/delivered`;
        return {
          flow: "tms-reports",
          messageId: id,
          body: { ...told, id, occurredAt: at, orderId: number, shipmentId },
        };
      }),
};
