/** Files of many documents in every format that is cut: alike wherever torn, read on from anywhere, one bad record aside. */
import { describe, expect, test } from "vitest";
import type { Bytes } from "../std/bytes.ts";
import { ContractBroken } from "../std/errors.ts";
import { b2mmlRecords } from "./b2mml/codec.ts";
import * as plant from "./b2mml/fixtures.ts";
import { bai2Records } from "./bai2/codec.ts";
import { csvRecords, databaseExportRecords } from "./csv/codec.ts";
import { edifactRecords } from "./edifact/codec.ts";
import { ORDER } from "./edifact/fixtures.ts";
import { epcisRecords } from "./epcis/codec.ts";
import * as traces from "./epcis/fixtures.ts";
import { fixedWidthRecords } from "./fixed-width/codec.ts";
import * as prices from "./fixed-width/fixtures.ts";
import { idocRecords } from "./idoc/codec.ts";
import * as idocs from "./idoc/fixtures.ts";
import {
  bankEntryRecords,
  debitRecords,
  paymentStatusRecords,
  remittanceRecords,
  transferRecords,
} from "./iso20022/codec.ts";
import { jsonRecords } from "./json/codec.ts";
import { mt940Records } from "./mt940/codec.ts";
import { BEGINNING, type Place, type RawRecord, type Records } from "./records.ts";
import { ublRecords } from "./ubl/codec.ts";
import * as trade from "./ubl/fixtures.ts";

const entry = (reference: string, amount = "1.00") =>
  `<Ntry><NtryRef>${reference}</NtryRef><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><AddtlNtryInf><![CDATA[</Ntry><Ntry>]]>é</AddtlNtryInf></Ntry>`;
const statement = (id: string, ...entries: string[]) =>
  `<Stmt><Id>${id}</Id><Acct><Id><IBAN>FR7612345678901234567890123</IBAN></Id></Acct>\n${entries.join("\n")}\n<AddtlStmtInf>x</AddtlStmtInf></Stmt>\n`;
const camt = (...statements: string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<!-- <Ntry> -->\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr>\n${statements.join("")}</BkToCstmrStmt></Document>\n`;

const bankMessage = (type: string, name: string, ...parts: string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<p:Document xmlns:p="urn:iso:std:iso:20022:tech:xsd:${type}">\n<p:${name}>\n<GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-01-19T09:00:00</CreDtTm></GrpHdr>\n${parts.join("\n")}\n</p:${name}></p:Document>\n`.replace(
    /<(\/?)(?!p:|\?|\/)/g,
    "<$1p:",
  );
const payments = (id: string, day: string, ...transactions: string[]) =>
  `<PmtInf><PmtInfId>${id}</PmtInfId><PmtMtd>TRF</PmtMtd><NbOfTxs>9</NbOfTxs><CtrlSum>7.5</CtrlSum><ReqdExctnDt>${day}</ReqdExctnDt><Dbtr><Nm>Meridian</Nm></Dbtr>\n${transactions.join("\n")}\n</PmtInf>`;
const transfer = (id: string, amount = "1.00") =>
  `<CdtTrfTxInf><PmtId><EndToEndId>${id}</EndToEndId></PmtId><Amt><InstdAmt Ccy="EUR">${amount}</InstdAmt></Amt></CdtTrfTxInf>`;
const debit = (id: string, amount = "1.00") =>
  `<DrctDbtTxInf><PmtId><EndToEndId>${id}</EndToEndId></PmtId><InstdAmt Ccy="EUR">${amount}</InstdAmt></DrctDbtTxInf>`;
const became = (id: string, amount = "1.00") =>
  `<TxInfAndSts><OrgnlEndToEndId>${id}</OrgnlEndToEndId><TxSts>RJCT</TxSts><OrgnlTxRef><Amt><InstdAmt Ccy="EUR">${amount}</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>`;
const whole = (id: string, ...transactions: string[]) =>
  `<OrgnlPmtInfAndSts><OrgnlPmtInfId>${id}</OrgnlPmtInfId><PmtInfSts>PART</PmtInfSts>${transactions.join("\n")}</OrgnlPmtInfAndSts>`;
const about =
  "<OrgnlGrpInfAndSts><OrgnlMsgId>O-1</OrgnlMsgId><OrgnlMsgNmId>pain.001</OrgnlMsgNmId><GrpSts>ACCP</GrpSts></OrgnlGrpInfAndSts>";
const remittance = (id: string, amount = "1.00") =>
  `<RmtInf><RmtId>${id}</RmtId><Ustrd>RE-17</Ustrd><OrgnlPmtInf><Amt><InstdAmt Ccy="EUR">${amount}</InstdAmt></Amt></OrgnlPmtInf></RmtInf>`;

const event = /<ObjectEvent>[\s\S]*<\/ObjectEvent>/.exec(traces.xml)![0];
const happened = (id: string) => event.replace("000000000001<", `${id}<`);
const inner = (document: string) => document.replace(/^<\?xml.*\?>\s*/, "");
const message = (reference: string, number: string) =>
  `${/UNH[\s\S]*UNT\+25\+1'/.exec(ORDER)![0].replace("PO-4711", number).replace("UNH+1+", `UNH+${reference}+`).replace("UNT+25+1'", `UNT+25+${reference}'`)}\n`;
const unb = ORDER.slice(0, ORDER.indexOf("UNH"));
const inGroup = (reference: string, ...messages: string[]) =>
  `UNG+ORDERS+A+B+261121:0930+${reference}+UN+D:96A'\n${messages.join("")}UNE+${messages.length}+${reference}'\n`;
const definition = (id: string) =>
  `<MaterialDefinition><ID>${id}</ID></MaterialDefinition><Other><Deep/></Other>\n`;
const material = (...parts: string[]) =>
  plant.material.replace(/<MaterialDefinition>[\s\S]*<\/MaterialLot>/, parts.join(""));
const unbroken = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line, at) => line.padEnd(at === 0 ? 524 : 1_063))
    .join("");
