/** Business documents go out and come back the same, exactly, and acknowledgements say what was found. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ContractBroken } from "../../std/errors.ts";
import {
  acknowledge997,
  acknowledge999,
  acknowledgeTA1,
  envelope,
  generate,
  type Invoice,
  knownSets,
  parse,
  partsOf,
  problemsOf,
  readAcknowledgement,
  readFunctionalAcknowledgement,
  readInvoice,
  readPurchaseOrder,
  readPurchaseOrderChange,
  readRemittance,
  readShipNotice,
  type SetDraft,
  segment,
  segmentsOf,
  writeAcknowledgement855,
  writeInvoice810,
  writePurchaseOrder850,
  writePurchaseOrderChange860,
  writeRemittance820,
  writeShipNotice856,
  type X12Set,
} from "./codec.ts";
import { bytes, interchange, ORDER, order } from "./fixtures.ts";
import { tableOf } from "./table.ts";
import { decimal, fromImplied, isDate, toImplied } from "./values.ts";

const about = {
  sender: { qualifier: "ZZ", id: "MERIDIAN" },
  receiver: { qualifier: "ZZ", id: "ACME" },
  date: "2026-11-21",
  time: "09:00",
  controlNumber: 41,
};
const lines = (body: Uint8Array) => new TextDecoder().decode(body).trim().split("\n");

/** The set as a partner would read it, once it has been through the wire. */
function sent(draft: SetDraft): X12Set {
  const document = envelope(about, [draft]);
  const back = parse(generate(document));
  expect(problemsOf(back)).toEqual([]);
  return back.interchanges[0]!.groups[0]!.sets[0]!;
}

const parties = [
  {
    role: "ST",
    name: "ACME DOCK 4",
    idQualifier: "92",
    id: "D4",
    street: ["1 Dock Road"],
    city: "Lyon",
    postalCode: "69001",
    country: "FR",
  },
];
const line = {
  line: "1",
  quantity: "2",
  uom: "EA",
  price: "500.00",
  sku: "PUMP-100",
  numbers: { VN: "PUMP-100", BP: "77-A" },
  description: "Pump",
};

test("a purchase order", () => {
  const purchaseOrder = {
    purpose: "00",
    orderType: "NE",
    poNumber: "PO-7",
    date: "2026-11-21",
    currency: "EUR",
    deliverBy: "2026-12-01",
    parties,
    references: [{ qualifier: "CO", value: "CUST-77" }],
    notes: ["Ring twice."],
    lines: [{ ...line, deliverBy: "2026-12-02" }],
    declaredLines: "1",
    total: "1000.00",
  };
  expect(readPurchaseOrder(sent(writePurchaseOrder850(purchaseOrder)))).toEqual(purchaseOrder);
});

test("a change of it", () => {
  const change = {
    purpose: "04",
    orderType: "SA",
    poNumber: "PO-7",
    changeNumber: "2",
    date: "2026-11-21",
    changeDate: "2026-11-22",
    parties,
    lines: [{ ...line, change: "QD", quantity: "1", quantityLeft: "1" }],
    declaredLines: "1",
  };
  expect(readPurchaseOrderChange(sent(writePurchaseOrderChange860(change)))).toEqual(change);
});

test("its acknowledgement", () => {
  const acknowledgement = {
    purpose: "00",
    type: "AC",
    poNumber: "PO-7",
    poDate: "2026-11-21",
    sellerOrderNumber: "SO-10045",
    date: "2026-11-22",
    currency: "EUR",
    shipBy: "2026-11-28",
    parties,
    lines: [
      {
        ...line,
        acknowledgements: [
          { status: "IA", quantity: "1", uom: "EA", date: "2026-11-28", dateQualifier: "068" },
          { status: "IB", quantity: "1", uom: "EA" },
        ],
      },
    ],
    declaredLines: "1",
  };
  expect(readAcknowledgement(sent(writeAcknowledgement855(acknowledgement)))).toEqual(acknowledgement);
});

