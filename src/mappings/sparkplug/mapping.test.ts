/** A machine cycle in canonical words. */
import type { SparkplugPayload } from "../../codecs/sparkplug/codec.ts";
import { holds } from "../kit.fixtures.ts";
import { FULL } from "./full.fixtures.ts";
import { sparkplug } from "./mapping.ts";

/** JSON has no 64-bit numbers; they stand as text in the example. */
const documentOf = (text: string): SparkplugPayload => {
  const { timestamp, seq, metrics, ...rest } = JSON.parse(text);
  const exact = (metric: { dataType: string; value: string }) =>
    metric.dataType === "UInt64" ? { ...metric, value: BigInt(metric.value) } : metric;
  return { ...rest, timestamp: BigInt(timestamp), seq: BigInt(seq), metrics: metrics.map(exact) };
};

holds({ "Sparkplug B": sparkplug }, FULL, documentOf, () => (draft) => draft);
