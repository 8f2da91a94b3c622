/**
 * Reads a file as a stream, to see how much memory that takes: `node bench/codec-stream.ts <format> <file>`. Prints one
 * line of JSON.
 */
import { createReadStream, statSync } from "node:fs";
import { readCsv } from "crossdock/codecs/csv";
import { readEdifact } from "crossdock/codecs/edifact";
import { readBankEntries } from "crossdock/codecs/iso20022";
import { readMt940 } from "crossdock/codecs/mt940";
import { readX12 } from "crossdock/codecs/x12";

const columns = ["sku", "plant", "description", "onHand", "uom", "price", "countedOn"];
const [format = "", file = ""] = process.argv.slice(2);
const chunks = createReadStream(file);
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
  default:
    throw new Error(`${format} is not streamed.`);
}
const { user, system } = process.cpuUsage();
const seconds = (user + system) / 1_000_000;
const peakMb = process.resourceUsage().maxRSS / 1_024;
console.log(JSON.stringify({ mbPerSecond: statSync(file).size / 1_048_576 / seconds, things, peakMb }));
