/** Business messages: what a partner wrote is read as plain data, and what we write reads back as the same. */
import { describe, expect, test } from "vitest";
import {
  type ApplicationAcknowledgement,
  type DeliverySchedule,
  type DespatchAdvice,
  type EdifactMessage,
  type Envelope,
  envelope,
  generate,
  type InventoryReport,
  type MessageDraft,
  type PriceCatalogue,
  parse,
  partyIn,
  problemsOf,
  qualified,
  type ReceivingAdvice,
  type RemittanceAdvice,
  readApplicationAcknowledgement,
  readDeliverySchedule,
  readDespatchAdvice,
  readInventoryReport,
  readInvoice,
  readOrder,
  readOrderChange,
  readOrderResponse,
  readPriceCatalogue,
  readReceivingAdvice,
  readRemittanceAdvice,
  readTransportStatus,
  type TradeDocument,
  type TransportStatusReport,
  writeApplicationAcknowledgement,
  writeDeliverySchedule,
  writeDespatchAdvice,
  writeInventoryReport,
  writeInvoice,
  writeOrder,
  writeOrderChange,
  writeOrderResponse,
  writePriceCatalogue,
  writeReceivingAdvice,
  writeRemittanceAdvice,
  writeTransportStatus,
} from "./codec.ts";
import { interchange, ORDER } from "./fixtures.ts";

const about: Envelope = {
  sender: { id: "4098765000016", qualifier: "14" },
  recipient: { id: "5412345000013", qualifier: "14" },
  date: "2026-11-21",
  time: "09:30",
  reference: "501",
};

const only = (text: string | Uint8Array): EdifactMessage => {
  const document = parse(typeof text === "string" ? Buffer.from(text) : text);
  expect(problemsOf(document).filter(({ severity }) => severity === "error")).toEqual([]);
  return document.interchanges[0]!.groups[0]!.messages[0]!;
};

/** Written, sent, and read again. Nothing is noted on the way: what we write is in the order of the standard. */
const sent = (draft: MessageDraft, how: Partial<Envelope> = {}): EdifactMessage => {
  const message = only(generate(envelope({ ...about, ...how }, [draft])));
  expect(message.problems).toEqual([]);
  return message;
};

const heading = {
  documentCode: "220",
  number: "PO-4711",
  function: "9",
  dates: [
    { qualifier: "137", date: "2026-11-21" },
    { qualifier: "2", date: "2026-12-01", time: "12:00" },
    { qualifier: "64", date: "2026-12-01", until: "2026-12-05" },
    { qualifier: "169", text: "14", format: "804" },
  ],
  references: [{ qualifier: "CT", value: "FRAME-7", dates: [{ qualifier: "171", date: "2026-01-02" }] }],
  parties: [
    {
      role: "BY",
      id: "5412345000013",
      idAgency: "9",
      name: "ACME S.A.",
      street: ["12 rue de l'Atelier"],
      city: "Lyon",
      postalCode: "69001",
      country: "FR",
      references: [{ qualifier: "VA", value: "FR12345678901" }],
      contacts: [{ function: "OC", name: "J. Martin", channels: [{ kind: "TE", address: "+33 4 55" }] }],
    },
    { role: "SU", id: "4098765000016", idAgency: "9" },
  ],
  texts: [{ qualifier: "AAI", lines: ["Deliver to gate 3", "ring twice"] }],
};

