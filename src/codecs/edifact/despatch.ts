/**
 * Despatch and receiving advices: DESADV and RECADV as plain business data, both ways.
 *
 * Both are a sequence of consignment packages (CPS), each naming the one it stands in, with packaging marked by SSCC and
 * the lines packed in it. Senders who pack nothing leave CPS out; their lines stand in one pack without a number.
 */
import { type EdifactMessage, groupsOf, type Segment, segment, segmentNamed, textOf } from "./document.ts";
import { draft, type MessageDraft } from "./draft.ts";
import { readHeading, type TradeHeading, writeBeginning } from "./order.ts";
import type {
  ItemNumbers,
  TradeControl,
  TradeDate,
  TradeQuantity,
  TradeReference,
  TradeText,
  TradeTransport,
} from "./trade.ts";
import {
  each,
  given,
  itemOf,
  type Level,
  readControls,
  readDates,
  readDescription,
  readIdentities,
  readNumbers,
  readQuantities,
  readReferences,
  readTexts,
  readTransports,
  some,
} from "./trade-read.ts";
import {
  writeControls,
  writeDates,
  writeDescription,
  writeIdentities,
  writeItem,
  writeParties,
  writeQuantities,
  writeReferences,
  writeTexts,
  writeTransports,
} from "./trade-write.ts";
import { decimal } from "./values.ts";

/** A quantity that is not what was expected: one QVR. */
export interface Variance {
  /** The difference; negative where too little came. */
  readonly value?: string;
  /** 6063 of the difference, 4221 and 4295: what kind, and why. */
  readonly qualifier?: string;
  readonly discrepancy?: string;
  readonly reason?: string;
}

export interface PackedLine {
  readonly line: string;
  readonly item: string;
  readonly numbers: ItemNumbers;
  readonly description?: string;
  /** `12` despatched, `21` ordered, `48` received, `46` delivered, `194` received and accepted … */
  readonly quantities: readonly TradeQuantity[];
  readonly variances?: readonly Variance[];
  /** GIN, on the line or on its marks: `BX` batch, `BN` serial, `BJ` SSCC … */
  readonly identities?: readonly TradeReference[];
  readonly dates?: readonly TradeDate[];
  readonly texts?: readonly TradeText[];
  /** `ON` order and its line, `DQ` delivery note … */
  readonly references?: readonly TradeReference[];
}

export interface Packaging {
  /** How many. */
  readonly count?: string;
  /** 7065: `201` pallet, `CT` carton … */
  readonly type?: string;
  /** SSCCs, from PCI and GIN BJ (or AW). */
  readonly sscc?: readonly string[];
}

export interface Pack {
  /** CPS 7164, `""` where lines stand without one. */
  readonly number: string;
  /** CPS 7166: the pack it stands in. */
  readonly parent?: string;
  /** CPS 7075: `1` inner, `3` outer, `4` none … */
  readonly level?: string;
  readonly packaging?: readonly Packaging[];
  readonly lines: readonly PackedLine[];
}

export interface DespatchAdvice extends TradeHeading {
  readonly transports?: readonly TradeTransport[];
  readonly packs: readonly Pack[];
  readonly controls?: readonly TradeControl[];
}

/** A RECADV says the same things of what came as a DESADV of what left. */
export type ReceivingAdvice = DespatchAdvice;

/** Reads a DESADV. @throws {ContractBroken} when a number or date in it cannot be read */
export const readDespatchAdvice = (message: EdifactMessage): DespatchAdvice => readAdvice(message);
/** Reads a RECADV. @throws {ContractBroken} when a number or date in it cannot be read */
export const readReceivingAdvice = (message: EdifactMessage): ReceivingAdvice => readAdvice(message);

export const writeDespatchAdvice = (advice: DespatchAdvice): MessageDraft => writeAdvice("DESADV", advice);
export const writeReceivingAdvice = (advice: ReceivingAdvice): MessageDraft => writeAdvice("RECADV", advice);

