/** Payments we order and collect, what became of them, and what they are for. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Unusable } from "../../std/errors.ts";
import { refusalOf as refusal } from "../hostile.fixtures.ts";
import { type PaymentInitiation, pain001, pain002, pain008, readEnvelope, remt001 } from "./codec.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const document = (type: string, body: string) =>
  bytes(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:${type}">\n${body}\n</Document>`,
  );

const TRANSFERS = `<CstmrCdtTrfInitn>
<GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-01-19T09:00:00</CreDtTm><NbOfTxs>2</NbOfTxs><CtrlSum>1512.5</CtrlSum><InitgPty><Nm>Meridian</Nm></InitgPty></GrpHdr>
<PmtInf><PmtInfId>P-1</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>true</BtchBookg><NbOfTxs>2</NbOfTxs><CtrlSum>1512.50</CtrlSum>
<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf><ReqdExctnDt>2026-01-20</ReqdExctnDt>
<Dbtr><Nm>Meridian</Nm></Dbtr><DbtrAcct><Id><IBAN>FR7630006000011234567890189</IBAN></Id></DbtrAcct><DbtrAgt><FinInstnId><BIC>BANKFRPP</BIC></FinInstnId></DbtrAgt><ChrgBr>SLEV</ChrgBr>
<CdtTrfTxInf><PmtId><InstrId>I-1</InstrId><EndToEndId>E-1</EndToEndId></PmtId><Amt><InstdAmt Ccy="EUR">1500.00</InstdAmt></Amt><Cdtr><Nm>Supplier</Nm></Cdtr><CdtrAcct><Id><IBAN>DE02120300000000202051</IBAN></Id></CdtrAcct><Purp><Cd>SUPP</Cd></Purp><RmtInf><Ustrd>RE-17</Ustrd></RmtInf></CdtTrfTxInf>
<CdtTrfTxInf><PmtId><EndToEndId>E-2</EndToEndId></PmtId><Amt><EqvtAmt><Amt Ccy="EUR">12.50</Amt><CcyOfTrf>USD</CcyOfTrf></EqvtAmt></Amt><Cdtr><Nm>Other</Nm></Cdtr></CdtTrfTxInf>
</PmtInf></CstmrCdtTrfInitn>`;

test("credit transfers read the same in the old shape of dates and banks and in the new", () => {
  const old = pain001().decode(document("pain.001.001.03", TRANSFERS));
  const now = TRANSFERS.replace("2026-01-20", "<Dt>2026-01-20</Dt>").replaceAll("BIC>", "BICFI>");
  expect(pain001().decode(document("pain.001.001.09", now))).toEqual({
    ...old,
    messageType: "pain.001.001.09",
  });
  expect(old).toEqual({
    messageType: "pain.001.001.03",
    messageId: "M-1",
    createdAt: "2026-01-19T09:00:00",
    initiatedBy: { name: "Meridian" },
    payments: [
      {
        id: "P-1",
        method: "TRF",
        batchBooking: true,
        serviceLevel: "SEPA",
        executeOn: "2026-01-20",
        debtor: { name: "Meridian", iban: "FR7630006000011234567890189", bic: "BANKFRPP" },
        chargeBearer: "SLEV",
        transactions: [
          {
            instructionId: "I-1",
            endToEndId: "E-1",
            amount: "1500.00",
            currency: "EUR",
            creditor: { name: "Supplier", iban: "DE02120300000000202051" },
            purpose: "SUPP",
            remittance: ["RE-17"],
            structured: [],
          },
          {
            endToEndId: "E-2",
            amount: "12.50",
            currency: "EUR",
            transferCurrency: "USD",
            creditor: { name: "Other" },
            remittance: [],
            structured: [],
          },
        ],
      },
    ],
  });
});

describe("credit transfers are refused", () => {
  test.each([
    [
      "when the number of transactions differs",
      "<NbOfTxs>2",
      "<NbOfTxs>3",
      "the number of transactions, 2",
      "3",
    ],
    [
      "when the sum differs",
      "<CtrlSum>1512.50",
      "<CtrlSum>1512.51",
      "the sum of the amounts, 1512.5",
      "1512.51",
    ],
    ["with a negative amount", ">1500.00", ">-1500.00", "an amount such as 12.50", "-1500.00"],
    [
      "without a day of execution",
      "<ReqdExctnDt>2026-01-20</ReqdExctnDt>",
      "",
      "the day of execution",
      "nothing",
    ],
    ["without an end-to-end id", "<EndToEndId>E-2</EndToEndId>", "", "the element EndToEndId", "none"],
  ])("%s", (_, from, to, expected, found) => {
    expect(
      refusal(() => pain001().decode(document("pain.001.001.03", TRANSFERS.replace(from, to)))),
    ).toMatchObject({
      expected,
      found,
    });
  });
});

const text = fc
  .string({ unit: fc.constantFrom(..."ABCxyz 09<>&\"'é€"), minLength: 1, maxLength: 12 })
  .map((value) => value.trim() || "X");
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const amount = fc
  .tuple(fc.nat(999_999), fc.nat(99))
  .map(([whole, cents]) => `${whole}.${String(cents).padStart(2, "0")}`);
const party = fc.record({
  name: text,
  iban: fc.constant("DE02120300000000202051"),
  bic: optional(fc.constant("BYLADEM1001")),
});
const structured = fc.record({
  documents: fc.array(
    fc.record({ type: fc.constant("CINV"), number: text, date: fc.constant("2026-01-02") }),
    { minLength: 1, maxLength: 2 },
  ),
  creditorReference: optional(text),
  amount: fc.constant("3.00"),
  amounts: fc.constant([
    { kind: "due" as const, amount: "4.00", currency: "EUR" },
    { kind: "discount" as const, amount: "1.00", currency: "EUR" },
    { kind: "remitted" as const, amount: "3.00", currency: "EUR" },
  ]),
  additional: fc.array(text, { maxLength: 1 }),
});
const shared = {
  instructionId: optional(text),
  endToEndId: text,
  amount,
  currency: fc.constant("EUR"),
  purpose: optional(fc.constant("SUPP")),
  remittance: fc.array(text, { maxLength: 1 }),
  structured: fc.array(structured, { maxLength: 2 }),
};
const initiations = (type: string, instruction: fc.Arbitrary<object>): fc.Arbitrary<PaymentInitiation> =>
  fc.record({
    messageType: fc.constant(type),
    messageId: text,
    createdAt: fc.constant("2026-01-19T09:00:00Z"),
    initiatedBy: fc.record({ name: text }),
    payments: fc.array(instruction, { minLength: 1, maxLength: 2 }) as fc.Arbitrary<
      PaymentInitiation["payments"]
    >,
  });
const head = {
  id: text,
  batchBooking: fc.boolean(),
  serviceLevel: fc.constant("SEPA"),
  executeOn: fc.constant("2026-01-20"),
  chargeBearer: optional(fc.constant("SLEV")),
};

test("what is ordered is read back the same, with its count and sum", () => {
  const transfer = fc.record({
    ...shared,
    creditor: party,
    ultimateDebtor: optional(fc.record({ name: text })),
  });
  const transfers = initiations(
    "pain.001.001.09",
    fc.record({
      ...head,
      method: fc.constant("TRF"),
      debtor: party,
      transactions: fc.array(transfer, { minLength: 1, maxLength: 3 }),
    }),
  );
  fc.assert(
    fc.property(transfers, (initiation) => {
      expect(pain001().decode(pain001().encode(initiation))).toEqual(JSON.parse(JSON.stringify(initiation)));
    }),
    { numRuns: 100 },
  );
});

test("what is collected is read back the same, with mandate and creditor's id", () => {
  const debit = fc.record({
    ...shared,
    debtor: party,
    mandate: fc.record({ id: text, signedOn: fc.constant("2025-01-01") }),
  });
  const debits = initiations(
    "pain.008.001.08",
    fc.record({
      ...head,
      method: fc.constant("DD"),
      localInstrument: fc.constant("CORE"),
      sequenceType: fc.constant("RCUR"),
      creditor: party,
      creditorSchemeId: fc.constant("FR12ZZZ123456"),
      transactions: fc.array(debit, { minLength: 1, maxLength: 3 }),
    }),
  );
  fc.assert(
    fc.property(debits, (initiation) => {
      expect(pain008().decode(pain008().encode(initiation))).toEqual(JSON.parse(JSON.stringify(initiation)));
    }),
    { numRuns: 100 },
  );
});

const STATUS = `<CstmrPmtStsRpt><GrpHdr><MsgId>S-1</MsgId><CreDtTm>2026-01-19T10:00:00Z</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>M-1</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><OrgnlNbOfTxs>2</OrgnlNbOfTxs><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>P-1</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>E-2</OrgnlEndToEndId><TxSts>RJCT</TxSts>
<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Account closed</AddtlInf></StsRsnInf>
<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">12.50</InstdAmt></Amt><Cdtr><Pty><Nm>Other</Nm></Pty></Cdtr></OrgnlTxRef></TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt>`;

test("a refused payment says which one it was and why", () => {
  expect(pain002().decode(document("pain.002.001.10", STATUS))).toEqual({
    messageType: "pain.002.001.10",
    messageId: "S-1",
    createdAt: "2026-01-19T10:00:00Z",
    original: { messageId: "M-1", messageType: "pain.001.001.09", count: 2, status: "PART", reasons: [] },
    payments: [
      {
        originalId: "P-1",
        reasons: [],
        transactions: [
          {
            originalEndToEndId: "E-2",
            status: "RJCT",
            reasons: [{ code: "AC04", additional: ["Account closed"] }],
            amount: "12.50",
            currency: "EUR",
            creditor: { name: "Other" },
          },
        ],
      },
    ],
  });
  expect(() => pain002().encode(pain002().decode(document("pain.002.001.10", STATUS)))).toThrow(Unusable);
});

test("a remittance advice says what was paid of each invoice", () => {
  const advice = `<RmtAdvc><GrpHdr><MsgId>R-1</MsgId><CreDtTm>2026-01-19T10:00:00Z</CreDtTm><InitgPty><Nm>ACME</Nm></InitgPty></GrpHdr>
<RmtInf><RmtId>A-1</RmtId><Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>CINV</Cd></CdOrPrtry></Tp><Nb>INV-1</Nb></RfrdDocInf><RfrdDocAmt><DuePyblAmt Ccy="EUR">100.00</DuePyblAmt><DscntApldAmt><Amt Ccy="EUR">2.00</Amt></DscntApldAmt><RmtdAmt Ccy="EUR">98.00</RmtdAmt></RfrdDocAmt></Strd>
<OrgnlPmtInf><Refs><EndToEndId>E-9</EndToEndId></Refs><Amt><InstdAmt Ccy="EUR">98.00</InstdAmt></Amt><Dbtr><Nm>ACME</Nm></Dbtr></OrgnlPmtInf></RmtInf></RmtAdvc>`;
  expect(remt001().decode(document("remt.001.001.05", advice)).advices).toEqual([
    {
      id: "A-1",
      remittance: [],
      structured: [
        {
          documents: [{ type: "CINV", number: "INV-1" }],
          amount: "98.00",
          amounts: [
            { kind: "due", amount: "100.00", currency: "EUR" },
            { kind: "discount", amount: "2.00", currency: "EUR" },
            { kind: "remitted", amount: "98.00", currency: "EUR" },
          ],
          additional: [],
        },
      ],
      payment: { endToEndId: "E-9", amount: "98.00", currency: "EUR", debtor: { name: "ACME" } },
    },
  ]);
});

test("any message shows its type and its header; a header that announces another message is refused", () => {
  const header = (type: string) =>
    `<AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.01"><Fr><FIId><FinInstnId><BICFI>BANKFRPP</BICFI></FinInstnId></FIId></Fr><BizMsgIdr>B-1</BizMsgIdr><MsgDefIdr>${type}</MsgDefIdr></AppHdr>`;
  const payload = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"><FIToFICstmrCdtTrf/></Document>`;
  expect(readEnvelope(bytes(`<M>${header("pacs.008.001.08")}${payload}</M>`))).toEqual({
    messageType: "pacs.008.001.08",
    body: "FIToFICstmrCdtTrf",
    messageId: "B-1",
    announced: "pacs.008.001.08",
    from: "BANKFRPP",
  });
  expect(refusal(() => readEnvelope(bytes(`<M>${header("pacs.009.001.08")}${payload}</M>`)))).toMatchObject({
    found: "pacs.008.001.08",
  });
});
