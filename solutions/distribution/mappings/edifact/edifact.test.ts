/** EDIFACT in canonical words and back, with everything that has no place on the other side told. */
import { decimals, type logistics, telling } from "crossdock/canon";
import {
  type EdifactMessage,
  generate,
  parse,
  problemsOf,
  readDespatchAdvice,
  readInvoice,
  readOrderResponse,
} from "crossdock/codecs/edifact";
import { describe, expect, test } from "vitest";
import { type Mapped, toOrder, toOrderChange } from "./in.ts";
import { toEdifact } from "./out.ts";
import {
  toApplicationAcknowledgement,
  toControl,
  toRemittance,
  toShipment,
  toTransportStatus,
} from "./reports.ts";

const message = (type: string, ...segments: readonly string[]): EdifactMessage => {
  const text = [
    "UNB+UNOC:3+ACME+MERIDIAN+260105:0800+101",
    `UNH+1+${type}:D:96A:UN`,
    ...segments,
    `UNT+${segments.length + 2}+1`,
    "UNZ+1+101'",
  ].join("'");
  const document = parse(new TextEncoder().encode(text));
  expect(problemsOf(document).filter(({ severity }) => severity === "error")).toEqual([]);
  return document.interchanges[0]!.groups[0]!.messages[0]!;
};
const acme = {
  customer: "C-ACME",
  currency: "EUR",
  units: [{ item: "VALVE-20", from: "PK", to: "EA", numerator: 12, denominator: 1 }],
};
const travelled = { ediControlNumber: "101" };
const left = ({ notCarried }: Mapped) => notCarried.map(({ place, value }) => `${place} = ${value}`);

describe("an order", () => {
  const order = message(
    "ORDERS",
    "BGM+220+PO-4711+9",
    "DTM+137:20260105:102",
    "DTM+2:20260112:102",
    "DTM+2:20260113:102",
    "FTX+AAI+++Gate 3",
    "NAD+BY+5412345000013::9",
    "NAD+DP+++ACME Lyon+Quai 3+Lyon++69002+FR",
    "CUX+2:EUR:9",
    "LIN+1++4098765100013:EN",
    "PIA+5+PUMP-100:SA+7781-A:IN",
    "IMD+F++:::Pump",
    "QTY+21:10",
    "PRI+AAA:500.00",
    "PRI+AAB:550.00",
    "LIN+2",
    "PIA+5+VALVE-20:SA",
    "QTY+21:2:PK",
    "PRI+AAA:600.00::::PK",
    "UNS+S",
    "MOA+86:6200.00",
    "CNT+2:2",
  );

  test("is captured in pieces, and what has no field is told", () => {
    const mapped = toOrder(order, acme, travelled);
    expect(mapped.message).toMatchObject({ key: "order/SO-ACME-PO-4711" });
    expect(mapped.message.data).toEqual({
      salesOrderId: "SO-ACME-PO-4711",
      customerReference: "PO-4711",
      customer: "C-ACME",
      channel: "edi",
      currency: "EUR",
      issueDate: "2026-01-05",
      requestedDate: "2026-01-12",
      payment: { method: "invoice" },
      shipTo: { name: "ACME Lyon", street: "Quai 3", city: "Lyon", postalCode: "69002", country: "FR" },
      lines: [
        {
          line: "1",
          item: "PUMP-100",
          description: "Pump",
          quantity: { value: "10", uom: "EA" },
          price: { amount: "500.00", currency: "EUR", per: { value: "1", uom: "EA" } },
        },
        {
          line: "2",
          item: "VALVE-20",
          quantity: { value: "24", uom: "EA" },
          price: { amount: "600.00", currency: "EUR", per: { value: "12", uom: "EA" } },
        },
      ],
      total: { amount: "6200.00", currency: "EUR" },
      ediControlNumber: "101",
    });
    expect(left(mapped)).toEqual([
      "DTM+2.1.2 = 20260113",
      "DTM+2.1.3 = 102",
      "FTX+AAI.4.1 = Gate 3",
      "NAD+BY.2.1 = 5412345000013",
      "NAD+BY.2.3 = 9",
      "LIN+1.3.1 = 4098765100013",
      "LIN/PIA+5.3.1 = 7781-A",
      "LIN/PRI+AAB.1.2 = 550.00",
    ]);
    expect(mapped.notCarried.at(-1)).toEqual({
      place: "LIN/PRI+AAB.1.2",
      segment: "PRI",
      position: 15,
      line: 1,
      value: "550.00",
    });
  });

  test("that cancels one is a cancellation", () => {
    const mapped = toOrder(
      message("ORDERS", "BGM+220+PO-4711+1", "DTM+137:20260105:102", "UNS+S"),
      acme,
      travelled,
    );
    expect(mapped.message.data).toMatchObject({ salesOrderId: "SO-ACME-PO-4711", by: "C-ACME" });
    expect(left(mapped)).toEqual(["DTM+137.1.2 = 20260105", "DTM+137.1.3 = 102"]);
  });

  test("of a function nobody agreed on, or that lost lines, is refused", () => {
    const bad =
      (...segments: string[]) =>
      () =>
        toOrder(message("ORDERS", ...segments), acme, travelled);
    expect(bad("BGM+220+PO-1+5", "DTM+137:20260105:102", "UNS+S")).toThrow(
      "An order of function 5 is none we agreed on",
    );
    expect(bad("BGM+220+PO-1+9", "DTM+137:20260105:102", "LIN+1", "UNS+S", "CNT+2:3")).toThrow(
      "The document counts 3 lines and has 1.",
    );
    expect(bad("BGM+220+PO-1+9", "DTM+137:20260105:102", "LIN+1", "QTY+1:3", "UNS+S")).toThrow(
      "Line 1 has no quantity 21.",
    );
  });

  test("is changed line by line", () => {
    const mapped = toOrderChange(
      message(
        "ORDCHG",
        "BGM+230+PO-4711-C2+4",
        "DTM+137:20260106:102",
        "FTX+AAI+++Two more, please",
        "RFF+ON:PO-4711",
        "LIN+1+3",
        "PIA+5+PUMP-100:SA",
        "QTY+21:12",
        "LIN+2+2",
        "UNS+S",
      ),
      acme,
      travelled,
    );
    expect(mapped.message.data).toEqual({
      salesOrderId: "SO-ACME-PO-4711",
      customerReference: "PO-4711",
      sequenceNumberId: 2,
      reason: "Two more, please",
      lines: [
        { line: "1", item: "PUMP-100", quantity: { value: "12", uom: "EA" } },
        { line: "2", quantity: { value: "0", uom: "EA" } },
      ],
      ediControlNumber: "101",
    });
    expect(left(mapped)).toEqual(["DTM+137.1.2 = 20260106", "DTM+137.1.3 = 102"]);
  });
});

