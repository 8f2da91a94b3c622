/**
 * What partners report by EDIFACT, in canonical words: payments announced, goods despatched, transport on its way, our own
 * documents acknowledged.
 *
 * Codes of carriers and of the warehouse stand for ours by a table the partners agreed on; a code nobody has translated is
 * refused, never guessed.
 */
import { ContractBroken } from "crossdock";
import { decimals, logistics, operations, payments } from "crossdock/canon";
import {
  type EdifactMessage,
  notCarried,
  qualified,
  readApplicationAcknowledgement,
  readControl,
  readDespatchAdvice,
  readRemittanceAdvice,
  readTransportStatus,
  type TradeDate,
} from "crossdock/codecs/edifact";
import { inPieces } from "../units.ts";
import { beyondItems, type Mapped, quantityOf, type Sender, type Travelled } from "./in.ts";

/** A REMADV as `finance.remittance-advised`. @throws {ContractBroken} */
export function toRemittance(
  document: EdifactMessage,
  sender: Sender,
  { ediControlNumber }: Travelled,
): Mapped {
  const advice = readRemittanceAdvice(document);
  const currency = advice.currency ?? sender.currency;
  const total = qualified(advice.totals, "12", "9", "11");
  const paidOn = qualified(advice.dates, "138", "203", "137");
  if (total === undefined || paidOn?.date === undefined) {
    const missing = total === undefined ? "MOA 12 (remitted)" : "DTM 138 (payment date)";
    throw new ContractBroken(`Remittance advice ${advice.number} says no ${missing}.`, {
      facts: { segment: missing.slice(0, 3), expected: missing, found: "nothing" },
    });
  }
  const invoices = advice.documents.filter(({ code }) => code === "380" || code === "");
  return {
    message: payments.RemittanceAdvised.of({
      adviceId: advice.number,
      customer: sender.customer,
      amount: decimals.money(total.value, total.currency ?? currency),
      paymentDate: paidOn.date,
      invoices: invoices.map(({ number, amounts }) => {
        const paid = qualified(amounts, "12", "11", "9");
        return { invoiceId: number, amount: decimals.money(paid?.value ?? "0", paid?.currency ?? currency) };
      }),
      ediControlNumber,
    }),
    notCarried: notCarried(document, [
      "BGM.1",
      "BGM.2",
      "CUX+2.1.2",
      "CUX+2.1.3",
      `DTM+${paidOn.qualifier}`,
      `MOA+${total.qualifier}`,
      "DOC+380*",
      "DOC+380/MOA+12",
      ...(invoices.every(({ amounts }) => qualified(amounts, "12") === undefined) ? ["DOC+380/MOA+9"] : []),
    ]),
  };
}

/**
 * A DESADV of whoever ships for us as `logistics.shipment-dispatched`. `salesOrderId` is the order the reference ON names
 * in our own words, because a warehouse ships our orders under our numbers.
 *
 * @throws {ContractBroken}
 */
