/** EDIFACT reports: stock, receipts, schedules, catalogues, transport status, and what became of our own documents. */
import { logistics, master, operations, production, stock } from "../../contracts/canon/index.ts";
import { ContractBroken } from "../../std/errors.ts";
import { edifactMessages } from "../formats/segments.ts";
import * as kinds from "../kinds.ts";
import { type Tree, textOf } from "../place.ts";
import { byPartner, controlNumber, countIn, demand, orderOf, position } from "../rows.ts";
import { each, field, given, type Kind, repeats, type Scope, type Translation, text } from "../table.ts";
import {
  description,
  dtmPeriod,
  type EdifactSheet,
  end,
  instant,
  inUnits,
  item,
  line,
  linesOf,
  quantity,
  written,
  writtenFormat,
} from "./pieces.ts";

const ofInterchange = ({ around }: Scope) => around.controlNumber;
const inWarehouse = { otherwise: ({ around }: Scope) => around.warehouse };

/** A quantity on hand or available, with what moved it behind (until D.96B) or around it (since). */
const availability = (
  parts: NonNullable<Translation["parts"]>,
  up: string,
  way: Translation["way"],
): Translation => ({
  contract: stock.AvailabilityChanged,
  way,
  parts,
  rows: [
    repeats("^BGM.1", "35", "35, an inventory report"),
    repeats("^BGM.2.1", ofInterchange, "the number of the interchange"),
    repeats("^BGM.3", "9"),
    instant("137|366", "asOf", "^"),
    field("^NAD+WH|ST.2.1", "location", text, inWarehouse),
    item("item", up),
    repeats(`${up}1`, ({ index }) => String(index + 1), "lines are counted"),
    position,
    repeats("1.1", "145"),
    field(["1.2", "1.3"], "available", inUnits),
  ],
});

/** 145 actual stock, 17 on hand, 198 available: what can be promised. */
const promised = ({ text: at }: Scope): boolean => ["145", "17", "198"].includes(at("1.1"));

export const inventoryReport: EdifactSheet = {
  format: edifactMessages,
  document: "INVRPT",
  title: "Inventory report",
  translations: [
    availability([{ place: "LIN" }, { place: "QTY", keep: promised }], "<", "both"),
    availability([{ place: "LIN" }, { place: "INV" }, { place: "QTY", keep: promised }], "<<", "in"),
  ],
  tolerated: ["Quantities below INV, as directories since D.97A have them, as well as below LIN."],
  notCarried: { "LIN/QTY/INV": "what moved stock; how much there is now counts" },
};

export const receivingAdvice: EdifactSheet = {
  format: edifactMessages,
  document: "RECADV",
  title: "Receiving advice",
  translations: [
    {
      contract: stock.GoodsReceived,
      way: "both",
      rows: [
        repeats("BGM.1", "632", "632, goods received"),
        field("BGM.2.1", "receiptAdviceId"),
        repeats("BGM.3", "9"),
        written,
        writtenFormat,
        instant("50|310|137", "receivedAt"),
        field("RFF+ON.1.2 or **LIN/RFF+ON.1.2", "purchaseOrderId"),
        field("RFF+AAK|DQ.1.2", "despatchAdviceId"),
        field("RFF+ACE.1.2", "transferId"),
        field("NAD+WH|DP|BY.2.1", "warehouse", text, inWarehouse),
        repeats("CPS.1", "1"),
        each(
          "**LIN",
          "lines",
          [
            line,
            item(),
            quantity("48|12|194|195", "receivedQuantity"),
            quantity("124|196", "rejectedQuantity"),
            repeats("PCI.1", ({ item: one }) => (one.lot === undefined ? undefined : "36E")),
            field("PCI/GIN+BX.2.1 or GIN+BX.2.1", "lot"),
          ],
          { written: "CPS/LIN" },
        ),
      ],
      foot: end(linesOf).slice(1),
    },
  ],
  tolerated: ["Received as 48, 12, 194 or 195; rejected as 124 or 196."],
  notCarried: { "LIN/QVR": "differences follow from order, despatch and receipt" },
};

/** SCC 4017: how sure a demand is. */
const CAUSE = kinds.codes(
  { "1": "firm", "4": "forecast", "2": "firm material", "3": "material", "10": "immediate" },
  "schedule status",
);
const NOWHERE = {} as Scope;