describe("a report", () => {
  test("of payments says what is paid for", () => {
    const mapped = toRemittance(
      message(
        "REMADV",
        "BGM+481+RA-1+9",
        "DTM+138:20260120:102",
        "CUX+2:EUR:11",
        "DOC+380+INV-1",
        "MOA+9:6000.00",
        "MOA+12:5900.00",
        "AJT+3",
        "MOA+165:100.00",
        "DOC+380+INV-2",
        "MOA+12:10",
        "UNS+S",
        "MOA+12:5910.00",
      ),
      acme,
      travelled,
    );
    expect(mapped.message.data).toEqual({
      adviceId: "RA-1",
      customer: "C-ACME",
      amount: { amount: "5910.00", currency: "EUR" },
      paymentDate: "2026-01-20",
      invoices: [
        { invoiceId: "INV-1", amount: { amount: "5900.00", currency: "EUR" } },
        { invoiceId: "INV-2", amount: { amount: "10.00", currency: "EUR" } },
      ],
      ediControlNumber: "101",
    });
    expect(left(mapped)).toEqual([
      "BGM+481.3.1 = 9",
      "DOC/MOA+9.1.2 = 6000.00",
      "DOC/AJT+3.1.1 = 3",
      "DOC/AJT/MOA+165.1.2 = 100.00",
    ]);
  });

  test("of goods that left names order, lines and handling units", () => {
    const mapped = toShipment(
      message(
        "DESADV",
        "BGM+351+SH-881+9",
        "DTM+11:202601050801:203",
        "RFF+ON:SO-ACME-PO-4711",
        "RFF+CN:TRK-1",
        "CPS+1",
        "PAC+1++201",
        "PCI+33E",
        "GIN+BJ+340123450000000018+340123450000000025",
        "LIN+1",
        "PIA+5+PUMP-100:SA",
        "QTY+12:10:PCE",
        "GIN+BN+SN-1",
      ),
      acme,
    );
    expect(mapped.message.data).toEqual({
      salesOrderId: "SO-ACME-PO-4711",
      shipmentId: "SH-881",
      lines: [{ line: "1", item: "PUMP-100", quantity: { value: "10", uom: "EA" } }],
      handlingUnits: [{ sscc: "340123450000000018" }, { sscc: "340123450000000025" }],
      trackingNumber: "TRK-1",
      dispatchedAt: "2026-01-05T08:01:00Z",
    });
    expect(left(mapped)).toEqual([
      "BGM+351.3.1 = 9",
      "CPS+1.1.1 = 1",
      "CPS/PAC+1.1.1 = 1",
      "CPS/PAC+1.3.1 = 201",
      "CPS/PAC/PCI+33E.1.1 = 33E",
      "CPS/LIN/GIN+BN.2.1 = SN-1",
    ]);
  });

  const codes: Record<string, (typeof logistics.ShipmentStatusChanged)["sample"]["currentStatus"]> = {
    "21": "delivered",
  };
  test("of transport translates the status and keeps the carrier's own", () => {
    const [mapped, ...others] = toTransportStatus(
      message(
        "IFTSTA",
        "BGM+23+1+9",
        "DTM+137:202601060900:203",
        "CNI+1+TRK-1",
        "STS+1+21:::Delivered",
        "RFF+ON:SO-7",
        "DTM+334:202601060845:203",
        "LOC+5+FRLYS",
      ),
      codes,
    );
    expect(others).toEqual([]);
    expect(mapped!.message.data).toEqual({
      salesOrderId: "SO-7",
      trackingNumber: "TRK-1",
      currentStatus: "delivered",
      rawStatus: "21 Delivered",
      location: "FRLYS",
      changedAt: "2026-01-06T08:45:00Z",
    });
    expect(left(mapped!)).toEqual(["BGM+23.3.1 = 9"]);
    const unknown = message("IFTSTA", "BGM+23+1+9", "CNI+1", "STS+1+99", "RFF+ON:SO-7");
    expect(() => toTransportStatus(unknown, codes)).toThrow(
      "The carrier's status 99 stands for none of ours.",
    );
  });

  test("of our own documents is an acknowledgement of each", () => {
    const mapped = toControl(
      message(
        "CONTRL",
        "UCI+501+MERIDIAN+ACME+7",
        "UCM+1+INVOIC:D:96A:UN+7",
        "UCM+2+DESADV:D:96A:UN+4",
        "UCS+9",
        "UCD+37+2:2",
      ),
      "C-ACME",
      travelled,
      (interchange, reference) => `SO-${interchange}-${reference}`,
    );
    expect(mapped.map(({ message }) => message.data)).toEqual([
      {
        partner: "C-ACME",
        ackOf: "INVOIC/501/1",
        ackType: "syntax",
        status: "accepted",
        errors: [],
        ediControlNumber: "101",
        salesOrderId: "SO-501-1",
      },
      {
        partner: "C-ACME",
        ackOf: "DESADV/501/2",
        ackType: "syntax",
        status: "rejected",
        errors: ["Code 37 in segment 9, element 2, component 2."],
        ediControlNumber: "101",
        salesOrderId: "SO-501-2",
      },
    ]);
    expect(mapped.flatMap(left)).toEqual([]);
  });

  test("of our document's content says yes or no, and why", () => {
    const answer = toApplicationAcknowledgement(
      message(
        "APERAK",
        "BGM+305+A-1+27",
        "DTM+137:20260106:102",
        "RFF+ACW:INV-1",
        "ERC+12",
        "FTX+AAO+++Price unknown",
      ),
      "C-ACME",
      travelled,
    );
    expect(answer.message.data).toMatchObject({
      ackOf: "INV-1",
      ackType: "application",
      status: "rejected",
      errors: ["Code 12. Price unknown"],
      salesOrderId: null,
    });
    expect(left(answer)).toEqual(["DTM+137.1.2 = 20260106", "DTM+137.1.3 = 102"]);
    expect(() =>
      toApplicationAcknowledgement(message("APERAK", "BGM+305+A-1+33", "RFF+ACW:INV-1"), "C-ACME", travelled),
    ).toThrow("Application acknowledgement A-1 cannot be understood.");
  });
});

