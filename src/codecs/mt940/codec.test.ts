/** Dialects, tolerances and refusals of MT940, in statements of our own banks. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Bytes, toBytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import { draftMessage, type Entry, type Mt940Event, mt940, readMt940, type Statement } from "./codec.ts";

const lines = (...text: string[]) => toBytes(text.map((line) => `${line}\r\n`).join(""));
const read = (...text: string[]) => mt940().decode(lines(...text));
/** The one statement of a file. */
const statementOf = (...text: string[]) => read(...text).messages[0]!.statement;
const entryOf = (...text: string[]) => statementOf(...HEAD, ...text, ...TAIL).entries[0]!;
const HEAD = [":20:STMT-7", ":25:FR7612345000010000000000195", ":28C:12/1", ":60F:C260118EUR1000,00"];
const TAIL = [":62F:C260119EUR1012,50", "-"];

const SOUND = lines(
  "{1:F01BANKFRPPAXXX0000000000}{2:I940MERIDIANXXXXN}{4:",
  ...HEAD,
  ":61:2601190119C12,50NTRFINV-90000001//BANK-REF-1",
  "SEPA CREDIT",
  ":86:166?00CREDIT TRANSFER?20EREF+E2E-1?21SVWZ+INV-90000001?30BANKFR",
  "PP?31FR7630006000011234567890189?32ACME CO?33RP",
  ...TAIL.slice(0, 1),
  ":64:C260119EUR1012,50",
  ":65:C260120EUR1500,",
  ":86:FEES ARE DUE IN JUNE",
  "-}",
);

test("a statement reads as its bank meant it", () => {
  expect(mt940().decode(SOUND).messages[0]).toEqual({
    type: "940",
    head: ["{1:F01BANKFRPPAXXX0000000000}{2:I940MERIDIANXXXXN}{4:"],
    fields: expect.any(Array),
    end: "-}",
    statement: {
      reference: "STMT-7",
      account: "FR7612345000010000000000195",
      number: "12",
      sequence: "1",
      opening: balance("1000.00", "2026-01-18"),
      closing: balance("1012.50", "2026-01-19"),
      interim: [],
      available: balance("1012.50", "2026-01-19"),
      forward: [balance("1500", "2026-01-20")],
      floorLimits: [],
      information: "FEES ARE DUE IN JUNE",
      excerpt: false,
      entries: [
        {
          line: 6,
          valueOn: "2026-01-19",
          bookedOn: "2026-01-19",
          amount: "12.50",
          currency: "EUR",
          creditDebit: "credit",
          reversal: false,
          expected: false,
          type: "NTRF",
          customerReference: "INV-90000001",
          bankReference: "BANK-REF-1",
          supplementary: "SEPA CREDIT",
          text: "166?00CREDIT TRANSFER?20EREF+E2E-1?21SVWZ+INV-90000001?30BANKFR\nPP?31FR7630006000011234567890189?32ACME CO?33RP",
          details: {
            code: "166",
            postingText: "CREDIT TRANSFER",
            purpose: "EREF+E2E-1SVWZ+INV-90000001",
            bankCode: "BANKFRPP",
            account: "FR7630006000011234567890189",
            name: "ACME CORP",
            subfields: [
              { id: "00", text: "CREDIT TRANSFER" },
              { id: "20", text: "EREF+E2E-1" },
              { id: "21", text: "SVWZ+INV-90000001" },
              { id: "30", text: "BANKFRPP" },
              { id: "31", text: "FR7630006000011234567890189" },
              { id: "32", text: "ACME CO" },
              { id: "33", text: "RP" },
            ],
            words: [
              { word: "EREF", text: "E2E-1" },
              { word: "SVWZ", text: "INV-90000001" },
            ],
          },
        },
      ],
    },
    notes: [],
  });
});

const balance = (amount: string, date: string) => ({
  amount,
  currency: "EUR",
  creditDebit: "credit" as const,
  date,
  intermediate: false,
});

