/**
 * The codecs as the hostile tests know them: sound documents of ours, pieces that mean something in the format, and how
 * a document of it is read, all the way to business values where the codec has them.
 *
 * Every folder under `src/codecs` with a door has a subject here; a test says which is missing.
 */
import { bai2, bai2Records, readBai2 } from "../../codecs/bai2/codec.ts";
import { csv, csvRecords, databaseExport, readCsv, readDatabaseExport } from "../../codecs/csv/codec.ts";
import * as edifact from "../../codecs/edifact/codec.ts";
import {
  type IdocFile,
  idoc,
  idocRecords,
  readIdocCustomers,
  readIdocDelivery,
  readIdocInvoice,
  readIdocMaterials,
  readIdocOrder,
} from "../../codecs/idoc/codec.ts";
import {
  bankEntryRecords,
  bankMessage,
  pain001,
  pain002,
  pain008,
  readBankEntries,
  remt001,
} from "../../codecs/iso20022/codec.ts";
import { json, jsonRecords } from "../../codecs/json/codec.ts";
import { mt940, mt940Records, readMt940 } from "../../codecs/mt940/codec.ts";
import { ubl } from "../../codecs/ubl/codec.ts";
import * as x12 from "../../codecs/x12/codec.ts";
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import { plantSubjects } from "./plant.ts";
import * as seeds from "./seeds.ts";
import type { Subject } from "./subject.ts";

const XML_PIECES = [
  "<",
  ">",
  "<a>",
  "</a>",
  "<!DOCTYPE a>",
  "<!ENTITY a 'b'>",
  "&amp;",
  "&#0;",
  "&#x41;",
  "&x;",
  "<![CDATA[",
  "]]>",
  "<!--",
  "-->",
  "<?xml ?>",
  " xmlns='urn:x'",
  "\0",
  "\xff",
  "\xc3\xa9",
  "99999999999999999999",
  "-1",
  "1e5",
  "2026-02-30",
  "constructor",
  "__proto__",
];

const BANK_PIECES = [
  ...XML_PIECES,
  "<Ntry>",
  "</Ntry>",
  "<TxDtls/>",
  'Ccy="EUR"',
  "<CdtDbtInd>CRDT</CdtDbtInd>",
  "<Amt>",
];

const EXPORT = { columns: ["sku", "name", "stock"] } as const;
const CSV_TABLE = { columns: ["sku", "plant", "onHand"], delimiter: ";" } as const;

const X12_READERS: Readonly<Record<string, (set: x12.X12Set) => unknown>> = {
  "810": x12.readInvoice,
  "820": x12.readRemittance,
  "850": x12.readPurchaseOrder,
  "855": x12.readAcknowledgement,
  "856": x12.readShipNotice,
  "860": x12.readPurchaseOrderChange,
  "997": x12.readFunctionalAcknowledgement,
  "999": x12.readFunctionalAcknowledgement,
};

/** Every sound set is read as its business document; one that is refused there does not stop the next. */
function readX12Business(body: Bytes): unknown {
  const document = x12.parse(body);
  const parts = x12.partsOf(document);
  let refusal: ContractBroken | undefined;
  for (const part of parts) {
    if (part instanceof ContractBroken) refusal ??= part;
    else refusal ??= refusalIn(() => X12_READERS[part.set.type]?.(part.set));
  }
  if (parts.length > 0 && refusal) throw refusal;
  // What is sound can be written again and is then the same.
  return x12.parse(x12.generate(document));
}

const EDIFACT_READERS: Readonly<Record<string, (message: edifact.EdifactMessage) => unknown>> = {
  ORDERS: edifact.readOrder,
  ORDRSP: edifact.readOrderResponse,
  ORDCHG: edifact.readOrderChange,
  DESADV: edifact.readDespatchAdvice,
  INVOIC: edifact.readInvoice,
  INVRPT: edifact.readInventoryReport,
  RECADV: edifact.readReceivingAdvice,
  REMADV: edifact.readRemittanceAdvice,
  DELFOR: edifact.readDeliverySchedule,
  PRICAT: edifact.readPriceCatalogue,
  IFTSTA: edifact.readTransportStatus,
  APERAK: edifact.readApplicationAcknowledgement,
  CONTRL: edifact.readControl,
};

/** Every sound message is read as its business document, and the file is answered; then it is written and read again. */
function readEdifactBusiness(body: Bytes): unknown {
  const document = edifact.parse(body);
  const answer = edifact.acknowledge(document, { date: "2026-11-21", time: "0930", reference: "1" });
  if (answer) edifact.parse(edifact.generate(answer));
  const parts = edifact.partsOf(document);
  let refusal: ContractBroken | undefined;
  for (const part of parts) {
    if (part instanceof ContractBroken) refusal ??= part;
    else refusal ??= refusalIn(() => EDIFACT_READERS[part.message.type]?.(part.message));
  }
  if (parts.length > 0 && refusal) throw refusal;
  return edifact.parse(edifact.generate(document));
}

const IDOC_READERS = [readIdocOrder, readIdocDelivery, readIdocInvoice, readIdocMaterials, readIdocCustomers];

/** A reader refuses an IDoc of another type, and one that says too little; it never does anything else. */
function readIdocBusiness({ idocs }: IdocFile): unknown {
  return idocs.flatMap((one) => IDOC_READERS.map((read) => refusalIn(() => read(one))));
}

function refusalIn(act: () => unknown): ContractBroken | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof ContractBroken) return error;
    throw error;
  }
}

