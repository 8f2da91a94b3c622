/**
 * Every tolerance a codec's page lists has a document here that needs it, and every departure a reader can tell is listed.
 *
 * The pages are the list: a row without a document fails, and so does a document whose row is gone.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { b2mml } from "./b2mml/codec.ts";
import { material, performance, schedule } from "./b2mml/fixtures.ts";
import { bai2 } from "./bai2/codec.ts";
import { camt053 } from "./camt053/codec.ts";
import { edifact } from "./edifact/codec.ts";
import { ORDER as EDIFACT, interchange as edi } from "./edifact/fixtures.ts";
import { epcis, eventHashId } from "./epcis/codec.ts";
import { json as epcisJson, xml as epcisXml, transformation } from "./epcis/fixtures.ts";
import { fixedWidth } from "./fixed-width/codec.ts";
import { layout, file as prices } from "./fixed-width/fixtures.ts";
import { idoc } from "./idoc/codec.ts";
import { order as idocFlat, xml as idocXml } from "./idoc/fixtures.ts";
import { pain001 } from "./iso20022/codec.ts";
import { mt940 } from "./mt940/codec.ts";
import { sparkplug } from "./sparkplug/codec.ts";
import { ubl } from "./ubl/codec.ts";
import { invoice, order as ublOrder } from "./ubl/fixtures.ts";
import { x12 } from "./x12/codec.ts";
import { interchange, ORDER as X12 } from "./x12/fixtures.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const page = (name: string) => readFileSync(path.join(ROOT, `docs/reference/codecs/${name}.md`), "utf8");

/** The first cells of a page's tables under one of these heads. */
function rowsOf(name: string, heads: readonly string[]): string[] {
  const rows: string[] = [];
  let inside = false;
  for (const line of page(name).split("\n")) {
    const first = /^\| (.*?) \|/.exec(line)?.[1];
    if (first === undefined) inside = inside && line.startsWith("|");
    else if (heads.includes(first)) inside = true;
    else if (inside) rows.push(first);
  }
  return rows;
}

/** The names of a union in a source file, behind these words: what a reader is able to tell. */
function tellable(file: string, union: string): string[] {
  const source = readFileSync(path.join(ROOT, "src/codecs", file), "utf8");
  const text = new RegExp(`${union}([^;]*);`).exec(source)?.[1] ?? "";
  return [...text.matchAll(/"([^"]+)"/g)].map(([, name]) => name!);
}

type Body = string | Uint8Array;
const bytes = (body: Body): Uint8Array => (typeof body === "string" ? Buffer.from(body) : body);
const latin1 = (text: string): Uint8Array => Buffer.from(text, "latin1");

