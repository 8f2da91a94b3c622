/**
 * What the solution offers to machines: questions about master data and postings, and facts suppliers and warehouses report.
 *
 * Who knows, how long may be waited, what happens when they are silent; the questions themselves are contracts
 * (`crossdock/canon`, inquiries). Translations are pure.
 */
import { type Answering, answering, type Reporting, reporting } from "crossdock";
import { cutover, decimals, inquiries, master, procurement, stock } from "crossdock/canon";
import type { Filled } from "./settings.ts";

interface MasterRecord {
  readonly kind: string;
  readonly id: string;
  readonly version: number;
  readonly record: Record<string, unknown>;
}

/** Facts machines may report, and the flows that take them. */
export const reports = ({ nextErp }: Pick<Filled, "nextErp">): readonly Reporting[] => [
  ...(nextErp
    ? [
        reporting(cutover.CutoverRequested, {
          name: "requestCutover",
          path: "/cutover-requests",
          flow: "api-cutover-requests",
        }),
      ]
    : []),
  reporting(procurement.PurchaseOrderConfirmed, {
    name: "confirmPurchaseOrder",
    path: "/purchase-order-confirmations",
    flow: "api-purchase-order-confirmations",
  }),
  reporting(stock.GoodsReceived, {
    name: "confirmGoodsReceipt",
    path: "/goods-receipts",
    flow: "api-goods-receipts",
  }),
  reporting(master.SupplierChanged, {
    name: "updateSupplier",
    path: "/supplier-updates",
    flow: "api-supplier-updates",
  }),
];

type Entry = (typeof inquiries.ValidatePosting)["sample"];

/** Why a ledger would refuse these lines, before it is asked. */
export function problemsOf(lines: Entry["question"]["lines"]): string[] {
  const sum = (side: "debit" | "credit") => decimals.add("0", ...lines.map((line) => line[side]));
  const [debit, credit] = [sum("debit"), sum("credit")];
  return [
    ...lines.flatMap(({ account, debit: one, credit: other }) =>
      decimals.isZero(one) === decimals.isZero(other)
        ? [`The line of ${account} states ${decimals.isZero(one) ? "neither side" : "both sides"}.`]
        : [],
    ),
    ...(decimals.compare(debit, credit) === 0
      ? []
      : [`It does not balance: debit ${debit}, credit ${credit}.`]),
  ];
}

export const plantInquiries: readonly Answering[] = [
  answering(inquiries.GetSupplier, {
    asks: { mdm: { about: "record", ask: ({ supplier }) => ({ kind: "supplier", id: supplier }) } },
    deadline: "2s",
    lastGoodFor: "1h",
    answer: ({ mdm: { id, version, record } }: { mdm: MasterRecord }) => ({ id, version, fields: record }),
  }),
  answering(inquiries.CheckReferences, {
    asks: { mdm: { about: "record-checks" } },
    deadline: "2s",
    answer: ({ mdm: { records } }: { mdm: { records: readonly MasterRecord[] } }, { references }) => {
      const known = new Map(records.map((one) => [`${one.kind}/${one.id}`, one]));
      const told = references.map(({ kind, id }) => {
        const found = known.get(`${kind}/${id}`);
        return found
          ? { kind, id, known: true, version: found.version, fields: found.record }
          : { kind, id, known: false };
      });
      return { valid: told.every((one) => one.known), references: told };
    },
  }),
  // Whether a period is open is only worth knowing now.
  answering(inquiries.ValidatePosting, {
    asks: { erp: { about: "period", ask: ({ postingDate }) => ({ day: postingDate }) } },
    deadline: "2s",
    answer: ({ erp: { Period, Status, NextOpenDay } }, { lines }) => {
      const reasons = [
        ...problemsOf(lines),
        ...(Status === "open" ? [] : [`Period ${Period} is ${Status}; the next open day is ${NextOpenDay}.`]),
      ];
      return {
        valid: reasons.length === 0,
        reasons,
        period: Period,
        periodStatus: Status,
        ...(Status === "open" ? {} : { nextOpenDay: NextOpenDay }),
      };
    },
  }),
];