const unbrokenOld = [
  "EDI_DC    1000000000000004708740 30ORDERS02".padEnd(464),
  `${"E2EDK01".padEnd(10)}1000000000000004708000001E2EDK01   0000000100EUR`.padEnd(1_055),
].join("");
const idocXml = /<IDOC[\s\S]*<\/IDOC>/.exec(idocs.xml)![0];

const swift = (reference: string, end = "-", amount = "12,50") =>
  `:20:${reference}\r\n:25:FR76\r\n:28C:1/1\r\n:60F:C260118EUR100,00\r\n:61:260119C${amount}NTRFINV-1\r\n:86:A TEXT\r\n-\r\n:62F:C260119EUR112,50\r\n${end === "" ? "" : `${end}\r\n`}`;
const held = (number: string, amount = "120000", total = "120100") =>
  `03,${number},,010,100,,/\n16,165,${amount},V,260120,0900,B,C,A TEXT\n88,AND MORE/\n49,${total},4/\n`;
const traced = (id: string) =>
  `{"type":"ObjectEvent","action":"OBSERVE","eventTime":"2026-03-05T10:00:30Z","eventTimeZoneOffset":"+01:00","epcList":["urn:epc:id:sgtin:4012345.011111.${id}"],\n"mine:note":"a ] \\" } {"}`;

interface Case {
  readonly format: Records<never>;
  readonly file: string;
  /** What tells one record from the others, or the beginning of its refusal; `@text@` is the line that text stands on. */
  readonly expected: readonly (string | RegExp)[];
  readonly tells: RegExp;
}
const of = (format: Records<unknown>) => format as Records<never>;

