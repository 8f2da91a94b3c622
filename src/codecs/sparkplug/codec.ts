/**
 * Sparkplug B: the payloads in which machines and lines tell births, data and deaths over MQTT.
 *
 * The codec knows the payload, not the topic: which message it is and what an alias stands for is for who keeps the birth.
 * 64-bit numbers are exact.
 */
import type { Codec } from "../codec.ts";
import type { SparkplugPayload } from "./payload.ts";
import { readPayload, SPARKPLUG_LIMITS, type SparkplugLimits } from "./read.ts";
import { writePayload } from "./write.ts";

/** The Sparkplug B codec. @example sparkplug().decode(bytes).metrics.map(({ name, value }) => [name, value]) */
export const sparkplug = (limits: Partial<SparkplugLimits> = {}): Codec<SparkplugPayload> => ({
  name: "sparkplug",
  mediaType: "application/octet-stream",
  decode: (body) => readPayload(body, { ...SPARKPLUG_LIMITS, ...limits }),
  encode: writePayload,
});

export type * from "./payload.ts";
export { SPARKPLUG_LIMITS, type SparkplugLimits } from "./read.ts";
