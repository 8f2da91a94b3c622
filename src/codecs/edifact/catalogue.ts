/** Price and sales catalogues: PRICAT as plain business data, both ways. Numbers, dates and codes as in orders. */
import { type EdifactMessage, groupsOf, segment, segmentsNamed, textOf } from "./document.ts";
import { draft, type MessageDraft } from "./draft.ts";
import { readHeading, type TradeHeading, writeBeginning } from "./order.ts";
import type {
  ItemNumbers,
  TradeCharge,
  TradeDate,
  TradePrice,
  TradeQuantity,
  TradeTax,
  TradeText,
} from "./trade.ts";
import {
  each,
  given,
  itemOf,
  type Level,
  readCharges,
  readCurrency,
  readDates,
  readDescription,
  readNumbers,
  readPrices,
  readQuantities,
  readTaxes,
  readTexts,
  some,
} from "./trade-read.ts";
import {
  writeCharges,
  writeDates,
  writeDescription,
  writeItem,
  writeParties,
  writePrices,
  writeQuantities,
  writeReferences,
  writeTaxes,
  writeTexts,
} from "./trade-write.ts";
import { decimal } from "./values.ts";

/** One MEA: `PD` physical dimensions, `AAA` net weight … */
export interface Measurement {
  readonly purpose: string;
  /** 6313: `AAA` net weight, `AAB` gross weight, `HT` height … */
  readonly dimension?: string;
  readonly value?: string;
  readonly uom?: string;
}

export interface CatalogueItem {
  readonly line: string;
  /** LIN 1229: `1` added, `2` deleted, `3` changed … */
  readonly action?: string;
  readonly item: string;
  readonly numbers: ItemNumbers;
  readonly description?: string;
  /** PGI 5379 and its code: the product group the item stands in. */
  readonly group?: string;
  readonly measurements?: readonly Measurement[];
  readonly quantities?: readonly TradeQuantity[];
  readonly dates?: readonly TradeDate[];
  readonly texts?: readonly TradeText[];
  readonly prices: readonly TradePrice[];
  readonly taxes?: readonly TradeTax[];
  readonly charges?: readonly TradeCharge[];
}

export interface PriceCatalogue extends TradeHeading {
  readonly currency?: string;
  readonly items: readonly CatalogueItem[];
}

/** Reads a PRICAT. @throws {ContractBroken} when a number or date in it cannot be read */
export function readPriceCatalogue(message: EdifactMessage): PriceCatalogue {
  const { body } = message;
  const items: CatalogueItem[] = [];
  for (const { children } of groupsOf(body, "PGI")) {
    const pgi = segmentsNamed(children, "PGI")[0];
    items.push(
      ...itemsOf(children, [textOf(pgi, 1), textOf(pgi, 2)].filter((part) => part !== "").join("/")),
    );
  }
  items.push(...itemsOf(body, ""));
  return { ...readHeading(message), ...given("currency", readCurrency(body)), items };
}

const itemsOf = (nodes: Level, group: string): CatalogueItem[] =>
  each(nodes, "LIN").map(({ segment: lin, children }, index) => {
    const numbers = readNumbers(lin, children);
    return {
      line: textOf(lin, 1) || String(index + 1),
      ...given("action", textOf(lin, 2)),
      item: itemOf(numbers),
      numbers,
      ...given("description", readDescription(children)),
      ...given("group", group),
      ...some(
        "measurements",
        segmentsNamed(children, "MEA").map((mea) => ({
          purpose: textOf(mea, 1),
          ...given("dimension", textOf(mea, 2)),
          ...given("value", decimal(textOf(mea, 3, 2))),
          ...given("uom", textOf(mea, 3)),
        })),
      ),
      ...some("quantities", readQuantities(children)),
      ...some("dates", readDates(children)),
      ...some("texts", readTexts(children)),
      prices: readPrices(children),
      ...some("taxes", readTaxes(children)),
      ...some("charges", readCharges(children)),
    };
  });

/** Writes a PRICAT; items of one product group stand together. */
export function writePriceCatalogue(catalogue: PriceCatalogue): MessageDraft {
  const groups = [...new Set(catalogue.items.map(({ group = "" }) => group))];
  return draft("PRICAT", [
    writeBeginning(catalogue),
    ...writeDates(catalogue.dates),
    ...writeTexts(catalogue.texts),
    ...writeReferences(catalogue.references),
    ...writeParties(catalogue.parties),
    ...(catalogue.currency === undefined ? [] : [segment("CUX", ["2", catalogue.currency, "8"])]),
    ...groups
      // Items without a group come first: behind a PGI they would belong to it.
      .sort((one, other) => Number(one !== "") - Number(other !== ""))
      .flatMap((group) => [
        ...(group === "" ? [] : [segment("PGI", ...group.split("/"))]),
        ...catalogue.items.filter((item) => (item.group ?? "") === group).flatMap(writeItemOf),
      ]),
  ]);
}

const writeItemOf = (item: CatalogueItem) => [
  ...writeItem(item.line, item.numbers, item.action),
  ...writeDescription(item.description),
  ...(item.measurements ?? []).map(({ purpose, dimension, value, uom }) =>
    segment("MEA", purpose, dimension, [uom ?? "", value ?? ""]),
  ),
  ...writeQuantities(item.quantities),
  ...writeDates(item.dates),
  ...writeTexts(item.texts),
  ...writeTaxes(item.taxes),
  ...writePrices(item.prices),
  ...writeCharges(item.charges),
];