describe("what we tell a partner", () => {
  const recipient = { ourselves: { id: "MERIDIAN" }, partner: { id: "ACME" } };
  const { sample } = telling.SendDocument;

  test.each(telling.documents.filter(({ type }) => type !== "functional-acknowledgement"))(
    "is a $type that reads back, and the same bytes every time",
    (document) => {
      const told = { ...sample, document };
      const { document: written, notCarried } = toEdifact(told, recipient);
      const bytes = generate(written);
      expect(generate(toEdifact(told, recipient).document)).toEqual(bytes);
      expect(problemsOf(parse(bytes))).toEqual([]);
      expect(notCarried).toEqual([]);
      const [message] = parse(bytes).interchanges[0]!.groups[0]!.messages;
      const sku = (item: string) => ({ item, numbers: { SA: item } });
      if (document.type === "order-acknowledgement") {
        const read = readOrderResponse(message!);
        expect(read).toMatchObject({ function: "29", currency: document.currency });
        expect(read.lines[0]).toMatchObject({
          ...sku("PUMP-100"),
          action: "5",
          prices: [{ value: "500.00", per: "1", uom: "EA" }],
        });
      } else if (document.type === "despatch-advice") {
        const read = readDespatchAdvice(message!);
        expect(read.packs[0]!.packaging![0]!.sscc).toEqual(document.handlingUnits.map(({ sscc }) => sscc));
        expect(read.packs[0]!.lines[0]).toMatchObject(sku("PUMP-100"));
      } else if (document.type === "invoice") {
        const read = readInvoice(message!);
        expect(read.totals!.map(({ qualifier, value }) => [qualifier, value])).toEqual([
          ["77", document.taxInclusiveAmount.amount],
          ["125", document.taxExclusiveAmount.amount],
          ["124", document.taxAmount.amount],
        ]);
        const [line] = read.lines;
        expect(decimals.compare(line!.amounts![0]!.value, document.lines[0]!.amount.amount)).toBe(0);
      }
    },
  );
});