function readAdvice(message: EdifactMessage): DespatchAdvice {
  const { body } = message;
  const loose = groupsOf(body, "LIN");
  const packs = groupsOf(body, "CPS").map(({ children }): Pack => {
    const cps = segmentNamed(children, "CPS");
    return {
      number: textOf(cps, 1),
      ...given("parent", textOf(cps, 2)),
      ...given("level", textOf(cps, 3)),
      ...some("packaging", each(children, "PAC").map(readPackaging)),
      lines: each(children, "LIN").map(readLine),
    };
  });
  return {
    ...readHeading(message),
    ...some("transports", readTransports(body)),
    packs: [...packs, ...(loose.length > 0 ? [{ number: "", lines: each(body, "LIN").map(readLine) }] : [])],
    ...some("controls", readControls(body)),
  };
}

function readPackaging({ segment: pac, children }: { segment: Segment; children: Level }): Packaging {
  const marks = [
    ...each(children, "PCI").flatMap((pci) => readIdentities(pci.children)),
    ...readIdentities(children),
  ];
  const sscc = marks
    .filter(({ qualifier }) => qualifier === "BJ" || qualifier === "AW")
    .map(({ value }) => value);
  return {
    ...given("count", decimal(textOf(pac, 1))),
    ...given("type", textOf(pac, 3)),
    ...some("sscc", sscc),
  };
}

function readLine(
  { segment: lin, children }: { segment: Segment; children: Level },
  index: number,
): PackedLine {
  const numbers = readNumbers(lin, children);
  const marks = each(children, "PCI").flatMap((pci) => readIdentities(pci.children));
  return {
    line: textOf(lin, 1) || String(index + 1),
    item: itemOf(numbers),
    numbers,
    ...given("description", readDescription(children)),
    quantities: readQuantities(children),
    ...some(
      "variances",
      each(children, "QVR").map(({ segment: qvr }) => ({
        ...given("value", decimal(textOf(qvr, 1))),
        ...given("qualifier", textOf(qvr, 1, 2)),
        ...given("discrepancy", textOf(qvr, 2)),
        ...given("reason", textOf(qvr, 3) || textOf(qvr, 3, 4)),
      })),
    ),
    ...some("identities", [...readIdentities(children), ...marks]),
    ...some("dates", readDates(children)),
    ...some("texts", readTexts(children)),
    ...some("references", readReferences(children)),
  };
}

function writeAdvice(type: "DESADV" | "RECADV", advice: DespatchAdvice): MessageDraft {
  return draft(type, [
    writeBeginning(advice),
    ...writeDates(advice.dates),
    ...writeTexts(advice.texts),
    ...writeReferences(advice.references),
    ...writeParties(advice.parties),
    ...writeTransports(advice.transports),
    ...advice.packs.flatMap(({ number, parent, level, packaging = [], lines }) => [
      ...(number === "" ? [] : [segment("CPS", number, parent, level)]),
      ...packaging.flatMap(({ count, type: kind, sscc = [] }) => [
        segment("PAC", count, "", kind),
        // 33E: marked with an SSCC in a bar code.
        ...(sscc.length > 0
          ? [segment("PCI", "33E"), ...writeIdentities(sscc.map((value) => ({ qualifier: "BJ", value })))]
          : []),
      ]),
      ...lines.flatMap((line) => writeLine(type, line)),
    ]),
    ...writeControls(advice.controls),
  ]);
}

function writeLine(type: "DESADV" | "RECADV", line: PackedLine): Segment[] {
  const variances = (line.variances ?? []).map(({ value, qualifier, discrepancy, reason }) =>
    segment("QVR", [value ?? "", qualifier ?? ""], discrepancy, reason),
  );
  const identities = writeIdentities(line.identities);
  return [
    ...writeItem(line.line, line.numbers),
    ...writeDescription(line.description),
    ...writeQuantities(line.quantities),
    ...(type === "RECADV" ? variances : identities),
    ...writeDates(line.dates),
    ...writeTexts(line.texts),
    ...(type === "RECADV" ? identities : []),
    ...writeReferences(line.references),
    ...(type === "DESADV" ? variances : []),
  ];
}
