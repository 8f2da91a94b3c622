/** IDocs give one tree however they are written, keep what nobody laid out, and are written back as they came. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toBytes, toText } from "../../std/bytes.ts";
import { refusalOf } from "../hostile.fixtures.ts";
import { samplesOf } from "../samples.fixtures.ts";
import {
  type IdocFile,
  type IdocSegment,
  idoc,
  readIdocCustomers,
  readIdocDelivery,
  readIdocMaterials,
  readIdocOrder,
  segment,
} from "./codec.ts";
import { control, order, xml } from "./fixtures.ts";
import { SEGMENTS } from "./layouts.ts";
import { probe } from "./probe.ts";

const codec = idoc();
const read = (text: string) => codec.decode(toBytes(text));

/** Without line numbers, which no writing keeps. */
const plain = (segments: readonly IdocSegment[]): IdocSegment[] =>
  segments.map(({ line: _, level: __, ...one }) => ({ ...one, children: plain(one.children) }));

test("a flat file becomes a tree by the parents' numbers; a segment nobody laid out keeps its text", () => {
  const { form, idocs } = read(order);
  expect(form).toEqual({ syntax: "flat", records: "40", padded: false, zeros: true, parents: true });
  expect(idocs[0]?.control).toMatchObject({
    IDOCTYP: "ORDERS05",
    MESTYP: "ORDERS",
    DOCNUM: "0000000000004711",
  });
  const tree = (segments: readonly IdocSegment[]): unknown[] =>
    segments.map(({ type, children }) => (children.length === 0 ? type : [type, ...tree(children)]));
  expect(tree(idocs[0]!.segments)).toEqual([
    "E1EDK01",
    "E1EDK03",
    "E1EDKA1",
    ["E1EDKT1", "E1EDKT2"],
    ["E1EDP01", "E1EDP20", "E1EDP19", "Z1PUMP"],
    "E1EDS01",
  ]);
  const extension = idocs[0]!.segments[4]!.children[2];
  expect(extension).toMatchObject({ type: "Z1PUMP", release: "000", fields: {}, rest: "RED       XL" });
  const declared = idoc({
    segments: {
      Z1PUMP: [
        ["COLOUR", 10],
        ["SIZE", 2],
      ],
    },
  }).decode(toBytes(order));
  expect(declared.idocs[0]!.segments[4]!.children[2]?.fields).toEqual({ COLOUR: "RED", SIZE: "XL" });
});

test("an order is told in business words, and every field without a word is listed", () => {
  const said = readIdocOrder(read(order).idocs[0]!);
  expect(said).toMatchObject({
    number: "PO-7781",
    currency: "EUR",
    documentType: "NB",
    dates: [{ qualifier: "012", date: "2026-02-28" }],
    partners: [{ role: "WE", id: "C-2001", names: ["ACME Corp"], city: "Lyon" }],
    texts: ["Ring the bell"],
    totals: [{ qualifier: "002", amount: "2500.00", currency: "EUR" }],
    lines: [
      {
        number: "000010",
        quantity: "5",
        uom: "EA",
        price: "500.00",
        netValue: "-2500.00",
        materials: [{ qualifier: "002", id: "PUMP-100" }],
        schedule: [{ ordered: "5", date: "2026-03-10" }],
      },
    ],
  });
  expect(said.notCarried).toEqual([
    { segment: "E1EDKT1", line: 5, field: "TDID", value: "Z001" },
    { segment: "E1EDKT1", line: 5, field: "TSSPRAS", value: "E" },
    { segment: "E1EDP01", line: 7, field: "BMNG2", value: "5" },
    { segment: "Z1PUMP", line: 10, field: "", value: "RED       XL" },
  ]);
});

test("XML gives the same kind of tree", () => {
  const { idocs } = read(xml);
  expect(readIdocOrder(idocs[0]!)).toMatchObject({
    number: "PO-7781",
    lines: [{ number: "000010", materials: [{ qualifier: "002", id: "PUMP-100 & seal" }] }],
    notCarried: [{ segment: "Z1PUMP", line: 7, field: "COLOUR", value: "RED" }],
  });
});

