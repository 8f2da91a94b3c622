/** X12 plans and answers about documents: planning and shipping schedules, application advice, functional acknowledgements. */
import { operations, production } from "../../contracts/canon/index.ts";
import { x12Sets } from "../formats/segments.ts";
import * as kinds from "../kinds.ts";
import { textOf } from "../place.ts";
import { byPartner, controlNumber, demand, orderOf } from "../rows.ts";
import { each, field, given, type Kind, type Row, repeats, type Scope, text } from "../table.ts";
import { ITEM, place, type X12Sheet } from "./pieces.ts";

/** How sure a demand is. */
const CAUSE = kinds.codes(
  { C: "firm", D: "forecast", A: "immediate", B: "firm material" },
  "forecast qualifier",
);

const NOWHERE = {} as Scope;

const schedule = (document: string, title: string, head: readonly Row[], signalledAt: string): X12Sheet => ({
  format: x12Sets,
  document,
  title,
  translations: [
    {
      contract: production.DemandSignalled,
      way: "both",
      needs: ["signalledAt"],
      parts: [{ place: "LIN" }, { place: "FST" }],
      rows: [
        ...head,
        field(signalledAt, "signalledAt", kinds.dayInstant),
        ...place("ST", "plant", ({ around }) => around.plant, "^"),
        field(`<2(${ITEM})`, "item"),
        demand,
        repeats("<UIT.1", ({ data }) => (data.quantity as { uom: string } | undefined)?.uom, "the unit"),
        field(["1", "<UIT.1"], "quantity", kinds.quantity()),
        field("2", "cause", CAUSE),
        // Another cause than these has no code; a forecast commits to least.
        repeats(
          "2",
          ({ data }) => (CAUSE.write(data.cause, NOWHERE) === undefined ? "D" : undefined),
          "D, another cause",
        ),
        field(["3", "4"], "period", kinds.period),
      ],
    },
  ],
  tolerated: ["A line without UIT is in pieces."],
  notCarried: {
    "LIN/SHP": "what was shipped before is in the receipts",
    "LIN/ATH": "authorisations to make stock are part of the contract",
  },
});

const numberOf = ({ around }: Parameters<Extract<Row, { row: "repeats" }>["value"]>[0]) =>
  around.controlNumber;
const written = (at: string) =>
  repeats(at, ({ around }) => around.at?.slice(0, 10).replaceAll("-", ""), "the day it is written");

export const planning: X12Sheet = schedule(
  "830",
  "Planning schedule",
  [
    repeats("^BFR.1", "05", "05, it takes the place of the last"),
    repeats("^BFR.2", numberOf, "the number of the interchange"),
    repeats("^BFR.4", "DL", "DL, by delivery"),
    repeats("^BFR.5", "A", "A, what is still to come"),
    written("^BFR.6"),
    field("^REF+JB.2", "productionOrderId"),
  ],
  "^BFR.8",
);

export const shipping: X12Sheet = schedule(
  "862",
  "Shipping schedule",
  [
    repeats("^BSS.1", "05", "05, it takes the place of the last"),
    repeats("^BSS.2", numberOf, "the number of the interchange"),
    repeats("^BSS.4", "DL", "DL, by delivery"),
    written("^BSS.5"),
    written("^BSS.6"),
  ],
  "^BSS.3",
);

const ERROR: Kind = {
  name: "code and text",
  read: (found) => {
    const [code, ...told] = (found as unknown[]).map(textOf);
    return [`Code ${code}.`, ...told.filter((words) => words !== "")].join(" ");
  },
  write: () => undefined,
};

export const applicationAdvice: X12Sheet = {
  format: x12Sets,
  document: "824",
  title: "Application advice",
  translations: [
    {
      contract: operations.AcknowledgementReceived,
      way: "in",
      parts: [{ place: "OTI" }],
      rows: [
        byPartner("partner"),
        field(["10", "9 or 8 or 3"], "ackOf", {
          name: "set and control number",
          read: (found) => (found as unknown[]).map(textOf).join("/"),
          write: () => undefined,
        }),
        field("3", "ackOf", {
          ...text,
          name: "the document, where no set is named",
          read: (found, { data }) => (data.ackOf === undefined ? textOf(found) : undefined),
        }),
        given("ackType", "application", () => "application"),
        field(
          "1",
          "status",
          kinds.codes(
            {
              TA: "accepted",
              IA: "accepted",
              BA: "accepted",
              GA: "accepted",
              TE: "accepted-with-errors",
              IE: "accepted-with-errors",
              TP: "accepted-with-errors",
              TR: "rejected",
              IR: "rejected",
              BR: "rejected",
              GR: "rejected",
            },
            "verdict",
          ),
        ),
        each("TED", "errors", [field(["1", "2", "NTE.2"], "", ERROR)]),
        controlNumber,
        orderOf("ackOf"),
      ],
    },
  ],
};

const VERDICT = kinds.codes(
  {
    A: "accepted",
    E: "accepted-with-errors",
    P: "accepted-with-errors",
    R: "rejected",
    M: "rejected",
    W: "rejected",
    X: "rejected",
  },
  "verdict",
);
/** The number of a group as we write it, whatever zeros the partner leaves out. */
export const padded = (number: string): string => number.padStart(9, "0");

const wordsOfCodes: Kind = {
  name: "codes as sentences",
  all: true,
  read: (found) => (found as unknown[]).map((code) => `Code ${textOf(code)}.`),
  write: () => undefined,
};

const functional = (document: string, title: string, set: string): X12Sheet => ({
  format: x12Sets,
  document,
  title,
  translations: [
    {
      contract: operations.AcknowledgementReceived,
      way: "in",
      // A group that names no set is told as a whole.
      parts: [{ place: "AK2 or " }],
      rows: [
        byPartner("partner"),
        field(["1 or AK1.1", "^AK1.2"], "ackOf", {
          name: "set, or group, and the number of the group",
          read: (found) => {
            const [of, number] = (found as unknown[]).map(textOf);
            return `${of}/${padded(number ?? "")}`;
          },
          write: () => undefined,
        }),
        given("ackType", "syntax", () => "syntax"),
        field(`${set}.1 or AK9.1`, "status", VERDICT),
        field(
          [2, 3, 4, 5, 6].map((at) => `${set}.${at} or AK9.${at + 3}`),
          "errors",
          wordsOfCodes,
          { otherwise: () => [] },
        ),
        controlNumber,
        orderOf("ackOf"),
      ],
    },
  ],
  notCarried: {
    "AK2/": "segments and elements are for whoever corrects the document",
    AK9: "counts of what was taken",
  },
});

export const functionalAcknowledgement: X12Sheet = functional("997", "Functional acknowledgement", "AK5");
export const implementationAcknowledgement: X12Sheet = functional(
  "999",
  "Implementation acknowledgement",
  "IK5",
);