describe("a statement line", () => {
  test.each<[string, string, Partial<Entry>]>([
    ["without an entry date", ":61:260119C12,50NTRFR", { valueOn: "2026-01-19" }],
    ["across the year's end", ":61:2512310102C12,50NTRFR", { valueOn: "2025-12-31", bookedOn: "2026-01-02" }],
    [
      "booked before the year's end",
      ":61:2601021231D1,NTRFR",
      { valueOn: "2026-01-02", bookedOn: "2025-12-31" },
    ],
    ["with a funds code", ":61:2601190119CR12,50NTRFR", { creditDebit: "credit", fundsCode: "R" }],
    ["taking back a credit", ":61:2601190119RC12,50NTRFR", { creditDebit: "debit", reversal: true }],
    [
      "taking back a debit",
      ":61:2601190119RDR12,50NTRFR",
      { creditDebit: "credit", reversal: true, fundsCode: "R" },
    ],
    ["only announced", ":61:2601190119EC12,50NTRFR", { creditDebit: "credit", expected: true }],
    [
      "with zeros in front",
      ":61:260119C000000000012,50N102EREF            ",
      { amount: "12.50", customerReference: "EREF" },
    ],
    ["with five decimals", ":61:2601190119C12,50001NTRFR", { amount: "12.50001" }],
    ["without decimals", ":61:2601190119C12,NTRFR", { amount: "12" }],
    ["without a comma", ":61:2601190119C500NTRFR", { amount: "500", customerReference: "R" }],
    [
      "with a point behind the whole",
      ":61:2601190119C0000500.NTRFR",
      { amount: "500", customerReference: "R" },
    ],
    [
      "with a blank before the type",
      ":61:2601190119C12,50 NTRFR//B1",
      { type: "NTRF", customerReference: "R" },
    ],
    ["without a type", ":61:2601190119CN12,50//B1", { customerReference: "", bankReference: "B1" }],
    ["with a line end before the amount", ":61:2601190119CR\r\n12,50NTRFR", { amount: "12.50" }],
    [
      "with a name behind a padded reference",
      ":61:260119D12,50N044012345          J. JANSEN",
      { customerReference: "012345", supplementary: "J. JANSEN" },
    ],
    [
      "with only a bank reference",
      ":61:2601190119C12,50NMSC//B1",
      { customerReference: "", bankReference: "B1" },
    ],
    ["of an interest date that February lacks", ":61:260230C12,50NINTR", { valueOn: "2026-02-28" }],
  ])("%s", (_, text, expected) => {
    expect(entryOf(text)).toMatchObject(expected);
  });
});