test("what was read is written back byte for byte: unpadded, padded, without line breaks, of old releases", () => {
  expect(toText(codec.encode(read(order)))).toBe(order);
  const lines = order.split("\n").slice(0, -1);
  const padded = lines.map((line, at) => line.padEnd(at === 0 ? 524 : 1_063));
  expect(toText(codec.encode(read(`${padded.join("\n")}\n`)))).toBe(`${padded.join("\n")}\n`);
  expect(plain(read(padded.join("")).idocs[0]!.segments)).toEqual(plain(read(order).idocs[0]!.segments));
  expect(plain(read(order.replaceAll("\n", "\r\n")).idocs[0]!.segments)).toEqual(
    plain(read(order).idocs[0]!.segments),
  );
  const old: IdocFile = {
    form: { syntax: "flat", records: "3", padded: false, zeros: false, parents: true },
    idocs: [
      {
        control: { TABNAM: "EDI_DC", DOCTYP: "ORDERS02", IDOCTYP: "ORDERS02" },
        segments: [
          segment("E1EDK01", { CURCY: "EUR" }),
          segment("E1EDP01", { POSEX: "10" }, [segment("E1EDP19", { QUALF: "001" })]),
        ],
      },
    ],
  };
  expect(plain(codec.decode(codec.encode(old)).idocs[0]!.segments)).toEqual(old.idocs[0]!.segments);
});

test("a sender that leaves parents' numbers empty is understood by the place of its segments", () => {
  const orphaned = order.replace(/^(E2EDP(?:19|20).{48})000006/gm, "$1000000");
  expect(orphaned).not.toBe(order);
  expect(plain(read(orphaned).idocs[0]!.segments)).toEqual(plain(read(order).idocs[0]!.segments));
});

test("blank lines and an end-of-file mark around a flat file mean nothing", () => {
  expect(plain(read(`\r\n${order.trimEnd()}\r\n   \r\n\x1a`).idocs[0]!.segments)).toEqual(
    plain(read(order).idocs[0]!.segments),
  );
});

test("deliveries, materials and customers have their words", () => {
  const file = (type: string, segments: IdocSegment[]) => {
    const written = codec.encode({
      form: { syntax: "xml" },
      idocs: [{ control: { IDOCTYP: type }, segments }],
    });
    return codec.decode(written).idocs[0]!;
  };
  const delivery = file("DELVRY03", [
    segment("E1EDL20", { VBELN: "80001", NTGEW: "12.500", GEWEI: "KGM" }, [
      segment("E1EDT13", { QUALF: "006", NTANF: "20260305", ISDD: "00000000" }),
      segment("E1EDL24", { POSNR: "000010", MATNR: "PUMP-100", LFIMG: "5", VRKME: "EA", CHARG: "L-900" }, [
        segment("E1EDL41", { QUALI: "001", BSTNR: "PO-7781", POSEX: "000010" }),
      ]),
      segment("E1EDL37", { EXIDV: "00340000000000000017" }, [
        segment("E1EDL44", { POSNR: "000010", VEMNG: "5" }),
      ]),
    ]),
  ]);
  expect(readIdocDelivery(delivery)).toMatchObject({
    number: "80001",
    dates: [{ qualifier: "006", date: "2026-03-05" }],
    lines: [
      {
        material: "PUMP-100",
        lot: "L-900",
        quantity: "5",
        references: [{ number: "PO-7781", line: "000010" }],
      },
    ],
    handlingUnits: [{ sscc: "00340000000000000017", contents: [{ line: "000010", quantity: "5" }] }],
    notCarried: [],
  });
  const material = file("MATMAS05", [
    segment("E1MARAM", { MATNR: "PUMP-100", MEINS: "EA", NTGEW: "3.2-" }, [
      segment("E1MAKTM", { SPRAS: "E", SPRAS_ISO: "EN", MAKTX: "Pump" }),
      segment("E1MARMM", { MEINH: "PK", UMREZ: "12", UMREN: "1" }),
    ]),
  ]);
  expect(readIdocMaterials(material)).toMatchObject([
    {
      number: "PUMP-100",
      netWeight: "-3.2",
      descriptions: [{ language: "EN", text: "Pump" }],
      units: [{ unit: "PK", numerator: "12", denominator: "1" }],
    },
  ]);
  const customer = file("DEBMAS06", [
    segment("E1KNA1M", { KUNNR: "C-2001", NAME1: "ACME" }, [segment("E1KNVVM", { VKORG: "1000" })]),
  ]);
  expect(readIdocCustomers(customer)).toMatchObject([
    { number: "C-2001", salesAreas: [{ organisation: "1000" }] },
  ]);
});

