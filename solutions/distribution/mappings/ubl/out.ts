/**
 * What we tell UBL partners: OrderResponse, DespatchAdvice and Invoice.
 *
 * Everything in the document comes from the command, so the same command gives the same bytes whenever it is sent. What
 * UBL has no place for is listed beside it.
 */
import { ContractBroken } from "crossdock";
import { decimals, type telling } from "crossdock/canon";
import { type UblDraft, type UblMessage, ublMessage } from "crossdock/codecs/ubl";

type Kind<Type extends telling.PartnerDocument["type"]> = Extract<telling.PartnerDocument, { type: Type }>;

/** How a company names itself in documents. */
export interface Company {
  readonly name: string;
  /** GLN or another electronic address with the scheme it is of, e.g. `0088`. */
  readonly endpoint?: { readonly id: string; readonly scheme: string };
}

export interface Recipient {
  readonly ourselves: Company;
  readonly partner: Company;
}

export interface Written {
  readonly message: UblMessage;
  /** Fields of the command that have no place in the document. */
  readonly notCarried: readonly string[];
}

/** @throws {ContractBroken} for an acknowledgement of syntax, which UBL does not have */
export function toUbl(document: telling.PartnerDocument, order: string, recipient: Recipient): Written {
  switch (document.type) {
    case "order-acknowledgement":
      return response(document, order, recipient);
    case "despatch-advice":
      return despatch(document, order, recipient);
    case "invoice":
      return invoice(document, order, recipient);
    case "functional-acknowledgement":
      throw new ContractBroken("UBL has no acknowledgement of syntax.", {
        facts: { expected: "a business document", found: document.type },
      });
  }
}

const party = ({ name, endpoint }: Company) => ({
  party: { names: [{ name }], ...(endpoint ? { endpoint } : {}) },
});

/** UNCL 4343 as PEPPOL uses it, and UNCL 1229 for lines. */
const ANSWERS = {
  accepted: { document: "AP", line: "5" },
  changed: { document: "CA", line: "3" },
  rejected: { document: "RE", line: "7" },
} as const;

const item = (sku: string, description?: string) => ({
  name: description ?? sku,
  sellersId: { id: { id: sku } },
});

function response(
  told: Kind<"order-acknowledgement">,
  order: string,
  { ourselves, partner }: Recipient,
): Written {
  const { currency } = told;
  const draft: UblDraft<"OrderResponse"> = {
    id: order,
    salesOrderId: order,
    issueDate: told.orderDate,
    responseCode: ANSWERS[told.status].document,
    ...(told.reasons.length === 0 ? {} : { notes: told.reasons }),
    currency,
    orderReferences: [{ id: told.customerReference, issueDate: told.orderDate }],
    seller: party(ourselves),
    buyer: party(partner),
    lines: told.lines.map(({ line, item: sku, description, quantity, price }) => ({
      lineItem: {
        id: line,
        statusCode: ANSWERS[told.status].line,
        quantity,
        ...(price
          ? { price: { amount: { amount: price.amount, currency: price.currency }, baseQuantity: price.per } }
          : {}),
        item: item(sku, description),
      },
      orderLineReferences: [{ lineId: line }],
    })),
  };
  return { message: ublMessage("OrderResponse", draft), notCarried: [] };
}

function despatch(told: Kind<"despatch-advice">, order: string, { ourselves, partner }: Recipient): Written {
  const { shipTo, carrier, trackingNumber } = told;
  const draft: UblDraft<"DespatchAdvice"> = {
    id: told.shipmentId,
    issueDate: told.dispatchedAt.slice(0, 10),
    orderReferences: [{ id: told.customerReference, salesOrderId: order, issueDate: told.orderDate }],
    despatchSupplier: party(ourselves),
    deliveryCustomer: party(shipTo ? { name: shipTo.name } : partner),
    buyer: party(partner),
    shipment: {
      id: told.shipmentId,
      ...(carrier === undefined && trackingNumber === undefined
        ? {}
        : {
            consignments: [
              {
                ...(trackingNumber === undefined ? {} : { carrierAssignedId: trackingNumber }),
                ...(carrier === undefined ? {} : { carrier: { names: [{ name: carrier }] } }),
              },
            ],
          }),
      delivery: {
        ...(shipTo
          ? {
              address: {
                ...(shipTo.street === undefined ? {} : { street: shipTo.street }),
                ...(shipTo.city === undefined ? {} : { city: shipTo.city }),
                ...(shipTo.postalCode === undefined ? {} : { postalZone: shipTo.postalCode }),
                ...(shipTo.country === undefined ? {} : { country: { code: shipTo.country } }),
              },
            }
          : {}),
        despatch: { actualDate: told.dispatchedAt.slice(0, 10), actualTime: told.dispatchedAt.slice(11) },
      },
      handlingUnits: told.handlingUnits.map(({ sscc }) => ({ id: { id: sscc } })),
    },
    lines: told.lines.map(({ line, item: sku, quantity }) => ({
      id: line,
      deliveredQuantity: quantity,
      orderLineReferences: [{ lineId: line, orderReference: { id: told.customerReference } }],
      item: item(sku),
    })),
  };
  return { message: ublMessage("DespatchAdvice", draft), notCarried: [] };
}

function invoice(told: Kind<"invoice">, order: string, { ourselves, partner }: Recipient): Written {
  const { currency } = told.taxInclusiveAmount;
  const net = decimals.total(
    told.lines.map(({ amount }) => amount),
    currency,
  );
  const draft: UblDraft<"Invoice"> = {
    id: told.invoiceId,
    issueDate: told.issueDate,
    ...(told.dueDate === undefined ? {} : { dueDate: told.dueDate }),
    typeCode: "380",
    currency,
    orderReference: { id: told.customerReference, salesOrderId: order, issueDate: told.orderDate },
    despatchDocuments: [{ id: { id: told.shipmentId } }],
    supplier: party(ourselves),
    customer: party(partner),
    taxTotals: [{ taxAmount: told.taxAmount }],
    total: {
      lineExtensionAmount: net,
      taxExclusiveAmount: told.taxExclusiveAmount,
      taxInclusiveAmount: told.taxInclusiveAmount,
      payableAmount: told.taxInclusiveAmount,
    },
    lines: told.lines.map(({ line, item: sku, quantity, amount }) => ({
      id: line,
      quantity,
      lineExtensionAmount: amount,
      orderLineReferences: [{ lineId: line }],
      item: item(sku),
    })),
  };
  return { message: ublMessage("Invoice", draft), notCarried: [] };
}
