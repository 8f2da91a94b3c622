/**
 * The agreement matrix as it was designed: for each milestone of the business, who must hold the same opinion, and within how long.
 *
 * Each cell says where it is held: by an agreement, a milestone of it and the connection that is asked or heard. What is not held says
 * why; the decisions behind that stand in `docs/decisions/0020-cells-that-nobody-is-asked-for.md`. What must stay true: no cell says neither.
 */
import type { Span } from "crossdock";

/** `orders/accepted/shop`: agreement, milestone, connection. */
export type Place = `${string}/${string}/${string}`;

export interface Cell {
  /** Who must agree, as the business names it. */
  readonly who: string;
  /** Where that is held; empty: nowhere. */
  readonly held: readonly Place[];
  /** Why it is not held, or not by asking that system. */
  readonly because?: string;
}

export interface Row {
  readonly milestone: string;
  readonly within: Span | "at once";
  readonly cells: readonly Cell[];
}

const at = (who: string, ...held: readonly Place[]): Cell => ({ who, held });
const not = (who: string, because: string, ...held: readonly Place[]): Cell => ({ who, held, because });

const OURSELVES = "It is the page of Crossdock itself: the opinion every other one is compared with.";
const ON_DEMAND =
  "It keeps no stock of its own: what it shows is asked of the warehouse through Crossdock at that moment.";

