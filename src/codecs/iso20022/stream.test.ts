/** Account messages of any length, at flat memory; and what would make a reader grow or hang. */
import { describe, expect, test } from "vitest";
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import { type BankEvent, camt053, readBankEntries } from "./codec.ts";

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-11-21T18:00:00Z</CreDtTm></GrpHdr>`;
const statement = (id: string, inside: string) =>
  `<Stmt><Id>${id}</Id><Acct><Id><IBAN>FR7612345678901234567890123</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>
${inside}<AddtlStmtInf>é</AddtlStmtInf></Stmt>`;
const ENTRY = `<Ntry><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><NtryDtls><TxDtls><Refs><EndToEndId>E</EndToEndId></Refs><RmtInf><Ustrd>A &amp; B</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n`;
const TAIL = "</BkToCstmrStmt></Document>\n";
const SOUND = Buffer.from(HEAD + statement("S-1", ENTRY + ENTRY) + statement("S-2", ENTRY) + TAIL);

test("a stream tells what the whole tells, however it is cut", async () => {
  const whole = camt053().decode(SOUND);
  for (const size of [1, 7, 1_000_000]) {
    const told = await collected(readBankEntries(chunks(SOUND, size)));
    expect(told.map((event) => event.kind)).toEqual([
      ...["entry", "entry", "statement", "entry", "statement", "message"],
    ]);
    const entries = told.flatMap((event) => (event.kind === "entry" ? [event] : []));
    expect(entries.map(({ entry }) => entry)).toEqual(whole.statements.flatMap((one) => one.entries));
    expect(entries.map(({ of }) => of.id)).toEqual(["S-1", "S-1", "S-2"]);
    expect(told.flatMap((event) => (event.kind === "statement" ? [event.statement] : []))).toEqual(
      whole.statements.map((one) => ({ ...one, entries: [] })),
    );
    const { statements: _, ...header } = whole;
    expect(told.at(-1)).toEqual({ kind: "message", message: header });
  }
});

test("UTF-16 streams too", async () => {
  const text = SOUND.toString().replace('encoding="UTF-8"', 'encoding="UTF-16"');
  const body = Buffer.from(`\ufeff${text}`, "utf16le");
  expect((await collected(readBankEntries(chunks(body, 333)))).length).toBe(6);
});

test("a hundred thousand entries need the memory of one", async () => {
  const block = Buffer.from(ENTRY.repeat(1_000));
  const [before, after] = statement("S", "@").split("@");
  async function* long() {
    yield Buffer.from(HEAD + before);
    for (let at = 0; at < 100; at += 1) yield block;
    yield Buffer.from(after + TAIL);
  }
  let count = 0;
  let most = 0;
  const start = process.memoryUsage().heapUsed;
  for await (const event of readBankEntries(long())) {
    if (event.kind !== "entry") continue;
    count += 1;
    if (count % 10_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - start);
  }
  expect(count).toBe(100_000);
  expect(most).toBeLessThan(150_000_000);
});

describe("is refused, streamed as well as whole:", () => {
  test.each<[string, Bytes]>([
    [
      "a document type declaration",
      Buffer.from(SOUND.toString().replace("<Document", "<!DOCTYPE d [<!ENTITY e 'x'>]><Document")),
    ],
    ["an entity nobody declared", Buffer.from(SOUND.toString().replace("A &amp; B", "A &lol; B"))],
    ["ten thousand levels", Buffer.from(HEAD + "<a>".repeat(10_000))],
    [
      "a million elements in one entry",
      Buffer.from(HEAD + statement("S", ENTRY.replace("<Sts>", `${"<a/>".repeat(1_000_001)}<Sts>`)) + TAIL),
    ],
    [
      "a million references",
      Buffer.from(HEAD + statement("S", ENTRY.replace("A &amp;", "&#65;".repeat(1_000_000))) + TAIL),
    ],
    [
      "20 MB of text in one element",
      Buffer.from(HEAD + statement("S", ENTRY.replace("A &amp;", "x".repeat(20_000_000))) + TAIL),
    ],
    ["bytes that are no UTF-8", Buffer.from(SOUND.toString(), "latin1")],
    ["another encoding", Buffer.from(SOUND.toString().replace("UTF-8", "UTF-7"))],
    [
      "an element called __proto__",
      Buffer.from(SOUND.toString().replace("<AddtlStmtInf>", "<__proto__/><AddtlStmtInf>")),
    ],
    ["a file cut off", SOUND.subarray(0, SOUND.length - 40)],
    ["no statement", Buffer.from(HEAD + TAIL)],
    ["another document", Buffer.from("<html><Ntry/></html>")],
    ["nothing", Buffer.alloc(0)],
  ])("%s", async (_, body) => {
    const from = performance.now();
    expect(() => camt053().decode(body)).toThrow(ContractBroken);
    await expect(collected(readBankEntries(chunks(body, 65_536)))).rejects.toThrow(ContractBroken);
    expect(performance.now() - from).toBeLessThan(10_000);
  });
});

test("a comment that does not end is not held for ever", async () => {
  async function* endless(): AsyncGenerator<Bytes> {
    yield Buffer.from(`${HEAD}<!--`);
    for (;;) yield Buffer.alloc(1_048_576, "x");
  }
  await expect(collected(readBankEntries(endless()))).rejects.toMatchObject({ facts: { found: "none" } });
});

async function* chunks(body: Bytes, size: number): AsyncGenerator<Bytes> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}

async function collected(events: AsyncIterable<BankEvent>): Promise<BankEvent[]> {
  const all: BankEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}
