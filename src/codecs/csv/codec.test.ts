/** CSV keeps to its declared columns, gives text as text, and writes nothing a spreadsheet would run. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ContractBroken } from "../../std/errors.ts";
import { BEGINNING } from "../records.ts";
import { type CsvRow, csv, csvRecords, dialectOf, readCsv } from "./codec.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (written: Uint8Array) => new TextDecoder().decode(written);
const stock = csv({ columns: ["sku", "plant", { name: "quantity", header: "On hand" }], delimiter: ";" });

function refusal(read: () => unknown): Record<string, unknown> {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(ContractBroken);
    return (error as ContractBroken).facts;
  }
  throw new Error("it was read");
}

async function* inPieces(body: Uint8Array, size: number) {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}

test("columns are found by the header, in any order, and fields stay text", () => {
  const body = bytes('\ufeffOn hand;sku;plant\r\n00012;PUMP-100;LYO\r\n1e5;"VALVE;20";"a ""b"""\r\n\r\n');
  expect(stock.decode(body)).toEqual([
    { sku: "PUMP-100", plant: "LYO", quantity: "00012" },
    { sku: "VALVE;20", plant: 'a "b"', quantity: "1e5" },
  ]);
});

test("rows end as each of them says, whatever the first one said", async () => {
  const settings = { columns: ["sku", "name"] };
  const rows = [
    { sku: "A", name: "1" },
    { sku: "B", name: "x\r\ny\rz" },
    { sku: "C", name: "3" },
  ];
  for (const [first, others] of [
    ["\r\n", "\n"],
    ["\n", "\r\n"],
    ["\r", "\r"],
  ] as const) {
    const body = bytes(['sku,"name"', "A,1", 'B,"x\r\ny\rz"', "C,3", ""].join(others).replace(others, first));
    expect(csv(settings).decode(body)).toEqual(rows);
    const streamed: CsvRow[] = [];
    for await (const row of readCsv(inPieces(body, 3), settings)) streamed.push(row);
    expect(streamed).toEqual(rows);
  }
  for (const encoding of ["utf-16le", "utf-16be"] as const) {
    const wide = csv({ ...settings, encoding });
    expect(wide.decode(Buffer.concat([wide.encode(rows)]))).toEqual(rows);
  }
});

test("a first line that tells a spreadsheet the delimiter is no row", async () => {
  const body = bytes("\ufeffsep=;\r\nsku;plant;On hand\r\nA;LYO;1\r\nB;LYO;\r\nC;LYO;2\r\n");
  const rows = stock.decode(body);
  expect(rows.map(({ sku }) => sku)).toEqual(["A", "B", "C"]);
  const settings = dialectOf(body, true)!;
  expect(settings).toMatchObject({ columns: ["sku", "plant", "On hand"], delimiter: ";" });
  const streamed: CsvRow[] = [];
  for await (const row of readCsv(inPieces(body, 7), settings)) streamed.push(row);
  expect(streamed.map(({ sku }) => sku)).toEqual(["A", "B", "C"]);
  expect(refusal(() => stock.decode(bytes("sep=,\nsku;plant;On hand\n")))).toMatchObject({
    found: '"sep=,"',
  });
  const records = csvRecords({
    columns: ["sku", "plant", { name: "quantity", header: "On hand" }],
    delimiter: ";",
  });
  const cutter = records.cutter(BEGINNING);
  const raws = [...cutter.push(body), ...cutter.end()];
  expect(raws.map((raw) => records.read(raw).sku)).toEqual(["A", "B", "C"]);
});

test("a header may lack an optional column, and no header means the declared order", () => {
  const columns = ["sku", { name: "note", optional: true }];
  expect(csv({ columns }).decode(bytes("sku\nA\n"))).toEqual([{ sku: "A", note: "" }]);
  expect(csv({ columns, header: false }).decode(bytes("A,first\n"))).toEqual([{ sku: "A", note: "first" }]);
});

describe("refused, with line and reason", () => {
  test.each([
    ["a short row", "sku;plant;On hand\nA;LYO;1\nB;LYO\n", { line: 3, expected: "3 fields", found: "2" }],
    ["a long row", "sku;plant;On hand\nA;LYO;1;2\n", { line: 2, expected: "3 fields", found: "4" }],
    ["a column nobody declared", "sku;plant;constructor\n", { line: 1, found: '"constructor"' }],
    ["a missing column", "sku;plant\nA;LYO\n", { line: 1, expected: "the column On hand" }],
    ["a doubled column", "sku;sku;plant;On hand\n", { line: 1, expected: "the column sku once" }],
    ["a quote left open", 'sku;plant;On hand\n"A;LYO;1\n', { expected: "a closing quote" }],
    ["a quote in the middle", 'sku;plant;On hand\nA"B;LYO;1\n', { line: 2, found: "invalid opening quote" }],
    ["a NUL", "sku;plant;On hand\nA\0;LYO;1\n", { line: 2, column: "sku", found: "a NUL character" }],
    ["nothing at all", "", { expected: "a header with sku, plant, On hand" }],
  ])("%s", (_, body, facts) => {
    expect(refusal(() => stock.decode(bytes(body)))).toMatchObject(facts);
  });

  test("bytes of another encoding, too many bytes, rows or characters", () => {
    expect(refusal(() => stock.decode(Uint8Array.of(0x73, 0xff)))).toMatchObject({ expected: "utf-8" });
    const limits = { bytes: 60, rows: 2, fieldLength: 20 };
    const small = csv({ columns: ["sku"], limits });
    expect(refusal(() => small.decode(bytes("sku\nA\nB\nC\n")))).toMatchObject({ line: 4 });
    expect(refusal(() => small.decode(bytes(`sku\n${"x".repeat(25)}\n`)))).toHaveProperty("expected");
    expect(refusal(() => small.decode(bytes("x".repeat(61))))).toMatchObject({
      expected: "at most 60 bytes",
    });
  });
});

test("what is written is read back the same, whatever the fields hold", () => {
  const field = fc.string({ unit: "binary" }).map((value) => value.replaceAll("\0", "0"));
  const row = fc.record({ sku: field, plant: field, quantity: field });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 5 }), fc.constantFrom(",", ";", "\t", "|"), (rows, delimiter) => {
      const codec = csv({ columns: ["sku", "plant", "quantity"], delimiter });
      expect(codec.decode(codec.encode(rows))).toEqual(rows);
    }),
    { numRuns: 500 },
  );
});

test("older encodings are read and written, or refused when they cannot say it", () => {
  const windows = csv({ columns: ["price"], encoding: "windows-1252" });
  const rows = [{ price: "12,50 € für Müller" }];
  expect(windows.encode(rows)).toContain(0x80);
  expect(windows.decode(windows.encode(rows))).toEqual(rows);
  const wide = csv({ columns: ["price"], encoding: "utf-16le" });
  expect(wide.decode(wide.encode(rows))).toEqual(rows);
  expect(() => windows.encode([{ price: "価格" }])).toThrow(ContractBroken);
});

test("a file for spreadsheets runs no formula and keeps its numbers", () => {
  const sheet = csv({ columns: ["cell"], forSpreadsheets: true });
  const cells = [
    '=HYPERLINK("http://x")',
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "-12.50",
    "12,50",
    "PUMP",
  ];
  expect(text(sheet.encode(cells.map((cell) => ({ cell }))))).toBe(
    '"cell"\n"\'=HYPERLINK(""http://x"")"\n"\'+cmd|\' /C calc\'!A0"\n"\'-2+3"\n"\'@SUM(A1)"\n"\'\t=1+1"\n"-12.50"\n"12,50"\n"PUMP"\n',
  );
});

test("a row with a missing or unwritable field is not written", () => {
  expect(() => stock.encode([{ sku: "A", plant: "LYO" }])).toThrow(ContractBroken);
  expect(() => stock.encode([{ sku: "A", plant: "LYO", quantity: 1 } as never])).toThrow(ContractBroken);
});

test("a stream gives the same rows, however it is cut, and the rows before a broken one", async () => {
  const settings = { columns: ["sku", "plant"] };
  const body = bytes(`sku,plant\n${Array.from({ length: 200 }, (_, at) => `"É-${at}","a\nb"`).join("\n")}\n`);
  for (const size of [1, 7, 1000]) {
    const rows = [];
    for await (const row of readCsv(inPieces(body, size), settings)) rows.push(row);
    expect(rows).toEqual(csv(settings).decode(body));
  }
  const seen: string[] = [];
  await expect(async () => {
    for await (const { sku } of readCsv(inPieces(bytes("sku,plant\nA,LYO\nB\nC,LYO\n"), 3), settings))
      seen.push(sku!);
  }).rejects.toMatchObject({ facts: { line: 3, expected: "2 fields" } });
  expect(seen).toEqual(["A"]);
});

test("a reader who stops early leaves nothing running", async () => {
  async function* endless() {
    yield bytes("sku\n");
    for (;;) yield bytes("A\n".repeat(1000));
  }
  for await (const { sku } of readCsv(endless(), { columns: ["sku"] })) {
    expect(sku).toBe("A");
    break;
  }
});

describe("a table nobody declared", () => {
  const seen = (text: string, encoding: BufferEncoding = "utf8") =>
    dialectOf(Buffer.from(text, encoding), true);
  const rowsOf = async (text: string) => {
    const rows: CsvRow[] = [];
    async function* body() {
      yield bytes(text);
    }
    for await (const row of readCsv(body(), seen(text)!)) rows.push(row);
    return rows;
  };

  test.each([
    [
      "commas and names",
      "sku,plant\nA,1\nB,2\n",
      { columns: ["sku", "plant"], delimiter: ",", header: true },
    ],
    [
      "tabs and no names",
      "1\tA\t\n2\tB\t\n3\tC\tx\n",
      { columns: ["1", "2", "3"], delimiter: "\t", header: false },
    ],
    [
      "semicolons around decimal commas",
      "sku;price\nA;1,5\nB;2,5\nC;3,0\n",
      { delimiter: ";", columns: ["sku", "price"] },
    ],
    ["bars", "a|1\nb|2\nc|3\n", { delimiter: "|", header: false }],
    [
      "ends of rows of their own",
      '1+|<a b="c">\nx</a>&|\n2+|y&|\n3+|z&|\n',
      { delimiter: "+|", rowEnd: "&|", quote: "none" },
    ],
    [
      "quotes that are letters",
      'pump\t2" hose\nseal\t3" hose\nvalve\tnone\n',
      { delimiter: "\t", quote: "none" },
    ],
    ["line breaks in quotes", 'a,"1\n2",x\nb,"3",y\nc,4,z\n', { delimiter: ",", columns: ["1", "2", "3"] }],
    ["two columns of one name", "a,a\n1,2\n3,4\n", { columns: ["1", "2"], header: false }],
  ])("%s", (_, text, settings) => {
    expect(seen(text)).toMatchObject(settings);
  });

  test.each(["\x01", "^", "~"])("of a database whose fields are parted by %j", (delimiter) => {
    const rows = ["sku,name,stock", "P-1,Pump; 3 bar,7", "P-2,Valve,0", "P-3,Seal | red,12"];
    const text = rows.map((row) => `${row.replaceAll(",", delimiter)}\n`).join("");
    expect(seen(text)).toMatchObject({ columns: ["sku", "name", "stock"], delimiter });
  });

  test("Latin-1 is seen, and every row is read by what was found", async () => {
    expect(seen("sku;ort\nA;Zürich\nB;1\n", "latin1")).toMatchObject({ encoding: "windows-1252" });
    expect(await rowsOf('1+|<a b="c">\nx</a>&|\n2+|y&|\n3+|z&|\n')).toEqual([
      { "1": "1", "2": '<a b="c">\nx</a>' },
      { "1": "2", "2": "y" },
      { "1": "3", "2": "z" },
    ]);
    expect(await rowsOf('pump\t2" hose\nseal\t3" hose\nvalve\tnone\n')).toHaveLength(3);
  });

  test("a row that is longer than the rest is refused with its line", async () => {
    const text = `sku,plant\n${"A,1\n".repeat(9)}B,2,3\n`;
    await expect(rowsOf(text)).rejects.toMatchObject({
      facts: { line: 11, expected: "2 fields", found: "3" },
    });
  });

  test("prose, code, two lines and binary data are no tables", () => {
    for (const text of [
      "Dear Sir,\nwe write to you, because\nof this.\n",
      "a,b\n1,2",
      "if (a, b) {\n  c();\n}\n",
      "| sku | plant |\n|---|---|\n| A | 1 |\n| B | 2 |\n",
      "a,b\0\n1,2\n3,4\n",
      "",
    ])
      expect(seen(text)).toBeUndefined();
  });

  test("without quotes a field that holds the delimiter is not written", () => {
    const plain = csv({ columns: ["a", "b"], delimiter: "\t", quote: "none", header: false });
    expect(text(plain.encode([{ a: '2" hose', b: "x" }]))).toBe('2" hose\tx\n');
    expect(() => plain.encode([{ a: "x\ty", b: "" }])).toThrow('Row 1 has "\\t" in a');
  });
});
