/** The samples tool reads folders it has never seen, says what became of each file, and outlives all of them. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { deflateRawSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";

const folder = mkdtempSync(path.join(tmpdir(), "crossdock-samples-"));
const put = (name: string, content: string | Uint8Array) => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), content);
};
const order = (count: number) =>
  `ISA*00*          *00*          *ZZ*ACME           *ZZ*MERIDIAN       *261121*0900*U*00401*000000007*0*T*>~
GS*PO*ACME*MERIDIAN*20261121*0900*7*X*004010~
ST*850*0001~
BEG*00*NE*PO-7**20261121~
PO1*1*2*EA*500.00**VN*PUMP-100~
CTT*1~
SE*${count}*0001~
GE*1*7~
IEA*1*000000007~
`;

/** A zip archive of our own making: a header before each file, and the directory. */
function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const packed = deflateRawSync(text);
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt16LE(8, 4);
    about.writeUInt32LE(packed.length, 14);
    about.writeUInt32LE(text.length, 18);
    about.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const piece = Buffer.concat([Buffer.from("PK\x03\x04"), about, Buffer.from(name), packed]);
    directory.push(Buffer.from("PK\x01\x02\x14\0"), about, place, Buffer.from(name));
    pieces.push(piece);
    offset += piece.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...pieces, ...directory, Buffer.from("PK\x05\x06"), end]);
}

const run = promisify(execFile);
const samples = (...args: string[]) =>
  run(process.execPath, ["--conditions=source", path.resolve("src/testing/samples.ts"), ...args], {
    env: { ...process.env, INIT_CWD: path.dirname(folder) },
  });

beforeAll(() => {
  put("orders/sound.txt", order(5));
  put("orders/wrong-count.edi", order(6));
  put("orders/headless.edi", order(5).slice(order(5).indexOf("GS*")));
  put("notes/readme.md", "# ISA-95 and others\n\nISA-95 is no interchange.\n");
  put("notes/empty", "");
  put("notes/gaps.txt", `A specification${"\r\n".repeat(400)}of nothing.`);
  put(
    "notes/binary.bin",
    Uint8Array.from({ length: 500 }, (_, at) => (at * 37) % 256),
  );
  put("packed/orders.edi.gz", gzipSync(order(5)));
  put("packed/torn.gz", gzipSync(order(5)).subarray(0, 150));
  put(
    "packed/many.zip",
    zipOf({ "a/sound.txt": order(5), "headless.edi": order(5).slice(order(5).indexOf("GS*")), none: "" }),
  );
  const locked = zipOf({ "locked.edi": order(5) });
  locked[locked.indexOf("PK\x01\x02") + 8] = 1;
  put("packed/locked.zip", locked);
  put("data.json", '{"a":1,"a":2}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("each file has one line of JSON with codec, outcome, documents, line and reason", async () => {
  const { stdout } = await samples(path.basename(folder), "--json");
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .map(({ ms, ...rest }) => {
      expect(ms).toBeGreaterThanOrEqual(0);
      return rest;
    });
  const nothing = { documents: 0, line: null };
  expect(lines).toEqual([
    {
      file: "data.json",
      codec: "json",
      outcome: "refused",
      ...nothing,
      line: 1,
      reason: 'Line 1: expected each key once, found "a" again.',
    },
    {
      file: "notes/binary.bin",
      codec: null,
      outcome: "unknown",
      ...nothing,
      reason: "No codec recognises the content.",
    },
    { file: "notes/empty", codec: null, outcome: "unknown", ...nothing, reason: "The file is empty." },
    expect.objectContaining({ file: "notes/gaps.txt", outcome: "unknown" }),
    {
      file: "notes/readme.md",
      codec: null,
      outcome: "unknown",
      ...nothing,
      reason: "No codec recognises the content.",
    },
    {
      file: "orders/headless.edi",
      codec: "x12",
      outcome: "refused",
      ...nothing,
      line: 1,
      reason:
        'Line 1: expected an interchange, found text outside an interchange: "GS*PO*ACME*MERIDIAN*20261121*0900*7*X*00".',
    },
    { file: "orders/sound.txt", codec: "x12", outcome: "parsed", documents: 1, line: null, reason: null },
    {
      file: "orders/wrong-count.edi",
      codec: "x12",
      outcome: "refused",
      documents: 1,
      line: 7,
      reason: "Line 7: SE element 1: expected SE01 to count 5 segments, found 6.",
    },
    expect.objectContaining({
      file: "packed/locked.zip/locked.edi",
      outcome: "unknown",
      reason: "Expected a packed file, found one that is encrypted or packed in a way not read here.",
    }),
    {
      file: "packed/many.zip/a/sound.txt",
      codec: "x12",
      outcome: "parsed",
      documents: 1,
      line: null,
      reason: null,
    },
    expect.objectContaining({ file: "packed/many.zip/headless.edi", codec: "x12", outcome: "refused" }),
    expect.objectContaining({ file: "packed/many.zip/none", outcome: "unknown" }),
    expect.objectContaining({ file: "packed/orders.edi.gz", codec: "x12", outcome: "parsed", documents: 1 }),
    expect.objectContaining({
      file: "packed/torn.gz",
      codec: "x12",
      outcome: "refused",
      reason: "Expected a packed file, found damaged packing (unexpected end of file).",
    }),
  ]);
});

test("people get refusals with their place, and counts for each set", async () => {
  const { stdout } = await samples(folder);
  expect(stdout).toContain("refused  orders/wrong-count.edi:7  Line 7: SE element 1");
  expect(stdout).toMatch(/orders\s+1\s+2\s+0\s+0\s+2/);
  expect(stdout).toMatch(/total\s+3\s+5\s+0\s+6\s+4/);
});

test("a folder that is not there is said in a sentence", async () => {
  await expect(samples("nowhere")).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining("There is no folder"),
  });
});