const line = {
  line: "1",
  item: "PUMP-100",
  numbers: { EN: "4098765100013", SA: "PUMP-100", IN: "7781-A" },
  description: "Pump, 100 l/min",
  quantities: [{ qualifier: "21", value: "10", uom: "PCE" }],
  dates: [{ qualifier: "2", date: "2026-12-01" }],
  amounts: [{ qualifier: "203", value: "5000.00" }],
  texts: [{ qualifier: "LIN", code: "X1" }],
  prices: [{ qualifier: "AAA", value: "500.00", type: "CT", specification: "NTP", per: "1", uom: "PCE" }],
  references: [{ qualifier: "ON", value: "PO-4711", line: "1" }],
  places: [{ qualifier: "7", id: "GATE-3", name: "Gate 3" }],
  taxes: [{ function: "7", type: "VAT", rate: "20", category: "S" }],
  parties: [{ role: "DP", name: "ACME Lyon" }],
  charges: [
    {
      kind: "A",
      code: "DI",
      description: "Discount",
      percent: "2.5",
      amounts: [{ qualifier: "204", value: "125.00" }],
    },
  ],
};

const order: TradeDocument = {
  ...heading,
  currency: "EUR",
  taxes: [{ function: "7", type: "VAT", rate: "20" }],
  terms: [{ type: "1", from: "5", relation: "3", unit: "D", count: "30" }],
  transports: [
    {
      stage: "20",
      mode: "30",
      carrier: "RHEX",
      carrierName: "Rhône Express",
      places: [{ qualifier: "5", id: "FRLYS" }],
      dates: [{ qualifier: "133", date: "2026-11-30" }],
    },
  ],
  deliveryTerms: "CIF",
  deliveryPlace: { qualifier: "1", name: "Lyon" },
  charges: [{ kind: "C", code: "FC", amounts: [{ qualifier: "8", value: "30" }] }],
  lines: [
    line,
    { line: "2", item: "SEAL-9", numbers: { SA: "SEAL-9" }, quantities: [{ qualifier: "21", value: "2.5" }] },
  ],
  totals: [{ qualifier: "79", value: "5030.00", currency: "EUR" }],
  controls: [{ qualifier: "2", value: "2" }],
};

describe("orders", () => {
  test("are read from what a partner wrote", () => {
    const read = readOrder(only(ORDER));
    expect(read).toMatchObject({ documentCode: "220", number: "PO-4711", function: "9", currency: "EUR" });
    expect(qualified(read.dates, "2")).toEqual({ qualifier: "2", date: "2026-12-01", time: "12:00" });
    expect(partyIn(read.parties, "XX", "BY")).toEqual({
      role: "BY",
      id: "5412345000013",
      idAgency: "9",
      name: "ACME S.A.",
      street: ["12 rue de l'Atelier"],
      city: "Lyon",
      postalCode: "69001",
      country: "FR",
    });
    expect(
      read.lines.map(({ line, item, quantities, prices }) => [line, item, quantities[0]?.value, prices?.[0]]),
    ).toEqual([
      ["1", "PUMP-100", "10", { qualifier: "AAA", value: "500.00" }],
      [
        "2",
        "SEAL-9",
        "2.5",
        { qualifier: "AAA", value: "1200", specification: "NTP", per: "100", uom: "KGM" },
      ],
    ]);
    expect(read.totals).toEqual([{ qualifier: "79", value: "5030.00" }]);
    expect(read.controls).toEqual([{ qualifier: "2", value: "2" }]);
  });

  test.each(["UNA:+,? '", "UNA:+.? '"])("have decimals whatever mark %s names", (una) => {
    const comma = ORDER.replace("500.00", "500,00").replace("5030.00", ",5").replace("21:10:", "21:0010,:");
    const read = readOrder(only(`${una}${comma}`));
    expect(read.lines[0]!.prices![0]!.value).toBe("500.00");
    expect(read.lines[0]!.quantities[0]!.value).toBe("10");
    expect(read.totals![0]!.value).toBe("0.5");
  });

  test("come back as they were written, in every syntax version", () => {
    expect(readOrder(sent(writeOrder(order)))).toEqual(order);
    expect(readOrder(sent(writeOrder(order), { syntaxVersion: "4", syntax: "UNOY" }))).toEqual(order);
    const characters = { component: "|", element: ";", decimal: ",", release: "\\", segment: "~" };
    expect(readOrder(sent(writeOrder(order), { characters, lineBreak: "\r\n" }))).toEqual(order);
  });

  test("are changed and answered in the same words", () => {
    const change = { ...order, documentCode: "230", lines: [{ ...line, action: "3" }] };
    expect(readOrderChange(sent(writeOrderChange(change)))).toEqual(change);
    const answer = { ...order, documentCode: "231", function: "29", lines: [{ ...line, action: "5" }] };
    expect(readOrderResponse(sent(writeOrderResponse(answer)))).toEqual(answer);
  });

  test("with a date that is no day are refused when it is read", () => {
    const message = only(ORDER.replace("137:20261121", "137:20269999"));
    expect(() => readOrder(message)).toThrow('A date CCYYMMDD was expected, "20269999" found.');
  });

  test("that break their own message are never sent", () => {
    const { segments } = writeOrder(order);
    expect(() => envelope(about, [{ type: "ORDERS", segments: segments.slice(1) }])).toThrow(
      "expected the mandatory segment BGM",
    );
    expect(() => generate(envelope(about, [writeOrder({ ...order, number: "Ж" })]))).toThrow(
      'The character "Ж" cannot be written in iso-8859-1.',
    );
    expect(() => envelope({ ...about, reference: "x".repeat(15) }, [])).toThrow("1 to 14 characters");
  });
});

