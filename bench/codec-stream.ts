/**
 * Reads a file as a stream, to see how much memory that takes: `node bench/codec-stream.ts <format> <file>`. Prints one
 * line of JSON.
 */
import { createReadStream, statSync } from "node:fs";
import { type Records, recordsOfStream } from "crossdock";
import { b2mmlRecords } from "crossdock/codecs/b2mml";
import { readBai2 } from "crossdock/codecs/bai2";
import { readCsv } from "crossdock/codecs/csv";
import { readEdifact } from "crossdock/codecs/edifact";
import { epcisRecords } from "crossdock/codecs/epcis";
import { readFixedWidth } from "crossdock/codecs/fixed-width";
import { idocRecords } from "crossdock/codecs/idoc";
import { readBankEntries } from "crossdock/codecs/iso20022";
import { readMt940 } from "crossdock/codecs/mt940";
import { ublRecords } from "crossdock/codecs/ubl";
import { readX12 } from "crossdock/codecs/x12";

const columns = ["sku", "plant", "description", "onHand", "uom", "price", "countedOn"];
const [format = "", file = ""] = process.argv.slice(2);
const chunks = createReadStream(file);
const layout = {
  length: 40,
  records: {
    line: {
      marker: { from: 1, is: "L" },
      fields: [
        { name: "sku", from: 2, width: 10 },
        { name: "plant", from: 12, width: 4, type: "digits" },
        { name: "price", from: 16, width: 9, type: "decimal", scale: 2, sign: "trailing" },
        { name: "stock", from: 25, width: 6, type: "decimal", scale: 1, sign: "overpunch" },
        { name: "validTo", from: 31, width: 6, type: "date", format: "ddmmyy" },
      ],
    },
  },
} as const;
/** Formats whose files are cut into records, as a batch does. */
const RECORDS: Readonly<Record<string, () => Records<unknown>>> = {
  "ubl documents": ublRecords,
  "epcis events": epcisRecords,
  "b2mml definitions": b2mmlRecords,
  idocs: idocRecords,
};
let things = 0;
switch (format) {
  case "x12":
    for await (const event of readX12(chunks))
      if (event.kind === "set" && event.set.verdict === "accepted") things += 1;
    break;
  case "edifact":
    for await (const event of readEdifact(chunks))
      if (event.kind === "message" && event.message.verdict === "accepted") things += 1;
    break;
  case "camt":
    for await (const event of readBankEntries(chunks)) if (event.kind === "entry") things += 1;
    break;
  case "csv":
    for await (const _ of readCsv(chunks, { columns, delimiter: ";" })) things += 1;
    break;
  case "mt940":
    for await (const event of readMt940(chunks)) if (event.kind === "message") things += 1;
    break;
  case "bai2":
    for await (const event of readBai2(chunks)) if (event.kind === "entry") things += 1;
    break;
  case "fixed-width":
    for await (const _ of readFixedWidth(chunks, layout)) things += 1;
    break;
  default: {
    const records = RECORDS[format]?.();
    if (records === undefined) throw new Error(`${format} is not streamed.`);
    for await (const raws of recordsOfStream(records, chunks)) for (const raw of raws) take(records, raw);
  }
}
const { user, system } = process.cpuUsage();
const seconds = (user + system) / 1_000_000;
const peakMb = process.resourceUsage().maxRSS / 1_024;
console.log(JSON.stringify({ mbPerSecond: statSync(file).size / 1_048_576 / seconds, things, peakMb }));

function take(records: Records<unknown>, raw: Parameters<typeof records.read>[0]): void {
  if (raw.broken) throw raw.broken;
  records.read(raw);
  things += 1;
}
