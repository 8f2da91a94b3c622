/** Small sound documents of every codec, made up, for the hostile tests to damage. */
import { ORDER as EDIFACT_ORDER, interchange as edifactInterchange } from "../../codecs/edifact/fixtures.ts";
import { order as idocOrder, xml as idocXml } from "../../codecs/idoc/fixtures.ts";
import {
  type BankDocument,
  bankMessage,
  type PaymentInitiation,
  pain001,
  pain008,
} from "../../codecs/iso20022/codec.ts";
import { invoice, order } from "../../codecs/ubl/fixtures.ts";
import {
  acknowledge997,
  acknowledge999,
  envelope,
  generate,
  parse,
  type SetDraft,
  writeAcknowledgement855,
  writeInvoice810,
  writePurchaseOrder850,
  writePurchaseOrderChange860,
  writeRemittance820,
  writeShipNotice856,
} from "../../codecs/x12/codec.ts";
import { interchange, ORDER } from "../../codecs/x12/fixtures.ts";
import { type Bytes, toBytes } from "../../std/bytes.ts";

const lines = (...text: readonly string[]): Bytes => toBytes(text.map((line) => `${line}\r\n`).join(""));

export const bai2Seeds = (): Bytes[] => [
  lines(
    "01,071000013,MERIDIAN,260119,0730,17,80,,2/",
    "02,MERIDIAN,071000013,1,260118,2400,USD,2/",
    "03,4000123,,010,+100000,,,015,-2500,,,100,150000,2,S,50000/",
    "88,60000,40000,400,,1/",
    "16,165,120000,V,260120,0900,BK1,CU1,INV-90000001, PART 1",
    "88,OF 2, THANKS/",
    "16,195,30000,D,2,0,10000,3,20000,,,/",
    "16,475,252500,,,,CHECK 0017/",
    "49,650000,7/",
    "98,650000,1,9/",
    "99,650000,1,11/",
  ),
];

