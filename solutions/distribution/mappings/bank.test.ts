/** Statements in MT940 and reports in BAI2 tell the same facts as camt.053, and what they leave out is written down. */
import { ContractBroken, type Message } from "crossdock";
import { bai2 } from "crossdock/codecs/bai2";
import { mt940 } from "crossdock/codecs/mt940";
import { describe, expect, test } from "vitest";
import { candidates, fromBank, type Payment, recognised } from "./bank.ts";
import { NOT_CARRIED as NOT_CARRIED_BAI2, paymentsOfBai2 } from "./bank-bai2.ts";
import { NOT_CARRIED as NOT_CARRIED_MT940, paymentsOfMt940 } from "./bank-mt940.ts";

const bytes = (...lines: string[]) => new TextEncoder().encode(lines.map((line) => `${line}\r\n`).join(""));

const MT940 = [
  ...[":20:STMT-7", ":25:FR7630006000011234567890189", ":28C:12/1", ":60F:C260118EUR1000,00"],
  ":61:2601200119CR6000,00NTRFNONREF//BANK-1",
  ":86:166?00CREDIT TRANSFER?10931?20EREF+E2E-1?21SVWZ+INV-90000001?31DE02120300000000202051?32ACME CORP?34000",
  ":61:260119D10,00NCHGNONREF",
  ":86:ACCOUNT FEE",
  ":61:2601190119EC5,00NTRFNONREF",
  ":62F:C260119EUR6990,00",
  "-",
];

const BAI2 = [
  "01,071000013,MERIDIAN,260119,0730,17,,,2/",
  "02,MERIDIAN,071000013,1,260118,,EUR,2/",
  "03,4000123,,015,600000,,/",
  "16,165,600000,V,260120,,BANK-1,E2E-1,PAYS INV-90000001",
  "16,890,,,,,MESSAGE ONLY/",
  "49,1200000,4/",
  "98,1200000,1,6/",
  "99,1200000,1,8/",
];

/** As the flow does it: the first candidate that names an invoice we know gives the order. */
const facts = (payments: readonly (Payment | ContractBroken)[]): Message[] =>
  payments.flatMap((payment) => {
    if (payment instanceof ContractBroken) throw payment;
    return fromBank(
      recognised(
        payment,
        candidates(payment).map((word) => (word === "INV-90000001" ? "SO-1" : null)),
      ),
    );
  });

const RECEIVED = {
  bankReference: "BANK-1",
  amount: { amount: "6000.00", currency: "EUR" },
  creditDebitIndicator: "CRDT",
  valueDate: "2026-01-20",
  endToEndId: "E2E-1",
  invoiceId: "INV-90000001",
  salesOrderId: "SO-1",
};

test("an MT940 statement tells its booked payments, named by the bank or by their place", () => {
  expect(facts(paymentsOfMt940(mt940().decode(bytes(...MT940)))).map(({ data }) => data)).toEqual([
    {
      ...RECEIVED,
      account: "FR7630006000011234567890189",
      statementId: "FR7630006000011234567890189/2026-01-18/12/1",
      bookingDate: "2026-01-19",
      debtor: "ACME CORP",
      remittance: "INV-90000001",
    },
    {
      bankReference: "FR7630006000011234567890189/2026-01-18/12/1/2",
      account: "FR7630006000011234567890189",
      statementId: "FR7630006000011234567890189/2026-01-18/12/1",
      amount: { amount: "10.00", currency: "EUR" },
      creditDebitIndicator: "DBIT",
      bookingDate: "2026-01-19",
      valueDate: "2026-01-19",
      remittance: "ACCOUNT FEE",
      invoiceId: null,
      salesOrderId: null,
    },
  ]);
});

test("a BAI2 report tells its payments", () => {
  expect(facts(paymentsOfBai2(bai2().decode(bytes(...BAI2)))).map(({ data }) => data)).toEqual([
    {
      ...RECEIVED,
      account: "4000123",
      statementId: "071000013/2026-01-19/17/2026-01-18/4000123",
      bookingDate: "2026-01-18",
      remittance: "PAYS INV-90000001",
    },
  ]);
});

describe("nothing is told of", () => {
  const changed = (lines: readonly string[], from: string, to: string) =>
    bytes(...lines.map((line) => line.replace(from, to)));
  test.each<[string, readonly (Payment | ContractBroken)[]]>([
    ["an interim report", paymentsOfMt940(mt940().decode(bytes("{2:I942BANKXXXXN}{4:", ...MT940)))],
    ["an interim group", paymentsOfBai2(bai2().decode(changed(BAI2, "EUR,2/", "EUR,3/")))],
    ["a test group", paymentsOfBai2(bai2().decode(changed(BAI2, ",1,260118", ",4,260118")))],
  ])("%s", (_, payments) => {
    expect(payments).toEqual([]);
  });

  test.each<[string, readonly (Payment | ContractBroken)[], RegExp]>([
    [
      "a statement that does not add up",
      paymentsOfMt940(mt940().decode(changed(MT940, "EUR6990,00", "EUR6990,01"))),
      /STMT-7: expected a statement that adds up/,
    ],
    ["an excerpt", paymentsOfMt940(mt940().decode(bytes(...MT940.slice(4)))), /expected a whole statement/],
    [
      "a deletion",
      paymentsOfBai2(bai2().decode(changed(BAI2, ",1,260118", ",2,260118"))),
      /expected an update, found a deletion/,
    ],
    [
      "a loan",
      paymentsOfBai2(bai2().decode(changed(BAI2, "16,165", "16,720"))),
      /expected a type code of a credit or a debit, found 720/,
    ],
  ])("%s, and a person is asked", (_, payments, message) => {
    expect(payments.map((payment) => payment instanceof ContractBroken && payment.message)).toEqual([
      expect.stringMatching(message),
    ]);
  });
});

test("what is not carried is written down with its reason", () => {
  for (const [field, reason] of Object.entries({ ...NOT_CARRIED_MT940, ...NOT_CARRIED_BAI2 })) {
    expect([field, reason.length > 10]).toEqual([field, true]);
  }
});