describe("departures that a reader tells are listed, and each is told of a document that has it", () => {
  const x12Sound = interchange(X12);
  const STATEMENT = [":20:S", ":25:1", ":28C:1", ":60F:C260118EUR1,00", ":62F:C260118EUR1,00", "-", ""];
  const mt = (at: number, ...lines: string[]) => STATEMENT.toSpliced(at, 1, ...lines).join("\r\n");
  const REPORT = [
    ...["01,071000013,MERIDIAN,260119,0730,17,80,,2/", "02,MERIDIAN,071000013,1,260118,2400,USD,2/"],
    ...["03,4000123,USD,010,100000,,/", "16,475,252500,,,,CHECK 0017/", "49,352500,3/", "98,352500,1,5/"],
    ...["99,352500,1,7/", ""],
  ].join("\r\n");

  const TOLD: readonly {
    readonly name: string;
    readonly heads: readonly string[];
    readonly union: readonly [file: string, name: string];
    readonly tells: (body: Uint8Array) => string[];
    readonly documents: Readonly<Record<string, Body>>;
    /** By the beginning of the row that says why nothing is told of it. */
    readonly quiet: Readonly<Record<string, readonly Body[]>>;
  }[] = [
    {
      name: "x12",
      heads: ["Tolerance"],
      union: ["x12/document.ts", "export type Tolerance ="],
      tells: (body) => {
        const [one] = x12().decode(body).interchanges;
        const [set] = one!.groups[0]!.sets;
        expect(set!.verdict).not.toBe("rejected");
        return [...one!.tolerated.map(({ what }) => what), ...set!.problems.map(({ found }) => found)];
      },
      documents: {
        "byte order mark": `\ufeff${x12Sound}`,
        "blanks before segments": x12Sound.replace("REF*", "  REF*"),
        "line breaks inside segments": x12Sound.replace("ACME DOCK", "ACME\r\n DOCK"),
        "header elements not padded": x12Sound.replace("*ACME           *", "*ACME*"),
        "header date of eight digits": x12Sound.replace("*261121*", "*20261121*"),
        "no component separator": x12Sound.replace("*P*>~\n", "*P*~"),
        "component separator before the line end": interchange(X12, {
          component: "~",
          segment: "\n",
        }).replace("CUR*BY*EUR", "CUR*BY*EUR~"),
        "acknowledgement behind the groups": x12Sound.replace(
          "IEA*",
          "TA1*000000001*261120*0900*A*000~\nIEA*",
        ),
        "last terminator missing": x12Sound.trimEnd().slice(0, -1),
        "control number padded differently": x12Sound.replace("IEA*1*000000012", "IEA*1*12"),
        "not utf-8": latin1(x12Sound.replace("Lyon", "Z\xfcrich")),
      },
      quiet: {
        "any terminator": [
          interchange(X12, { segment: "~!~" }),
          interchange(X12, { element: "\t", segment: "\v" }),
          latin1(interchange(X12, { segment: "\x85" })),
        ],
        "line breaks of": [`${interchange(X12, { lineBreak: "\r\n\r\n" })}\x1a`],
        "several interchanges": [x12Sound + interchange(X12, { element: "|", segment: "\n" })],
        "dates of six": [x12Sound.replace("PO-7**20261121", "PO-7**261121").replace("*0900*12", "*2400*12")],
        "zeros before": [x12Sound.replace("CTT*2", "CTT*002").replace("*2*EA*", "*2  *EA *")],
        "TA1, TA3": [x12Sound.replace("GS*", "TA1*000000001*261120*0900*A*000~\nGS*")],
        "BIN and": [interchange("SPI*00\nBIN*5*A~B*C", { type: "841", functionalId: "SP" })],
        "separators of components": [x12Sound.replace("Pump", "Pump > 5")],
      },
    },
    {
      name: "edifact",
      heads: ["Tolerance"],
      union: ["edifact/document.ts", "export type Tolerance ="],
      tells: (body) => {
        const [one] = edifact().decode(body).interchanges;
        const [message] = one!.groups[0]!.messages;
        expect(message!.verdict).not.toBe("rejected");
        return [...one!.tolerated.map(({ what }) => what), ...message!.problems.map(({ found }) => found)];
      },
      documents: {
        "byte order mark": `\ufeff${EDIFACT}`,
        "service string advice of eight characters": `UNA:+.?'${EDIFACT}`,
        "line breaks as segment terminators": EDIFACT.replaceAll("'\n", "\n").replace(/'$/, "\n"),
        "line breaks inside segments": EDIFACT.replace("Deliver to", "Deliver\r\n to"),
        "blanks before segments": EDIFACT.replace("\nBGM", "\n  BGM"),
        "characters outside the declared repertoire": EDIFACT.replace("Quai 3", "Quai Zürich"),
        "unknown syntax identifier": EDIFACT.replace("UNOC:3", "XYZA:3"),
        "date of another syntax version": EDIFACT.replace("+261121:0930+", "+20261121:0930+"),
        "last terminator missing": EDIFACT.slice(0, -1),
      },
      quiet: {
        "small letters": [EDIFACT.replace("UNOC:3", "UNOA:3")],
        "several interchanges": [`UNA:+.? '${EDIFACT}UNA:+,? '${EDIFACT}`],
        "empty segments": [`${EDIFACT.replace("CNT+2:2'", "CNT+2:2:+'\n'")}\x1a`],
        "zeros before": [EDIFACT.replace("UNT+25", "UNT+0025").replace("21:2.5", "21: .5 ")],
        "times up": [EDIFACT.replace(":0930", ":2400")],
        "`UNS\\+D` between": [EDIFACT.replace("LIN+1", "UNS+D'\nLIN+1").replace("UNT+25", "UNT+26")],
        "UNG of": [
          EDIFACT.replace("UNH+", "UNG+ORDERS+A+B+261121:0930+7+UN+D:01B'\nUNH+").replace(
            "UNZ+1",
            "UNE+1+7'\nUNZ+1",
          ),
        ],
      },
    },
    {
      name: "mt940",
      heads: ["Kind"],
      union: ["mt940/document.ts", "export type NoteKind ="],
      tells: (body) =>
        mt940()
          .decode(body)
          .messages.flatMap(({ notes }) => notes.map(({ kind }) => kind)),
      documents: {
        "balance-differs": mt(4, ":62F:C260118EUR2,00"),
        "sums-differ": ":20:S\r\n:25:1\r\n:28C:1\r\n:34F:EUR0,\r\n:90C:1EUR2,\r\n-\r\n",
        "no-such-day": mt(3, ":60F:C260230EUR1,00"),
        "amount-spelling": mt(3, ":60F:C260118EUR1.00"),
        "reference-length": mt(4, ":61:260119C0,NTRF12345678901234567//B", STATEMENT[4]!),
        "several-texts": mt(4, ":61:260119C0,NTRFR", ":86:A", ":86:B", STATEMENT[4]!),
        "no-statement-number": mt(2),
        "page-unopened": mt(4, ":62M:C260118EUR1,00", ":61:260119C0,NTRFR", STATEMENT[4]!),
        "no-currency": mt(4, ":62F:C2601181,00"),
        excerpt: ":61:110701CN50,00NZ10NONREF\r\n",
      },
      quiet: {
        "any line end": [
          mt(2, STATEMENT[2]!, "").replaceAll("\r\n", "\r"),
          `${STATEMENT.slice(0, 5).join("\n")}\x1a`,
        ],
        "no `-` at": [mt(5), mt(5, "-}{5:{CHK:1}}"), mt(5, "-XXX"), mt(5, "-\x03")],
        "headers of": [mt(0, "{1:F01BANKDEFFAXXX0000000000}{4:", ":20:S"), mt(0, "BANK", "940", ":20:S")],
        ":28: for": [mt(2, ":28:1")],
        "no entry": [mt(4, ":61:260119C0,", STATEMENT[4]!)],
        "any number": [mt(3, ":60F:C260118EUR1,00000")],
        "a blank": [
          mt(4, ":61:2601190119C0, NTRFR", STATEMENT[4]!),
          mt(4, ":61:260119C\r\n0,NTRFR", ":", "86:A", STATEMENT[4]!),
        ],
        "a lone": [mt(4, ":61:260119C0,NTRFR", ":86:A", "-", ":61:260119C0,NTRFR", STATEMENT[4]!)],
        "a name": [mt(4, ":61:260119C0,NTRFNONREF          J JANSEN", STATEMENT[4]!)],
        "a text": [mt(4, ":61:260119C0,NTRFR", ":NS:01A", STATEMENT[4]!)],
        "a line of": [mt(4, ":61:260119C0,NTRFR", ":86:at 9", ":26:37", STATEMENT[4]!)],
        "lines beyond": [latin1(mt(4, ":61:260119C0,NTRFR", `:86:${"\xfc".repeat(100)}`, STATEMENT[4]!))],
        ":86: for": [mt(5, ":86:All of it", "-"), mt(5, ":90C:0EUR0,", "-")],
      },
    },
    {
      name: "bai2",
      heads: ["Kind"],
      union: ["bai2/document.ts", "readonly kind:"],
      tells: (body) =>
        bai2({ controls: "note" })
          .decode(body)
          .notes.map(({ kind }) => kind),
      documents: {
        "long-date": REPORT.replace("260119,0730", "20260119,0730"),
        "long-time": REPORT.replace("260119,0730", "260119,073015"),
        "no-value-date": REPORT.replace("252500,,,,", "252500,V,,,,,"),
        "no-amount": REPORT.replace("16,475,252500,", "16,475,,").replaceAll("352500", "100000"),
        "no-control-total": REPORT.replace("010,100000,,/", "010,,,/")
          .replace("16,475,252500,", "16,475,,")
          .replace("49,352500", "49,")
          .replaceAll("352500", "0"),
        "no-delimiter": REPORT.replace("USD,2/", "USD,2"),
        "joined-records": REPORT.replace("3/\r\n98", "3/   98"),
        "wrapped-text": REPORT.replace("CHECK 0017/", "CHECK\r\n0017/"),
        "control-differs": REPORT.replace("49,352500", "49,352501"),
      },
      quiet: {
        "any line": [`${REPORT.replaceAll("\r\n", "\n\n").trimEnd()}\x1a`, REPORT.replaceAll("\r\n", "\r")],
        "blanks that": [REPORT.replaceAll("/\r\n", `/${" ".repeat(40)}\r\n`)],
        "fields left": [
          REPORT.replace("16,475,252500,,,,CHECK 0017/", "16,475,252500/").replace(",USD,2/", "/"),
          REPORT.replace("USD,010,100000,,/", "USD/").replaceAll("352500", "252500"),
          REPORT.replace("010,100000,,/", "010,100000,,,/\r\n88,015,0,,/")
            .replace("500,3/", "500,4/")
            .replace("1,5/", "1,6/")
            .replace("1,7/", "1,8/"),
        ],
        "commas and": [REPORT.replace("CHECK 0017", "CHECK 1, 2 / 3")],
        "plus signs": [REPORT.replace("010,100000", "010,+00100000")],
        "several files": [REPORT + REPORT],
      },
    },
  ];

  test.each(TOLD)("$name", ({ name, heads, union: [file, of], tells, documents, quiet }) => {
    const listed = rowsOf(name, heads).flatMap((row) => /^`([^`]+)`$/.exec(row)?.[1] ?? []);
    expect(listed.toSorted()).toEqual(tellable(file, of).toSorted());
    expect(Object.keys(documents).toSorted()).toEqual(listed.toSorted());
    for (const [what, body] of Object.entries(documents)) expect(tells(bytes(body)), what).toContain(what);
    const untold = rowsOf(name, ["Read without a note"]);
    expect(untold).toEqual(Object.keys(quiet).map((begins) => expect.stringMatching(`^${begins}`)));
    for (const [what, bodies] of Object.entries(quiet))
      for (const body of bodies) expect(tells(bytes(body)), what).toEqual([]);
  });
});

/** A document that needs the tolerance; where it says the same as another, both are read. */
type Case = readonly [begins: string, read: () => void];

describe("what is listed is read", () => {
  const reads =
    <Value>(decode: (body: Uint8Array) => Value, ...bodies: Body[]) =>
    () => {
      const [first, ...others] = bodies.map((body) => decode(bytes(body)));
      for (const other of others) expect(other).toEqual(first);
    };
  const eventOf = (type: string, inside: string) =>
    `<${type}><eventTime>2026-03-05T10:00:00Z</eventTime><eventTimeZoneOffset>+00:00</eventTimeZoneOffset>${inside}</${type}>`;
  const counted = "<epcClass>urn:epc:class:lgtin:4012345.012345.L-900</epcClass><quantity>12</quantity>";
  const quantityEvent = eventOf("QuantityEvent", counted);
  const observation = eventOf(
    "ObjectEvent",
    `<epcList/><action>OBSERVE</action><extension><quantityList><quantityElement>${counted}</quantityElement></quantityList></extension>`,
  );
  const epcisIds = (body: Uint8Array) => epcis().decode(body).events.map(eventHashId);
  const ublBody = (body: Uint8Array) => ubl().decode(body).body;
  const records = (body: Uint8Array) => fixedWidth(layout).decode(body);
  const flat = (body: Uint8Array) =>
    idoc()
      .decode(body)
      .idocs.map(({ segments }) => segments);
  const camt = (body: Uint8Array) => camt053().decode(body).statements;

  const ENTRY = `<Ntry><Amt Ccy="EUR">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-21</Dt></BookgDt><NtryDtls><TxDtls><RltdPties><Dbtr><Nm>ACME</Nm></Dbtr></RltdPties></TxDtls></NtryDtls></Ntry>`;
  const STATEMENT = `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-21T18:00:00Z</CreDtTm></GrpHdr><Stmt><Id>S</Id><Acct><Id><IBAN>FR7612345678901234567890123</IBAN></Id><Ccy>EUR</Ccy></Acct>${ENTRY}</Stmt></BkToCstmrStmt></Document>`;
  const PAYMENT = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"><CstmrCdtTrfInitn><GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-21T18:00:00Z</CreDtTm><NbOfTxs>1</NbOfTxs><InitgPty><Nm>A</Nm></InitgPty></GrpHdr><PmtInf><PmtInfId>P</PmtInfId><PmtMtd>TRF</PmtMtd><ReqdExctnDt>2026-11-22</ReqdExctnDt><Dbtr><Nm>A</Nm></Dbtr><DbtrAcct><Id><IBAN>FR7612345678901234567890123</IBAN></Id></DbtrAcct><DbtrAgt><FinInstnId><BIC>BANKFRPP</BIC></FinInstnId></DbtrAgt><CdtTrfTxInf><PmtId><EndToEndId>E</EndToEndId></PmtId><Amt><InstdAmt Ccy="EUR">5.00</InstdAmt></Amt><Cdtr><Nm>B</Nm></Cdtr><CdtrAcct><Id><IBAN>DE02120300000000202051</IBAN></Id></CdtrAcct></CdtTrfTxInf></PmtInf></CstmrCdtTrfInitn></Document>`;
  const pain = (body: Uint8Array) => ({ ...pain001().decode(body), messageType: "" });
  const HEX = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
  const metric = (wire: string) =>
    sparkplug().decode(HEX(`12 ${(wire.length / 2).toString(16).padStart(2, "0")} ${wire}`)).metrics[0];
  const spaced = (text: string) => text.replaceAll(" ", "");

  const RELEASE_3 = [
    `${"EDI_DC".padEnd(10)}100${"4711".padStart(16, "0")}30D 30${"ORDERS02".padEnd(8)}`,
    `E2EDK01004100${"4711".padStart(16, "0")}000001${"".padEnd(10)}00000001  ${"".padEnd(4)}EUR`,
    "",
  ].join("\n");

  const PAGES: Readonly<Record<string, { heads: readonly string[]; cases: readonly Case[] }>> = {
    edifact: {
      heads: ["Tolerance"],
      cases: (
        [
          ["ORDERS, ORDRSP", "ORDERS", ["BGM+220+1+9", "DTM+137:20261121:102", "LIN+1", "QTY+21:1"]],
          ["DESADV and RECADV", "DESADV", ["BGM+351+1+9", "DTM+137:20261121:102", "LIN+1", "QTY+12:1"]],
          ["PRICAT lines", "PRICAT", ["BGM+9+1+9", "DTM+137:20261121:102", "LIN+1", "PRI+AAA:1"]],
          [
            "COM directly",
            "ORDERS",
            ["BGM+220+1+9", "DTM+137:20261121:102", "NAD+BY+1", "COM+1:TE", "LIN+1"],
          ],
          ["MOA, QTY", "ORDERS", ["BGM+220+1+9", "DTM+137:20261121:102", "LIN+1", "PRI+AAA:1", "MOA+203:2"]],
          ["names of D.94B", "APERAK", ["BGM+313+1+9", "ERC+1", "FTX+AAI+++no"]],
        ] as const
      ).map(([begins, type, segments]) => [
        begins,
        () =>
          expect(
            edifact().decode(bytes(edi(type, segments))).interchanges[0]!.groups[0]!.messages[0]!.verdict,
          ).not.toBe("rejected"),
      ]),
    },
    ubl: {
      heads: ["Tolerated"],
      cases: [
        [
          "any prefixes",
          reads(ublBody, ublOrder, ublOrder.replaceAll("cbc:", "b:").replace("xmlns:cbc", "xmlns:b")),
        ],
        [
          "elements and attributes",
          reads(ublBody, ublOrder, ublOrder.replace("<cbc:ID>PO", '<cbc:ID own="1">PO')),
        ],
        [
          "an optional element",
          reads(ublBody, ublOrder, ublOrder.replace("<cbc:IssueT", "<cbc:Note/><cbc:IssueT")),
        ],
        ["a required text", reads(ublBody, invoice.replace("<cbc:LineID>1<", "<cbc:LineID><"))],
        [
          "a quantity without",
          reads(ublBody, ublOrder.replace('<cbc:Quantity unitCode="EA">', "<cbc:Quantity>")),
        ],
        [
          "the document inside",
          reads(
            ublBody,
            ublOrder,
            `<StandardBusinessDocument xmlns="urn:s"><StandardBusinessDocumentHeader/>${ublOrder.slice(ublOrder.indexOf("<Order"))}</StandardBusinessDocument>`,
          ),
        ],
        ["white space", reads(ublBody, ublOrder, ublOrder.replace(">PO-7781<", ">\n  PO-7781 <"))],
      ],
    },
    epcis: {
      heads: ["Tolerated"],
      cases: [
        ["`extension` and", reads(epcisIds, transformation)],
        ["a `QuantityEvent`", reads(epcisIds, quantityEvent, observation)],
        [
          "bare words",
          reads(epcisIds, epcisXml, epcisXml.replace("urn:epcglobal:cbv:bizstep:shipping", "shipping")),
        ],
        [
          "`isA` for",
          reads(epcisIds, epcisJson, epcisJson.replace('"type":"ObjectEvent"', '"isA":"ObjectEvent"')),
        ],
        [
          "a time without",
          reads(epcisIds, ...["11:00:00", "11:00"].map((at) => epcisXml.replace("11:00:30.1415", at))),
        ],
        ["a prefix no context", reads(epcisIds, epcisJson.replace(/\{"mine":"[^"]*"\}/, "{}"))],
        [
          "names without a namespace",
          reads(epcisIds, epcisXml.replace("<own:size>2</own:size>", "<size>2</size>")),
        ],
        [
          "`#text` and",
          reads(
            epcisIds,
            epcisJson,
            epcisJson.replace(
              '"mine:colour":"red"',
              '"own:colour":{"@xmlns:own":"http://ns.example.com/pump/","#text":"red"}',
            ),
          ),
        ],
        [
          "decimals as JSON",
          reads(epcisIds, epcisJson, epcisJson.replace('"quantity":2.5', '"quantity":"2.50"')),
        ],
        [
          "headers, master data",
          reads(
            epcisIds,
            epcisXml,
            epcisXml.replace("<EPCISBody>", "<EPCISHeader><x/></EPCISHeader><EPCISBody>"),
          ),
        ],
      ],
    },
    "fixed-width": {
      heads: ["Tolerated"],
      cases: [
        [
          "`\\n` or",
          reads(
            records,
            prices,
            prices.replaceAll("\n", "\r\n"),
            prices.trimEnd().padEnd(163),
            `${prices}\x1a`,
          ),
        ],
        [
          "records cut",
          () =>
            reads(
              (body) => fixedWidth({ ...layout, trimmed: true }).decode(body),
              prices,
              prices.replaceAll(/ +\n/g, "\n"),
            )(),
        ],
        ["overpunch fields", reads(records, prices, prices.replace("00012{", "000120"))],
      ],
    },
    idoc: {
      heads: ["Tolerated"],
      cases: [
        [
          "records cut",
          reads(flat, idocFlat, idocFlat.replaceAll("\n", "\r\n"), idocFlat.replaceAll("\n", "\r")),
        ],
        [
          "flat files in",
          reads(flat, idocFlat, ...["", "\ufeff"].map((mark) => Buffer.from(mark + idocFlat, "utf16le"))),
        ],
        [
          "XML with attributes",
          () =>
            expect(
              idoc().decode(bytes(idocXml.replace("<CURCY>", '<CURCY own="7">'))).idocs[0],
            ).toMatchObject({
              segments: [{ fields: { "CURCY@own": "7" } }, {}],
            }),
        ],
        ["empty and blank", reads(flat, idocFlat, `${idocFlat}\n   \n\x1a`)],
        ["records of releases", () => expect(flat(bytes(RELEASE_3))).toMatchObject([[{ type: "E1EDK01" }]])],
        [
          "numbers with",
          reads(
            flat,
            idocFlat,
            idocFlat.replaceAll("0000000000004711", "4711".padEnd(16)),
            idocFlat.replace("0000000000004711", "4711".padEnd(16)),
          ),
        ],
        ["parents' numbers", reads(flat, idocFlat, idocFlat.replace(/^(E2EDP20.{48})000006/m, "$1000000"))],
        ["segments nobody", reads(flat, idocFlat)],
        [
          "XML without",
          reads(
            flat,
            idocXml,
            idocXml.replace('<?xml version="1.0"?>', ""),
            idocXml.replaceAll(' SEGMENT="1"', ""),
          ),
        ],
      ],
    },
    b2mml: {
      heads: ["Tolerated"],
      cases: [
        [
          "namespaces of MESA",
          reads(
            (body) => b2mml().decode(body),
            schedule,
            schedule.replace("www.mesa.org/xml/B2MML", "www.wbf.org/xml/b2mml-v0600"),
          ),
        ],
        ["names of older", reads((body) => b2mml().decode(body), performance)],
        [
          "a storage location",
          reads(
            (body) => b2mml().decode(body).lots[0]?.storageLocations,
            ...[
              "BOX3",
              "<Location>BOX3</Location><LocationType>Equipment</LocationType>",
              "<EquipmentID>BOX3</EquipmentID><EquipmentElementLevel>WorkCell</EquipmentElementLevel>",
            ].map((place) =>
              material.replace("<Status>", `<StorageLocation>${place}</StorageLocation><Status>`),
            ),
          ),
        ],
        ["documents without a", reads((body) => b2mml().decode(body), performance)],
        [
          "empty elements",
          reads(
            (body) => b2mml().decode(body),
            schedule.replace(
              "<SegmentRequirement><ProcessSegmentID>PAINT</ProcessSegmentID></SegmentRequirement>",
              "<SegmentRequirement/>",
            ),
          ),
        ],
        [
          "any text as",
          reads((body) => b2mml().decode(body), schedule.replace(">Produced<", ">Made by us<")),
        ],
        [
          "property values",
          reads((body) => b2mml().decode(body), schedule.replace("<DataType>decimal</DataType>", "")),
        ],
      ],
    },
    camt053: {
      heads: ["Tolerated"],
      cases: [
        [
          "any version",
          reads(
            camt,
            STATEMENT,
            STATEMENT.replace("001.02", "001.99"),
            STATEMENT.replace(/ xmlns="[^"]*"/, ""),
          ),
        ],
        [
          "a wrapper",
          reads(
            camt,
            STATEMENT,
            `<Envelope><AppHdr xmlns="urn:h"><MsgDefIdr>camt.053.001.02</MsgDefIdr></AppHdr>${STATEMENT.slice(STATEMENT.indexOf("<Document"))}</Envelope>`,
          ),
        ],
        [
          "`Sts` as",
          reads(
            camt,
            STATEMENT,
            STATEMENT.replace(">BOOK<", "><Cd>BOOK</Cd><"),
            STATEMENT.replace("<Nm>ACME</Nm>", "<Pty><Nm>ACME</Nm></Pty>"),
          ),
        ],
        ["no balances", reads(camt, STATEMENT)],
        [
          "unknown elements",
          reads(camt, STATEMENT, STATEMENT.replace("</Ntry>", "<SplmtryData><x/></SplmtryData></Ntry>")),
        ],
      ],
    },
    iso20022: {
      heads: ["What"],
      cases: [
        ["a namespace left", reads(pain, PAYMENT, PAYMENT.replace(/ xmlns="[^"]*"/, ""))],
        [
          "the namespaces of Swiss",
          reads(
            pain,
            PAYMENT,
            PAYMENT.replace(
              /urn:iso.*?03/,
              "http://www.six-interbank-clearing.com/de/pain.001.001.03.ch.02.xsd",
            ),
            PAYMENT.replace(/urn:iso.*?03/, "urn:swift:xsd:$pain.001.001.03"),
          ),
        ],
        [
          "an amount that",
          reads(
            pain,
            PAYMENT.replace("5.00", "0.50"),
            PAYMENT.replace("5.00", ".50"),
            PAYMENT.replace("5.00", "+0.50"),
          ),
        ],
        ["unknown elements", reads(pain, PAYMENT, PAYMENT.replace("<PmtMtd>", "<Own/><PmtMtd>"))],
        [
          "own words",
          reads(
            pain,
            PAYMENT.replace("<PmtMtd>", "<PmtTpInf><SvcLvl><Prtry>FAST</Prtry></SvcLvl></PmtTpInf><PmtMtd>"),
          ),
        ],
        ["no transaction details", reads(camt, STATEMENT.replace(/<NtryDtls>.*<\/NtryDtls>/, ""))],
        [
          "single-byte",
          reads(
            camt,
            STATEMENT.replace("ACME", "Zürich"),
            latin1(STATEMENT.replace("UTF-8", "ISO-8859-1").replace("ACME", "Z\xfcrich")),
          ),
        ],
      ],
    },
    sparkplug: {
      heads: ["Tolerated"],
      cases: [
        ["a metric without data", () => expect(metric(spaced("0a0161 5003"))).toBeDefined()],
        [
          "negative numbers",
          () =>
            expect(metric(spaced("0a0161 2001 50fd01"))).toEqual(metric(spaced("0a0161 2001 50fdffffff0f"))),
        ],
        [
          "32-bit numbers",
          () => expect(metric(spaced("0a0161 2007 58ac02"))).toEqual(metric(spaced("0a0161 2007 50ac02"))),
        ],
        [
          "a metric without value",
          () => expect(metric(spaced("0a0161 2007"))).toEqual({ name: "a", dataType: "UInt32" }),
        ],
      ],
    },
  };

  describe.each(Object.entries(PAGES))("%s", (name, { heads, cases }) => {
    test("every row has its document", () => {
      const rows = rowsOf(name, heads).filter((row) => !/^`[^`]+`$/.test(row));
      expect(rows.filter((row) => !cases.some(([begins]) => row.startsWith(begins)))).toEqual([]);
      expect(cases.filter(([begins]) => !rows.some((row) => row.startsWith(begins)))).toEqual([]);
    });
    test.each(cases)("%s", (_, read) => read());
  });
});
