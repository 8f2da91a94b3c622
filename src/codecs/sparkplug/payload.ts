/**
 * What a Sparkplug B payload says. 64-bit numbers are bigint, so none loses a digit; every value carries its type.
 *
 * Source of the format: Sparkplug 3.0, chapter 6.4.
 */
import type { Bytes } from "../../std/bytes.ts";

/** By the number they have on the wire. */
export const DATA_TYPES = [
  "Unknown",
  "Int8",
  "Int16",
  "Int32",
  "Int64",
  "UInt8",
  "UInt16",
  "UInt32",
  "UInt64",
  "Float",
  "Double",
  "Boolean",
  "String",
  "DateTime",
  "Text",
  "UUID",
  "DataSet",
  "Bytes",
  "File",
  "Template",
  "PropertySet",
  "PropertySetList",
  "Int8Array",
  "Int16Array",
  "Int32Array",
  "Int64Array",
  "UInt8Array",
  "UInt16Array",
  "UInt32Array",
  "UInt64Array",
  "FloatArray",
  "DoubleArray",
  "BooleanArray",
  "StringArray",
  "DateTimeArray",
] as const;
export type DataType = (typeof DATA_TYPES)[number];

export type SparkplugScalar = number | bigint | boolean | string;

/** Int64, UInt64 and DateTime (milliseconds since 1970) are bigint, smaller numbers number, arrays lists of those. */
export type SparkplugValue =
  | SparkplugScalar
  | Bytes
  | readonly SparkplugScalar[]
  | SparkplugDataSet
  | SparkplugTemplate;

export interface SparkplugDataSet {
  readonly columns: readonly string[];
  readonly types: readonly DataType[];
  /** `null` for a cell without a value. */
  readonly rows: readonly (readonly (SparkplugScalar | null)[])[];
}

export interface SparkplugTemplate {
  readonly version?: string;
  readonly templateRef?: string;
  readonly isDefinition?: boolean;
  readonly metrics: readonly SparkplugMetric[];
  readonly parameters: readonly {
    readonly name: string;
    readonly type: DataType;
    readonly value?: SparkplugScalar;
  }[];
}

export interface SparkplugProperty {
  readonly type: DataType;
  readonly isNull?: boolean;
  readonly value?: SparkplugScalar | SparkplugProperties | readonly SparkplugProperties[];
}
export type SparkplugProperties = Readonly<Record<string, SparkplugProperty>>;

export interface SparkplugMetric {
  /** Absent in data messages that use the alias given at birth. */
  readonly name?: string;
  readonly alias?: bigint;
  readonly timestamp?: bigint;
  /** Absent in data messages of senders that state it only at birth; the value is then as the wire holds it. */
  readonly dataType?: DataType;
  readonly isHistorical?: boolean;
  readonly isTransient?: boolean;
  readonly isNull?: boolean;
  readonly metadata?: SparkplugMetadata;
  readonly properties?: SparkplugProperties;
  readonly value?: SparkplugValue;
}

export interface SparkplugMetadata {
  readonly isMultiPart?: boolean;
  readonly contentType?: string;
  readonly size?: bigint;
  readonly seq?: bigint;
  readonly fileName?: string;
  readonly fileType?: string;
  readonly md5?: string;
  readonly description?: string;
}

export interface SparkplugPayload {
  readonly timestamp?: bigint;
  readonly seq?: bigint;
  readonly uuid?: string;
  readonly body?: Bytes;
  readonly metrics: readonly SparkplugMetric[];
  /** Fields of nobody's standard, by place: `metrics[0], field 20`. */
  readonly notCarried: readonly string[];
}