const CASES: Readonly<Record<string, Case>> = {
  "camt entries in two statements": {
    format: of(bankEntryRecords()),
    file: camt(
      statement("S-1", entry("E-1"), entry("E-2", "1,00"), entry("E-3")),
      statement("S-2", "<Ntry><Amt>lost", entry("E-4"), "<Ntry><Amt>lost too"),
    ),
    tells: /"(E-\d)".*"(S-\d)"/,
    expected: [
      "E-1 S-1",
      /^Line @1,00@, .*Amt: expected an amount such as 12.50, found 1,00/,
      "E-3 S-1",
      /^Line 10: expected <\/Ntry>, found another <Ntry>/,
      "E-4 S-2",
      /^Line 12: expected <\/Ntry>, found <\/Stmt>/,
    ],
  },
  "credit transfers in payments, one of them empty": {
    format: of(transferRecords()),
    file: bankMessage(
      "pain.001.001.09",
      "CstmrCdtTrfInitn",
      payments("P-1", "2026-01-20", transfer("E-1"), transfer("E-2", "1,00"), transfer("E-3")),
      payments("P-2", "2026-01-21"),
      payments("P-3", "2026-01-22", transfer("E-4"), "<CdtTrfTxInf><Amt>lost", transfer("E-5")),
    ),
    tells: /"(E-\d)".*"(P-\d)".*"(2026-01-2\d)".*"Meridian".*"count":9,"controlSum":"7.5".*"(M-1)"/,
    expected: [
      "E-1 P-1 2026-01-20 M-1",
      /^Line @1,00@, .*InstdAmt: expected an amount such as 12.50, found 1,00/,
      "E-3 P-1 2026-01-20 M-1",
      /^Line 12, .*PmtInf: expected at least one CdtTrfTxInf, found none/,
      "E-4 P-3 2026-01-22 M-1",
      /^Line @lost@: expected <\/p:CdtTrfTxInf>, found another/,
      "E-5 P-3 2026-01-22 M-1",
    ],
  },
  "direct debits": {
    format: of(debitRecords()),
    file: bankMessage(
      "pain.008.001.08",
      "CstmrDrctDbtInitn",
      payments("P-1", "2026-01-20", debit("E-1"), debit("E-2", "-1"), debit("E-3")),
    ),
    tells: /"(E-\d)".*"(P-1)".*"(M-1)"/,
    expected: ["E-1 P-1 M-1", /^Line @>-1@, .*InstdAmt: expected an amount/, "E-3 P-1 M-1"],
  },
  "what became of transactions and of payments without them": {
    format: of(paymentStatusRecords()),
    file: bankMessage(
      "pain.002.001.10",
      "CstmrPmtStsRpt",
      about,
      whole("P-1", became("E-1"), became("E-2", "x"), became("E-3")),
      whole("P-2"),
      whole("P-3", became("E-4")),
      whole("P-4"),
    ),
    tells: /"(?:originalEndToEndId|originalId)":"([EP]-\d)".*"PART".*"messageId":"(O-1)".*"ACCP"/,
    expected: [
      "E-1 O-1",
      /^Line @>x@, .*InstdAmt: expected an amount/,
      "E-3 O-1",
      "P-2 O-1",
      "E-4 O-1",
      "P-4 O-1",
    ],
  },
  "what became of a whole message": {
    format: of(paymentStatusRecords()),
    file: bankMessage("pain.002.001.10", "CstmrPmtStsRpt", about),
    tells: /^{"report":.*"messageId":"(O-1)".*"ACCP"/,
    expected: ["O-1"],
  },
  remittances: {
    format: of(remittanceRecords()),
    file: bankMessage(
      "remt.001.001.04",
      "RmtAdvc",
      remittance("R-1"),
      remittance("R-2", "x"),
      remittance("R-3"),
    ),
    tells: /"id":"(R-\d)".*"RE-17".*"(M-1)"/,
    expected: ["R-1 M-1", /^Line @>x@, .*InstdAmt: expected an amount/, "R-3 M-1"],
  },
  "a message of payments without one": {
    format: of(transferRecords()),
    file: bankMessage("pain.001.001.09", "CstmrCdtTrfInitn"),
    tells: /never/,
    expected: [/^Line 6, .*expected at least one PmtInf, found none/],
  },
  "CSV with marks at the end of rows": {
    format: of(csvRecords({ columns: ["sku", "name"], delimiter: "+|", rowEnd: "&|", quote: "none" })),
    file: 'sku+|name&|\r\nP-1+|a&b\nc&|\nP-2&|P-3+|"&|\r\n\r\n&|\n&|P-4+|d&|',
    tells: /"sku":"(P-\d)","name":"(.*)"}/,
    expected: [
      "P-1 a&b\\nc",
      /^Line 4: expected 2 fields, found 1/,
      'P-3 \\"',
      /^Line 5: expected 2/,
      "P-4 d",
    ],
  },
  "CSV with carriage returns alone": {
    format: of(csvRecords({ columns: ["sku", "name"], rowEnd: "\r" })),
    file: 'sku,name\rP-1,a\r\rP-2\rP-3,"b\rc"\rP-4,"d\re"',
    tells: /"sku":"(P-\d)","name":"(.*)"}/,
    expected: ["P-1 a", /^Line 4: expected 2 fields, found 1/, "P-3 b\\rc", "P-4 d\\re"],
  },
  "rows of a database with escapes and an end mark": {
    format: of(databaseExportRecords({ columns: ["sku", "name"], delimiter: "|", header: true, quote: '"' })),
    file: 'sku|name\nP-1|a\\\nb\nP-2\nP-3|\\N\n\nP-4|c\\\\\nP-5|"d\\"\n|"\nP-6|\\777\r\nP-7|e\n\\.\nP-8|f\n',
    tells: /"sku":"(P-\d)","name":(.*)}/,
    expected: [
      'P-1 "a\\nb"',
      /^Line 4: expected 2 fields, found 1/,
      "P-3 null",
      'P-4 "c\\\\"',
      'P-5 "d\\"\\n|"',
      /^Line 10: expected a character of ASCII/,
      'P-7 "e"',
    ],
  },
  "EPCIS events, some in an extension": {
    format: of(epcisRecords()),
    file: traces.xml.replace(
      event,
      `${happened("A-1")}\n<extension>${happened("A-2")}</extension>\n${happened("A-3").replace("<action>OBSERVE", "<action>LOOK")}${happened("A-4")}`,
    ),
    tells: /-(A-\d)"/,
    expected: ["A-1", "A-2", /^Line @LOOK@, .*action: expected ADD/, "A-4"],
  },
  "UBL documents under one root": {
    format: of(ublRecords()),
    file: `<?xml version="1.0"?><batch xmlns:own="urn:x">\n${[
      inner(trade.order),
      trade.invoice,
      inner(trade.order).replace("2026-02-28", "2026-02-30"),
      inner(trade.order).replace("PO-7781", "PO-9"),
    ].join("\n")}\n</batch>`,
    tells: /"id":"((?:PO|INV)-\d+)"/,
    expected: ["PO-7781", "INV-3301", /^Line @02-30@, .*IssueDate: expected a date/, "PO-9"],
  },
  "B2MML definitions": {
    format: of(b2mmlRecords()),
    file: material(
      definition("PUMP-1"),
      definition("PUMP-2").replace("<ID>", "<ID>1</ID><ID>"),
      definition("PUMP-3"),
    ),
    tells: /"id":"(PUMP-\d)"/,
    expected: ["PUMP-1", /^Line @<ID>1<@, .*expected ID once/, "PUMP-3"],
  },
  "IDocs in XML": {
    format: of(idocRecords()),
    file: idocs.xml.replace(
      idocXml,
      `${idocXml}\n${idocXml.replace("<IDOCTYP>ORDERS05", "<IDOCTYP>")}\n${idocXml.replaceAll("4711", "4712")}`,
    ),
    tells: /"DOCNUM":"(\d+)"/,
    expected: ["4711", /^Line \d+, .*expected the type of the IDoc/, "4712"],
  },
  "flat IDocs": {
    format: of(idocRecords()),
    file: `${idocs.order}${idocs.order.replace("E2EDK03", "e2edk03").replaceAll("4711", "4710")}${idocs.order.replaceAll("4711", "4712")}`,
    tells: /"DOCNUM":"0*(\d+)"/,
    expected: ["4711", /^Line @e2edk03@, .*expected/, "4712"],
  },
  "flat IDocs without line ends, one with a text like a control record, one of a release before 4.0": {
    format: of(idocRecords()),
    file: `${unbroken(idocs.order.replace("Ring the bell", "Grüße 😀 EDI_DC40  1"))}${unbroken(idocs.order.replaceAll("4711", "4710")).replace("E2EDK03 ", "E2EDK03")}${unbroken(idocs.order.replace("E2EDK03", "e2edk03").replaceAll("4711", "4709"))}${unbrokenOld}${unbroken(idocs.order.replaceAll("4711", "4712")).trimEnd()}\n`,
    tells: /"DOCNUM":"0*(\d+)"/,
    expected: [
      "4711",
      /^Line 22: expected a record of 1063 characters, found a shorter one/,
      /^Line 25, e2edk03: expected/,
      "4708",
      "4712",
    ],
  },
  "EDIFACT messages, with UNA and release characters": {
    format: of(edifactRecords()),
    file: `UNA:+.? '\n${unb}${message("1", "A?'UNT+1")}${message("2", "P-2").replace("UNT+25", "UNT+24")}${message("3", "P-3")}UNZ+3+IC-0001'\n${unb.replace("IC-0001", "I??")}${message("4", "P-4")}${message("5", "P-5").replace(/UNT.*/, "")}UNZ+2+I??'\n`,
    tells: /"BGM","elements":\["220","([^"]+)"/,
    expected: [
      "A'UNT",
      /^Line @UNT+24@, .*expected UNT to count 25 segments, found 24/,
      "P-3",
      "P-4",
      /^Line \d+: expected UNT at the end of the message, found UNZ/,
    ],
  },
  "MT940 statements, with dashes, with headers and with neither": {
    format: of(mt940Records()),
    file: `{1:F01BANK}{2:I940XN}{4:\r\n${swift("S-1", "-}")}\r\n-\r\n${swift("S-2").replace("112,50", "112.5x")}${swift("S-3", "")}${swift("S-4", "")}940\r\n${swift("S-5", "-XXX")}\x1a`,
    tells: /"reference":"(S-\d)"/,
    expected: ["S-1", /^Line @112.5x@, :62F:: expected a balance/, "S-3", "S-4", "S-5"],
  },
  "BAI2 accounts in two groups, some on one line": {
    format: of(bai2Records()),
    file: `01,A,B,260119,0730,1,80,,2/\n02,M,A,1,260118,,USD,2/\n${held("A-1")}${held("A-2", "1200x0")}${held("A-3", "120000", "7")}98,1,3,9/\n02,M,A,1,260119,,EUR\n88,2/\n${held("A-4").replaceAll("/\n", "/ ")}16,1/\n${held("A-5")}98,1,1,1/\n99,1,2,20/\n`,
    tells: /"asOf":"(2026-01-1\d)".*"number":"(A-\d)"/,
    expected: [
      "2026-01-18 A-1",
      /^Line @1200x0@, record 16: expected an amount/,
      /^Line @49,7@, record 49: expected the control total/,
      "2026-01-19 A-4",
      /^Line 19: expected an account 03 before its 16/,
      "2026-01-19 A-5",
    ],
  },
  "EPCIS events in JSON-LD": {
    format: of(epcisRecords()),
    file: `{"@context":["x",{"mine":"urn:m:"}],"type":"EPCISDocument","epcisBody":{"eventList":[\n${traced("1")},\n${traced("2").replace("OBSERVE", "LOOK")},${traced("3").slice(0, -1)},\n${traced("4")},7,\n${traced("5")}]}}`,
    tells: /011111\.(\d)/,
    expected: [
      "1",
      /action: expected ADD/,
      /^Line 5: expected }, found the next record/,
      "4",
      /^Line 8: expected an object, found 7/,
      "5",
    ],
  },
  "objects of a list in JSON": {
    format: of(jsonRecords()),
    file: '[{"id":"R-1","of":[{"a":1},[]]},\n{"id":"R-2","a":"lost},\n{"id":"R-3"},{"id":"R-4","b":[1,2},{"id":"R-5"}\n]\n',
    tells: /"id":"(R-\d)"/,
    expected: ["R-1", /^Line 2: /, "R-3", /^Line 3: /, "R-5"],
  },
  "objects of a list in JSON with depths behind it": {
    format: of(jsonRecords()),
    file: `[{"id":"R-1"},\n{"id":"R-2"}\n]\n${"[".repeat(70)}\n`,
    tells: /"id":"(R-\d)"/,
    expected: ["R-1", "R-2", /^Line 4: expected at most 64 levels, found more/],
  },
  "fixed-width records without the trailer their layout wants": {
    format: of(fixedWidthRecords(prices.layout)),
    file: prices.file.replace("LVALVE 20  0007", "LVALVE 20  000x").split("T0000")[0]!,
    tells: /"fields":\{"(?:sender|sku)":"([^"]+)"/,
    expected: [
      "ERP-LYO",
      "PUMP-100",
      /^Line @000x@, line, plant: expected digits/,
      /^Line 4: expected a record trailer, found the end of the file/,
    ],
  },
  "EDIFACT messages in groups": {
    format: of(edifactRecords()),
    file: `${unb}${inGroup("G-1", message("1", "P-1"), message("2", "P-2"))}${inGroup("G-2", message("3", "P-3"))}UNZ+2+IC-0001'`,
    tells: /"(G-\d)".*"BGM","elements":\["220","([^"]+)"/,
    expected: ["G-1 P-1", "G-1 P-2", "G-2 P-3"],
  },
};

