/** UBL is read by its structure whoever wrote it, lists what it leaves, and is written back to the same value. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toBytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import { refusalOf } from "../hostile.fixtures.ts";
import { samplesOf } from "../samples.fixtures.ts";
import { checkTotals, ubl } from "./codec.ts";
import { DOCUMENTS, type UblKind, type UblMessage } from "./documents.ts";
import { invoice, order } from "./fixtures.ts";
import { probe } from "./probe.ts";
import type { Basics, Field, Layout } from "./shape.ts";

const codec = ubl();
const read = (xml: string) => codec.decode(toBytes(xml));

test("an order is read into named fields, amounts and quantities as written", () => {
  const message = read(order);
  expect(message.kind).toBe("Order");
  expect(message.notCarried).toEqual([]);
  if (message.kind !== "Order") return;
  const { id, issueDate, currency, lines, total, buyer, deliveries } = message.body;
  expect({ id, issueDate, currency }).toEqual({ id: "PO-7781", issueDate: "2026-02-28", currency: "EUR" });
  expect(buyer.party?.endpoint).toEqual({ id: "4000001000005", scheme: "0088" });
  expect(deliveries[0]?.requestedPeriod?.endDate).toBe("2026-03-10");
  expect(total?.payableAmount).toEqual({ amount: "3000.00", currency: "EUR" });
  expect(lines[0]?.lineItem).toMatchObject({
    id: "1",
    quantity: { value: "5", uom: "EA" },
    price: { amount: { amount: "500.0000", currency: "EUR" }, baseQuantity: { value: "1", uom: "EA" } },
    item: {
      descriptions: ["Circulation pump, 2 < 3 bar"],
      sellersId: { id: { id: "PUMP-100" } },
      standardId: { id: { id: "04012345678901", scheme: "0160" } },
    },
  });
});

test("other prefixes and another order of elements read the same; what is not carried is listed with its place", () => {
  const message = read(invoice);
  expect(message.notCarried).toEqual([
    { path: "Invoice/ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/Anything", line: 2, text: "1" },
    { path: "Invoice/cbc:InvoiceTypeCode/@listID", line: 5, text: "UNCL1001" },
    { path: "Invoice/cbc:Note", line: 6, text: "" },
    { path: "Invoice/Loading", line: 8, text: "Ramp 3" },
  ]);
  expect(message.body).toMatchObject({ id: "INV-3301", typeCode: "380", notes: [] });
  const prefixed = invoice
    .replaceAll("cbc:", "b:")
    .replaceAll("cac:", "a:")
    .replace("xmlns:cbc=", "xmlns:b=")
    .replace("xmlns:cac=", "xmlns:a=");
  expect(read(prefixed)).toEqual(message);
});

test("a document carried in an SBDH envelope is read, the envelope listed", () => {
  const envelope = (inside: string) =>
    `<sh:StandardBusinessDocument xmlns:sh="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"><sh:StandardBusinessDocumentHeader/>${inside}</sh:StandardBusinessDocument>`;
  const message = read(envelope(order.replace(/^<\?.*\?>\n/, "")));
  expect(message.body).toEqual(read(order).body);
  expect(message.notCarried).toHaveLength(1);
  expect(refusalOf(() => read(envelope("")))).toMatchObject({ expected: "a UBL document inside" });
});

test("sums that hold are told from sums that do not", () => {
  const { kind, body } = read(invoice);
  if (kind !== "Invoice") throw new Error(kind);
  expect(checkTotals(body)).toEqual([]);
  const total = { ...body.total, payableAmount: { amount: "2920.01", currency: "EUR" } };
  expect(checkTotals({ ...body, total })).toEqual([
    { field: "total.payableAmount", expected: "2920", found: "2920.01" },
  ]);
  const rounded = { ...total, payableRoundingAmount: { amount: "0.01", currency: "EUR" } };
  expect(checkTotals({ ...body, total: rounded })).toEqual([]);
});

describe("refused, with line, path and reason", () => {
  test.each<[string, string, string, Record<string, unknown>]>([
    [
      "a day the calendar lacks",
      "2026-02-28",
      "2026-02-30",
      { line: 5, path: "Order/IssueDate", found: "2026-02-30" },
    ],
    ["an amount with a comma", "3000.00", "3000,00", { line: 20, expected: "a decimal" }],
    ["an amount with an exponent", "3000.00", "3e3", { expected: "a decimal" }],
    ["an amount without currency", 'PayableAmount currencyID="EUR"', "PayableAmount", { found: "none" }],
    ["a missing number", "<cbc:ID>PO-7781</cbc:ID>", "", { path: "Order", expected: "the element ID" }],
    ["an empty number", "<cbc:ID>PO-7781</cbc:ID>", "<cbc:ID/>", { line: 4, path: "Order/ID" }],
    ["a part twice", "<cbc:IssueTime>", "<cbc:ID>2</cbc:ID><cbc:IssueTime>", { found: "it again" }],
    ["text where elements belong", "<cac:LineItem>", "<cac:LineItem>five", { expected: "elements only" }],
    ["elements where text belongs", "PO-7781</cbc:ID>", "<b/></cbc:ID>", { expected: "text only" }],
    ["another vocabulary's namespace", "<cbc:ID>PO-7781</cbc:ID>", "<cac:ID>PO-7781</cac:ID>", { line: 4 }],
    ["UBL 1.0", "xsd:Order-2", "xsd:Order-1.0", { path: "Order" }],
    ["a document type declaration", "<Order", "<!DOCTYPE Order []><Order", { line: 2 }],
    ["an unclosed element", "</cac:OrderLine>", "", { expected: "well-formed XML" }],
    ["a time of 25 hours", "09:30:00Z", "25:30:00Z", { path: "Order/IssueTime" }],
  ])("%s", (_, from, to, facts) => {
    expect(order).toContain(from);
    expect(refusalOf(() => read(order.replace(from, to)))).toMatchObject(facts);
  });

  test("an order without lines, another document, something that is no XML", () => {
    expect(refusalOf(() => read(order.replace(/<cac:OrderLine>[\s\S]*<\/cac:OrderLine>/, "")))).toMatchObject(
      {
        expected: "at least one OrderLine",
      },
    );
    expect(
      refusalOf(() => read(order.replaceAll("Order ", "Catalogue ").replace("</Order>", "</Catalogue>"))),
    ).toMatchObject({
      found: "Catalogue",
    });
    expect(refusalOf(() => read("ISA*00*"))).toHaveProperty("line", 1);
  });
});

test("whatever a layout can say is written and read back to the same value", () => {
  for (const kind of Object.keys(DOCUMENTS) as UblKind[]) {
    fc.assert(
      fc.property(anyOf(DOCUMENTS[kind], 0), (body) => {
        const message = { kind, body, notCarried: [] } as unknown as UblMessage;
        expect(codec.decode(codec.encode(message))).toEqual(message);
      }),
      { numRuns: 12 },
    );
  }
});

test("what was read is written back to the same value, and what is unsound is not written", () => {
  for (const document of [order, invoice]) {
    const { kind, body } = read(document);
    expect(codec.decode(codec.encode({ kind, body, notCarried: [] } as UblMessage))).toEqual({
      kind,
      body,
      notCarried: [],
    });
  }
  const { body } = read(order);
  const broken = (change: object) => () =>
    codec.encode({ kind: "Order", body: { ...body, ...change }, notCarried: [] } as unknown as UblMessage);
  expect(refusalOf(broken({ lines: [] }))).toMatchObject({ path: "Order", expected: "the field lines" });
  expect(refusalOf(broken({ issueDate: "2026-13-01" }))).toMatchObject({ path: "Order/IssueDate" });
  expect(refusalOf(broken({ id: "a\0b" }))).toMatchObject({ expected: "characters of XML 1.0" });
});

test("hostile documents are refused at once", () => {
  const nested = (levels: number) => order.replace("<cac:Item>", `<cac:Item>${"<cac:Item>".repeat(levels)}`);
  expect(refusalOf(() => read(nested(10_000)))).toHaveProperty("expected", "at most 100 levels");
  expect(refusalOf(() => read(order.replace("PO-7781", "&#65;".repeat(200_000))))).toHaveProperty("line");
  expect(() => codec.decode(new Uint8Array(60_000_000))).toThrow(ContractBroken);
  const many = order.replace("</Order>", `${"<cbc:Surplus>1</cbc:Surplus>".repeat(3_000)}</Order>`);
  const { notCarried } = read(many);
  expect(notCarried).toHaveLength(1_001);
  expect(notCarried.at(-1)?.text).toBe("2000 more");
});

describe("published documents", () => {
  // A suite of validator tests holds fragments of documents on purpose; it is no document.
  const files = samplesOf("ubl-peppol").filter(({ body }) => probe.recognises(body().subarray(0, 8_192)));
  for (const { file, body } of files) {
    test(file, () => {
      const message = codec.decode(body());
      const { kind, body: said } = message;
      expect(codec.decode(codec.encode(message))).toEqual({ kind, body: said, notCarried: [] });
    });
  }
});

/** Anything a layout can hold, small enough to be quick: parts deep inside mostly stay away. */
function anyOf(layout: Layout, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, field] of Object.entries(layout)) {
    const one = (): fc.Arbitrary<unknown> =>
      typeof field.holds === "string" ? BASIC[field.holds] : anyOf(field.holds, depth + 1);
    const rare = typeof field.holds !== "string" && depth > 1;
    if (field.occurs === "one") fields[name] = one();
    else if (field.occurs === "many") {
      const minLength = field.atLeastOne ? 1 : 0;
      fields[name] = rare && minLength === 0 ? fc.constant([]) : fc.array(one(), { minLength, maxLength: 2 });
    } else if (!rare) fields[name] = fc.option(one(), { nil: ABSENT, freq: 1 });
  }
  return fc.record(fields).map((value) => without(value, layout));
}

