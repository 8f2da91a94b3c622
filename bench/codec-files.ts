/**
 * The files the codecs are measured on: made up, the same on every machine, of the size that is asked for.
 *
 * Each is what a partner really sends in bulk: orders of forty lines, a statement of thousands of entries, an invoice of
 * thousands of lines. A file is a head, a body repeated until it is large enough, and a tail that counts it.
 */
import { closeSync, openSync, writeSync } from "node:fs";

interface Recipe {
  readonly head: string;
  /** The nth piece of the body. A large file repeats the first thousand. */
  readonly piece: (n: number) => string;
  readonly tail: (pieces: number) => string;
}

const lines = (count: number, line: (n: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index + 1)).join("");
const cents = (n: number): string => `${(n * 37) % 9_000}.${String(n % 100).padStart(2, "0")}`;
const padded = (n: number, width: number): string => String(n).padStart(width, "0");

const UBL_HEAD = `<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">\n  <cbc:ID>INV-3301</cbc:ID>\n  <cbc:IssueDate>2026-03-05</cbc:IssueDate>\n  <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>\n  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>\n${["Supplier", "Customer"].map((side) => `  <cac:Accounting${side}Party><cac:Party><cac:PartyName><cbc:Name>${side}</cbc:Name></cac:PartyName></cac:Party></cac:Accounting${side}Party>\n`).join("")}  <cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="EUR">2920.00</cbc:PayableAmount></cac:LegalMonetaryTotal>\n`;
const UBL_LINE = (n: number): string => `  <cac:InvoiceLine>
    <cbc:ID>${n}</cbc:ID>
    <cbc:InvoicedQuantity unitCode="EA">${n % 90}</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID="EUR">${cents(n)}</cbc:LineExtensionAmount>
    <cac:OrderLineReference><cbc:LineID>${n}</cbc:LineID></cac:OrderLineReference>
    <cac:Item>
      <cbc:Description>Circulation pump, 2 &lt; 3 bar</cbc:Description>
      <cbc:Name>Pump</cbc:Name>
      <cac:SellersItemIdentification><cbc:ID>PUMP-${n % 800}</cbc:ID></cac:SellersItemIdentification>
      <cac:StandardItemIdentification><cbc:ID schemeID="0160">04012345678901</cbc:ID></cac:StandardItemIdentification>
      <cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>20</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory>
    </cac:Item>
    <cac:Price><cbc:PriceAmount currencyID="EUR">${cents(n)}</cbc:PriceAmount></cac:Price>
  </cac:InvoiceLine>
`;

const JSON_EVENT = (n: number): string =>
  JSON.stringify({
    type: "ObjectEvent",
    eventTime: "2026-03-05T11:00:30.141+01:00",
    eventTimeZoneOffset: "+01:00",
    epcList: Array.from({ length: 10 }, (_, item) => `urn:epc:id:sgtin:4012345.011111.${n}${item + 1}`),
    action: "OBSERVE",
    bizStep: "shipping",
    disposition: "in_transit",
    readPoint: { id: "urn:epc:id:sgln:4012345.00005.0" },
    bizTransactionList: [{ type: "po", bizTransaction: `urn:example:po:${n}` }],
  });