describe("refused, with line and segment", () => {
  test.each<[string, (text: string) => string, Record<string, unknown>]>([
    ["no control record", (text) => text.slice(text.indexOf("\n") + 1), { line: 1, found: "a data record" }],
    ["a control record alone", () => control, { line: 1, expected: "data records" }],
    [
      "a parent that is not there",
      (text) => text.replace("000004000503", "x").replace(/(E2EDKT2.*?000005)000004/, "$1000099"),
      { line: 6, found: "99" },
    ],
    [
      "a number used twice",
      (text) => text.replace("000003000000", "000002000000"),
      { line: 4, segment: "E2EDKA1003" },
    ],
    ["letters in a number", (text) => text.replace("000003000000", "00000x000000"), { line: 4 }],
    [
      "another IDoc's record",
      (text) => text.replace(/(E2EDK03 .*?100)0000000000004711/, "$10000000000009999"),
      { line: 3, found: "0000000000009999" },
    ],
    [
      "a record too long",
      (text) => text.replace("RED", `RED${"x".repeat(1_000)}`),
      { line: 10, segment: "Z2PUMP000" },
    ],
    [
      "an order without its head",
      (text) => text.replace("E2EDK01005", "E2EDK17   "),
      { expected: "the segment E1EDK01" },
    ],
    ["a NUL", (text) => text.replace("ACME", "AC\0E"), { line: 4, found: "a NUL character" }],
    ["a control record without type", (text) => text.replace("ORDERS05", "        "), { line: 1 }],
  ])("%s", (_, change, facts) => {
    expect(refusalOf(() => read(change(order)))).toMatchObject(facts);
  });

  test.each<[string, string, string, Record<string, unknown>]>([
    ["a field twice", "<CURCY>EUR</CURCY>", "<CURCY>EUR</CURCY><CURCY>USD</CURCY>", { found: "it again" }],
    ["no control record", /<EDI_DC40.*<\/EDI_DC40>/.exec(xml)![0], "", { found: "E1EDK01" }],
    ["text between segments", "<E1EDP01 ", "five<E1EDP01 ", { line: 1 }],
    ["no IDOC", "IDOC", "INVOICE", { expected: "the element IDOC" }],
  ])("XML: %s", (name, from, to, facts) => {
    const changed = xml.replaceAll(from, to);
    if (name === "text between segments") return expect(read(changed).idocs).toHaveLength(1);
    expect(refusalOf(() => read(changed))).toMatchObject(facts);
  });

  test("a date or a quantity that is none, when it is told in business words", () => {
    const told = (from: string, to: string) => () => readIdocOrder(read(order.replace(from, to)).idocs[0]!);
    expect(refusalOf(told("01220260228", "01220260230"))).toMatchObject({ line: 3, found: "20260230" });
    expect(refusalOf(told("500.00 ", "5OO.00 "))).toMatchObject({ line: 7, segment: "E1EDP01" });
  });

  test("what does not fit a flat record is not written", () => {
    const { form, idocs } = read(order);
    const write = (one: IdocSegment) => () =>
      codec.encode({ form, idocs: [{ ...idocs[0]!, segments: [...idocs[0]!.segments, one] }] });
    expect(refusalOf(write(segment("E1EDK14", { QUALF: "1234" })))).toMatchObject({ field: "QUALF" });
    expect(refusalOf(write(segment("E1EDK14", { UNKNOWN: "1" })))).toMatchObject({ found: "UNKNOWN" });
    expect(refusalOf(write(segment("E1EDK14", { ORGID: "1\n2" })))).toMatchObject({ field: "ORGID" });
  });
});