test("invoices come back as they were written", () => {
  const invoice: TradeDocument = {
    ...order,
    documentCode: "380",
    number: "INV-9",
    totals: [
      { qualifier: "77", value: "6036.00" },
      { qualifier: "79", value: "5030.00" },
    ],
    taxTotals: [
      { function: "7", type: "VAT", rate: "20", amounts: [{ qualifier: "124", value: "1006.00" }] },
    ],
    chargeTotals: [{ kind: "C", amounts: [{ qualifier: "8", value: "30" }] }],
  };
  expect(readInvoice(sent(writeInvoice(invoice)))).toEqual(invoice);
});

const packed = {
  line: "1",
  item: "PUMP-100",
  numbers: { EN: "4098765100013", SA: "PUMP-100" },
  quantities: [{ qualifier: "12", value: "10" }],
  identities: [
    { qualifier: "BX", value: "LOT-7" },
    ...["1", "2", "3", "4", "5", "6"].map((value) => ({ qualifier: "BN", value: `SN-${value}` })),
  ],
  dates: [{ qualifier: "36", date: "2027-11-21" }],
  references: [{ qualifier: "ON", value: "PO-4711", line: "1" }],
};

test("despatch advices keep what is packed in what", () => {
  const advice: DespatchAdvice = {
    ...heading,
    documentCode: "351",
    transports: [{ stage: "20", reference: "TRK-1", mode: "30" }],
    packs: [
      { number: "1", packaging: [{ count: "1", type: "201" }], lines: [] },
      {
        number: "2",
        parent: "1",
        level: "1",
        packaging: [{ count: "2", type: "CT", sscc: ["340123450000000018", "340123450000000025"] }],
        lines: [packed],
      },
    ],
    controls: [{ qualifier: "2", value: "1" }],
  };
  expect(readDespatchAdvice(sent(writeDespatchAdvice(advice), { release: "01B" }))).toEqual(advice);
  const loose: DespatchAdvice = { ...heading, packs: [{ number: "", lines: [packed] }] };
  expect(readDespatchAdvice(sent(writeDespatchAdvice(loose), { release: "01B" }))).toEqual(loose);
});

test("receiving advices say what is missing", () => {
  const advice: ReceivingAdvice = {
    ...heading,
    documentCode: "632",
    packs: [
      {
        number: "1",
        lines: [
          {
            ...packed,
            quantities: [{ qualifier: "48", value: "8" }],
            variances: [{ value: "-2", qualifier: "21", discrepancy: "CP", reason: "AV" }],
          },
        ],
      },
    ],
  };
  expect(readReceivingAdvice(sent(writeReceivingAdvice(advice), { release: "01B" }))).toEqual(advice);
});

