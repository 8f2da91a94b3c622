/**
 * What everybody must agree about goods that come back: warehouse, ERP, shop, tax engine and ledger, from the announcement to the credit note.
 *
 * Beside the matrix of orders, as data. The credit is compared net, tax and gross; what the ERP took back on the shelf line by line.
 */
import { type Agreement, agreement, type Snapshot } from "crossdock";
import { decimals, erp, finance, returns as goods, settlement } from "crossdock/canon";
import { anyOf, byLine, sum } from "./agreed.ts";
import { askShopReturns } from "./agreement-channels.ts";
import { askCredits } from "./agreement-money.ts";
import type { ReturnState } from "./returns.ts";
import type { Filled } from "./settings.ts";

export const returns = ({ policy, shopCustomers }: Filled): Agreement<ReturnState> =>
  agreement<ReturnState>({
    name: "returns",
    title: "Returns",
    owner: "customer-service",
    process: "returns",
    keyType: "return",
    every: "1h",
    milestones: {
      authorised: { grace: "15m", systems: { wms: { by: goods.ReturnAuthorised.name } } },
      received: {
        grace: "1h",
        systems: { wms: { says: goods.GoodsReturned.name }, shop: { by: goods.GoodsReturned.name } },
      },
      "on the shelf": { grace: "1h", systems: { erp: { by: goods.PostGoodsReturn.name } } },
      credited: {
        grace: "1h",
        systems: {
          erp: { by: erp.PostCreditNote.name, says: finance.CreditNoteIssued.name },
          tax: { by: goods.CreditTax.name },
          finance: { by: settlement.PostEntry.name },
        },
      },
    },
    concerns: (system, { invoice }) =>
      system !== "shop" || (invoice !== null && shopCustomers.includes(invoice.customer)),
    worth({ credited, invoice }) {
      return invoice && credited.length > 0
        ? decimals.total(
            credited.map(({ amount }) => amount),
            invoice.currency,
          )
        : null;
    },
    ours: (state, reached) => ({
      authorised: { reached: reached.has("authorised") },
      received: { reached: reached.has("received") },
      "on the shelf": {
        reached: null,
        figures:
          state.shelf === "not"
            ? {}
            : byLine(state.credited.map(({ line, quantity }) => [line, quantity.value] as const)),
      },
      credited: {
        reached: reached.has("credited"),
        ...(state.creditNoteId === null
          ? {}
          : { figures: { net: sum(state.credited.map(({ amount }) => amount.amount)) } }),
      },
    }),
    snapshots: [askErp, askWms, askShopReturns, askTax, askCredits(policy.ledger.receivables)],
  });

// Asking -----------------------------------------------------------------------------------------------------------

interface ErpReturn {
  readonly CustomerReturn: string;
  readonly Receipts: readonly {
    readonly MaterialDocument: string;
    readonly Items: readonly { readonly SalesOrderItem: string; readonly Quantity: string }[];
  }[];
  readonly CreditMemos: readonly Record<"CreditMemo" | "NetAmount" | "TaxAmount", string>[];
}

const askErp: Snapshot = {
  system: "erp",
  about: "return-status",
  atOnce: 50,
  question: (numbers) => ({ filter: anyOf("CustomerReturn", numbers) }),
  read({ value }: { value: readonly ErpReturn[] }, number) {
    const one = value.find(({ CustomerReturn }) => CustomerReturn === number);
    const items = (one?.Receipts ?? []).flatMap(({ Items }) => Items);
    const memos = one?.CreditMemos ?? [];
    return {
      "on the shelf": {
        reached: null,
        figures: byLine(items.map((item) => [item.SalesOrderItem, item.Quantity] as const)),
        complete: true,
        documents: (one?.Receipts ?? []).map(({ MaterialDocument }) => MaterialDocument),
      },
      credited: {
        reached: memos.length > 0,
        documents: memos.map(({ CreditMemo }) => CreditMemo),
        ...(memos.length > 0
          ? {
              figures: {
                net: sum(memos.map(({ NetAmount }) => NetAmount)),
                tax: sum(memos.map(({ TaxAmount }) => TaxAmount)),
                gross: sum(memos.flatMap(({ NetAmount, TaxAmount }) => [NetAmount, TaxAmount])),
              },
            }
          : {}),
      },
    };
  },
};

const askWms: Snapshot = {
  system: "wms",
  about: "return-status",
  atOnce: 50,
  question: (numbers) => ({ ids: numbers.join(",") }),
  read({ items }: { items: readonly { returnId: string; receipts: readonly unknown[] }[] }, number) {
    const one = items.find(({ returnId }) => returnId === number);
    return {
      authorised: { reached: one !== undefined },
      received: { reached: (one?.receipts.length ?? 0) > 0 },
    };
  },
};

interface TaxDocument {
  readonly documentCode: string;
  readonly taxAmount: string;
  readonly voided: boolean;
}

const askTax: Snapshot = {
  system: "tax",
  about: "documents-of-orders",
  atOnce: 50,
  question: (numbers) => ({ startsWith: numbers.map((number) => `${number}/`).join(",") }),
  read({ documents }: { documents: readonly TaxDocument[] }, number) {
    const mine = documents.filter(
      ({ documentCode, voided }) => !voided && documentCode.startsWith(`${number}/`),
    );
    // A credit counts against the other documents; we speak of what is given back.
    const tax = decimals.subtract("0", sum(mine.map(({ taxAmount }) => taxAmount)));
    return { credited: { reached: null, figures: { tax } } };
  },
};