export function toShipment(document: EdifactMessage, { units }: Pick<Sender, "units">): Mapped {
  const advice = readDespatchAdvice(document);
  const lines = advice.packs.flatMap((pack) => pack.lines);
  const ordered =
    qualified(advice.references, "ON") ??
    lines.map(({ references }) => qualified(references, "ON")).find((found) => found !== undefined);
  if (!ordered) {
    throw new ContractBroken(`Despatch advice ${advice.number} names no order of ours.`, {
      facts: { segment: "RFF", expected: "ON, the order number", found: "nothing" },
    });
  }
  const left = qualified(advice.dates, "11", "137");
  const carrier = advice.transports?.[0]?.carrierName ?? advice.transports?.[0]?.carrier;
  const tracking =
    qualified(advice.references, "CN", "AAS", "BM")?.value ?? advice.transports?.[0]?.reference;
  return {
    message: logistics.ShipmentDispatched.of({
      salesOrderId: ordered.value,
      shipmentId: advice.number,
      lines: lines.map((line) => ({
        line: qualified(line.references, "ON")?.line ?? line.line,
        item: line.item,
        quantity: inPieces(units, line.item, quantityOf(line, "12")),
      })),
      handlingUnits: advice.packs
        .flatMap(({ packaging = [] }) => packaging.flatMap(({ sscc = [] }) => sscc))
        .map((sscc) => ({ sscc })),
      ...(carrier === undefined ? {} : { carrier }),
      ...(tracking === undefined ? {} : { trackingNumber: tracking }),
      dispatchedAt: instant(left, advice.number),
    }),
    notCarried: beyondItems(
      lines,
      notCarried(document, [
        "BGM.1",
        "BGM.2",
        "RFF+ON",
        "CNT+2",
        ...["CN", "AAS", "BM"]
          .filter((qualifier) => qualified(advice.references, qualifier)?.value === tracking)
          .map((qualifier) => `RFF+${qualifier}`),
        ...(left ? [`DTM+${left.qualifier}`] : []),
        "TDT.5.1",
        "TDT.5.4",
        ...(tracking === advice.transports?.[0]?.reference ? ["TDT.2"] : []),
        ...["", "CPS/"].flatMap((inside) => [`${inside}LIN.1`, `${inside}LIN/QTY+12`, `${inside}LIN/RFF+ON`]),
        "CPS/PAC/PCI/GIN+BJ*",
        "CPS/PAC/PCI/GIN+AW*",
      ]),
    ),
  };
}

/** What a carrier's status codes (STS 4405) stand for. */
export type StatusCodes = Readonly<
  Record<string, (typeof logistics.ShipmentStatusChanged)["sample"]["currentStatus"]>
>;

/**
 * An IFTSTA as `logistics.shipment-status-changed`, one for each status. `RFF ON` of the status names our order, `RFF AAU`
 * or `CU` the shipment.
 *
 * @throws {ContractBroken} for a status the partners have not agreed on
 */
export function toTransportStatus(document: EdifactMessage, codes: StatusCodes): Mapped[] {
  const report = readTransportStatus(document);
  const left = notCarried(document, [
    "BGM.1",
    "BGM.2",
    "DTM+137",
    "RFF+ON",
    "CNI.1",
    "CNI.2",
    "CNI/STS.1",
    "CNI/STS.2.1",
    "CNI/STS.2.4",
    ...["ON", "AAU", "CU", "CN"].map((qualifier) => `CNI/STS/RFF+${qualifier}`),
    ...["334", "7", "9"].map((qualifier) => `CNI/STS/DTM+${qualifier}`),
    "CNI/STS/LOC.2.1",
    "CNI/STS/LOC.2.4",
  ]);
  return report.consignments.flatMap(({ number, events }) =>
    events.map((event, index) => {
      const currentStatus = Object.hasOwn(codes, event.status) ? codes[event.status] : undefined;
      if (currentStatus === undefined) {
        throw new ContractBroken(`The carrier's status ${event.status} stands for none of ours.`, {
          facts: { segment: "STS", element: 2, expected: Object.keys(codes).join(", "), found: event.status },
        });
      }
      const order = qualified(event.references, "ON") ?? qualified(report.references, "ON");
      if (!order) {
        throw new ContractBroken("A transport status names no order of ours.", {
          facts: { segment: "RFF", expected: "ON, the order number", found: "nothing" },
        });
      }
      const shipment = qualified(event.references, "AAU", "CU")?.value;
      const tracking = qualified(event.references, "CN")?.value ?? number;
      const place = event.places?.[0];
      const location = place?.name ?? place?.id;
      return {
        message: logistics.ShipmentStatusChanged.of({
          salesOrderId: order.value,
          ...(shipment === undefined ? {} : { shipmentId: shipment }),
          ...(tracking === undefined ? {} : { trackingNumber: tracking }),
          currentStatus,
          rawStatus: event.description === undefined ? event.status : `${event.status} ${event.description}`,
          ...(location === undefined ? {} : { location }),
          changedAt: instant(
            qualified(event.dates, "334", "7", "9") ?? qualified(report.dates, "137"),
            event.status,
          ),
        }),
        // What the report leaves over is told once.
        notCarried: index === 0 ? left : [],
      };
    }),
  );
}

