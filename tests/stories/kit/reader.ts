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
import { edifactRecords } from "crossdock/codecs/edifact";
import { epcisRecords } from "crossdock/codecs/epcis";
import { idocRecords } from "crossdock/codecs/idoc";
import { bankEntryRecords } from "crossdock/codecs/iso20022";
import { ublRecords } from "crossdock/codecs/ubl";
import { x12Records } from "crossdock/codecs/x12";
import { file } from "crossdock/connectors/file";
import { start } from "crossdock/server";
import Type from "typebox";

export const READ: Readonly<Record<string, () => Records<unknown>>> = {
  x12: x12Records,
  edifact: edifactRecords,
  camt: bankEntryRecords,
  "ubl documents": ublRecords,
  "epcis events": epcisRecords,
  "b2mml definitions": b2mmlRecords,
  idocs: idocRecords,
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