const ABSENT = Symbol("absent");
const without = (value: Record<string, unknown>, layout: Layout): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(value).filter(([name, held]) => held !== ABSENT && (layout[name] as Field) !== undefined),
  );

const text = fc
  .string({ minLength: 1, maxLength: 12, unit: "grapheme" })
  .map((value) => value.trim() || "x")
  .filter((value) => value.isWellFormed() && !/[\ufffe\uffff]/.test(value));
const decimal = fc
  .tuple(fc.constantFrom("", "-"), fc.nat({ max: 999_999 }), fc.constantFrom("", ".5", ".0001", ".00"))
  .map((parts) => parts.join(""));
const BASIC: { readonly [Kind in keyof Basics]: fc.Arbitrary<unknown> } = {
  text,
  identifier: fc.oneof(fc.record({ id: text }), fc.record({ id: text, scheme: text })),
  coded: fc.oneof(fc.record({ code: text }), fc.record({ code: text, list: text, name: text })),
  amount: fc.record({ amount: decimal, currency: fc.constantFrom("EUR", "JPY", "SEK") }),
  quantity: fc.oneof(fc.record({ value: decimal }), fc.record({ value: decimal, uom: text })),
  decimal,
  date: fc.constantFrom("2026-02-28", "2024-02-29", "2026-12-31Z"),
  time: fc.constantFrom("00:00:00", "23:59:59.5+02:00"),
  indicator: fc.boolean(),
  binary: fc.record({ mimeCode: fc.constant("application/pdf"), content: fc.constantFrom("QUJD", "QQ==") }),
};

test("a line of a credit note need have neither item nor amount, as in the schema; one of an invoice must", () => {
  const credit = invoice
    .replaceAll("InvoiceLine", "CreditNoteLine")
    .replaceAll("InvoicedQuantity", "CreditedQuantity")
    .replace(/<cbc:InvoiceTypeCode.*<\/cbc:InvoiceTypeCode>/, "")
    .replace(/xsd:Invoice-2/, "xsd:CreditNote-2")
    .replace(/<(\/?(?:\w+:)?)Invoice\b/g, "<$1CreditNote");
  const bare = (text: string, line: string) =>
    text.replace(
      new RegExp(`<cac:${line}>[\\s\\S]*</cac:${line}>`),
      `<cac:${line}><cbc:ID>1</cbc:ID><cbc:Note>Goodwill</cbc:Note></cac:${line}>`,
    );
  expect(read(bare(credit, "CreditNoteLine"))).toMatchObject({
    kind: "CreditNote",
    body: { lines: [{ id: "1", notes: ["Goodwill"] }] },
  });
  expect(() => read(bare(invoice, "InvoiceLine"))).toThrow(
    "expected the element LineExtensionAmount, found none",
  );
});