const SUBJECT_LIST: readonly Subject[] = [
  {
    name: "bai2",
    seeds: seeds.bai2Seeds,
    pieces: [
      ",",
      "/",
      "\r\n88,",
      "\r\n16,",
      "\0",
      "99999999999999999999",
      "D,99,",
      "S,1,2,3,",
      "V,260120,0900,",
      "-0",
      "\xe9",
    ],
    read: (body) => bai2().decode(body),
    stream: readBai2,
    records: bai2Records(),
  },
  ...(["camt.052", "camt.053", "camt.054"] as const).map((kind) => ({
    name: kind === "camt.053" ? "camt053" : `iso20022 ${kind}`,
    seeds: () => seeds.camtSeeds(kind),
    pieces: BANK_PIECES,
    read: (body: Bytes) => bankMessage(kind).decode(body),
    stream: readBankEntries,
    // One vocabulary stands for all that are cut by elements.
    ...(kind === "camt.053" && { records: bankEntryRecords() }),
  })),
  ...[pain001(), pain008(), pain002(), remt001()].map(({ name, decode }) => ({
    name: `iso20022 ${name}`,
    seeds: () => seeds.paymentSeeds(name),
    pieces: BANK_PIECES,
    read: decode,
  })),
  {
    name: "csv",
    seeds: seeds.csvSeeds,
    pieces: [";", '"', '""', "\r\n", "\n", "\r", "\0", "\xff", "\xef\xbb\xbf", '";"', ",", "\t"],
    read: (body) => csv(CSV_TABLE).decode(body),
    stream: (chunks) => readCsv(chunks, CSV_TABLE),
    records: csvRecords(CSV_TABLE),
  },
  {
    name: "csv export",
    seeds: () => [
      Buffer.from("PUMP\\t1\tx\t\\N\nVALVE\t\t1\n"),
      Buffer.from("\\N\t\\N\t\\N\r\nA\\\\B\t\\\n\t12.50\r\n"),
      Buffer.from("\ufeffPÜMP\t-1\t\\r\n"),
      Buffer.from("HOSE\t\t\n\n\n"),
    ],
    pieces: ["\\", "\t", "\n", "\\N", "\0", "\xff"],
    read: (body) => databaseExport(EXPORT).decode(body),
    stream: (chunks) => readDatabaseExport(chunks, EXPORT),
  },
  {
    name: "edifact",
    seeds: seeds.edifactSeeds,
    pieces: [
      "'",
      "+",
      ":",
      "?",
      "??",
      "?'",
      "*",
      "UNA:+.? '",
      "UNB+",
      "UNZ+1+1'",
      "UNH+1+ORDERS:D:96A:UN'",
      "UNT+2+1'",
      "UNG+",
      "UNE+",
      "\r\n",
      "\0",
      "\xe9",
      "LIN+1'",
      "999999999999999999",
      "1,5",
      "-",
    ],
    read: readEdifactBusiness,
    stream: edifact.readEdifact,
    records: edifact.edifactRecords(),
  },
  {
    name: "idoc",
    seeds: seeds.idocSeeds,
    pieces: [
      ...XML_PIECES,
      "EDI_DC40",
      "E2EDP01011",
      "\r\n",
      "\n",
      "000000",
      " ".repeat(63),
      "SEGMENT=",
      "<IDOC BEGIN='1'>",
    ],
    read: (body) => readIdocBusiness(idoc().decode(body)),
    records: idocRecords(),
  },
  {
    name: "json",
    seeds: seeds.jsonSeeds,
    pieces: [
      "{",
      "}",
      "[",
      "]",
      '"',
      ",",
      ":",
      "\\",
      "\\u",
      "\\ud800",
      "1e999",
      "-",
      "0.1",
      "null",
      '"__proto__":1,',
      "\xef\xbb\xbf",
      "\0",
      "\xff",
      "99999999999999999999",
    ],
    read: (body) => json().decode(body),
    records: jsonRecords(),
  },
  {
    name: "mt940",
    seeds: seeds.mt940Seeds,
    pieces: [
      ":20:",
      ":61:",
      ":86:",
      ":60F:",
      ":62F:",
      ":28C:",
      "\r\n-\r\n",
      "\r\n",
      "\0",
      "?20",
      "?00",
      "//",
      "999999",
      ",",
      "-}",
      "{1:",
      "{4:",
      "\xe9",
    ],
    read: (body) => mt940().decode(body),
    stream: readMt940,
    records: mt940Records(),
  },
  {
    name: "ubl",
    seeds: seeds.ublSeeds,
    pieces: [...XML_PIECES, "<cbc:ID>", "</cac:Party>", "<cac:Item>", ' currencyID="EUR"', "<cbc:Note/>"],
    read: (body) => ubl().decode(body),
  },
  {
    name: "x12",
    seeds: seeds.x12Seeds,
    pieces: [
      "*",
      "~",
      "\n",
      ">",
      "\r\n",
      "\0",
      "ISA*",
      "IEA*1*000000012~",
      "GS*PO*",
      "ST*850*0001~",
      "SE*1*0001~",
      "HL*1**S~",
      "HL*2*2*I~",
      "BIN*9*",
      "MAN*GM*",
      "99999999999999999999",
      "20260230",
      "-.",
      "1E9",
      "\xe9",
    ],
    read: readX12Business,
    stream: x12.readX12,
    records: x12.x12Records(),
  },
];

export const SUBJECTS: readonly Subject[] = [...SUBJECT_LIST, ...plantSubjects(XML_PIECES)];