describe("inventory reports", () => {
  const report: InventoryReport = {
    ...heading,
    documentCode: "35",
    lines: [
      {
        line: "1",
        item: "PUMP-100",
        numbers: { SA: "PUMP-100" },
        places: [{ qualifier: "18", id: "LYON" }],
        figures: [
          { quantities: [{ qualifier: "145", value: "120", uom: "PCE" }] },
          {
            quantities: [{ qualifier: "198", value: "7" }],
            movement: { direction: "2", kind: "1", reason: "2", method: "2" },
            dates: [{ qualifier: "179", date: "2026-11-20" }],
          },
        ],
      },
    ],
  };
  test("come back as they were written", () => {
    const { texts: _, ...bare } = report;
    expect(readInventoryReport(sent(writeInventoryReport(bare)))).toEqual(bare);
  });
  test("of later directories put the movement first", () => {
    const text = interchange(
      "INVRPT",
      ["BGM+35+9+9", "DTM+137:20261121:102", "LIN+1++PUMP-100:SA", "INV+2+1+2", "QTY+198:7", "QTY+145:113"],
      { release: "10B" },
    );
    expect(readInventoryReport(only(text)).lines[0]!.figures).toEqual([
      {
        quantities: [
          { qualifier: "198", value: "7" },
          { qualifier: "145", value: "113" },
        ],
        movement: { direction: "2", kind: "1", reason: "2" },
      },
    ]);
  });
});

test("remittance advices keep each document with what was paid and why not more", () => {
  const advice: RemittanceAdvice = {
    ...heading,
    documentCode: "481",
    references: [{ qualifier: "PB", value: "BANK-1" }],
    currency: "EUR",
    accounts: [{ role: "OR", number: "FR7630006000011234567890189", holder: "ACME S.A.", bank: "AGRIFRPP" }],
    documents: [
      {
        code: "380",
        number: "INV-9",
        amounts: [
          { qualifier: "9", value: "6000.00" },
          { qualifier: "12", value: "5900.00" },
        ],
        dates: [{ qualifier: "171", date: "2026-11-01" }],
        references: [{ qualifier: "ON", value: "PO-4711" }],
        adjustments: [
          {
            reason: "3",
            amounts: [{ qualifier: "165", value: "100.00" }],
            texts: [{ qualifier: "ABO", lines: ["Two pieces arrived damaged"] }],
          },
        ],
      },
    ],
    totals: [{ qualifier: "12", value: "5900.00" }],
  };
  expect(readRemittanceAdvice(sent(writeRemittanceAdvice(advice)))).toEqual(advice);
});

describe("delivery schedules", () => {
  const schedule: DeliverySchedule = {
    ...heading,
    documentCode: "241",
    parties: [{ role: "BY", id: "5412345000013", idAgency: "9" }],
    lines: [
      {
        line: "1",
        item: "PUMP-100",
        numbers: { IN: "7781-A", SA: "PUMP-100" },
        references: [{ qualifier: "ON", value: "FRAME-7" }],
        parties: [{ role: "ST", id: "5412345000020", idAgency: "9" }],
        calls: [
          { quantity: { qualifier: "70", value: "400" } },
          {
            status: "1",
            quantity: { qualifier: "113", value: "20", dates: [{ qualifier: "2", date: "2026-12-01" }] },
          },
          {
            status: "4",
            frequency: "W",
            quantity: { qualifier: "113", value: "80", dates: [{ qualifier: "2", date: "2026-W50" }] },
          },
        ],
      },
    ],
  };
  test("come back as they were written", () => {
    expect(readDeliverySchedule(sent(writeDeliverySchedule(schedule)))).toEqual(schedule);
  });
  test("of old directories have the place above the item and the schedule below the quantity", () => {
    const text = interchange("DELFOR", [
      "BGM+241+7+9",
      "DTM+137:20261121:102",
      "NAD+BY+1::9",
      "UNS+D",
      "NAD+CN+2::9",
      "LIN+1++7781-A:IN",
      "QTY+113:20:PCE",
      "SCC+1",
      "DTM+2:20261201:102",
      "QTY+113:80",
      "SCC+4++W",
      "DTM+2:202649:616",
      "UNS+S",
    ]);
    const read = readDeliverySchedule(only(text));
    expect(read.parties).toEqual([{ role: "BY", id: "1", idAgency: "9" }]);
    expect(read.lines).toEqual([
      {
        line: "1",
        item: "7781-A",
        numbers: { IN: "7781-A" },
        parties: [{ role: "CN", id: "2", idAgency: "9" }],
        calls: [
          {
            status: "1",
            quantity: {
              qualifier: "113",
              value: "20",
              uom: "PCE",
              dates: [{ qualifier: "2", date: "2026-12-01" }],
            },
          },
          {
            status: "4",
            frequency: "W",
            quantity: { qualifier: "113", value: "80", dates: [{ qualifier: "2", date: "2026-W49" }] },
          },
        ],
      },
    ]);
  });
});

