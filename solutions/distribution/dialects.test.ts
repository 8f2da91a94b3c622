/** One solution, one partner and one bank, in each standard their profiles may name. */
import type { Flow, Message } from "crossdock";
import { telling } from "crossdock/canon";
import { generate, parse, readInvoice } from "crossdock/codecs/edifact";
import { ubl } from "crossdock/codecs/ubl";
import { walkArrival, walkMessage } from "crossdock/testing";
import { describe, expect, test } from "vitest";
import { MERIDIAN } from "../demonstration/meridian.ts";
import { bytes, text, told } from "./flow-walks.ts";
import { type DistributionSettings, distribution } from "./index.ts";
import { standardPolicy } from "./policy.ts";

const system = { url: "http://127.0.0.1:1" };
const telling_ = { ...system, webhookSecrets: ["whsec_x"] };
const flowsOf = (settings: Partial<DistributionSettings>): ReadonlyMap<string, Flow> => {
  const solution = distribution({
    ...MERIDIAN,
    policy: standardPolicy,
    folders: { fromPartner: "/in", toPartner: "/out", bankStatements: "/bank" },
    systems: {
      shop: system,
      crm: system,
      erp: system,
      pricing: system,
      tax: system,
      finance: system,
      wms: telling_,
      tms: telling_,
      payments: telling_,
    },
    ...settings,
  });
  return new Map((solution.flows ?? []).map((flow) => [flow.name, flow]));
};
const acme = { customer: "C-ACME", edi: { qualifier: "ZZ", id: "ACME" }, currency: "EUR", name: "ACME Corp" };

/** What every dialect's order means. */
const ORDER = {
  salesOrderId: "SO-ACME-PO-4711",
  customerReference: "PO-4711",
  customer: "C-ACME",
  channel: "edi",
  currency: "EUR",
  issueDate: "2026-01-05",
  payment: { method: "invoice" },
  lines: [
    {
      line: "1",
      item: "VALVE-20",
      quantity: { value: "24", uom: "EA" },
      price: { amount: "600.00", currency: "EUR", per: { value: "12", uom: "EA" } },
    },
  ],
};
const sent = (document: telling.PartnerDocument): Message =>
  telling.SendDocument.of({ ...telling.SendDocument.sample, document });
const out = (flow: Flow, document: telling.PartnerDocument): Uint8Array => {
  const left = walkMessage(flow, sent(document), () => null);
  if ("passedOver" in left) throw new Error(left.passedOver);
  return left.body!;
};

describe("by EDIFACT", () => {
  const flows = flowsOf({ partner: { ...acme, dialect: "edifact" } });
  const interchange = (type: string, ...segments: string[]) =>
    bytes(
      [
        "UNB+UNOC:3+ACME+MERIDIAN+260105:0800+101",
        `UNH+1+${type}:D:96A:UN`,
        ...segments,
        `UNT+${segments.length + 2}+1`,
        "UNZ+1+101'",
      ].join("'"),
    );

  test("an order is captured as by X12 and answered with a CONTRL", () => {
    const order = ["BGM+220+PO-4711+9", "DTM+137:20260105:102", "FTX+AAI+++Gate 3", "CUX+2:EUR:9"];
    const lines = ["LIN+1", "PIA+5+VALVE-20:SA", "QTY+21:2:PK", "PRI+AAA:600.00:::1:PK", "UNS+S", "CNT+2:1"];
    const { messages, acknowledgements, refused, notCarried } = walkArrival(
      flows.get("acme-in")!,
      interchange("ORDERS", ...order, ...lines),
    );
    expect(refused).toEqual([]);
    expect(told(messages)).toEqual([["sales.order-captured", { ...ORDER, ediControlNumber: "000000101" }]]);
    expect(notCarried).toEqual([{ message: 0, place: "FTX+AAI.4", value: "Gate 3" }]);
    const [answer] = acknowledgements;
    expect(answer).toMatchObject({ data: { document: { ackOf: "000000101", status: "accepted" } } });
    const left = walkMessage(flows.get("acme-out")!, answer!, () => null);
    expect(text("passedOver" in left ? undefined : left.body)).toContain("UCM+1+ORDERS:D:96A:UN+7");
  });

  test("what comes from somebody else is refused", () => {
    const order = interchange("ORDERS", "BGM+220+PO-1+9", "DTM+137:20260105:102", "UNS+S");
    const foreign = bytes(text(order).replace("+ACME+", "+OTHER+"));
    expect(walkArrival(flows.get("acme-in")!, foreign).refused[0]?.error.message).toBe(
      "OTHER is no partner of ours.",
    );
  });

  test("answer, despatch and invoice go out as ORDRSP, DESADV and INVOIC, the same bytes every time", () => {
    const [answer, despatch, invoice] = telling.documents;
    const types = [answer, despatch, invoice].map((document) => {
      const written = out(flows.get("acme-out")!, document!);
      expect(out(flows.get("acme-out")!, document!)).toEqual(written);
      expect(generate(parse(written))).toEqual(written);
      return parse(written).interchanges[0]!.groups[0]!.messages[0]!;
    });
    expect(types.map(({ type }) => type)).toEqual(["ORDRSP", "DESADV", "INVOIC"]);
    expect(readInvoice(types[2]!)).toMatchObject({ number: "INV-90000001", currency: "EUR" });
  });
});