export const MATRIX: readonly Row[] = [
  {
    milestone: "order accepted",
    within: "2m",
    cells: [
      at("channel", "orders/accepted/shop"),
      at("CRM", "orders/accepted/crm"),
      at("ERP", "orders/accepted/erp"),
    ],
  },
  {
    milestone: "order changed, cancelled",
    within: "5m",
    cells: [
      not(
        "channel",
        "It asked for the change and was answered; it keeps the answer, and no quantities of lines.",
      ),
      at("ERP", "orders/accepted/erp"),
      at("WMS", "orders/allocated/wms"),
      not(
        "tax engine",
        "Nothing is committed there before goods leave, so a change finds nothing to correct.",
      ),
    ],
  },
  {
    milestone: "credit approved, held",
    within: "5m",
    cells: [
      at("ERP", "orders/credit approved/erp"),
      at("CRM", "orders/credit approved/crm"),
      not("customer-service view", OURSELVES),
    ],
  },
  {
    milestone: "inventory allocated",
    within: "5m",
    cells: [
      at("WMS", "orders/allocated/wms"),
      not("ERP", "What is set aside is the warehouse's alone; the ERP keeps what was ordered and what left."),
      not("availability service", ON_DEMAND),
      not("commerce stock", ON_DEMAND),
    ],
  },
  {
    milestone: "shipment dispatched",
    within: "15m",
    cells: [
      at("WMS", "orders/dispatched/wms"),
      at("TMS", "orders/dispatched/tms"),
      at("ERP", "orders/dispatched/erp"),
      at("channel", "orders/dispatched/shop"),
    ],
  },
  {
    milestone: "delivery proven",
    within: "1d",
    cells: [
      not("carrier", "It tells and cannot be asked; what it told the TMS keeps.", "orders/delivered/tms"),
      at("TMS", "orders/delivered/tms"),
      not(
        "finance",
        "Where it triggers a posting, that is the invoice, held below.",
        "orders/invoiced/finance",
      ),
    ],
  },
  {
    milestone: "tax finalised",
    within: "30m",
    cells: [
      at("tax engine", "orders/tax finalised/tax"),
      not(
        "ERP invoice",
        "Its tax stands on the invoice, so it is compared when that is due, and not before.",
        "orders/invoiced/erp",
      ),
    ],
  },
  {
    milestone: "invoice posted",
    within: "4h",
    cells: [
      at("ERP", "orders/invoiced/erp"),
      not(
        "billing",
        "It bills services by itself; that none comes before its trigger is looked at as it is told.",
      ),
      at("finance", "orders/invoiced/finance", "orders/invoiced/fusion", "orders/invoiced/receivables"),
      at("channel", "orders/invoiced/shop"),
      at("shipped quantity", "orders/dispatched/wms", "orders/invoiced/erp"),
    ],
  },
  {
    milestone: "credit note issued",
    within: "1h",
    cells: [
      at("ERP", "returns/credited/erp", "orders/credited/erp"),
      at("AR", "orders/credited/receivables"),
      at("channel", "orders/credited/shop"),
      at("CRM", "orders/credited/crm"),
      not("customer-service view", OURSELVES),
      at("tax engine", "returns/credited/tax"),
      at("finance", "returns/credited/finance"),
    ],
  },
  {
    milestone: "payment applied",
    within: "1d",
    cells: [
      at("gateway", "orders/paid/payments"),
      not(
        "bank",
        "It cannot be asked: each entry of its statements is applied, or shown as matched by nothing.",
      ),
      at("AR", "orders/paid/receivables", "orders/paid/finance"),
      at("channel", "orders/paid/shop"),
      at("credit exposure", "orders/paid/erp"),
    ],
  },
  {
    milestone: "goods returned",
    within: "1h",
    cells: [
      at("WMS", "returns/received/wms"),
      at("ERP", "returns/on the shelf/erp"),
      at("channel", "returns/received/shop"),
    ],
  },
  {
    milestone: "production released",
    within: "5m",
    cells: [at("ERP", "production-orders/released/erp"), at("MES", "production-orders/released/mes")],
  },
  {
    milestone: "production completed",
    within: "15m",
    cells: [
      at("MES", "production-orders/completed/mes"),
      at("ERP quantity", "production-orders/completed/erp"),
      at("WMS stock", "production-orders/completed/wms"),
      at("costing", "production-orders/completed/fusion"),
    ],
  },
  {
    milestone: "lot held, released, rejected",
    within: "1m",
    cells: [
      at("QMS", "lots/held/qms", "lots/stock corrected/qms"),
      at("WMS", "lots/stock corrected/wms"),
      at("ERP", "lots/stock corrected/erp"),
      not("commerce availability", ON_DEMAND),
    ],
  },
  {
    milestone: "purchase order confirmed",
    within: "30m",
    cells: [
      at("supplier portal", "purchase-orders/confirmed/supplier"),
      at("ERP", "purchase-orders/confirmed/erp"),
      at("planning", "purchase-orders/confirmed/replenishment"),
    ],
  },
  {
    milestone: "goods received",
    within: "1h",
    cells: [
      at("WMS", "purchase-orders/received/wms"),
      at("ERP", "purchase-orders/received/erp"),
      at("procurement", "purchase-orders/received/procurement"),
      not(
        "AP",
        "It keeps invoices, and is given one when it matches what was received.",
        "purchase-orders/invoiced/erp",
        "purchase-orders/paid/treasury",
      ),
    ],
  },
  {
    milestone: "intercompany shipped, received",
    within: "4h",
    cells: [
      at("both ERPs", "transfers/sold/dynamics", "transfers/bought/erp"),
      at("WMS", "transfers/moved/wms", "transfers/came/wms", "transfers/came/threepl"),
      at("both ledgers", "transfers/sold/dynamics", "transfers/bought/erp"),
    ],
  },
  {
    milestone: "subcontract components",
    within: "1d",
    cells: [
      at("ERP stock at supplier", "purchase-orders/components at the supplier/erp"),
      at("supplier portal", "purchase-orders/components at the supplier/supplier"),
    ],
  },
  {
    milestone: "inventory valued",
    within: "4h",
    cells: [at("ERP", "stock/valued/erp"), at("finance platform", "stock/valued/fusion")],
  },
  {
    milestone: "period status",
    within: "at once",
    cells: [
      at("ERP entity", "periods/closed/erp"),
      not("posting queue", "It is Crossdock's own: what it holds is what the ERP's word is compared with."),
    ],
  },
];
