/**
 * Delivery schedules: DELFOR as plain business data, both ways.
 *
 * Directories before D.96B put the schedule below the quantity, later ones the quantity below the schedule, and either may
 * put the place of delivery above or below the item. Reading gives one shape: lines, each with its places of delivery and
 * its calls. Writing uses the later form, with the places below the item.
 */
import { type EdifactMessage, groupsOf, type Segment, segment, textOf } from "./document.ts";
import { draft, type MessageDraft } from "./draft.ts";
import { readHeading, type TradeHeading, writeBeginning } from "./order.ts";
import type {
  ItemNumbers,
  TradeDate,
  TradeParty,
  TradePlace,
  TradeQuantity,
  TradeReference,
  TradeText,
} from "./trade.ts";
import {
  each,
  given,
  itemOf,
  type Level,
  readDates,
  readDescription,
  readNumbers,
  readParties,
  readPlaces,
  readQuantities,
  readReferences,
  readTexts,
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

/** So much, to be delivered then. */
export interface DeliveryCall {
  /** SCC 4017: `1` firm, `2` commitment for manufacturing, `4` forecast, `10` immediate … */
  readonly status?: string;
  /** SCC 2013 and 2015: the rhythm, `W` weekly, `M` monthly … */
  readonly frequency?: string;
  readonly pattern?: string;
  /** `1` discrete, `113` to be delivered, `70` cumulative received, `78` cumulative scheduled … */
  readonly quantity: TradeQuantity;
  readonly references?: readonly TradeReference[];
}

export interface ScheduleLine {
  readonly line: string;
  readonly item: string;
  readonly numbers: ItemNumbers;
  readonly description?: string;
  readonly places?: readonly TradePlace[];
  readonly dates?: readonly TradeDate[];
  readonly texts?: readonly TradeText[];
  readonly references?: readonly TradeReference[];
  /** Where to: parties above or below the item. */
  readonly parties?: readonly TradeParty[];
  readonly calls: readonly DeliveryCall[];
}

export interface DeliverySchedule extends TradeHeading {
  readonly lines: readonly ScheduleLine[];
}

/** Reads a DELFOR of any directory. @throws {ContractBroken} when a number or date in it cannot be read */
export function readDeliverySchedule(message: EdifactMessage): DeliverySchedule {
  const { body } = message;
  const lines: ScheduleLine[] = [];
  const collect = (nodes: Level, parties: readonly TradeParty[]) => {
    for (const { segment: lin, children } of each(nodes, "LIN")) {
      const numbers = readNumbers(lin, children);
      const below = readParties(children);
      const calls = [
        ...callsOf(children),
        ...groupsOf(children, "NAD").flatMap((nad) => callsOf(nad.children)),
      ];
      lines.push({
        line: textOf(lin, 1) || String(lines.length + 1),
        item: itemOf(numbers),
        numbers,
        ...given("description", readDescription(children)),
        ...some("places", readPlaces(children)),
        ...some("dates", readDates(children)),
        ...some("texts", readTexts(children)),
        ...some("references", readReferences(children)),
        ...some("parties", [...parties, ...below]),
        calls,
      });
    }
  };
  // A party that has lines below it is a place of delivery, not a party of the head.
  const places = groupsOf(body, "NAD").filter(({ children }) => groupsOf(children, "LIN").length > 0);
  for (const place of places) collect(place.children, readParties([place]));
  for (const trigger of ["GIS", "GEI"]) {
    for (const { children } of groupsOf(body, trigger)) collect(children, readParties(children));
  }
  collect(body, []);
  const head = body.filter((node) => !(places as readonly unknown[]).includes(node));
  return { ...readHeading({ body: head }), lines };
}

function callsOf(nodes: Level): DeliveryCall[] {
  const plain = each(nodes, "QTY").map(({ segment: qty, children }) =>
    call(each(children, "SCC")[0]?.segment, qty, children),
  );
  const scheduled = each(nodes, "SCC").flatMap(({ segment: scc, children }) =>
    each(children, "QTY").map((quantity) => call(scc, quantity.segment, quantity.children)),
  );
  return [...plain, ...scheduled];
}

function call(scc: Segment | undefined, qty: Segment, children: Level): DeliveryCall {
  const [quantity] = readQuantities([qty]);
  return {
    ...given("status", textOf(scc, 1)),
    ...given("frequency", textOf(scc, 3)),
    ...given("pattern", textOf(scc, 3, 2)),
    quantity: { ...quantity!, ...some("dates", readDates(children)) },
    ...some("references", readReferences(children)),
  };
}

/** Writes a DELFOR of D.96B and later. */
export function writeDeliverySchedule(schedule: DeliverySchedule): MessageDraft {
  return {
    ...draft("DELFOR", [
      writeBeginning(schedule),
      ...writeDates(schedule.dates),
      ...writeTexts(schedule.texts),
      ...writeReferences(schedule.references),
      ...writeParties(schedule.parties),
      // Old translators expect the group indicator, so it is written: 37 is "complete information".
      segment("GIS", "37"),
      ...schedule.lines.flatMap((line) => [
        ...writeItem(line.line, line.numbers),
        ...writeDescription(line.description),
        ...writePlaces(line.places),
        ...writeDates(line.dates),
        ...writeTexts(line.texts),
        ...writeReferences(line.references),
        ...line.calls.flatMap((one) => [
          ...(one.status === undefined && one.frequency === undefined
            ? []
            : [segment("SCC", one.status, "", [one.frequency ?? "", one.pattern ?? ""])]),
          ...writeQuantities([one.quantity]),
          ...writeReferences(one.references),
        ]),
        ...writeParties(line.parties),
      ]),
    ]),
    directory: ["D", "97A", "UN"],
  };
}