describe("a ship notice", () => {
  const item = {
    line: "1",
    quantity: "2",
    uom: "EA",
    sku: "PUMP-100",
    numbers: { VN: "PUMP-100" },
    description: "Pump",
  };
  const head = {
    purpose: "00",
    shipmentId: "SH-881",
    date: "2026-11-28",
    time: "0900",
    shippedOn: "2026-11-28",
    deliverOn: "2026-11-30",
    carrier: "UPSN",
    billOfLading: "BOL-1",
    trackingNumber: "1Z77",
    packages: "2",
    weight: "12.5",
    weightUom: "KG",
    parties,
    references: [
      { qualifier: "BM", value: "BOL-1" },
      { qualifier: "CN", value: "1Z77" },
    ],
  };

  test("with packs on pallets, and SSCCs with their application identifier on the wire", () => {
    const notice = {
      ...head,
      orders: [
        {
          poNumber: "PO-7",
          poDate: "2026-11-21",
          sellerOrderNumber: "SO-10045",
          packs: [
            { sscc: "034567890123456785", palletSscc: "034567890123456792", items: [item] },
            {
              sscc: "034567890123456808",
              items: [{ ...item, line: "2", lot: "L-900", numbers: { VN: "PUMP-100", LT: "L-900" } }],
            },
          ],
        },
        { poNumber: "PO-8", packs: [], items: [item] },
      ],
    };
    const set = sent(writeShipNotice856(notice));
    expect(readShipNotice(set)).toEqual(notice);
    expect([...segmentsOf(set.body)].filter(({ id }) => id === "MAN")[0]?.elements).toEqual([
      "GM",
      "00034567890123456792",
    ]);
  });

  test("in the arrangement shipment, pack, order, item", () => {
    const text = `BSN*00*SH-1*20261128*0900*0003\nHL*1**S\nHL*2*1*P\nMAN*GM*00034567890123456785\nHL*3*2*O\nPRF*PO-7\nHL*4*3*I\nLIN*1*VN*PUMP-100\nSN1*1*2*EA\nCTT*4`;
    const set = parse(bytes(interchange(text, { type: "856", functionalId: "SH" }))).interchanges[0]!
      .groups[0]!.sets[0]!;
    expect(readShipNotice(set).orders).toEqual([
      {
        poNumber: "PO-7",
        packs: [
          {
            sscc: "034567890123456785",
            items: [{ line: "1", quantity: "2", uom: "EA", sku: "PUMP-100", numbers: { VN: "PUMP-100" } }],
          },
        ],
      },
    ]);
  });

  test("whose level names a parent that is not there is refused", () => {
    const text = "BSN*00*SH-1*20261128*0900\nHL*1**S\nHL*2*9*I\nSN1**2*EA";
    const set = parse(bytes(interchange(text, { type: "856", functionalId: "SH" }))).interchanges[0]!
      .groups[0]!.sets[0]!;
    expect(() => readShipNotice(set)).toThrow("HL 2 names parent 9");
  });
});

describe("an invoice", () => {
  const invoice: Invoice = {
    invoiceNumber: "INV-90000001",
    date: "2026-11-29",
    poNumber: "PO-7",
    poDate: "2026-11-21",
    type: "DI",
    currency: "EUR",
    netDays: "30",
    terms: "NET 30",
    shippedOn: "2026-11-28",
    parties,
    lines: [
      {
        ...line,
        taxes: [{ type: "VA", amount: "200.00", rate: "20" }],
        charges: [{ kind: "C", code: "D240", amount: "5.00", description: "Freight" }],
      },
    ],
    total: "1205.00",
    discountable: "1000.00",
    taxes: [{ type: "VA", amount: "200.00", rate: "20", taxable: "1000.00" }],
    charges: [{ kind: "A", code: "C310", amount: "0.05" }],
    declaredLines: "1",
  };

  test("is the same after the wire, with its total in implied decimals on it", () => {
    const set = sent(writeInvoice810(invoice));
    expect(readInvoice(set)).toEqual(invoice);
    expect([...segmentsOf(set.body)].find(({ id }) => id === "TDS")?.elements).toEqual(["120500", "100000"]);
  });

  test("whose total cannot be said in cents is not written", () => {
    expect(() => writeInvoice810({ ...invoice, total: "0.001" })).toThrow("At most 2 decimal places");
  });
});

test("a remittance", () => {
  const remittance = {
    handling: "C",
    amount: "1205.00",
    creditDebit: "C",
    method: "ACH",
    date: "2026-12-29",
    trace: "TRACE-1",
    currency: "EUR",
    parties: [{ role: "PR", name: "ACME" }],
    items: [{ qualifier: "IV", number: "INV-90000001", paid: "1205.00", invoiced: "1205.00", discount: "0" }],
  };
  expect(readRemittance(sent(writeRemittance820(remittance)))).toEqual(remittance);
});

