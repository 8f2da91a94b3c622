/**
 * Documents of purchasing for the ERP's OData service: goods that came in, what suppliers bill, what could be supplied; and what it
 * booked, as facts of the ledger.
 */
import type { Message, Receipt } from "crossdock";
import {
  cutover,
  decimals,
  finance,
  type Money,
  type plant,
  type purchasing,
  transfers,
} from "crossdock/canon";
import { piecesByItem } from "../../distribution/agreed.ts";
import type { Policy } from "../policy.ts";
import { goodsReceiptsOf } from "../processes/cut-over.ts";
import type { NextLedger, Supply } from "../settings.ts";
import { periodOf } from "../words.ts";
import { given, type Of, PIECE, pieces } from "./erp-words.ts";

export const toGoodsReceipt = (about: Of<typeof plant.PostGoodsReceipt>) => ({
  about,
  document: {
    ExternalReference: about.receiptAdviceId,
    PurchaseOrder: about.purchaseOrderId,
    StorageLocation: about.warehouse,
    DocumentDate: about.documentDate,
    PostingDate: about.postingDate,
    ...(about.sellingEntity === undefined ? {} : { PartnerEntity: about.sellingEntity }),
    Items: about.lines.map(({ line, item, quantity, price }) => ({
      Line: line,
      Material: item,
      Quantity: pieces(quantity),
      ...(price === undefined ? {} : { NetPrice: price.amount }),
    })),
  },
});

export const toSupplierInvoice = (about: Of<typeof purchasing.PostSupplierInvoice>) => ({
  about,
  document: {
    ExternalReference: `${about.supplier}/${about.supplierInvoiceId}`,
    PurchaseOrder: about.purchaseOrderId,
    InvoicingParty: about.supplier,
    PostingDate: about.postingDate,
    NetAmount: about.taxExclusiveAmount.amount,
    TaxAmount: about.taxAmount.amount,
  },
});

/** The entry as the ERP says it booked it, where it says between which two accounts. */
function lineOf(answer: unknown, currency: string) {
  const { Amount, DebitAccount, CreditAccount } = answer as Readonly<Record<string, string | undefined>>;
  if (Amount === undefined || DebitAccount === undefined || CreditAccount === undefined) return {};
  const [value, zero] = [Amount, "0"].map((amount) => ({
    amount: decimals.quantise(amount, currency),
    currency,
  })) as [Money, Money];
  return {
    lines: [
      { account: DebitAccount, debit: value, credit: zero },
      { account: CreditAccount, debit: zero, credit: value },
    ],
  };
}

/** Accepted under the ledger's number, of a document of purchasing. */
export const fromPurchasing =
  (policy: Policy, ledger = "ERP") =>
  (
    { reference, answer }: Receipt,
    {
      about,
    }: {
      about: {
        purchaseOrderId: string;
        postingDate: string;
        receiptAdviceId?: string;
        supplierInvoiceId?: string;
        transferId?: string;
      };
    },
  ): Message =>
    finance.PostingAccepted.of({
      sourceDocument: about.receiptAdviceId ?? about.supplierInvoiceId ?? "",
      ledger,
      ledgerReference: reference,
      ...periodOf(policy, about.postingDate),
      purchaseOrderId: about.purchaseOrderId,
      ...(about.transferId === undefined
        ? {}
        : { transferId: about.transferId, ...lineOf(answer, policy.currency) }),
    });

/** Accepted; and where the step moves from one ERP to another, what was booked, and in whose books. */
export const fromGoodsReceipt =
  (policy: Policy, next: NextLedger | null) =>
  (
    receipt: Receipt,
    written: { readonly about: Of<typeof plant.PostGoodsReceipt>; readonly to: string },
  ): Message[] => {
    const { receiptAdviceId, stage, lines } = written.about;
    const moved = next !== null && written.to === next.line.name;
    const accepted = fromPurchasing(policy, moved ? "S4CLOUD" : "ERP")(receipt, written);
    if (stage === undefined) return [accepted];
    const figures = moved ? next.figures(receipt.answer) : bookedBy(receipt.answer, lines);
    // Booked by hand it is known by its number alone, and there is nothing to compare.
    if (stage === "shadow" && figures === null) return [accepted];
    return [
      accepted,
      cutover.ParallelPosted.of({
        cutoverId: goodsReceiptsOf(policy),
        document: receiptAdviceId,
        side: "live",
        ledger: moved ? "cloud" : "legacy",
        stage,
        figures: figures ?? {},
      }),
    ];
  };

function bookedBy(answer: unknown, lines: Of<typeof plant.PostGoodsReceipt>["lines"]) {
  const { Amount } = (answer ?? {}) as Readonly<Record<string, string | undefined>>;
  return Amount === undefined
    ? null
    : { value: Amount, ...piecesByItem(lines.map((one) => [one.item, one.quantity.value])) };
}

export const toReceiptReversal = (about: Of<typeof plant.ReverseGoodsReceipt>) => ({
  about,
  document: {
    ExternalReference: `${about.document}/reversed`,
    MaterialDocumentReference: about.document,
    PostingDate: about.postingDate,
    Reason: about.reason,
  },
});

export const fromReceiptReversal = (
  { reference }: Receipt,
  { about: { cutoverId, document, purchaseOrderId } }: ReturnType<typeof toReceiptReversal>,
): Message =>
  cutover.DirectPostingReversed.of({ cutoverId, ledger: "legacy", document, purchaseOrderId, reference });

// Supply ------------------------------------------------------------------------------------------------------------

export const toSupplyQuestion = ({ quantity, ...about }: Of<typeof transfers.CheckSupply>) => ({
  ...about,
  quantity: pieces(quantity),
});

/** What the first ERP says it has, and could make of its components. */
export const supplyOf = (answer: unknown): Supply => {
  const { UnrestrictedStock, MakeableQuantity } = answer as Readonly<Record<string, string | undefined>>;
  const each = (value: string | undefined, field: string) => ({
    value: decimals.plain(given(value, field)),
    uom: PIECE,
  });
  return {
    onHand: each(UnrestrictedStock, "UnrestrictedStock"),
    makeable: each(MakeableQuantity, "MakeableQuantity"),
  };
};

export const fromSupplyAnswer =
  (read: (answer: unknown) => Supply) =>
  ({ answer }: Receipt, { quantity, ...asked }: ReturnType<typeof toSupplyQuestion>): Message =>
    transfers.SupplyChecked.of({ ...asked, quantity: { value: quantity, uom: PIECE }, ...read(answer) });