describe("a text", () => {
  test("over several :86: is one", () => {
    const entry = entryOf(":61:260119C12,50NTRFR", ":86:FACTUUR 1   ", ":86:KENMERK 2");
    expect(entry.text).toBe("FACTUUR 1\nKENMERK 2");
  });

  test("is found behind a tag that was wrapped itself, and behind blanks", () => {
    const wrapped = entryOf(":61:260119CR", "12,50N062R", ":", "86: 166?00TRANSFER?20INV-1");
    expect([wrapped.customerReference, wrapped.details?.purpose]).toEqual(["R", "INV-1"]);
  });

  test("may hold a line that begins like a time, and may stand in :NS:", () => {
    expect(entryOf(":61:260119C12,50NTRFR", ":86:PAID AT 16", ":26:37 BY CARD").text).toBe(
      "PAID AT 16\n:26:37 BY CARD",
    );
    expect(entryOf(":61:260119C12,50S051R", ":NS:01INVOICE 17", "17TRANSFER").text).toBe(
      "01INVOICE 17\n17TRANSFER",
    );
  });

  test("with another mark than ? is taken apart as well, across line ends", () => {
    const entry = entryOf(":61:260119C12,50NTRFR", ":86:000>20ALGEMENE REKE", "NING>2", "1JUNI>32J. JANSEN");
    expect(entry.details).toMatchObject({ code: "000", purpose: "ALGEMENE REKENINGJUNI", name: "J. JANSEN" });
  });

  test("in code words between slashes gives its words", () => {
    const entry = entryOf(
      ":61:260119C12,50NTRFR",
      ":86:/EREF/E2E 7/BENM//NAME/J. JANSEN/REMI/INV/2026/17/ISDT/2026-01-19",
    );
    expect(entry.details).toEqual({
      name: "J. JANSEN",
      subfields: [],
      words: [
        { word: "EREF", text: "E2E 7" },
        { word: "BENM", text: "" },
        { word: "NAME", text: "J. JANSEN" },
        { word: "REMI", text: "INV/2026/17" },
        { word: "ISDT", text: "2026-01-19" },
      ],
    });
  });

  test("may hold a line that is a lone dash, where the statement goes on behind it", () => {
    const [entry, other] = statementOf(
      ...HEAD,
      ":61:260119C1,NTRFR",
      ":86:SEE",
      "-",
      ":61:260119C2,NTRFR",
      ...TAIL,
    ).entries;
    expect([entry!.text, other!.amount]).toEqual(["SEE\n-", "2"]);
    expect(() => read(...HEAD, ":61:260119C1,NTRFR", ":86:SEE", "-", ...HEAD, ...TAIL)).toThrow(
      "Line 7: expected the closing balance :62F:, found none.",
    );
  });

  test("in neither form stays a text", () => {
    const entry = entryOf(":61:260119C12,50NTRFR", ":86:INVOICE 17, 10:30:15 PAID");
    expect([entry.text, entry.details]).toEqual(["INVOICE 17, 10:30:15 PAID", undefined]);
  });
});

const INTERIM = lines(
  ...[":20:R1", ":25:12345", ":28C:1/1", ":34F:EURD5,", ":34F:EURC10,", ":13D:2601191815+0100"],
  ...[":61:2601190119C12,50NTRFR", ":86:X", ":90D:0EUR0,00", ":90C:1EUR12,50", "-"],
);

test("an interim report has its limits, its time and its sums", () => {
  const { messages } = mt940().decode(INTERIM);
  expect(messages[0]?.type).toBe("942");
  expect(messages[0]?.notes).toEqual([]);
  expect(messages[0]?.statement).toMatchObject({
    floorLimits: [
      { currency: "EUR", creditDebit: "debit", amount: "5" },
      { currency: "EUR", creditDebit: "credit", amount: "10" },
    ],
    reportedAt: "2026-01-19T18:15+01:00",
    debits: { count: 0, currency: "EUR", amount: "0.00" },
    credits: { count: 1, currency: "EUR", amount: "12.50" },
    entries: [{ amount: "12.50", currency: "EUR" }],
  });
});

test("pages within one message have their balances in between", () => {
  const statement = statementOf(
    ...[":20:S", ":25:1", ":28C:1", ":60F:C260118EUR1,00", ":61:260119C1,00NTRFA", ":62M:C260119EUR2,00"],
    ...[":60M:C260119EUR2,00", ":61:260119C1,00NTRFB", ":62F:C260119EUR3,00"],
  );
  expect(statement.entries.map(({ customerReference }) => customerReference)).toEqual(["A", "B"]);
  expect([
    statement.opening?.amount,
    statement.interim.map(({ amount }) => amount),
    statement.closing?.amount,
  ]).toEqual(["1.00", ["2.00", "2.00"], "3.00"]);
});

test("statements without an end line between them are two", () => {
  const { messages } = read(...HEAD, TAIL[0]!, "", ":20:STMT-8", ...HEAD.slice(1), TAIL[0]!);
  expect(messages.map(({ statement }) => statement.reference)).toEqual(["STMT-7", "STMT-8"]);
});