const RECIPES: Readonly<Record<string, Recipe>> = {
  x12: {
    head: "ISA*00*          *00*          *ZZ*ACME           *ZZ*MERIDIAN       *261121*0900*U*00401*000000012*0*P*>~\nGS*PO*ACME*MERIDIAN*20261121*0900*12*X*004010~\n",
    piece: (n) =>
      `ST*850*${padded(n % 10_000, 4)}~\nBEG*00*NE*PO-${n}**20261121~\nCUR*BY*EUR~\nREF*CO*CUST-77~\nN1*ST*ACME DOCK 4*92*D4~\nN3*1 Dock Road~\nN4*Lyon**69001*FR~\n${lines(40, (line) => `PO1*${line}*${line}*EA*${cents(n + line)}**VN*PUMP-${line}*BP*77-A${line}~\nPID*F****Pump number ${line}, 100 l/min~\n`)}CTT*40~\nSE*89*${padded(n % 10_000, 4)}~\n`,
    tail: (pieces) => `GE*${pieces}*12~\nIEA*1*000000012~\n`,
  },
  edifact: {
    head: "UNA:+.? '\nUNB+UNOC:3+5412345000013:14+4098765000016:14+261121:0930+IC-0001'\n",
    piece: (n) =>
      `UNH+${n}+ORDERS:D:96A:UN:EAN008'\nBGM+220+PO-${n}+9'\nDTM+137:20261121:102'\nNAD+BY+5412345000013::9++ACME S.A.+12 rue de l?'Atelier+Lyon++69001+FR'\nNAD+SU+4098765000016::9'\nCUX+2:EUR:9'\n${lines(40, (line) => `LIN+${line}++4098765100013:EN'\nPIA+5+PUMP-${line}:SA+77-A${line}:IN'\nIMD+F++:::Pump, 100 l/min'\nQTY+21:${line}:PCE'\nPRI+AAA:${cents(n + line)}'\n`)}UNS+S'\nCNT+2:40'\nUNT+209+${n}'\n`,
    tail: (pieces) => `UNZ+${pieces}+IC-0001'\n`,
  },
  camt: {
    head: `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">\n<BkToCstmrStmt>\n<GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-11-21T18:00:00Z</CreDtTm></GrpHdr>\n<Stmt>\n<Id>S-1</Id>\n<Acct><Id><IBAN>FR7612345678901234567890123</IBAN></Id><Ccy>EUR</Ccy></Acct>\n<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>\n`,
    piece: (n) => `<Ntry>
  <NtryRef>${n}</NtryRef>
  <Amt Ccy="EUR">${cents(n)}</Amt>
  <CdtDbtInd>CRDT</CdtDbtInd>
  <Sts><Cd>BOOK</Cd></Sts>
  <BookgDt><Dt>2026-11-21</Dt></BookgDt>
  <ValDt><Dt>2026-11-22</Dt></ValDt>
  <AcctSvcrRef>BANK-${n}</AcctSvcrRef>
  <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
  <NtryDtls><TxDtls>
    <Refs><EndToEndId>E2E-${n}</EndToEndId></Refs>
    <Amt Ccy="EUR">${cents(n)}</Amt>
    <RltdPties><Dbtr><Pty><Nm>ACME &amp; Sons ${n % 50}</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>DE02120300000000202051</IBAN></Id></DbtrAcct></RltdPties>
    <RltdAgts><DbtrAgt><FinInstnId><BICFI>BYLADEM1001</BICFI></FinInstnId></DbtrAgt></RltdAgts>
    <RmtInf><Ustrd>Invoice INV-${n}, with thanks</Ustrd></RmtInf>
  </TxDtls></NtryDtls>
</Ntry>
`,
    tail: () => "</Stmt>\n</BkToCstmrStmt>\n</Document>\n",
  },
  ubl: {
    head: `<?xml version="1.0" encoding="UTF-8"?>\n${UBL_HEAD}`,
    piece: UBL_LINE,
    tail: () => "</Invoice>\n",
  },
  csv: {
    head: "sku;plant;description;onHand;uom;price;countedOn\n",
    piece: (n) => `PUMP-${n};LYO;"Pump, ""silent"", ${n % 60} l/min";${n % 500};EA;${cents(n)};2026-11-21\n`,
    tail: () => "",
  },
  mt940: {
    head: "",
    piece: (n) =>
      `:20:STMT-${n}\r\n:25:FR7612345000010000000000195\r\n:28C:${(n % 365) + 1}/1\r\n:60F:C260118EUR1000,00\r\n${lines(30, (line) => `:61:2601190119C12,50NTRFINV-${padded(n % 1_000, 3)}${padded(line, 4)}//BANK-${line}\r\n:86:166?00CREDIT TRANSFER?20EREF+E2E-${line}?21SVWZ+INV-${n}?30BANKFRPP?31FR7630006000011234567890189?32ACME CO\r\n`)}:62F:C260119EUR1375,00\r\n-\r\n`,
    tail: () => "",
  },
  bai2: {
    head: "01,071000013,MERIDIAN,260119,0730,17,80,,2/\r\n",
    piece: (n) =>
      `02,MERIDIAN,071000013,1,260118,2400,USD,2/\r\n03,4000${padded(n, 6)},,010,100000,,/\r\n${lines(30, (line) => `16,165,1250,V,260120,0900,BK-${line},CU-${n},INV-${n}-${line} WITH THANKS/\r\n`)}49,137500,32/\r\n98,137500,1,34/\r\n`,
    tail: (pieces) => `99,${pieces * 137_500},${pieces},${pieces * 34 + 2}/\r\n`,
  },
  "fixed-width": {
    head: "",
    piece: (n) =>
      `L${`PUMP-${n}`.padEnd(10)}${padded(n % 10_000, 4)}${padded(n % 9_000, 8)}+${padded(n % 900, 5)}{310326    \n`,
    tail: () => "",
  },
  "ubl documents": {
    head: `<?xml version="1.0" encoding="UTF-8"?>\n<Invoices>\n`,
    piece: (n) =>
      `${UBL_HEAD.replace("INV-3301", `INV-${n}`)}${lines(20, (line) => UBL_LINE(line))}</Invoice>\n`,
    tail: () => "</Invoices>\n",
  },
  "epcis events": {
    head: `<?xml version="1.0" encoding="UTF-8"?>\n<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0" creationDate="2026-03-05T10:00:00Z">\n<EPCISBody><EventList>\n`,
    piece: (n) => `<ObjectEvent>
  <eventTime>2026-03-05T11:00:30.141+01:00</eventTime>
  <eventTimeZoneOffset>+01:00</eventTimeZoneOffset>
  <epcList>${lines(10, (item) => `<epc>urn:epc:id:sgtin:4012345.011111.${n}${item}</epc>`)}</epcList>
  <action>OBSERVE</action>
  <bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep>
  <disposition>urn:epcglobal:cbv:disp:in_transit</disposition>
  <readPoint><id>urn:epc:id:sgln:4012345.00005.0</id></readPoint>
  <bizTransactionList><bizTransaction type="urn:epcglobal:cbv:btt:po">urn:example:po:${n}</bizTransaction></bizTransactionList>
</ObjectEvent>
`,
    tail: () => "</EventList></EPCISBody></e:EPCISDocument>\n",
  },
  "epcis json": {
    head: `{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-03-05T10:00:00Z","epcisBody":{"eventList":[\n`,
    piece: (n) => `${JSON_EVENT(n)},\n`,
    tail: (pieces) => `${JSON_EVENT(pieces + 1)}\n]}}\n`,
  },
  "b2mml definitions": {
    head: `<?xml version="1.0" encoding="UTF-8"?>\n<SyncMaterialInformation xmlns="http://www.mesa.org/xml/B2MML" releaseID="">\n<ApplicationArea><CreationDateTime>2026-03-09T11:00:00Z</CreationDateTime></ApplicationArea>\n<DataArea><Sync/><MaterialInformation>\n`,
    piece: (n) =>
      `<MaterialDefinition><ID>PUMP-${n}</ID>${lines(6, (property) => `<MaterialDefinitionProperty><ID>P-${property}</ID><Value><ValueString>${n}</ValueString><DataType>string</DataType></Value></MaterialDefinitionProperty>\n`)}</MaterialDefinition>\n`,
    tail: () => "</MaterialInformation></DataArea></SyncMaterialInformation>\n",
  },
  "idoc xml": {
    head: `<?xml version="1.0" encoding="UTF-8"?>\n<ORDERS05>\n`,
    piece: (n) =>
      `<IDOC BEGIN="1"><EDI_DC40 SEGMENT="1"><TABNAM>EDI_DC40</TABNAM><DOCNUM>${padded(n, 16)}</DOCNUM><DIRECT>2</DIRECT><IDOCTYP>ORDERS05</IDOCTYP><MESTYP>ORDERS</MESTYP><SNDPRN>ACME</SNDPRN><RCVPRN>MERIDIAN</RCVPRN></EDI_DC40>\n<E1EDK01 SEGMENT="1"><CURCY>EUR</CURCY><BELNR>PO-${n}</BELNR></E1EDK01>\n${lines(20, (line) => `<E1EDP01 SEGMENT="1"><POSEX>${padded(line * 10, 6)}</POSEX><MENGE>${line}.000</MENGE><MENEE>PCE</MENEE><VPREI>${cents(n + line)}</VPREI><E1EDP19 SEGMENT="1"><QUALF>002</QUALF><IDTNR>PUMP-${line}</IDTNR><KTEXT>Pump, 100 l/min</KTEXT></E1EDP19></E1EDP01>\n`)}</IDOC>\n`,
    tail: () => "</ORDERS05>\n",
  },
  idocs: {
    head: "",
    piece: (n) =>
      `${`EDI_DC40  100${padded(n, 16)}740 3012  ORDERS05`.padEnd(99)}ORDERS\n${lines(20, (line) => `${(line === 1 ? "E2EDK01005" : "E2EDP01011").padEnd(30)}100${padded(n, 16)}${padded(line, 6)}${padded(0, 6)}01${`${padded(line, 6)}     5`.padEnd(90)}\n`)}`,
    tail: () => "",
  },
};

export const FORMATS: readonly string[] = Object.keys(RECIPES);

/** Writes a file of about this many megabytes and returns how many pieces it has. */
export function writeFile(file: string, format: string, megabytes: number): number {
  const { head, piece, tail } = RECIPES[format]!;
  const target = megabytes * 1_048_576;
  const out = openSync(file, "w");
  let written = writeSync(out, head);
  let pieces = 0;
  const chunk: string[] = [];
  for (let n = 1; n <= 1_000 && (n === 1 || written + n * chunk[0]!.length < target); n += 1)
    chunk.push(piece(n));
  const body = chunk.join("");
  while (pieces === 0 || written + body.length / 2 < target) {
    written += writeSync(out, body);
    pieces += chunk.length;
  }
  writeSync(out, tail(pieces));
  closeSync(out);
  return pieces;
}
