/**
 * Plant DAY as a seller to our other plants: an order of theirs in the words of its ERP, what it could supply, and what it says it booked.
 *
 * No amount is computed here: what goods cost and what the buyer owes is what its ERP answered.
 */
import { ContractBroken, type Message } from "crossdock";
import { decimals, type PostingLine, stock } from "crossdock/canon";
import { anyOf, sum } from "../distribution/agreed.ts";
import { perPiece } from "../distribution/mappings/pieces.ts";
import type { PlantSales } from "../manufacturing/settings.ts";
import { inPieces, pieces } from "./neighbourhood.ts";

/** Whose plant it is. */
export const ENTITY = "ME-02";

/** What is bought here by another of our entities is a sales order of this one. */
export const SALES: PlantSales = {
  order: {
    serves: ({ sellingEntity }) => sellingEntity === ENTITY,
    write: ({ transferId, deliverTo, salesOrderId, orderLine, needBy, lines }) => ({
      transfer: transferId,
      customer: "ME-01",
      needby: needBy,
      deliverto: deliverTo,
      customerorder: salesOrderId,
      customerline: orderLine,
      lines: lines.map(({ line, item, quantity, price }) => ({
        line,
        item,
        quantity: inPieces(quantity),
        price: perPiece(item, price),
      })),
    }),
  },
  cancellation: {
    serves: ({ sellingEntity }) => sellingEntity === ENTITY,
    write: ({ transferId, reason }) => ({ transfer: transferId, reason }),
  },
  issue: {
    serves: ({ entity }) => entity === ENTITY,
    write: ({ erpOrderId, shipmentId, dispatchedAt, lines, transferId }) => ({
      delivery: shipmentId,
      ...(transferId === undefined ? {} : { transfer: transferId }),
      salesorder: erpOrderId,
      postingdate: dispatchedAt.slice(0, 10),
      lines: lines.map(({ line, item, quantity }) => ({ line, item, quantity: inPieces(quantity) })),
    }),
    booked: (answer) => {
      const { CostAmount, ReceivableAmount } = answer as Readonly<Record<string, string | undefined>>;
      return [
        ...entry("Cost of sales", "Finished goods", said(CostAmount, "CostAmount")),
        ...entry(
          "Intercompany receivable",
          "Intercompany revenue",
          said(ReceivableAmount, "ReceivableAmount"),
        ),
      ];
    },
  },
  sold: {
    system: "dynamics",
    about: "goods-issues",
    atOnce: 25,
    question: (numbers) => ({ filter: anyOf("transfer", numbers) }),
    read({ value }: { readonly value: readonly Issued[] }, number) {
      const mine = value.filter(({ transfer }) => transfer === number);
      return {
        sold: {
          reached: null,
          figures: {
            pieces: sum(mine.flatMap(({ lines }) => lines.map(({ quantity }) => quantity))),
            receivable: sum(mine.map(({ ReceivableAmount }) => ReceivableAmount)),
          },
          documents: mine.map((one) => one.number),
        },
      };
    },
  },
  supply: (answer) => {
    const { onhand, makeable } = answer as Readonly<Record<string, string | undefined>>;
    return {
      onHand: pieces(decimals.plain(said(onhand, "onhand"))),
      makeable: pieces(decimals.plain(said(makeable, "makeable"))),
    };
  },
};

interface Issued {
  readonly number: string;
  readonly transfer?: string;
  readonly ReceivableAmount: string;
  readonly lines: readonly { readonly quantity: string }[];
}

/** A field the ERP of the plant must fill. */
function said(value: string | undefined, field: string): string {
  if (value !== undefined) return value;
  throw new ContractBroken(`The ERP of plant DAY did not say its ${field}.`, {
    facts: { field, expected: "a value", found: "none" },
  });
}

/** The plant's books are in euro. */
function entry(debit: string, credit: string, amount: string): PostingLine[] {
  const [value, zero] = [decimals.money(amount, "EUR"), decimals.money("0", "EUR")];
  return [
    { account: debit, debit: value, credit: zero },
    { account: credit, debit: zero, credit: value },
  ];
}

export interface SentWebhook {
  readonly type: "transfer.sent";
  readonly occurredAt: string;
  readonly transfer: string;
  readonly movement: string;
  readonly item: string;
  readonly quantity: string;
  readonly warehouse: string;
  readonly deliverTo: string;
  readonly customerOrder?: string;
  readonly customerLine?: string;
}

export const hasLeft = (told: SentWebhook): Message =>
  stock.StockTransferred.of({
    transferId: told.transfer,
    movementId: told.movement,
    item: told.item,
    stage: "sent",
    quantity: pieces(decimals.plain(told.quantity)),
    from: told.warehouse,
    to: told.deliverTo,
    ...(told.customerOrder === undefined ? {} : { salesOrderId: told.customerOrder }),
    ...(told.customerLine === undefined ? {} : { line: told.customerLine }),
    transferredAt: told.occurredAt,
  });