const called = (
  parts: NonNullable<Translation["parts"]>,
  up: string,
  cause: string,
  way: Translation["way"],
): Translation => ({
  contract: production.DemandSignalled,
  way,
  parts,
  rows: [
    repeats("^BGM.1", "241", "241, a delivery schedule"),
    repeats("^BGM.2.1", ofInterchange, "the number of the interchange"),
    repeats("^BGM.3", "9"),
    instant("137", "signalledAt", "^"),
    field("^RFF+AGJ.1.2", "productionOrderId"),
    field(`^NAD+DP|ST|CN.2.1 or ${up}LOC+7|11.2.1`, "plant", text, {
      otherwise: ({ around }) => around.plant,
    }),
    repeats("^UNS.1", "D"),
    item("item", up),
    repeats(`${up}1`, ({ index }) => String(index + 1), "lines are counted"),
    demand,
    repeats("1.1", "113", "113, to be delivered"),
    field(["1.2", "1.3"], "quantity", inUnits),
    field(cause, "cause", CAUSE),
    // Another cause than these has no code; a forecast commits to least.
    repeats(
      cause,
      ({ data }) => (CAUSE.write(data.cause, NOWHERE) === undefined ? "4" : undefined),
      "4, another cause",
    ),
    field("DTM+2|10|64|158.1", "period", dtmPeriod),
  ],
});

export const deliverySchedule: EdifactSheet = {
  format: edifactMessages,
  document: "DELFOR",
  title: "Delivery schedule",
  translations: [
    {
      ...called(
        [{ place: "**LIN" }, { place: "QTY", keep: ({ text: at }) => at("SCC.1") !== "" }],
        "<",
        "SCC.1",
        "both",
      ),
      needs: ["signalledAt"],
      foot: [],
    },
    called([{ place: "**LIN" }, { place: "SCC" }, { place: "QTY" }], "<<", "<1", "in"),
  ],
  tolerated: [
    "Quantities below SCC, as directories since D.96B have them, as well as above it.",
    "A place of delivery above its lines, or in LOC 7 or 11.",
  ],
  notCarried: { "LIN/RFF": "contracts a call is made on" },
};

const GTINS = "EN|SRV|UP|GTN";

export const catalogue: EdifactSheet = {
  format: edifactMessages,
  document: "PRICAT",
  title: "Price and sales catalogue",
  translations: [
    {
      contract: master.ItemChanged,
      way: "in",
      parts: [{ place: "**LIN" }],
      rows: [
        repeats("^BGM.1", "9", "9, a catalogue"),
        // The sender counts its catalogues; a later one counts higher.
        field("^BGM.2.1", "recordVersion", kinds.lastDigits, {
          otherwise: ({ around }) => countIn(around.controlNumber),
        }),
        instant("137", "changedAt", "^"),
        field("^DTM+7|157|194.1", "effectiveFrom", {
          name: "date, 102",
          read: (found) => dayOf(found),
          write: () => undefined,
        }),
        item(),
        field(
          "2",
          "status",
          kinds.codes({ "1": "active", "3": "active", "4": "active", "2": "discontinued" }, "action"),
          {
            otherwise: () => "active",
          },
        ),
        ...description.slice(1),
        field("QTY+52|47.1.3 or PRI+AAA|AAB.1.6", "baseUom", text, {
          otherwise: ({ around, text: at }) => (at("^UNH.1").startsWith("EAN") ? "PCE" : around.unit),
        }),
        field(`3{${GTINS}} or PIA+5{${GTINS}}`, "standardItemId"),
        given("uomConversions", "none: a catalogue prices units, it does not convert them", () => []),
      ],
    },
  ],
  tolerated: [
    "An item without an action is active.",
    "Items below the header as well as below product groups.",
  ],
  notCarried: {
    "LIN/PRI": "prices are the matter of the pricing system",
    "LIN/MEA": "weights and measures have no reader",
    PGI: "product groups of the sender",
  },
};

function dayOf(found: unknown): string | undefined {
  const { "2": value, "3": format } = found as Tree;
  return textOf(format) === "102" || textOf(format) === "" ? kinds.dayOf(textOf(value)) : undefined;
}

/** A status and the sender's word for it, as the carrier writes them. */
const rawStatus: Kind = {
  name: "code and text",
  read: (found) =>
    (found as unknown[])
      .map(textOf)
      .filter((one) => one !== "")
      .join(" "),
  write: () => undefined,
};