test("price catalogues keep items in their product groups", () => {
  const item = {
    line: "1",
    action: "1",
    item: "PUMP-100",
    numbers: { SA: "PUMP-100" },
    description: "Pump",
    measurements: [{ purpose: "PD", dimension: "AAB", value: "12.5", uom: "KGM" }],
    quantities: [{ qualifier: "53", value: "1" }],
    dates: [{ qualifier: "7", date: "2027-01-01" }],
    prices: [{ qualifier: "AAA", value: "500.00", dates: [{ qualifier: "194", date: "2027-01-01" }] }],
    taxes: [{ function: "7", type: "VAT", rate: "20" }],
  };
  const catalogue: PriceCatalogue = {
    ...heading,
    documentCode: "9",
    currency: "EUR",
    items: [item, { ...item, line: "2", group: "11/PUMPS" }],
  };
  const read = readPriceCatalogue(sent(writePriceCatalogue(catalogue)));
  expect({ ...read, items: [...read.items].reverse() }).toEqual(catalogue);
});

test("transport status reports say what happened, when and where", () => {
  const report: TransportStatusReport = {
    ...heading,
    documentCode: "23",
    dates: [{ qualifier: "137", date: "2026-11-21", time: "09:30" }],
    parties: [{ role: "CA", id: "RHEX" }],
    consignments: [
      {
        sequence: "1",
        number: "TRK-55012",
        events: [
          {
            category: "1",
            status: "21",
            description: "Delivered",
            references: [{ qualifier: "CU", value: "SH-881" }],
            places: [{ qualifier: "5", id: "FRLYS", name: "Lyon" }],
          },
          {
            status: "31",
            reason: "41",
            reasonText: "Traffic",
            dates: [{ qualifier: "334", date: "2026-11-21", time: "09:15" }],
            transports: [{ stage: "20", means: "AB-123-CD" }],
          },
        ],
      },
    ],
  };
  expect(readTransportStatus(sent(writeTransportStatus(report), { release: "01B" }))).toEqual(report);
});

test("application acknowledgements say which document and what is wrong with it", () => {
  const answer: ApplicationAcknowledgement = {
    ...heading,
    documentCode: "305",
    function: "27",
    dates: [{ qualifier: "137", date: "2026-11-21" }],
    references: [{ qualifier: "ON", value: "PO-4711" }],
    parties: [{ role: "SU", id: "4098765000016", idAgency: "9" }],
    errors: [
      {
        code: "12",
        texts: [{ qualifier: "AAO", lines: ["Item unknown"] }],
        references: [{ qualifier: "LI", value: "1" }],
      },
    ],
  };
  expect(readApplicationAcknowledgement(sent(writeApplicationAcknowledgement(answer)))).toEqual(answer);
});
