/** Statements of every version give one shape; amounts, directions and days are held to the standard. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ContractBroken } from "../../std/errors.ts";
import { type BankDocument, bankMessage, camt053, remittanceTexts } from "./codec.ts";

const codec = camt053();
const bytes = (text: string) => new TextEncoder().encode(text);

const statement = (version: string, entry: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}"><BkToCstmrStmt>
<GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-11-21T18:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>S-1</Id><Acct><Id><IBAN>FR7612345678901234567890123</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>
${entry}
</Stmt></BkToCstmrStmt></Document>`;

const details = (party: (name: string) => string, bic: string) => `<NtryDtls><TxDtls>
<Refs><EndToEndId>E2E-7</EndToEndId></Refs>
<RltdPties><Dbtr>${party("ACME Corp")}</Dbtr><DbtrAcct><Id><IBAN>DE02120300000000202051</IBAN></Id></DbtrAcct></RltdPties>
<RltdAgts><DbtrAgt><FinInstnId><${bic}>BYLADEM1001</${bic}></FinInstnId></DbtrAgt></RltdAgts>
<RmtInf><Ustrd>INV-90000001</Ustrd><Strd><RfrdDocInf><Nb>INV-90000002</Nb></RfrdDocInf><CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd></RmtInf>
</TxDtls></NtryDtls>`;

const entry = (
  inside = "",
  amount = '<Amt Ccy="EUR">1205.00</Amt>',
  status = "BOOK",
  date = "<Dt>2026-11-21</Dt>",
) =>
  `<Ntry><NtryRef>1</NtryRef>${amount}<CdtDbtInd>CRDT</CdtDbtInd><Sts>${status}</Sts><BookgDt>${date}</BookgDt><ValDt><Dt>2026-11-22</Dt></ValDt><AcctSvcrRef>BANK-1</AcctSvcrRef>${inside}</Ntry>`;

test("version 2 and version 8 say the same in different places, and are read into the same statement", () => {
  const two = codec.decode(bytes(statement("02", entry(details((name) => `<Nm>${name}</Nm>`, "BIC")))));
  const eight = codec.decode(
    bytes(
      statement(
        "08",
        entry(
          details((name) => `<Pty><Nm>${name}</Nm></Pty>`, "BICFI"),
          undefined,
          "<Cd>BOOK</Cd>",
        ),
      ),
    ),
  );
  expect(eight).toEqual({ ...two, messageType: "camt.053.001.08" });
  expect(eight.statements).toEqual([
    {
      id: "S-1",
      account: { iban: "FR7612345678901234567890123", currency: "EUR" },
      balances: [
        { type: "OPBD", amount: "100.00", currency: "EUR", creditDebit: "credit", date: "2026-11-20" },
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
              debtor: { name: "ACME Corp", iban: "DE02120300000000202051", bic: "BYLADEM1001" },
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
  ]);
  expect(remittanceTexts(eight.statements[0]!.entries[0]!.transactions[0]!)).toEqual([
    "INV-90000002",
    "RF18539007547034",
    "INV-90000001",
    "E2E-7",
  ]);
});

test("a wrapped message, one without a namespace, and one with prefixes are read too", () => {
  const plain = statement("08", entry()).replace(/<\?xml.*\?>/, "");
  const read = codec.decode(bytes(plain)).statements;
  expect(codec.decode(bytes(`<Envelope><AppHdr/>${plain}</Envelope>`)).statements).toEqual(read);
  expect(codec.decode(bytes(plain.replace(/ xmlns="[^"]*"/, ""))).statements).toEqual(read);
  const prefixed = plain.replace(/<(\/?)(?=[A-Z])/g, "<$1d:").replace("xmlns=", "xmlns:d=");
  expect(codec.decode(bytes(prefixed)).statements).toEqual(read);
});

test("amounts keep the digits the bank wrote, five decimals and none", () => {
  for (const amount of ["0.00001", "12345", "123456789012345678", "1.50"]) {
    const read = codec.decode(bytes(statement("08", entry("", `<Amt Ccy="JPY">${amount}</Amt>`))));
    expect(read.statements[0]?.entries[0]).toMatchObject({ amount, currency: "JPY" });
  }
});

describe("refused, with line, path and both sides", () => {
  test.each([
    [
      "a negative amount",
      entry("", '<Amt Ccy="EUR">-1.00</Amt>'),
      { path: "Document/BkToCstmrStmt/Stmt/Ntry/Amt", line: 6, found: "-1.00" },
    ],
    ["a comma", entry("", '<Amt Ccy="EUR">1,00</Amt>'), { found: "1,00" }],
    ["six decimals", entry("", '<Amt Ccy="EUR">1.000001</Amt>'), {}],
    ["no currency", entry("", "<Amt>1.00</Amt>"), { expected: "a currency of three letters in Ccy" }],
    [
      "a day the calendar does not have",
      entry("", undefined, "BOOK", "<Dt>2026-02-30</Dt>"),
      { found: "2026-02-30" },
    ],
    [
      "no direction",
      entry().replace("<CdtDbtInd>CRDT</CdtDbtInd>", ""),
      { expected: "CRDT or DBIT in CdtDbtInd" },
    ],
    ["no status", entry("", undefined, ""), { expected: "the status Sts" }],
  ])("%s", (_, inside, facts) => {
    expect(refusal(statement("08", inside))).toMatchObject(facts);
  });

  test("two of what there is one of, and an element inside an amount: nobody knows which is meant", () => {
    const twice: Readonly<Record<string, string>> = {
      Amt: '<Amt Ccy="EUR">1205.00</Amt>',
      CdtDbtInd: "<CdtDbtInd>CRDT</CdtDbtInd>",
      Sts: "<Sts>BOOK</Sts>",
      BookgDt: "<BookgDt><Dt>2026-11-21</Dt></BookgDt>",
    };
    for (const [name, element] of Object.entries(twice))
      expect(() => codec.decode(bytes(statement("02", entry(element)))), name).toThrow(`${name} once`);
    const mixed = entry("", '<Amt Ccy="EUR">1205<x>.50</x></Amt>');
    expect(() => codec.decode(bytes(statement("02", mixed)))).toThrow("an amount without elements inside");
  });

  test("another message, or no statement at all", () => {
    expect(refusal(statement("08", "").replaceAll("camt.053", "camt.054"))).toHaveProperty("expected");
    expect(refusal("<Document><Other/></Document>")).toMatchObject({
      expected: "BkToCstmrStmt",
      found: "Other",
    });
    expect(refusal("<html/>")).toMatchObject({ expected: "a Document of ISO 20022" });
    expect(refusal(statement("08", "").replace(/<Stmt>[\s\S]*<\/Stmt>/, ""))).toMatchObject({
      expected: "at least one Stmt",
    });
  });

  function refusal(text: string): Record<string, unknown> {
    try {
      codec.decode(bytes(text));
    } catch (error) {
      expect(error).toBeInstanceOf(ContractBroken);
      return (error as ContractBroken).facts;
    }
    throw new Error("it was read");
  }
});

test("what is written is read back the same, for all three kinds of message", () => {
  const text = fc
    .string({ unit: fc.constantFrom(..."ABCxyz 09<>&\"'é€"), minLength: 1, maxLength: 12 })
    .map((value) => value.trim() || "X");
  const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
  const amount = fc
    .tuple(fc.nat(999_999), fc.nat(99))
    .map(([whole, cents]) => `${whole}.${String(cents).padStart(2, "0")}`);
  const direction = fc.constantFrom("credit" as const, "debit" as const);
  const party = fc.record({ name: text, iban: fc.constant("DE02120300000000202051") });
  const transaction = fc.record({
    endToEndId: optional(text),
    debtor: optional(party),
    remittance: fc.array(text, { maxLength: 2 }),
    structured: fc.array(
      fc
        .record({
          documents: fc.array(fc.record({ number: text }), { maxLength: 2 }),
          creditorReference: optional(text),
          additional: fc.constant([]),
        })
        .filter(
          ({ documents, creditorReference }) => documents.length > 0 || creditorReference !== undefined,
        ),
      { maxLength: 2 },
    ),
  });
  const made = fc.record({
    reference: optional(text),
    amount,
    currency: fc.constant("EUR"),
    creditDebit: direction,
    reversal: fc.boolean(),
    status: fc.constant("BOOK"),
    bookedOn: optional(fc.constantFrom("2026-11-21", "2026-11-21T10:00:00Z")),
    transactions: fc.array(transaction, { maxLength: 2 }),
  });
  const balance = fc.record({
    type: fc.constant("CLBD"),
    amount,
    currency: fc.constant("EUR"),
    creditDebit: direction,
    date: fc.constant("2026-11-21"),
  });
  const one = fc.record({
    id: text,
    account: fc.record({ iban: fc.constant("FR7612345678901234567890123") }),
    balances: fc.array(balance, { maxLength: 2 }),
    entries: fc.array(made, { maxLength: 3 }),
  });
  fc.assert(
    fc.property(
      fc.constantFrom("camt.052" as const, "camt.053" as const, "camt.054" as const),
      fc.array(one, { minLength: 1, maxLength: 2 }),
      (kind, statements) => {
        const written: unknown = {
          messageType: `${kind}.001.08`,
          messageId: "M-1",
          createdAt: "2026-11-21T18:00:00Z",
          statements,
        };
        const message = bankMessage(kind);
        // An absent field is absent after the wire.
        expect(message.decode(message.encode(written as BankDocument))).toEqual(
          JSON.parse(JSON.stringify(written)),
        );
      },
    ),
    { numRuns: 200 },
  );
});

test("an amount without its currency is refused where it is written, and none is invented", () => {
  const document = codec.decode(
    bytes(statement("08", entry(details((name) => `<Nm>${name}</Nm>`, "BICFI")))),
  );
  const [read] = document.statements;
  const written = (change: object) => () => {
    const transactions = [{ ...read!.entries[0]!.transactions[0]!, ...change }];
    return codec.encode({
      ...document,
      statements: [{ ...read!, entries: [{ ...read!.entries[0]!, transactions }] }],
    });
  };
  const refused = "is in no currency of three letters.";
  expect(written({ amount: "5.00" })).toThrow(`The amount 5.00 in Amt ${refused}`);
  const structured = [{ documents: [], additional: [], amount: "7.00" }];
  expect(written({ structured })).toThrow(`The amount 7.00 in RmtdAmt ${refused}`);
});