function cut(format: Records<never>, body: Bytes, from: Place = BEGINNING, piece = 97): RawRecord[] {
  const cutter = format.cutter(from);
  const raws: RawRecord[] = [];
  for (let at = from.offset; at < body.length; at += piece)
    raws.push(...cutter.push(body.subarray(at, at + piece)));
  return [...raws, ...cutter.end()];
}

function told(raw: RawRecord, { format, tells }: Case): string {
  try {
    if (raw.broken) return raw.broken.message;
    return (
      tells
        .exec(JSON.stringify(format.read(raw)))
        ?.slice(1)
        .join(" ") ?? "nothing told"
    );
  } catch (error) {
    expect(error).toBeInstanceOf(ContractBroken);
    return (error as Error).message;
  }
}
const matching = ({ expected, file }: Case) =>
  expected.map((one) => {
    if (typeof one === "string") return one;
    const line = (text: string) => String(file.slice(0, file.indexOf(text)).split("\n").length);
    return expect.stringMatching(one.source.replace(/@([^@]+)@/, (_, text: string) => line(text)));
  });

describe.each(Object.entries(CASES))("%s", (name, one) => {
  const body = Buffer.from(one.file);

  test("are the same in pieces of any size, and a bad one hides no other", () => {
    for (const piece of [1, 64, 1_009, body.length]) {
      const raws = cut(one.format, body, BEGINNING, piece);
      expect(raws.map((raw) => told(raw, one))).toEqual(matching(one));
      for (const { bytes, place, length } of raws)
        expect(Buffer.from(bytes)).toEqual(body.subarray(place.offset, place.offset + length));
    }
    one.format.checkHead(cut(one.format, body)[0]!.place.head);
  });

  test("are read on from the end of each of them as if the reader had never stopped", () => {
    const whole = cut(one.format, body);
    for (const [index, { place, length, lines }] of whole.entries()) {
      const after = { offset: place.offset + length, line: place.line + lines, head: place.head };
      expect(cut(one.format, body, after)).toEqual(whole.slice(index + 1));
    }
  });

  // A flat IDoc and a statement without its dash have no end of their own: what is cut off their last lines nobody can know.
  test.skipIf(/^(?:flat IDocs|MT940)/.test(name))(
    "a file cut short anywhere loses nothing without saying so",
    () => {
      const read = (raw: RawRecord | undefined) => {
        try {
          return raw && one.format.read(raw);
        } catch (error) {
          return error;
        }
      };
      const whole = new Map(cut(one.format, body).map((raw) => [raw.place.offset, raw]));
      for (let end = 40; end < body.length; end += 331) {
        for (const raw of cut(one.format, body.subarray(0, end))) {
          const found = raw.broken ?? read(raw);
          if (!(found instanceof ContractBroken)) expect(found).toEqual(read(whole.get(raw.place.offset)));
        }
      }
    },
  );
});