export const transportStatus: EdifactSheet = {
  format: edifactMessages,
  document: "IFTSTA",
  title: "Transport status",
  translations: [
    {
      contract: logistics.ShipmentStatusChanged,
      way: "in",
      parts: [{ place: "CNI" }, { place: "STS" }],
      rows: [
        repeats("^BGM.1", "23", "23, a status report"),
        field("RFF+ON.1.2 or ^RFF+ON.1.2", "salesOrderId"),
        field("RFF+AAU|CU.1.2", "shipmentId"),
        field("RFF+CN.1.2 or <2.1", "trackingNumber"),
        field("2.1", "currentStatus", kinds.agreed("carrier's status")),
        field(["2.1", "2.4"], "rawStatus", rawStatus),
        field("LOC.2.4 or LOC.2.1", "location"),
        field("DTM+334|7|9.1 or ^DTM+137.1", "changedAt", instant("334", "").kind),
      ],
    },
  ],
  tolerated: ["A status without a time of its own happened when the report was written."],
};

/** BGM 1225: what became of our document. */
const VERDICT = kinds.codes(
  { "9": "accepted", "29": "accepted", "44": "accepted", "27": "rejected", "7": "rejected", "8": "rejected" },
  "verdict",
);
const ERROR: Kind = {
  name: "code and text",
  read: (found) => {
    const [code, ...told] = found as unknown[];
    const words = told.flatMap((one) =>
      typeof one === "object" && one !== null ? Object.values(one).map(textOf) : [textOf(one)],
    );
    return [`Code ${textOf(code)}.`, ...words.filter((word) => word !== "")].join(" ");
  },
  write: () => undefined,
};

export const applicationAcknowledgement: EdifactSheet = {
  format: edifactMessages,
  document: "APERAK",
  title: "Application error and acknowledgement",
  translations: [
    {
      contract: operations.AcknowledgementReceived,
      way: "in",
      rows: [
        repeats("BGM.1", "305", "305, an application acknowledgement"),
        byPartner("partner"),
        field("RFF+ACW|AGO|DM|ON.1.2 or RFF.1.2", "ackOf"),
        given("ackType", "application", () => "application"),
        each("ERC", "errors", [field(["1.1", "FTX.4 or RFF/FTX.4"], "", ERROR)]),
        field(["BGM.3", "ERC.1"], "status", {
          name: `${VERDICT.name}; accepted-with-errors where it names any`,
          read: (found, scope) => {
            const [verdict] = found as unknown[];
            const word = VERDICT.read(verdict, scope);
            return word === "accepted" && (scope.data.errors as unknown[]).length > 0
              ? "accepted-with-errors"
              : word;
          },
          write: () => undefined,
        }),
        controlNumber,
        orderOf("ackOf"),
      ],
    },
  ],
};

const syntaxVerdict: Kind = {
  name: "7, 8 accepted; 4 rejected",
  read: (found, { data }) => {
    const [action, whole] = (found as unknown[]).map(textOf);
    const unknown = [action, whole].find((one) => !["4", "7", "8"].includes(one ?? ""));
    if (unknown !== undefined) {
      throw new ContractBroken(`The action ${unknown} of a CONTRL is none we know.`, {
        facts: { expected: "4, 7 or 8", found: unknown },
      });
    }
    if (action === "4" || whole === "4") return "rejected";
    return (data.errors as unknown[]).length > 0 ? "accepted-with-errors" : "accepted";
  },
  write: () => undefined,
};

const syntaxError: Kind = {
  name: "code and place",
  read: (found) => {
    const [code, segment, element, component] = (Array.isArray(found) ? found : [found]).map(textOf);
    return [
      `Code ${code}`,
      segment ? ` in segment ${segment}` : "",
      element ? `, element ${element}` : "",
      component ? `, component ${component}` : "",
      ".",
    ].join("");
  },
  write: () => undefined,
};

export const syntaxReport: EdifactSheet = {
  format: edifactMessages,
  document: "CONTRL",
  title: "Syntax and service report",
  translations: [
    {
      contract: operations.AcknowledgementReceived,
      way: "in",
      // An interchange of which no message is named is told as a whole.
      parts: [{ place: "UCM or " }],
      rows: [
        byPartner("partner"),
        field(["2.1 or UCI.1", "^UCI.1", "1"], "ackOf", {
          name: "message, interchange and message reference",
          read: (found) => {
            const [of, interchange, reference] = (found as unknown[]).map(textOf);
            return of === interchange ? interchange : `${of}/${interchange}/${reference}`;
          },
          write: () => undefined,
        }),
        given("ackType", "syntax", () => "syntax"),
        each("UCS", "errors", [field(["UCD.1 or 2", "1", "UCD.2.1", "UCD.2.2"], "", syntaxError)]),
        each("4", "errors", [field("", "", syntaxError)]),
        each("^UCI.5", "errors", [field("", "", syntaxError)]),
        field(["3 or UCI.4", "^UCI.4"], "status", syntaxVerdict),
        controlNumber,
        orderOf("ackOf"),
      ],
    },
  ],
};
