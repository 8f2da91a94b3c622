/** BAI2 with continuations and control totals, in reports of our own bank. */
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Bytes, toBytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import { type Bai2Event, type Bai2File, bai2, draftDocument, readBai2 } from "./codec.ts";

const lines = (...records: string[]) => toBytes(records.map((record) => `${record}\r\n`).join(""));
const read = (...records: string[]) => bai2().decode(lines(...records));

const REPORT = [
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
];
const SOUND = lines(...REPORT);

test("a report reads as its bank meant it", () => {
  expect(read(...REPORT)).toEqual({
    records: REPORT,
    notes: [],
    files: [
      {
        sender: "071000013",
        receiver: "MERIDIAN",
        createdOn: "2026-01-19",
        createdAt: "07:30",
        id: "17",
        recordLength: 80,
        groups: [
          {
            receiver: "MERIDIAN",
            originator: "071000013",
            status: "1",
            asOf: "2026-01-18",
            asOfTime: "24:00",
            currency: "USD",
            modifier: "2",
            accounts: [
              {
                line: 3,
                number: "4000123",
                currency: "USD",
                summaries: [
                  { type: "010", amount: "1000.00" },
                  { type: "015", amount: "-25.00" },
                  {
                    type: "100",
                    amount: "1500.00",
                    count: 2,
                    funds: { type: "S", immediate: "500.00", oneDay: "600.00", later: "400.00" },
                  },
                  { type: "400", count: 1 },
                ],
                entries: [
                  {
                    line: 5,
                    type: "165",
                    creditDebit: "credit",
                    amount: "1200.00",
                    currency: "USD",
                    funds: { type: "V", valueOn: "2026-01-20", valueAt: "09:00" },
                    bankReference: "BK1",
                    customerReference: "CU1",
                    text: "INV-90000001, PART 1\nOF 2, THANKS",
                  },
                  {
                    line: 7,
                    type: "195",
                    creditDebit: "credit",
                    amount: "300.00",
                    currency: "USD",
                    funds: {
                      type: "D",
                      parts: [
                        { days: 0, amount: "100.00" },
                        { days: 3, amount: "200.00" },
                      ],
                    },
                    text: "",
                  },
                  {
                    line: 8,
                    type: "475",
                    creditDebit: "debit",
                    amount: "2525.00",
                    currency: "USD",
                    text: "CHECK 0017",
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  });
});

test.each([
  ["JPY", "12345", "12345"],
  ["KWD", "12345", "12.345"],
  ["EUR", "5", "0.05"],
  ["EUR", "-0", "-0.00"],
])("the decimals of %s are implied", (currency, stated, amount) => {
  const { files } = read(
    "01,A,B,260119,,1,,,2/",
    "02,,B,1,260118,,,/",
    `03,1,${currency},010,${stated}/`,
    `49,${stated},2/`,
    `98,${stated},1,4/`,
    `99,${stated},1,6/`,
  );
  expect(files[0]?.groups[0]?.accounts[0]).toMatchObject({ currency, summaries: [{ type: "010", amount }] });
});

test("an end-of-file mark of DOS ends the file, behind a line end or not", () => {
  const text = Buffer.from(SOUND).toString();
  expect(bai2().decode(toBytes(`${text}\x1a`))).toEqual(bai2().decode(SOUND));
  expect(bai2().decode(toBytes(`${text.trimEnd()}\x1a`))).toEqual(bai2().decode(SOUND));
});

test("an account without totals, several groups and several files in one transmission are read", () => {
  const account = ["03,1,,,,,/", "49,0,2/"];
  const group = ["02,,B,1,260118,,,/", ...account, ...account, "98,0,2,6/"];
  const file = ["01,A,B,260119,,1,,,2/", ...group, ...group, "99,0,2,14/"];
  const { files } = read(...file, "", ...file);
  expect(
    files.map(({ groups }) => groups.map(({ accounts }) => accounts.map(({ summaries }) => summaries))),
  ).toEqual([
    [
      [[], []],
      [[], []],
    ],
    [
      [[], []],
      [[], []],
    ],
  ]);
});

describe("is noted:", () => {
  test.each<[string, Bytes]>([
    ["long-date", lines(...REPORT.map((record) => record.replace("260119,0730", "20260119,0730")))],
    ["joined-records", toBytes(`${REPORT.slice(0, 9).join("\r\n")}   ${REPORT.slice(9).join("\n")}`)],
    ["no-delimiter", lines(...REPORT.map((record) => record.replace("USD,2/", "USD,2")))],
  ])("%s", (kind, body) => {
    const { notes, files } = bai2().decode(body);
    expect([notes.map((note) => note.kind), files]).toEqual([[kind], read(...REPORT).files]);
  });

  test("a text that goes on without a continuation record", () => {
    const wrapped = REPORT.map((record) => record.replace("CHECK 0017/", "CHECK\r\n0017/"));
    const { notes, files } = bai2().decode(lines(...wrapped));
    expect(notes.map(({ kind, line }) => [kind, line])).toEqual([["wrapped-text", 9]]);
    expect(files[0]?.groups[0]?.accounts[0]?.entries.at(-1)?.text).toBe("CHECK\n0017");
  });

  test("a control total that differs, where the partner is known for it", () => {
    const records = REPORT.map((record) => record.replace("49,650000", "49,650001"));
    expect(bai2({ controls: "note" }).decode(lines(...records)).notes).toEqual([
      {
        kind: "control-differs",
        line: 9,
        message: "Line 9, record 49: expected the control total 650000 of the account, found 650001.",
      },
    ]);
  });
});

describe("is refused with its line:", () => {
  const changed = (from: string, to: string) => REPORT.map((record) => record.replace(from, to));
  test.each<[string, string[], string]>([
    ["nothing", [], "Line 1: expected the file header 01, found nothing."],
    ["something else", ["hello"], "Line 1: expected a record such as 16,…/, found hello."],
    ["no file header", REPORT.slice(1), "Line 1: expected the file header 01, found 02."],
    ["a continuation of nothing", ["88,X/"], "Line 1: expected a record before its continuation, found 88."],
    ["another version", changed(",80,,2/", ",80,,3/"), "Line 1, record 01: expected version 2, found 3."],
    [
      "a group status",
      changed(",1,260118", ",7,260118"),
      "Line 2, record 02: expected the group status 1, 2, 3 or 4, found 7.",
    ],
    [
      "an amount with a point",
      changed("+100000", "+1000.00"),
      "Line 3, record 03: expected an amount without decimal point, found +1000.00.",
    ],
    [
      "a funds type",
      changed("2,S,", "2,Q,"),
      "Line 3, record 03: expected the funds type 0, 1, 2, D, S, V or Z, found Q.",
    ],
    [
      "a day that is none",
      changed("V,260120", "V,260230"),
      "Line 5, record 16: expected a date YYMMDD, found 260230.",
    ],
    [
      "an account after a transaction",
      [...REPORT.slice(0, 8), REPORT[2]!],
      "Line 9: expected a transaction 16 or the account trailer 49, found 03.",
    ],
    [
      "an account total",
      changed("49,650000", "49,650001"),
      "Line 9, record 49: expected the control total 650000 of the account, found 650001.",
    ],
    [
      "an account count",
      changed("650000,7/", "650000,8/"),
      "Line 9, record 49: expected 7 records in the account, found 8.",
    ],
    [
      "a group count",
      changed("98,650000,1", "98,650000,2"),
      "Line 10, record 98: expected 1 accounts in the group, found 2.",
    ],
    [
      "a file total",
      changed("99,650000", "99,1"),
      "Line 11, record 99: expected the control total 650000 of the file, found 1.",
    ],
    [
      "a file cut off",
      REPORT.slice(0, 10),
      "Line 10: expected a group header 02 or the file trailer 99, found the end of the file.",
    ],
    [
      "a lost transaction",
      REPORT.filter((record) => !record.startsWith("16,475")),
      "Line 8, record 49: expected the control total 397500 of the account, found 650000.",
    ],
    [
      "an unknown record",
      [REPORT[0]!, "17,X/"],
      "Line 2: expected a group header 02 or the file trailer 99, found 17.",
    ],
  ])("%s", (_, records, message) => {
    let told = "";
    try {
      read(...records);
    } catch (error) {
      expect(error).toBeInstanceOf(ContractBroken);
      told = (error as Error).message;
    }
    expect(told).toBe(message);
  });
});

describe("written", () => {
  test("a document is what it was", () => {
    expect(Buffer.from(bai2().encode(bai2().decode(SOUND))).toString()).toBe(Buffer.from(SOUND).toString());
  });

  test("a drafted document carries its control totals and reads back to itself", () => {
    fc.assert(
      fc.property(fc.array(files, { minLength: 1, maxLength: 2 }), (drafted) => {
        const back = bai2().decode(bai2().encode(draftDocument(drafted)));
        expect(back.notes).toEqual([]);
        expect(JSON.parse(JSON.stringify(back.files, unplaced))).toEqual(drafted);
      }),
      { numRuns: 200 },
    );
  });

  test("what BAI2 cannot carry is refused", () => {
    const [file] = read(...REPORT).files;
    expect(() => draftDocument([{ ...file!, sender: "A,B" }])).toThrow(ContractBroken);
  });
});

const unplaced = (key: string, value: unknown) => (key === "line" ? 0 : value);
const word = (most: number) =>
  fc.string({ unit: fc.constantFrom(..."ABCXYZ0123456789.-"), minLength: 1, maxLength: most });
const amounts = fc.integer({ min: -999_999_999, max: 999_999_999 }).map((cents) => (cents / 100).toFixed(2));
const dates = fc
  .integer({ min: 0, max: 20_000 })
  .map((days) => new Date(Date.UTC(2020, 0, 1) + days * 86_400_000).toISOString().slice(0, 10));
const funds = fc.oneof(
  fc.record({ type: fc.constantFrom("0" as const, "1" as const, "2" as const, "Z" as const) }),
  fc.record({ type: fc.constant("S" as const), immediate: amounts, oneDay: amounts, later: amounts }),
  fc.record({ type: fc.constant("V" as const), valueOn: dates }),
  fc.record({
    type: fc.constant("D" as const),
    parts: fc.array(fc.record({ days: fc.nat(30), amount: amounts }), { minLength: 1, maxLength: 4 }),
  }),
);
const entries = fc
  .record({ amount: amounts, reference: word(20), funds, text: fc.array(word(60), { maxLength: 3 }) })
  .map(({ amount, reference, text, ...others }) => ({
    line: 0,
    type: "165",
    creditDebit: "credit" as const,
    amount,
    currency: "EUR",
    ...others,
    bankReference: reference,
    text: text.join("\n"),
  }));
const accounts = fc
  .record({
    number: word(20),
    summaries: fc.array(fc.record({ type: fc.constant("010"), amount: amounts, count: fc.nat(99), funds }), {
      maxLength: 6,
    }),
    entries: fc.array(entries, { maxLength: 3 }),
  })
  .map((account) => ({ line: 0, currency: "EUR", ...account }));
const groups = fc.record({
  originator: word(9),
  status: fc.constant("1" as const),
  asOf: dates,
  accounts: fc.array(accounts, { maxLength: 2 }),
});
const files: fc.Arbitrary<Bai2File> = fc.record({
  sender: word(9),
  receiver: word(9),
  createdOn: dates,
  id: word(5),
  groups: fc.array(groups, { maxLength: 2 }),
});

describe("a stream", () => {
  test("tells what the whole tells, however it is cut", async () => {
    const whole = bai2().decode(SOUND).files[0]!;
    for (const size of [1, 7, 100_000]) {
      const told = await collected(readBai2(chunks(SOUND, size)));
      expect(told.map(({ kind }) => kind)).toEqual(["entry", "entry", "entry", "account", "group", "file"]);
      expect(told.flatMap((event) => (event.kind === "entry" ? [event.entry] : []))).toEqual(
        whole.groups[0]?.accounts[0]?.entries,
      );
    }
  });

  test("needs no more memory for a long account", async () => {
    const block = Buffer.concat(
      Array.from({ length: 5_000 }, () => lines(`16,165,100,,,,${"INVOICE ".repeat(20)}`)),
    );
    async function* long() {
      yield lines(...REPORT.slice(0, 2), "03,1,,/");
      for (let at = 0; at < 40; at += 1) yield block;
      yield lines("49,20000000,200002/", "98,20000000,1,200004/", "99,20000000,1,200006/");
    }
    let count = 0;
    let most = 0;
    const before = process.memoryUsage().heapUsed;
    for await (const event of readBai2(long())) {
      if (event.kind === "entry" && ++count % 10_000 === 0)
        most = Math.max(most, process.memoryUsage().heapUsed - before);
    }
    expect(count).toBe(200_000);
    expect(most).toBeLessThan(150_000_000);
  });
});

async function* chunks(body: Bytes, size: number): AsyncGenerator<Bytes> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}

async function collected(events: AsyncIterable<Bai2Event>): Promise<Bai2Event[]> {
  const all: Bai2Event[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe("hostile input", () => {
  test.each<[string, () => Bytes]>([
    ["60 MB in one line", () => Buffer.concat([lines(REPORT[0]!), Buffer.alloc(60_000_000, "A")])],
    [
      "60 MB of continuations",
      () => Buffer.concat([lines(REPORT[0]!), Buffer.alloc(60_000_000, "88,TEXT TEXT/\n")]),
    ],
    [
      "a million empty continuations",
      () => Buffer.concat([lines(...REPORT.slice(0, 5)), Buffer.alloc(5_000_000, "88,/\n")]),
    ],
    [
      "a million totals",
      () => Buffer.concat([lines(...REPORT.slice(0, 2)), Buffer.from(`03,1,${",010,1,".repeat(2_000)}/\n`)]),
    ],
    ["money spread over a million parts", () => lines(...REPORT.slice(0, 2), "03,1,,010,1,,D,999999999/")],
  ])("%s is refused quickly", (_, body) => {
    const bytes = body();
    const from = performance.now();
    expect(() => bai2().decode(bytes)).toThrow(ContractBroken);
    expect(performance.now() - from).toBeLessThan(5_000);
  });
});

const SAMPLES = process.env.CROSSDOCK_SAMPLES ?? path.join(import.meta.dirname, "../../../../shared/samples");
const FOLDER = path.join(SAMPLES, "bank/moov-io__bai2");

if (!existsSync(FOLDER)) {
  test.skip("BAI2 samples (skipped: no samples)", () => {});
} else {
  test.each(globSync("**/*.txt", { cwd: FOLDER }).sort())(
    "%s adds up, and is written back as it was",
    (file) => {
      const body = readFileSync(path.join(FOLDER, file));
      const document = bai2().decode(body);
      expect(document.notes).toEqual([]);
      const kept = body
        .toString()
        .split(/\r?\n/)
        .map((line) => line.trimEnd())
        .filter((line) => line !== "");
      expect(Buffer.from(bai2().encode(document)).toString()).toBe(
        kept.map((line) => `${line}\r\n`).join(""),
      );
    },
  );
}
