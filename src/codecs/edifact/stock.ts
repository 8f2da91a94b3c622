/** Inventory reports: INVRPT as plain business data, both ways. Numbers, dates and codes as in orders. */
import { type EdifactMessage, segment, segmentNamed, textOf } from "./document.ts";
import { draft, type MessageDraft } from "./draft.ts";
import { readHeading, type TradeHeading, writeBeginning } from "./order.ts";
import type { ItemNumbers, TradeDate, TradePlace, TradeQuantity, TradeReference } from "./trade.ts";
import {
  each,
  given,
  itemOf,
  type Level,
  readCurrency,
  readDates,
  readDescription,
  readNumbers,
  readPlaces,
  readQuantities,
  readReferences,
  some,
} from "./trade-read.ts";
import {
  writeDates,
  writeDescription,
  writeItem,
  writeParties,
  writePlaces,
  writeQuantities,
  writeReferences,
  writeTexts,
} from "./trade-write.ts";

/** One INV: what moved the stock, or what kind of stock it is. */
export interface StockMovement {
  /** 4501: `1` in, `2` out. */
  readonly direction?: string;
  /** 7491: `1` accepted, `2` damaged, `12` consignment … */
  readonly kind?: string;
  /** 4499: `1` reception, `2` delivery, `3` scrapped, `4` difference … */
  readonly reason?: string;
  /** 4503: `1` stocktaking, `2` computed … */
  readonly method?: string;
}

/** So much of an item, what moved it, and where it is. */
export interface StockFigure {
  /** `145` actual stock, `17` on hand, `156` available, `153` consumed, `198` reserved … */
  readonly quantities: readonly TradeQuantity[];
  readonly movement?: StockMovement;
  readonly places?: readonly TradePlace[];
  readonly dates?: readonly TradeDate[];
  readonly references?: readonly TradeReference[];
}

export interface StockLine {
  readonly line: string;
  readonly item: string;
  readonly numbers: ItemNumbers;
  readonly description?: string;
  readonly places?: readonly TradePlace[];
  readonly dates?: readonly TradeDate[];
  readonly references?: readonly TradeReference[];
  readonly figures: readonly StockFigure[];
}

export interface InventoryReport extends TradeHeading {
  readonly currency?: string;
  readonly lines: readonly StockLine[];
}

/** Reads an INVRPT of any directory. @throws {ContractBroken} when a number or date in it cannot be read */
export function readInventoryReport(message: EdifactMessage): InventoryReport {
  return {
    ...readHeading(message),
    ...given("currency", readCurrency(message.body)),
    lines: each(message.body, "LIN").map(({ segment: lin, children }, index) => {
      const numbers = readNumbers(lin, children);
      return {
        line: textOf(lin, 1) || String(index + 1),
        item: itemOf(numbers),
        numbers,
        ...given("description", readDescription(children)),
        ...some("places", readPlaces(children)),
        ...some("dates", readDates(children)),
        ...some("references", readReferences(children)),
        figures: figuresOf(children),
      };
    }),
  };
}

/** Until D.96B a quantity with its INV, since then an INV with its quantities. */
function figuresOf(nodes: Level): StockFigure[] {
  const byQuantity = each(nodes, "QTY").map(({ segment: qty, children }) =>
    figure(readQuantities([qty]), movementOf(children), children),
  );
  const byMovement = each(nodes, "INV").map(({ segment: inv, children }) =>
    figure(readQuantities(children), movementOf([inv]), children),
  );
  return [...byQuantity, ...byMovement];
}

const figure = (
  quantities: readonly TradeQuantity[],
  movement: StockMovement | undefined,
  children: Level,
): StockFigure => ({
  quantities,
  ...given("movement", movement),
  ...some("places", readPlaces(children)),
  ...some("dates", readDates(children)),
  ...some("references", readReferences(children)),
});

function movementOf(nodes: Level): StockMovement | undefined {
  const inv = segmentNamed(nodes, "INV");
  if (!inv) return undefined;
  return {
    ...given("direction", textOf(inv, 1)),
    ...given("kind", textOf(inv, 2)),
    ...given("reason", textOf(inv, 3)),
    ...given("method", textOf(inv, 4)),
  };
}

/** Writes an INVRPT of D.96A: each quantity with what moved it. Figures of several quantities become several. */
export function writeInventoryReport(report: InventoryReport): MessageDraft {
  return draft("INVRPT", [
    writeBeginning(report),
    ...writeTexts(report.texts),
    ...writeDates(report.dates),
    ...writeReferences(report.references),
    ...writeParties(report.parties),
    ...(report.currency === undefined ? [] : [segment("CUX", ["2", report.currency])]),
    ...report.lines.flatMap((line) => [
      ...writeItem(line.line, line.numbers),
      ...writeDescription(line.description),
      ...writePlaces(line.places),
      ...writeDates(line.dates),
      ...writeReferences(line.references),
      ...line.figures.flatMap(({ quantities, movement, places, dates, references }) =>
        quantities.flatMap((quantity) => [
          ...writeQuantities([quantity]),
          ...(movement
            ? [segment("INV", movement.direction, movement.kind, movement.reason, movement.method)]
            : []),
          ...writePlaces(places),
          ...writeDates(dates),
          ...writeReferences(references),
        ]),
      ),
    ]),
  ]);
}
