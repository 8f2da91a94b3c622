/**
 * A worker that reads files of every format in records, in a process of its own so that it can be killed.
 *
 *     node tests/stories/kit/reader.ts <database> <folder>
 *
 * Each format has an inbox of its name; each record becomes a fact that holds what was read of it.
 */
import { join } from "node:path";
import { connection, event, flow, type Records } from "crossdock";
import { b2mmlRecords } from "crossdock/codecs/b2mml";
import { bai2Records } from "crossdock/codecs/bai2";
import { csvRecords } from "crossdock/codecs/csv";
import { edifactRecords } from "crossdock/codecs/edifact";
import { epcisRecords } from "crossdock/codecs/epcis";
import { fixedWidthRecords } from "crossdock/codecs/fixed-width";
import { idocRecords } from "crossdock/codecs/idoc";
import { bankEntryRecords } from "crossdock/codecs/iso20022";
import { mt940Records } from "crossdock/codecs/mt940";
import { ublRecords } from "crossdock/codecs/ubl";
import { x12Records } from "crossdock/codecs/x12";
import { file } from "crossdock/connectors/file";
import { start } from "crossdock/server";
import Type from "typebox";

const CSV = {
  columns: ["sku", "plant", "description", "onHand", "uom", "price", "countedOn"],
  delimiter: ";",
} as const;
const PRICES = {
  length: 40,
  records: {
    line: {
      fields: [
        { name: "item", from: 1, width: 11 },
        { name: "plant", from: 12, width: 4, type: "digits" },
        { name: "price", from: 16, width: 9, type: "decimal", scale: 2, sign: "trailing" },
        { name: "stock", from: 25, width: 6, type: "decimal", scale: 1, sign: "overpunch" },
        { name: "validTo", from: 31, width: 6, type: "date", format: "ddmmyy" },
      ],
    },
  },
} as const;

export const READ: Readonly<Record<string, () => Records<unknown>>> = {
  x12: x12Records,
  edifact: edifactRecords,
  camt: bankEntryRecords,
  "ubl documents": ublRecords,
  "epcis events": epcisRecords,
  "epcis json": epcisRecords,
  "b2mml definitions": b2mmlRecords,
  idocs: idocRecords,
  mt940: mt940Records,
  bai2: bai2Records,
  csv: () => csvRecords(CSV),
  "fixed-width": () => fixedWidthRecords(PRICES),
};

const Read = event({
  name: "test.record-read",
  version: 1,
  owner: "test",
  summary: "A record of a file was read.",
  criticality: "C4",
  data: Type.Object({ of: Type.String(), text: Type.String() }),
  keys: { format: "of" },
  sample: { of: "x12", text: "{}" },
});

/** What of a record is compared: all of it, as text. */
export const said = (record: unknown): string =>
  JSON.stringify(record, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));

if (import.meta.main) {
  const [database = "", folder = ""] = process.argv.slice(2);
  const dock = await start({
    database,
    contracts: [Read],
    flows: Object.entries(READ).map(([of, format]) =>
      flow(`read-${of.replace(" ", "-")}`)
        .from(
          connection(of.replace(" ", "-"), file, {
            title: of,
            owner: "test",
            config: { inbox: join(folder, of), pollMs: 50 },
          }),
        )
        .records(format())
        .map((record) => ({ of, text: said(record) }))
        .publish(Read),
    ),
  });
  process.once("SIGTERM", async () => {
    await dock.stop();
    process.exit(0);
  });
}
