/**
 * Sparkplug B payloads in canonical words: a machine cycle.
 *
 * A payload is numbers under names; which name is which number is agreed with whoever set the machine up, and these are the names of
 * our machines. Cycles are added up before anything reaches an ERP.
 */
import type { SparkplugPayload } from "../../codecs/sparkplug/codec.ts";
import { production } from "../../contracts/canon/index.ts";
import { sparkplugPayloads } from "../formats/plain.ts";
import * as kinds from "../kinds.ts";
import { type Mapping, mapping } from "../mappings.ts";
import { textOf } from "../place.ts";
import { field, type Kind, type Row, repeats, text } from "../table.ts";

const metric = (
  name: string,
  path: string,
  type: string,
  kind: Kind = text,
  otherwise?: () => unknown,
): readonly Row[] => [
  field(`metrics[name=${name}].value`, path, kind, otherwise ? { otherwise } : {}),
  repeats(`metrics[name=${name}].dataType`, type),
];

/** Milliseconds since 1970 as an instant. */
const sinceEpoch: Kind = {
  name: "milliseconds since 1970",
  read: (found) =>
    /^\d{1,15}$/.test(textOf(found)) ? new Date(Number(textOf(found))).toISOString() : undefined,
  write: (value) => BigInt(Date.parse(String(value))),
};

export const sparkplug: Mapping<SparkplugPayload, SparkplugPayload> = mapping({
  format: sparkplugPayloads,
  document: "Sparkplug B",
  title: "Machine cycle",
  translations: [
    {
      contract: production.MachineCycleCompleted,
      way: "in",
      rows: [
        ...metric("Machine/WorkCentre", "workCentre", "String"),
        field("metrics[name=Machine/Plant].value", "plant", text, {
          otherwise: ({ around }) => around.plant,
        }),
        repeats("metrics[name=Machine/Plant].dataType", "String"),
        ...metric("Cycle/Number", "cycle", "UInt64", kinds.whole),
        ...metric("Cycle/Good", "good", "UInt32", kinds.whole, () => 0),
        ...metric("Cycle/Scrap", "scrap", "UInt32", kinds.whole, () => 0),
        ...metric("Cycle/Order", "productionOrderId", "String"),
        ...metric("Cycle/Item", "item", "String"),
        field("timestamp", "completedAt", sinceEpoch),
      ],
    },
  ],
  tolerated: ["A cycle that counts nothing good or nothing lost leaves the metric out."],
  notCarried: { metrics: "temperatures, speeds and all else a machine measures stay with the plant" },
});

export type { Left, Mapped } from "../read.ts";
export type { Around } from "../table.ts";