describe("is noted:", () => {
  const kinds = (...text: string[]) =>
    read(...text).messages.flatMap(({ notes }) => notes.map(({ kind }) => kind));
  test.each([
    ["a balance that does not add up", ["balance-differs"], [...HEAD, ":62F:C260119EUR1000,01"]],
    [
      "a day February does not have",
      ["no-such-day"],
      [...HEAD.slice(0, 3), ":60F:C260230EUR1,", ":62F:C260302EUR1,"],
    ],
    ["an amount without a comma", ["amount-spelling"], [...HEAD, ":61:260119C12.50NTRFR", ...TAIL]],
    [
      "a long reference",
      ["reference-length"],
      [...HEAD, ":61:260119C12,50NTRF12345678901234567//B", ...TAIL],
    ],
    [
      "a statement without a number",
      ["no-statement-number"],
      [":20:S", ":25:1", ":60F:C260118EUR1,", ":62F:C260119EUR1,"],
    ],
    [
      "a page of a statement without a number",
      ["no-statement-number"],
      [...HEAD.with(2, ":28C: /1"), HEAD[3]!.replace("60F", "62F")],
    ],
    [
      "entries after the balance of a page",
      ["page-unopened"],
      [...HEAD, ":62M:C260118EUR1000,00", ":61:260119C12,50NTRFR", ...TAIL],
    ],
    ["an excerpt", ["excerpt"], [":61:110701CN50,00NZ10NONREF"]],
    ["a reference and nothing else", ["excerpt"], [":20:S"]],
    ["a balance without a currency", ["no-currency"], [...HEAD, ":62F:C2601191000,00"]],
    ["sums that do not add up", ["sums-differ"], [":20:S", ":25:1", ":28C:1", ":34F:EUR0,", ":90C:1EUR2,"]],
  ])("%s", (_, expected, text) => {
    expect(kinds(...text)).toEqual(expected);
  });
});

function refusalOf(act: () => unknown): ContractBroken {
  try {
    act();
  } catch (error) {
    if (error instanceof ContractBroken) return error;
    throw error;
  }
  throw new Error("Nothing was refused.");
}

describe("is refused with its line:", () => {
  const LADDER: [string, string[], string][] = [
    ["nothing at all", [], "Line 1: expected a statement beginning with :20:, found nothing."],
    ["no statement", ["hello"], "Line 1: expected a statement beginning with :20:, found hello."],
    ["an unknown field", [":20:S", ":99:X"], "Line 2: expected a field of MT940 or MT942, found :99:."],
    ["an empty reference", [":20:"], "Line 1, :20:: expected a text, found nothing."],
    [
      "no account",
      [":20:S", ":28C:1", ":60F:C260118EUR1,", ":62F:C260118EUR1,"],
      "Line 4: expected the account :25:, found none.",
    ],
    [
      "a number that is none",
      [":20:S", ":25:1", ":28C:A/1"],
      "Line 3, :28C:: expected a number such as 12/1, found A/1.",
    ],
    [
      "no opening balance",
      [":20:S", ":25:1", ":28C:1", ":61:260119C1,NTRFR"],
      "Line 4: expected :28C: or :60F:, found :61:.",
    ],
    [
      "a balance that is none",
      [...HEAD.slice(0, 3), ":60F:X260118EUR1,"],
      "Line 4, :60F:: expected a balance such as C260119EUR1234,56, found X260118EUR1,.",
    ],
    [
      "a day the calendar lacks",
      [...HEAD.slice(0, 3), ":60F:C260431EUR1,"],
      "Line 4, :60F:: expected a day of the calendar, found 260431.",
    ],
    [
      "a second account",
      [...HEAD, ":61:260119C1,NTRFR", ":25:166?00"],
      "Line 6: expected :61:, :86: or :62F:, found :25:.",
    ],
    [
      "an amount with two commas",
      [...HEAD, ":61:260119C1,0,0NTRFR"],
      "Line 5, :61:: expected an amount such as 1234,56, found 1,0,0.",
    ],
    [
      "a line that is none",
      [...HEAD, ":61:soon"],
      "Line 5, :61:: expected YYMMDD[MMDD] mark amount type reference, e.g. 2601190119C12,50NTRFNONREF//B1, found soon.",
    ],
    [
      "a text between fields",
      [...HEAD, "nonsense"],
      "Line 5: expected a field of the statement, found nonsense.",
    ],
    [
      "another currency",
      [...HEAD, ":62F:C260119USD1,"],
      "Line 5, :62F:: expected the currency EUR of the opening balance, found USD.",
    ],
    [
      "no closing balance",
      [...HEAD, ":61:260119C1,NTRFR", "-"],
      "Line 6: expected the closing balance :62F:, found none.",
    ],
    [
      "an entry after the closing balance",
      [...HEAD, ":62F:C260119EUR1,", ":61:260119C1,NTRFR"],
      "Line 6: expected :64:, :65:, :86: or the end, found :61:.",
    ],
    ["a NUL character", [...HEAD, ":61:260119C1,NTRF\0"], "Line 5: expected text, found a NUL character."],
    [
      "another message",
      ["{2:I103BANKXXXX}{4:", ":20:S"],
      "The header says MT103; expected MT940, MT942 or MT950.",
    ],
  ];
  test.each(LADDER)("%s", (_, text, message) => {
    expect(refusalOf(() => read(...text)).message).toBe(message);
  });
});