test("amounts move between plain and implied decimals without losing a cent", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), (cents) => {
      const plain = fromImplied(String(cents), 2)!;
      expect(BigInt(toImplied(plain, 2))).toBe(cents);
      expect(BigInt(plain.replace(".", ""))).toBe(cents);
    }),
  );
  expect(["007", ".5", "10.", "-0.00", "+3", " 12.50 ", ""].map(decimal)).toEqual([
    "7",
    "0.5",
    "10",
    "0.00",
    "3",
    "12.50",
    undefined,
  ]);
  expect(["5", "-5", "1.25"].map((text) => fromImplied(text, 2))).toEqual(["0.05", "-0.05", "1.25"]);
  expect(["20240229", "20230229", "240229", "20261301", "20260431", "2026"].map(isDate)).toEqual([
    true,
    false,
    true,
    false,
    false,
    false,
  ]);
});

test("anything that can be written in X12 is written and read back", () => {
  const text = fc
    .string({ unit: fc.constantFrom(..."ABCxyz019 -/.,éß>:^"), minLength: 1, maxLength: 20 })
    .map((value) => value.trim() || "X");
  const item = fc.record({
    line: fc.nat(9999).map(String),
    quantity: fc.nat(99_999).map(String),
    uom: fc.constant("EA"),
    sku: text,
    notes: fc.array(text, { minLength: 1, maxLength: 2 }),
  });
  fc.assert(
    fc.property(fc.array(item, { minLength: 1, maxLength: 4 }), text, (items, poNumber) => {
      const numbered = items.map((one) => ({ ...one, numbers: { VN: one.sku } }));
      const purchaseOrder = {
        purpose: "00",
        orderType: "NE",
        poNumber,
        date: "2026-11-21",
        lines: numbered,
        declaredLines: String(items.length),
      };
      const document = envelope(about, [writePurchaseOrder850(purchaseOrder)]);
      expect(readPurchaseOrder(parse(generate(document)).interchanges[0]!.groups[0]!.sets[0]!)).toEqual(
        purchaseOrder,
      );
      expect(generate(parse(generate(document)))).toEqual(generate(document));
    }),
    { numRuns: 300 },
  );
});

describe("writing", () => {
  test("counts are computed, control numbers are the caller's, and the same input gives the same bytes", () => {
    const draft = writePurchaseOrder850({
      purpose: "00",
      orderType: "NE",
      poNumber: "PO-7",
      date: "2026-11-21",
      lines: [line],
    });
    const made = () =>
      lines(
        generate(
          envelope({ ...about, setControlNumber: 5 }, [
            draft,
            draft,
            writeRemittance820({ handling: "I", amount: "1", creditDebit: "C", method: "NON", items: [] }),
          ]),
        ),
      );
    expect(made()).toEqual(made());
    expect(made().filter((written) => /^(ISA|GS|ST|SE|GE|IEA)/.test(written))).toEqual([
      "ISA*00*          *00*          *ZZ*MERIDIAN       *ZZ*ACME           *261121*0900*U*00401*000000041*0*P*>~",
      "GS*PO*MERIDIAN*ACME*20261121*0900*41*X*004010~",
      "ST*850*0005~",
      "SE*6*0005~",
      "ST*850*0006~",
      "SE*6*0006~",
      "GE*2*41~",
      "GS*RA*MERIDIAN*ACME*20261121*0900*42*X*004010~",
      "ST*820*0005~",
      "SE*3*0005~",
      "GE*1*42~",
      "IEA*2*000000041~",
    ]);
  });

  test("a changed document gets its counts anew; a right count keeps its zeros", () => {
    const document = parse(bytes(interchange(ORDER).replace("SE*12*", "SE*0012*")));
    expect(lines(generate(document))).toContain("SE*0012*0001~");
    const [first] = document.interchanges;
    const group = first!.groups[0]!;
    const set = group.sets[0]!;
    const longer = {
      ...set,
      body: [...set.body.slice(0, -1), segment("NTE", "GEN", "More."), set.body.at(-1)!],
    };
    const changed = {
      ...document,
      interchanges: [{ ...first!, groups: [{ ...group, sets: [longer, set] }] }],
    };
    expect(lines(generate(changed))).toEqual(expect.arrayContaining(["SE*13*0001~", "GE*2*12~"]));
  });

  test("text that holds a delimiter is refused, for it would be read as something else", () => {
    for (const poNumber of ["PO*7", "PO~7", "PO\n7"]) {
      const draft = writePurchaseOrder850({
        purpose: "00",
        orderType: "NE",
        poNumber,
        date: "2026-11-21",
        lines: [line],
      });
      expect(() => generate(envelope(about, [draft]))).toThrow(ContractBroken);
    }
  });

  test("a draft that breaks its own table is refused before a partner can refuse it", () => {
    expect(() => envelope(about, [{ type: "850", segments: [segment("BEG", "00", "NE", "PO-7")] }])).toThrow(
      ContractBroken,
    );
    expect(() => envelope(about, [{ type: "276", segments: [] }])).toThrow("Set 276 has no table");
    expect(() => envelope({ ...about, sender: { qualifier: "ZZ", id: "A NAME FAR TOO LONG" } }, [])).toThrow(
      "ISA06",
    );
  });
});