/** A CONTRL as `operations.acknowledgement-received`, one for each message it names, or one for the interchange. */
export function toControl(
  document: EdifactMessage,
  customer: string,
  { ediControlNumber }: Travelled,
  orderOf: (interchange: string, message: string) => string | null = () => null,
): Mapped[] {
  const { interchange, verdict, errors, messages } = readControl(document);
  const words = (found: typeof errors) =>
    found.map(({ code, position, element, component }) =>
      [
        `Code ${code}`,
        position === undefined ? "" : ` in segment ${position}`,
        element === undefined ? "" : `, element ${element}`,
        component === undefined ? "" : `, component ${component}`,
        ".",
      ].join(""),
    );
  const named =
    messages.length > 0
      ? messages.map((one) => ({
          ackOf: `${one.type}/${interchange}/${one.reference}`,
          reference: one.reference,
          rejected: one.verdict === "rejected" || verdict === "rejected",
          errors: [...errors, ...one.errors],
        }))
      : [{ ackOf: interchange, reference: "", rejected: verdict === "rejected", errors }];
  return named.map(({ ackOf, reference, rejected, errors: found }) => ({
    message: operations.AcknowledgementReceived.of({
      partner: customer,
      ackOf,
      ackType: "syntax",
      status: rejected ? "rejected" : found.length > 0 ? "accepted-with-errors" : "accepted",
      errors: words(found),
      ediControlNumber,
      salesOrderId: orderOf(interchange, reference),
    }),
    // UCI repeats the addresses of our own interchange.
    notCarried: notCarried(document, [
      "UCI",
      "UCM",
      "UCM/UCS",
      "UCM/UCS/UCD",
      "UCF",
      "UCF/UCM",
      "UCF/UCM/UCS",
      "UCF/UCM/UCS/UCD",
    ]),
  }));
}

/** BGM 1225 of an APERAK: what became of our document. */
const TAKEN = new Set(["9", "29", "44"]);
const REFUSED = new Set(["27", "7", "8"]);

/** An APERAK as `operations.acknowledgement-received`. @throws {ContractBroken} for an answer that says neither yes nor no */
export function toApplicationAcknowledgement(
  document: EdifactMessage,
  customer: string,
  { ediControlNumber }: Travelled,
  orderOf: (reference: string) => string | null = () => null,
): Mapped {
  const answer = readApplicationAcknowledgement(document);
  const about = qualified(answer.references, "ACW", "AGO", "DM", "ON") ?? answer.references?.[0];
  const what = answer.function ?? "";
  if (about === undefined || !(TAKEN.has(what) || REFUSED.has(what))) {
    const [segment, expected, found] =
      about === undefined
        ? ["RFF", "a reference to our document", "nothing"]
        : ["BGM", "29 accepted or 27 not accepted", what || "nothing"];
    throw new ContractBroken(`Application acknowledgement ${answer.number} cannot be understood.`, {
      facts: { segment, expected, found },
    });
  }
  const errors = answer.errors.map(({ code, texts = [] }) =>
    [`Code ${code}.`, ...texts.flatMap(({ lines = [] }) => lines)].join(" "),
  );
  return {
    message: operations.AcknowledgementReceived.of({
      partner: customer,
      ackOf: about.value,
      ackType: "application",
      status: REFUSED.has(what) ? "rejected" : errors.length > 0 ? "accepted-with-errors" : "accepted",
      errors,
      ediControlNumber,
      salesOrderId: orderOf(about.value),
    }),
    notCarried: notCarried(document, [
      "BGM.1",
      "BGM.2",
      "BGM.3",
      `RFF+${about.qualifier}.1.2`,
      "ERC",
      "ERC/FTX.4",
      "ERC/RFF/FTX.4",
    ]),
  };
}

/** EDIFACT dates have no zone: what a partner writes is taken as UTC, as agreed for the envelope. @throws {ContractBroken} */
function instant(found: TradeDate | undefined, about: string): string {
  if (found?.date === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(found.date)) {
    throw new ContractBroken(`${about} says no day.`, {
      facts: { segment: "DTM", expected: "a day", found: found?.text ?? found?.date ?? "nothing" },
    });
  }
  const time = found.time ?? "00:00";
  return `${found.date}T${time.length === 5 ? `${time}:00` : time}Z`;
}