describe("written", () => {
  test("a document is what it was", () => {
    expect(Buffer.from(mt940().encode(mt940().decode(SOUND))).toString()).toBe(Buffer.from(SOUND).toString());
  });

  test("any line ends become CR LF, and Latin-1 becomes UTF-8", () => {
    const text = Buffer.from(SOUND).toString().replace("JUNE", "JÜLI");
    for (const body of [
      Buffer.from(text.replaceAll("\r\n", "\n"), "latin1"),
      toBytes(text.replaceAll("\r\n", "\r")),
    ]) {
      expect(Buffer.from(mt940().encode(mt940().decode(body))).toString()).toBe(text);
    }
  });

  test("a drafted statement reads back to itself", () => {
    fc.assert(
      fc.property(statements, (statement) => {
        const message = draftMessage("940", statement);
        const back = mt940().decode(mt940().encode({ messages: [message] })).messages[0]!;
        const unplaced = back.statement.entries.map((entry) => ({ ...entry, line: 0 }));
        expect({ ...back.statement, entries: unplaced }).toEqual({ ...statement, excerpt: false });
        expect(back.notes.filter(({ kind }) => kind !== "balance-differs")).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test("what SWIFT cannot carry is refused", () => {
    const statement = statementOf(...HEAD, ...TAIL);
    expect(() => draftMessage("940", { ...statement, reference: "12345678901234567" })).toThrow(
      ContractBroken,
    );
    expect(() => draftMessage("940", { ...statement, information: "A\n:20:B" })).toThrow(ContractBroken);
  });
});

const word = (most: number) =>
  fc
    .string({ unit: fc.constantFrom(..."ABCXYZ0123456789.-+ "), minLength: 1, maxLength: most })
    .map((text) => {
      const trimmed = text.replace(/^[-\s]+/, "").trim();
      return trimmed === "" ? "X" : trimmed;
    });
const amounts = fc
  .tuple(fc.nat(999_999_999), fc.constantFrom("", ".5", ".00", ".12345"))
  .map(([whole, rest]) => `${whole}${rest}`);
const days = fc
  .date({ min: new Date("2020-01-01"), max: new Date("2079-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const directions = fc.constantFrom("credit" as const, "debit" as const);
const entries = fc
  .record({
    day: days,
    amount: amounts,
    creditDebit: directions,
    reversal: fc.boolean(),
    reference: word(16),
    bank: fc.option(word(16)),
    text: word(150),
  })
  .map(
    ({ day, amount, creditDebit, reversal, reference, bank, text }): Entry => ({
      line: 0,
      valueOn: day,
      bookedOn: day,
      amount,
      currency: "EUR",
      creditDebit,
      reversal,
      expected: false,
      type: "NTRF",
      customerReference: reference,
      ...(bank === null ? {} : { bankReference: bank }),
      // As the reader gives it back: cut into lines, without blanks at their ends.
      text: (text.match(/.{1,65}/g) ?? [])
        .map((line, at) => (at > 0 ? line.replace(/^[-\s]+/, "x") : line).trim() || "x")
        .join("\n"),
    }),
  );
const statements: fc.Arbitrary<Omit<Statement, "excerpt">> = fc
  .record({
    reference: word(16),
    account: word(35),
    number: fc.nat(99_999),
    opening: amounts,
    closing: amounts,
    day: days,
    entries: fc.array(entries, { maxLength: 5 }),
  })
  .map(({ reference, account, number, opening, closing, day, entries: listed }) => ({
    reference,
    account,
    number: String(number),
    opening: balance(opening, day),
    closing: balance(closing, day),
    interim: [],
    forward: [],
    floorLimits: [],
    entries: listed,
  }));

describe("a stream", () => {
  test("tells the same entries and statements as the whole, however it is cut", async () => {
    const body = Buffer.concat([SOUND, lines(...HEAD, ":61:260119D1,NTRFR", ":86:X", ...TAIL)]);
    const whole = mt940().decode(body).messages;
    for (const size of [1, 7, 64, 100_000]) {
      const told = await collected(readMt940(chunks(body, size)));
      expect(told.flatMap((event) => (event.kind === "entry" ? [event.entry] : []))).toEqual(
        whole.flatMap(({ statement }) => statement.entries),
      );
      expect(told.flatMap((event) => (event.kind === "message" ? [event.message] : []))).toEqual(
        whole.map((message) => ({
          ...message,
          fields: [],
          statement: { ...message.statement, entries: [] },
        })),
      );
    }
  });

  test("needs no more memory for a long statement", async () => {
    const entry = lines(":61:2601190119C1,00NTRFNONREF//B", `:86:${"INVOICE ".repeat(20)}`);
    const block = Buffer.concat(Array.from({ length: 2_000 }, () => entry));
    async function* endless() {
      yield lines(...HEAD);
      for (let at = 0; at < 60; at += 1) yield block;
      yield lines(":62F:C260119EUR121000,00", "-");
    }
    let count = 0;
    let most = 0;
    const before = process.memoryUsage().heapUsed;
    for await (const event of readMt940(endless())) {
      if (event.kind === "message") expect(event.message.notes).toEqual([]);
      else if (++count % 10_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - before);
    }
    expect(count).toBe(120_000);
    expect(most).toBeLessThan(150_000_000);
  });
});

async function* chunks(body: Bytes, size: number): AsyncGenerator<Bytes> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}

async function collected(events: AsyncIterable<Mt940Event>): Promise<Mt940Event[]> {
  const all: Mt940Event[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe("hostile input", () => {
  test.each<[string, () => Bytes]>([
    ["100 MB in one line", () => Buffer.alloc(100_000_000, "A")],
    [
      "60 MB of one field",
      () =>
        Buffer.concat([
          lines(...HEAD, ":61:260119C1,NTRFR", ":86:X"),
          Buffer.alloc(60_000_000, "line of text\n"),
        ]),
    ],
    ["a million line ends of every kind", () => Buffer.alloc(1_000_000, "\r")],
    [
      "a million texts for one entry",
      () => Buffer.concat([lines(...HEAD, ":61:260119C1,NTRFR"), Buffer.alloc(5_000_000, ":86:\n")]),
    ],
    [
      "a million forward balances",
      () => Buffer.concat([lines(...HEAD, TAIL[0]!), Buffer.alloc(22_000_000, ":65:C260119EUR1012,50\n")]),
    ],
    ["nothing but zeros", () => Buffer.alloc(1_000_000)],
  ])("%s is refused quickly", (_, body) => {
    const bytes = body();
    const from = performance.now();
    expect(() => mt940().decode(bytes)).toThrow(ContractBroken);
    expect(performance.now() - from).toBeLessThan(5_000);
  });
});