export function camtSeeds(kind: "camt.052" | "camt.053" | "camt.054"): Bytes[] {
  const document: BankDocument = {
    messageType: `${kind}.001.08`,
    messageId: "M-1",
    createdAt: "2026-11-21T18:00:00Z",
    statements: [
      {
        id: "S-1",
        from: "2026-11-20",
        account: { iban: "FR7612345678901234567890123", currency: "EUR", owner: "Meridian" },
        balances: [
          { type: "OPBD", amount: "100.00", currency: "EUR", creditDebit: "credit", date: "2026-11-20" },
          { type: "CLBD", amount: "1305.00", currency: "EUR", creditDebit: "credit", date: "2026-11-21" },
        ],
        entries: [
          {
            reference: "1",
            amount: "1205.00",
            currency: "EUR",
            creditDebit: "credit",
            reversal: false,
            status: "BOOK",
            bookedOn: "2026-11-21",
            valueOn: "2026-11-22",
            bankReference: "BANK-1",
            transactions: [
              {
                endToEndId: "E2E-7",
                debtor: { name: "ACME & Söhne", iban: "DE02120300000000202051", bic: "BYLADEM1001" },
                remittance: ["INV-90000001"],
                structured: [
                  {
                    documents: [{ number: "INV-90000002" }],
                    creditorReference: "RF18539007547034",
                    additional: [],
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  };
  const written = bankMessage(kind).encode(document);
  const wide = Buffer.from(
    `\ufeff${Buffer.from(written).toString("utf8").replace("UTF-8", "UTF-16")}`,
    "utf16le",
  );
  return [written, wide];
}

const paid: PaymentInitiation = {
  messageType: "pain.001.001.09",
  messageId: "PAY-1",
  createdAt: "2026-11-21T18:00:00Z",
  initiatedBy: { name: "Meridian" },
  payments: [
    {
      id: "RUN-1",
      method: "TRF",
      serviceLevel: "SEPA",
      executeOn: "2026-11-24",
      debtor: { name: "Meridian", iban: "FR7612345678901234567890123", bic: "BANKFRPP" },
      chargeBearer: "SLEV",
      transactions: [
        {
          endToEndId: "E2E-8",
          amount: "99.95",
          currency: "EUR",
          creditor: {
            name: "Pompes Lyon",
            iban: "DE02120300000000202051",
            bic: "BYLADEM1001",
            country: "FR",
          },
          remittance: ["INV-3301"],
          structured: [],
        },
      ],
    },
  ],
};

const iso = (type: string, body: string): Bytes =>
  toBytes(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:${type}">${body}</Document>`);

/** Of the payment messages, by the name of their codec. Those only others write are written out. */
export function paymentSeeds(codec: string): Bytes[] {
  const [run] = paid.payments;
  const debit: PaymentInitiation = {
    ...paid,
    messageType: "pain.008.001.08",
    payments: [
      {
        id: "RUN-2",
        method: "DD",
        executeOn: "2026-11-24",
        sequenceType: "RCUR",
        localInstrument: "CORE",
        creditor: run!.debtor!,
        creditorSchemeId: "FR72ZZZ123456",
        transactions: run!.transactions.map(({ creditor, ...one }) => ({
          ...one,
          debtor: creditor!,
          mandate: { id: "MNDT-1", signedOn: "2025-01-02" },
        })),
      },
    ],
  };
  const head = "<GrpHdr><MsgId>M-2</MsgId><CreDtTm>2026-11-21T19:00:00Z</CreDtTm></GrpHdr>";
  if (codec === "pain001") return [pain001().encode(paid)];
  if (codec === "pain008") return [pain008().encode(debit)];
  if (codec === "pain002")
    return [
      iso(
        "pain.002.001.10",
        `<CstmrPmtStsRpt>${head}<OrgnlGrpInfAndSts><OrgnlMsgId>PAY-1</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>RUN-1</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>E2E-8</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>closed</AddtlInf></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt>`,
      ),
    ];
  return [
    iso(
      "remt.001.001.05",
      `<RmtAdvc>${head}<RmtInf><RmtId>R-1</RmtId><Ustrd>INV-3301</Ustrd><Strd><RfrdDocInf><Nb>INV-3301</Nb></RfrdDocInf></Strd></RmtInf></RmtAdvc>`,
    ),
  ];
}

export const idocSeeds = (): Bytes[] => [idocOrder, idocXml].map(toBytes);

export const csvSeeds = (): Bytes[] => [
  toBytes('sku;plant;onHand\nPUMP-100;LYO;12\n"VALVE;20";"a ""b""";3\n'),
  toBytes('\ufeffonHand;sku;plant\r\n"1\n2";SEAL-9;Zürich\r\n'),
];

export const edifactSeeds = (): Bytes[] => [
  toBytes(EDIFACT_ORDER),
  toBytes(`UNA:+,? '${EDIFACT_ORDER}`),
  toBytes(edifactInterchange("INVRPT", ["BGM+35+1+9", "DTM+366:20261121:102"], { syntax: "UNOC:4" })),
  ...[
    [
      "DESADV",
      "BGM+351+1+9",
      "CPS+1",
      "PAC+1++CT",
      "PCI+33E",
      "GIN+BJ+340123450000000018",
      "LIN+1",
      "QTY+12:1",
      "QVR+1:21",
    ],
    [
      "INVOIC",
      "BGM+380+1+9",
      "DTM+137:20261121:102",
      "LIN+1",
      "QTY+47:1",
      "UNS+S",
      "MOA+77:1",
      "TAX+7+VAT+++:::20",
    ],
    ["REMADV", "BGM+481+1", "DTM+138:20261121:102", "DOC+380+1", "MOA+12:1", "AJT+3", "UNS+S", "MOA+12:1"],
    [
      "DELFOR",
      "BGM+241+1",
      "DTM+137:20261121:102",
      "UNS+D",
      "NAD+CN",
      "LIN+1",
      "QTY+113:1",
      "SCC+1",
      "DTM+2:202649:616",
    ],
    ["PRICAT", "BGM+9+1", "DTM+137:20261121:102", "PGI+11+A", "LIN+1", "PRI+AAA:1"],
    ["IFTSTA", "BGM+23+1", "CNI+1+A", "STS+1+21", "RFF+CU:1", "DTM+334:202611210930:203"],
    ["RECADV", "BGM+632+1", "DTM+137:20261121:102", "NAD+BY", "CPS+1", "LIN+1", "QTY+48:1", "QVR+-1"],
    ["APERAK", "BGM+305+1+27", "RFF+ACW:1", "ERC+12", "FTX+AAO+++x"],
    ["CONTRL", "UCI+1+A+B+7", "UCM+1+ORDERS:D:96A:UN+4", "UCS+3+13", "UCD+37+2:2"],
  ].map(([type, ...segments]) => toBytes(edifactInterchange(type!, segments))),
];

export const jsonSeeds = (): Bytes[] => [
  toBytes(
    JSON.stringify({
      orderId: "SO-1",
      note: 'quote " and \\ and é 😀',
      lines: [{ line: 1, price: "500.00", rate: 1.5e3 }],
      nested: { deep: [[["x"]]] },
    }),
  ),
];

export const mt940Seeds = (): Bytes[] => [
  lines(
    "{1:F01BANKFRPPAXXX0000000000}{2:I940MERIDIANXXXXN}{4:",
    ":20:STMT-7",
    ":25:FR7612345000010000000000195",
    ":28C:12/1",
    ":60F:C260118EUR1000,00",
    ":61:2601190119C12,50NTRFINV-90000001//BANK-REF-1",
    "SEPA CREDIT",
    ":86:166?00CREDIT TRANSFER?20EREF+E2E-1?21SVWZ+INV-90000001?30BANKFR",
    "PP?31FR7630006000011234567890189?32ACME CO?33RP",
    ":62F:C260119EUR1012,50",
    ":64:C260119EUR1012,50",
    ":65:C260120EUR1500,",
    ":86:FEES ARE DUE IN JUNE",
    "-}",
  ),
];

export const ublSeeds = (): Bytes[] => [order, invoice].map(toBytes);

export function x12Seeds(): Bytes[] {
  const about = {
    sender: { qualifier: "ZZ", id: "MERIDIAN" },
    receiver: { qualifier: "ZZ", id: "ACME" },
    date: "2026-11-21",
    time: "09:00",
    controlNumber: 41,
  };
  const sent = (...drafts: SetDraft[]): Bytes => generate(envelope(about, drafts));
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
    numbers: { VN: "PUMP-100" },
  };
  const { price: _, ...item } = line;
  const document = { purpose: "00", poNumber: "PO-7", date: "2026-11-21", parties, lines: [line] };
  const received = parse(toBytes(interchange(ORDER)));
  return [
    toBytes(interchange(ORDER)),
    toBytes(interchange(ORDER, { element: "|", component: "^", segment: "\n" })),
    sent(writePurchaseOrder850({ ...document, orderType: "NE", total: "1000.00" })),
    sent(
      writePurchaseOrderChange860({
        ...document,
        orderType: "SA",
        changeNumber: "2",
        lines: [{ ...line, change: "QD", quantityLeft: "1" }],
      }),
    ),
    sent(
      writeAcknowledgement855({
        ...document,
        type: "AC",
        poDate: "2026-11-21",
        lines: [{ ...line, acknowledgements: [{ status: "IA", quantity: "2", uom: "EA" }] }],
      }),
    ),
    sent(
      writeShipNotice856({
        purpose: "00",
        shipmentId: "SH-881",
        date: "2026-11-28",
        time: "0900",
        parties,
        orders: [
          {
            poNumber: "PO-7",
            packs: [{ sscc: "034567890123456785", palletSscc: "034567890123456792", items: [item] }],
          },
          { poNumber: "PO-8", packs: [], items: [item] },
        ],
      }),
    ),
    sent(
      writeInvoice810({
        invoiceNumber: "INV-90000001",
        date: "2026-11-29",
        poNumber: "PO-7",
        parties,
        lines: [{ ...line, taxes: [{ type: "VA", amount: "200.00", rate: "20" }] }],
        total: "1200.00",
        taxes: [],
        charges: [{ kind: "A", code: "C310", amount: "0.05" }],
      }),
    ),
    sent(
      writeRemittance820({
        handling: "C",
        amount: "1205.00",
        creditDebit: "C",
        method: "ACH",
        date: "2026-12-29",
        trace: "TRACE-1",
        parties: [{ role: "PR", name: "ACME" }],
        items: [{ qualifier: "IV", number: "INV-90000001", paid: "1205.00" }],
      }),
    ),
    ...[acknowledge997, acknowledge999].map((acknowledge) => generate(acknowledge(received, about)!)),
  ];
}