describe("by UBL", () => {
  const flows = flowsOf({ partner: { ...acme, dialect: "ubl" } });
  const party = (name: string, role: string) =>
    `<cac:${role}><cac:Party><cac:PartyName><cbc:Name>${name}</cbc:Name></cac:PartyName></cac:Party></cac:${role}>`;
  const order = `<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"
    xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
    <cbc:ID>PO-4711</cbc:ID><cbc:IssueDate>2026-01-05</cbc:IssueDate><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
    ${party("ACME Corp", "BuyerCustomerParty")}${party("Meridian", "SellerSupplierParty")}
    <cac:OrderLine><cac:LineItem><cbc:ID>1</cbc:ID><cbc:Quantity unitCode="PK">2</cbc:Quantity>
    <cac:Price><cbc:PriceAmount currencyID="EUR">600.00</cbc:PriceAmount></cac:Price>
    <cac:Item><cbc:Name>VALVE-20</cbc:Name><cac:SellersItemIdentification><cbc:ID>VALVE-20</cbc:ID></cac:SellersItemIdentification></cac:Item>
    </cac:LineItem></cac:OrderLine></Order>`;

  test("an order is captured as by X12", () => {
    const { messages, refused } = walkArrival(flows.get("acme-in")!, bytes(order));
    expect(refused).toEqual([]);
    expect(told(messages)).toEqual([["sales.order-captured", ORDER]]);
  });

  test("answer, despatch and invoice go out as OrderResponse, DespatchAdvice and Invoice", () => {
    const kinds = telling.documents
      .slice(0, 3)
      .map((document) => ubl().decode(out(flows.get("acme-out")!, document)).kind);
    expect(kinds).toEqual(["OrderResponse", "DespatchAdvice", "Invoice"]);
  });
});

describe("a payment that names an invoice is told of its order, by", () => {
  const MT940 = [
    ...[":20:STMT-7", ":25:FR7630006000011234567890189", ":28C:12/1", ":60F:C260118EUR1000,00"],
    ":61:2601200119CR6000,00NTRFNONREF//BANK-1",
    ":86:/EREF/E2E-1/NAME/ACME CORP/REMI/INV-90000001",
    ...[":62F:C260119EUR7000,00", "-"],
  ];
  const BAI2 = [
    ...["01,071000013,MERIDIAN,260119,0730,17,,,2/", "02,MERIDIAN,071000013,1,260118,,EUR,2/"],
    ...["03,4000123,,015,600000,,/", "16,165,600000,V,260120,,BANK-1,E2E-1,PAYS INV-90000001"],
    ...["49,1200000,3/", "98,1200000,1,5/", "99,1200000,1,7/"],
  ];
  test.each([
    ["mt940", MT940],
    ["bai2", BAI2],
  ] as const)("%s", (bankFormat, lines) => {
    const flow = flowsOf({ bankFormat }).get("bank-statements")!;
    const file = bytes(lines.map((line) => `${line}\r\n`).join(""));
    const { messages, refused } = walkArrival(flow, file, (reference) =>
      "key" in reference && reference.key.value === "INV-90000001" ? "SO-1" : null,
    );
    expect(refused).toEqual([]);
    expect(messages).toMatchObject([
      {
        contract: "finance.bank-entry-received",
        data: {
          bankReference: "BANK-1",
          amount: { amount: "6000.00" },
          invoiceId: "INV-90000001",
          salesOrderId: "SO-1",
        },
      },
    ]);
  });
});
