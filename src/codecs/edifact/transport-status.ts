/** Transport status: IFTSTA as plain business data, both ways. Numbers, dates and codes as in orders. */
import { type EdifactMessage, segment, textOf } from "./document.ts";
import { draft, type MessageDraft } from "./draft.ts";
import { readHeading, type TradeHeading, writeBeginning } from "./order.ts";
import type {
  TradeControl,
  TradeDate,
  TradeParty,
  TradePlace,
  TradeReference,
  TradeText,
  TradeTransport,
} from "./trade.ts";
import {
  each,
  given,
  readControls,
  readDates,
  readParties,
  readPlaces,
  readReferences,
  readTexts,
  readTransports,
  some,
} from "./trade-read.ts";
import {
  writeControls,
  writeDates,
  writeParties,
  writePlaces,
  writeReferences,
  writeTexts,
  writeTransports,
} from "./trade-write.ts";

/** One STS: what happened to a consignment. */
export interface TransportEvent {
  /** 9015: the kind of status, `1` transport … */
  readonly category?: string;
  /** 4405: `13` collected, `31` in transit, `21` delivered, `48` loaded … by the list the partners agreed on. */
  readonly status: string;
  /** 4404: the status in words. */
  readonly description?: string;
  /** 9013 of the first reason, and its words. */
  readonly reason?: string;
  readonly reasonText?: string;
  /** `334` status changed, `7` effective, `178` arrived, `186` departed … */
  readonly dates?: readonly TradeDate[];
  readonly references?: readonly TradeReference[];
  readonly texts?: readonly TradeText[];
  readonly parties?: readonly TradeParty[];
  readonly places?: readonly TradePlace[];
  readonly transports?: readonly TradeTransport[];
}

export interface Consignment {
  /** CNI 1490: its place in the message. */
  readonly sequence: string;
  /** CNI 1004: the carrier's number. */
  readonly number?: string;
  readonly places?: readonly TradePlace[];
  readonly controls?: readonly TradeControl[];
  readonly events: readonly TransportEvent[];
}

export interface TransportStatusReport extends TradeHeading {
  readonly places?: readonly TradePlace[];
  readonly controls?: readonly TradeControl[];
  readonly consignments: readonly Consignment[];
}

/** Reads an IFTSTA. @throws {ContractBroken} when a number or date in it cannot be read */
export function readTransportStatus(message: EdifactMessage): TransportStatusReport {
  const { body } = message;
  return {
    ...readHeading(message),
    ...some("places", readPlaces(body)),
    ...some("controls", readControls(body)),
    consignments: each(body, "CNI").map(({ segment: cni, children }) => ({
      sequence: textOf(cni, 1),
      ...given("number", textOf(cni, 2)),
      ...some("places", readPlaces(children)),
      ...some("controls", readControls(children)),
      events: each(children, "STS").map(({ segment: sts, children: about }) => ({
        ...given("category", textOf(sts, 1)),
        status: textOf(sts, 2),
        ...given("description", textOf(sts, 2, 4)),
        ...given("reason", textOf(sts, 3)),
        ...given("reasonText", textOf(sts, 3, 4)),
        ...some("references", readReferences(about)),
        ...some("dates", readDates(about)),
        ...some("texts", readTexts(about)),
        ...some("parties", readParties(about)),
        ...some("places", readPlaces(about)),
        ...some("transports", readTransports(about)),
      })),
    })),
  };
}

/** Writes an IFTSTA. */
export function writeTransportStatus(report: TransportStatusReport): MessageDraft {
  return draft("IFTSTA", [
    writeBeginning(report),
    ...writeDates(report.dates),
    ...writeParties(report.parties),
    ...writeReferences(report.references),
    ...writePlaces(report.places),
    ...writeTexts(report.texts),
    ...writeControls(report.controls),
    ...report.consignments.flatMap(({ sequence, number, places, controls, events }) => [
      segment("CNI", sequence, number),
      ...writePlaces(places),
      ...writeControls(controls),
      ...events.flatMap((event) => [
        segment(
          "STS",
          event.category,
          [event.status, "", "", event.description ?? ""],
          [event.reason ?? "", "", "", event.reasonText ?? ""],
        ),
        ...writeReferences(event.references),
        ...writeDates(event.dates),
        ...writeTexts(event.texts),
        ...writeParties(event.parties),
        ...writePlaces(event.places),
        ...writeTransports(event.transports),
      ]),
    ]),
  ]);
}
