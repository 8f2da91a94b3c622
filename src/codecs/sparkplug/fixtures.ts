/** Payloads of our own making for the tests of Sparkplug: a line is born with one metric of every kind that matters. */
import type { SparkplugMetric, SparkplugPayload } from "./payload.ts";

export const payload = (metrics: readonly SparkplugMetric[]): SparkplugPayload => ({
  timestamp: 1_772_700_000_000n,
  metrics,
  seq: 7n,
  notCarried: [],
});

export const birth = payload([
  { name: "Line/Count", alias: 1n, dataType: "UInt64", value: 18_446_744_073_709_551_615n },
  { name: "Line/Low", alias: 2n, dataType: "Int64", value: -9_223_372_036_854_775_808n },
  { name: "Line/Temp", timestamp: 1n, dataType: "Float", value: 21.5, isHistorical: true },
  { name: "Line/Off", dataType: "Int16", value: -3, properties: { unit: { type: "String", value: "mm" } } },
  { name: "Line/None", dataType: "Double", isNull: true },
  {
    name: "Scrap",
    dataType: "DataSet",
    value: {
      columns: ["reason", "qty"],
      types: ["String", "Int32"],
      rows: [
        ["burr", -1],
        ["crack", null],
      ],
    },
  },
  {
    name: "Motor",
    dataType: "Template",
    value: {
      version: "1",
      templateRef: "motor",
      isDefinition: false,
      metrics: [{ name: "rpm", dataType: "UInt32", value: 1_450 }],
      parameters: [{ name: "poles", type: "UInt8", value: 4 }],
    },
  },
  {
    name: "Flags",
    dataType: "BooleanArray",
    value: [true, false, true, false, false, false, false, false, true],
  },
  { name: "Names", dataType: "StringArray", value: ["a", "", "é"] },
  { name: "Raw", dataType: "Bytes", value: Uint8Array.of(0, 255), metadata: { size: 2n, md5: "x" } },
]);
