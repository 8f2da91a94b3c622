/** What UBL documents repeat: amounts, quantities, prices, items, parties, addresses. */
import type { UblMessage } from "../../codecs/ubl/codec.ts";
import { decimals } from "../../contracts/canon/index.ts";
import { ContractBroken } from "../../std/errors.ts";
import * as kinds from "../kinds.ts";
import { textOf } from "../place.ts";
import { DOCUMENT_CURRENCY } from "../rows.ts";
import {
  type FieldRow,
  field,
  type Kind,
  type Row,
  repeats,
  type Scope,
  type Sheet,
  text,
} from "../table.ts";

export type UblSheet = Sheet<UblMessage>;

/** Every amount is in the currency of the document; another would be booked as if it were. */
const sameCurrency = (found: unknown, expected: string): void => {
  const stated = textOf(found);
  if (found === undefined || stated === expected) return;
  throw new ContractBroken(`An amount is in ${stated} and the document in ${expected}.`, {
    facts: { field: "currency", expected, found: stated },
  });
};

const amountIn = (currency: string): Kind => ({
  ...kinds.moneyWith,
  read(found, scope) {
    const [amount, stated] = found as unknown[];
    const expected = kinds.currencyOf(scope, currency);
    sameCurrency(stated, expected);
    return decimals.money(textOf(amount), expected);
  },
});

export const amount = (
  place: string,
  path: string,
  currency: string,
  otherwise?: (scope: Scope) => unknown,
): FieldRow =>
  field([`${place}.amount`, `${place}.currency`], path, amountIn(currency), otherwise ? { otherwise } : {});

/** An amount that stands a second time. */
export const amountAgain = (place: string, of: (scope: Scope) => unknown): readonly Row[] =>
  (["amount", "currency"] as const).map((part) =>
    repeats(`${place}.${part}`, (scope) => (of(scope) as Record<string, string> | undefined)?.[part]),
  );

export const quantity = (place: string, path = "quantity"): FieldRow =>
  field([`${place}.value`, `${place}.uom`], path, kinds.quantity());

const priced = (currency: string): Kind => {
  const kind = kinds.priceWithBase("quantity.uom", currency);
  return {
    name: kind.name,
    read(found, scope) {
      const [price, stated, base, uom] = found as unknown[];
      if (stated !== undefined && (kinds.at(scope.data, currency) ?? scope.around.currency) !== undefined)
        sameCurrency(stated, kinds.currencyOf(scope, currency));
      return kind.read([price, base, uom], scope);
    },
    write(value, scope) {
      const [price, base, uom] = kind.write(value, scope) as string[];
      return [price, kinds.currencyOf(scope, currency), base, uom];
    },
  };
};

export const price = (currency = "currency", inside = "lineItem."): FieldRow =>
  field(pricePlaces(inside), "price", priced(currency));
/** A change states the price in the currency of the order. */
export const changedPrice: FieldRow = field(
  pricePlaces("lineItem."),
  "price",
  kinds.withoutCurrency(priced("currency")),
);

function pricePlaces(inside: string): string[] {
  const at = `${inside}price`;
  return [
    `${at}.amount.amount`,
    `${at}.amount.currency`,
    `${at}.baseQuantity.value`,
    `${at}.baseQuantity.uom`,
  ];
}

/** Our number of the item; the buyer's own where they leave ours out. Its name describes it when it is not the number. */
export const item = (inside = ""): readonly Row[] => [
  field(`${inside}item.sellersId.id.id or ${inside}item.buyersId.id.id`, "item"),
  repeats(
    `${inside}item.name`,
    ({ item: one }) => (one.description === undefined ? String(one.item ?? one.line) : undefined),
    "the item, where it has no name",
  ),
];
export const described = (inside = ""): FieldRow =>
  field(`${inside}item.name`, "description", {
    ...text,
    read: (found, scope) => (textOf(found) === scope.item.item ? undefined : textOf(found)),
  });

/** A date without the zone some senders add. */
export const day = (place: string, path: string): FieldRow => field(place, path, kinds.isoDay);

export const instant = (date: string, time: string, path: string): FieldRow =>
  field([date, time], path, {
    name: "date and time, UTC where none is said",
    read(found) {
      const [on, at] = (found as unknown[]).map(textOf);
      return kinds.instant.read(
        at === undefined || at === "" ? on?.slice(0, 10) : `${on?.slice(0, 10)}T${at}`,
        {} as Scope,
      );
    },
    write: (value) => [String(value).slice(0, 10), String(value).slice(11)],
  });

/** Who sends and who gets it, by the names agreed on; a document that says another name is read, and the name is listed. */
export const parties = (us: string, them: string): readonly Row[] => [
  repeats(`${us}.party.names[0].name`, ({ around }) => around.ourName, "our name"),
  repeats(`${us}.party.endpoint.id`, ({ around }) => around.ourEndpoint?.id, "our electronic address"),
  repeats(`${us}.party.endpoint.scheme`, ({ around }) => around.ourEndpoint?.scheme, "its scheme"),
  repeats(`${them}.party.names[0].name`, ({ around }) => around.partnerName, "the partner's name"),
];

export const address = (at: string, path: string, party: string): readonly Row[] => {
  const part = (name: string) => `${at}.address.${name} or ${at}.location.address.${name}`;
  return [
    field(`${party}.names[0].name`, `${path}.name`),
    field(part("street"), `${path}.street`),
    field(part("city"), `${path}.city`),
    field(part("postalZone"), `${path}.postalCode`),
    field(part("country.code"), `${path}.country`),
  ];
};

export const currency = (path: string): Row => field("currency", path, text, DOCUMENT_CURRENCY);
export const documentOf = ({ data }: Scope) => data.document as Record<string, unknown>;
export const writtenOn: Row = repeats(
  "issueDate",
  ({ around }) => around.at?.slice(0, 10),
  "the day it is written",
);

/** The customer's order, its day, and our number of it. */
export const toldOrder = (at: string): readonly Row[] => [
  field(`${at}.id`, "document.customerReference"),
  field(`${at}.issueDate`, "document.orderDate"),
  field(`${at}.salesOrderId`, "salesOrderId"),
];