describe("acknowledging", () => {
  const answer = { date: "2026-11-22", time: "1000", controlNumber: 88 };
  const received = parse(bytes(interchange(order(["DTM*002*20260230", "XYZ*1"]))));

  test("a 997 says what was found, where, with which code", () => {
    expect(lines(generate(acknowledge997(received, answer)!))).toEqual([
      "ISA*00*          *00*          *ZZ*MERIDIAN       *ZZ*ACME           *261122*1000*U*00401*000000088*0*P*>~",
      "GS*FA*MERIDIAN*ACME*20261122*1000*88*X*004010~",
      "ST*997*0001~",
      "AK1*PO*12~",
      "AK2*850*0001~",
      "AK3*DTM*3**8~",
      "AK4*2**8*20260230~",
      "AK3*XYZ*4**1~",
      "AK5*R*5~",
      "AK9*R*1*1*0~",
      "SE*9*0001~",
      "GE*1*88~",
      "IEA*1*000000088~",
    ]);
  });

  test("a 999 says it in its own segments, and either is read back", () => {
    const set = (document: ReturnType<typeof acknowledge999>) =>
      parse(generate(document!)).interchanges[0]!.groups[0]!.sets[0]!;
    const read = readFunctionalAcknowledgement(set(acknowledge999(received, answer)));
    expect(read).toEqual(readFunctionalAcknowledgement(set(acknowledge997(received, answer))));
    expect(read).toMatchObject({
      functionalId: "PO",
      groupControlNumber: "12",
      verdict: "rejected",
      sets: [
        {
          type: "850",
          controlNumber: "0001",
          verdict: "rejected",
          faults: [
            { segment: "DTM", position: "3", elements: [{ element: "2", code: "8", found: "20260230" }] },
            { segment: "XYZ" },
          ],
        },
      ],
    });
  });

  test("a sound set is accepted, unless the business would not have it", () => {
    const sound = parse(bytes(interchange(ORDER)));
    const told = (outcomes?: readonly (ContractBroken | undefined)[]) =>
      lines(generate(acknowledge997(sound, { ...answer, ...(outcomes ? { outcomes } : {}) })!)).filter(
        (written) => /^AK[59]/.test(written),
      );
    expect(told()).toEqual(["AK5*A~", "AK9*A*1*1*1~"]);
    expect(partsOf(sound)).toHaveLength(1);
    expect(told([new ContractBroken("The item is unknown.")])).toEqual(["AK5*R*5~", "AK9*R*1*1*0~"]);
  });

  test("a group that is not whole is refused with its sets", () => {
    const cut = parse(bytes(interchange(ORDER).replace("GE*1*", "GE*2*")));
    expect(lines(generate(acknowledge997(cut, answer)!)).at(-4)).toBe("AK9*R*2*1*0*5~");
    expect(lines(generate(acknowledgeTA1(cut.interchanges[0]!, answer)))[1]).toBe(
      "TA1*000000012*261121*0900*A*000~",
    );
  });

  test("acknowledgements are not acknowledged", () => {
    const back = parse(generate(acknowledge997(received, answer)!));
    expect(problemsOf(back)).toEqual([]);
    expect(acknowledge997(back, answer)).toBeUndefined();
  });
});

test("every table can be read", () => {
  expect(knownSets()).toHaveLength(24);
  for (const type of knownSets()) expect(tableOf(type)?.rows.list[0]?.need, type).toBe("must");
});

test("an 820 of the first versions begins with BPS, a later one with BPR", () => {
  const set = (version: string) => {
    const text = interchange("BPS*PBC*18.50*I\nLS*A\nN1*HH*1\nRMT*IV*0900*18.50\nLE*A", {
      type: "820",
      functionalId: "RA",
      version,
    });
    return parse(Buffer.from(text)).interchanges[0]!.groups[0]!.sets[0]!;
  };
  expect(set("00301").problems).toEqual([]);
  expect(set("00401").problems.map(({ segment, code }) => [segment, code])).toContainEqual(["BPR", "3"]);
});