test("any tree of known segments is written and read back the same, flat and as XML", () => {
  const character = fc.constantFrom(..."ABCxyz019 .-&<é€");
  const field = (width: number) =>
    fc.string({ unit: character, minLength: 1, maxLength: width }).map((text) => text.trimEnd() || "x");
  const one = (type: string): fc.Arbitrary<IdocSegment> =>
    fc
      .record(
        Object.fromEntries(
          SEGMENTS[type]!.map(([name, width]) => [name, fc.option(field(width), { nil: "" })]),
        ),
      )
      .map((fields) =>
        segment(type, Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""))),
      );
  const line = fc
    .tuple(
      one("E1EDP01"),
      fc.array(fc.constantFrom("E1EDP19", "E1EDP20", "E1EDP02").chain(one), { maxLength: 3 }),
    )
    .map(([head, children]) => ({ ...head, children }));
  fc.assert(
    fc.property(
      one("E1EDK01"),
      fc.array(line, { maxLength: 3 }),
      fc.boolean(),
      fc.boolean(),
      (head, lines, padded, zeros) => {
        const idocs = [
          { control: { TABNAM: "EDI_DC40", IDOCTYP: "ORDERS05", DOCNUM: "1" }, segments: [head, ...lines] },
        ];
        for (const form of [
          { syntax: "xml" },
          { syntax: "flat", records: "40", padded, zeros, parents: true },
          { syntax: "flat", records: "3", padded, zeros, parents: true },
        ] as const) {
          const back = codec.decode(
            codec.encode({
              form,
              idocs: idocs.map((each) => ({
                ...each,
                control: {
                  ...each.control,
                  TABNAM: form.syntax === "flat" && form.records === "3" ? "EDI_DC" : "EDI_DC40",
                },
              })),
            }),
          );
          expect(plain(back.idocs[0]!.segments)).toEqual(idocs[0]!.segments);
        }
      },
    ),
    { numRuns: 100 },
  );
});

test("hostile files are refused at once", () => {
  const [head, ...rest] = order.split("\n");
  const chain = Array.from({ length: 5_000 }, (_, at) =>
    rest[0]!.replace("000001000000", `${String(at + 1).padStart(6, "0")}${String(at).padStart(6, "0")}`),
  );
  expect(refusalOf(() => read([head, ...chain].join("\n")))).toHaveProperty("expected", "at most 99 levels");
  expect(refusalOf(() => read(`${head}\n${"\n".repeat(300_000)}`))).toHaveProperty(
    "expected",
    "at most 200000 records",
  );
  expect(refusalOf(() => read(`EDI_DC40${" ".repeat(20_000_000)}x`))).toHaveProperty("line");
});

describe("published documents", () => {
  for (const { file, body } of samplesOf("idoc")) {
    test(file, () => {
      expect(probe.recognises(body().subarray(0, 8_192))).toBe(true);
      const read = codec.decode(body());
      const back = codec.decode(codec.encode(read));
      expect(back.idocs.map(({ segments }) => plain(segments))).toEqual(
        read.idocs.map(({ segments }) => plain(segments)),
      );
      if (read.form.syntax === "flat") {
        const cut = (bytes: Uint8Array) =>
          toText(bytes)
            .split("\n")
            .map((line) => line.trimEnd())
            .join("\n")
            .trim();
        expect(cut(codec.encode(read))).toBe(cut(body()));
      }
    });
  }
});