test("a file that ends inside what is around its records, or has a declaration, says so", () => {
  const format = of(bankEntryRecords());
  const says = (body: Bytes) => cut(format, body).at(-1)?.broken?.message;
  const file = camt(statement("S-1", entry("E-1")));
  expect(says(Buffer.from(file.slice(0, file.indexOf("</Stmt>"))))).toMatch(
    /expected <\/Stmt>, found the end of the file/,
  );
  const declared = cut(format, Buffer.from(file.replace("<!-- <Ntry> -->", "<!DOCTYPE a>")));
  expect(() => format.checkHead(declared[0]!.place.head)).toThrow(
    "Line 2: expected no document type declaration",
  );
});

describe.each(["utf-16le", "utf-16be"])("in %s", (width) => {
  const wide = (text: string) => {
    const bytes = Buffer.from(text, "utf16le");
    return width === "utf-16le" ? bytes : bytes.swap16();
  };
  const SMALL = { columns: ["sku", "name"], encoding: width as "utf-16le" } as const;
  test.each<[string, Records<never>, string, mark?: string]>([
    [
      "camt",
      of(bankEntryRecords()),
      CASES["camt entries in two statements"]!.file.replace("UTF-8", "UTF-16"),
    ],
    ["flat IDocs", of(idocRecords()), CASES["flat IDocs"]!.file.replace("PUMP", "PÜMP"), ""],
    [
      "EPCIS",
      of(epcisRecords()),
      CASES["EPCIS events, some in an extension"]!.file.replace("UTF-8", "UTF-16"),
    ],
    ["CSV", of(csvRecords(SMALL)), 'sku,name\nP-1,Pümp 😀\nP-2\n"P-3","a\n日本"\n'],
  ])("%s is cut as in UTF-8, at the places of its own file", (_, format, text, mark = "\ufeff") => {
    const read = (raws: readonly RawRecord[], from: Records<never>) =>
      raws.map((raw) => {
        try {
          return raw.broken?.message ?? from.read(raw);
        } catch (error) {
          return (error as Error).message;
        }
      });
    const narrow = of(format.name === "csv records" ? csvRecords({ columns: SMALL.columns }) : format);
    const body = wide(mark + text);
    const expected = read(cut(narrow, Buffer.from(text.replace("UTF-16", "UTF-8"))), narrow);
    expect(expected.length).toBeGreaterThan(2);
    for (const piece of [1, 97, body.length]) {
      const raws = cut(format, body, BEGINNING, piece);
      expect(read(raws, format)).toEqual(expected);
      for (const [index, { place, length, lines, bytes }] of raws.entries()) {
        const inFile = Buffer.from(body.subarray(place.offset, place.offset + length));
        expect((width === "utf-16le" ? inFile : inFile.swap16()).toString("utf16le")).toBe(
          Buffer.from(bytes).toString(),
        );
        const after = { offset: place.offset + length, line: place.line + lines, head: place.head };
        expect(cut(format, body, after)).toEqual(raws.slice(index + 1));
      }
    }
  });
});

test("what never ends takes no more than its share of time and memory, and reading goes on behind it", () => {
  const format = of(bankEntryRecords());
  const head = camt(statement("S-1")).replace(/<AddtlStmtInf>[\s\S]*/, "");
  for (const trap of ["<!--", "<Ntry ", '<a "', "<![CDATA[", "</Ntry x='", "<Stmt>", "<Ntry><"]) {
    const cutter = format.cutter(BEGINNING);
    const began = process.cpuUsage();
    const found = [...cutter.push(Buffer.from(head))];
    const piece = Buffer.from(trap.repeat(65_536 / trap.length));
    // Refusing costs more than reading, so a file of nothing but broken records is a short one here.
    const pieces = trap.startsWith("<Ntry>") ? 8 : 80;
    for (let count = 0; count < pieces; count += 1) {
      found.push(...cutter.push(piece));
      found.length = Math.min(found.length, 2);
    }
    cutter.end();
    // Processor time: a machine that is busy with others stretches the clock, not that.
    expect(process.cpuUsage(began).user / 1_000, trap).toBeLessThan(5_000);
    if (trap === "<Stmt>")
      expect(found.at(-1)?.broken?.message).toMatch(/expected at most 100 levels, found more/);
  }
});
