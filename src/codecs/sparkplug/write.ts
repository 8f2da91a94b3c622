/**
 * Writes Sparkplug B payloads, fields in the order and of the kinds the reference encoder of Eclipse Tahu uses.
 *
 * A value its type cannot have is refused, never cut.
 */
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import {
  DATA_TYPES,
  type DataType,
  type SparkplugDataSet,
  type SparkplugMetric,
  type SparkplugPayload,
  type SparkplugProperties,
  type SparkplugProperty,
  type SparkplugScalar,
  type SparkplugTemplate,
  type SparkplugValue,
} from "./payload.ts";
import { ARRAYS, WHOLE } from "./read.ts";
import { WireWriter } from "./wire.ts";

export function writePayload(payload: SparkplugPayload): Bytes {
  const out = new WireWriter();
  if (payload.timestamp !== undefined) out.varint(1, payload.timestamp);
  payload.metrics.forEach((metric, at) => void out.bytes(2, writeMetric(metric, `metrics[${at}]`)));
  if (payload.seq !== undefined) out.varint(3, payload.seq);
  if (payload.uuid !== undefined) out.text(4, payload.uuid);
  if (payload.body !== undefined) out.bytes(5, payload.body);
  return out.done();
}

function writeMetric(metric: SparkplugMetric, path: string): Bytes {
  const { name, alias, timestamp, dataType, value, metadata, properties } = metric;
  if (name === undefined && alias === undefined) throw refused(path, "a name or an alias", "neither");
  const out = new WireWriter();
  if (name !== undefined) out.text(1, name);
  if (alias !== undefined) out.varint(2, alias);
  if (timestamp !== undefined) out.varint(3, timestamp);
  if (dataType !== undefined) out.varint(4, numberOf(dataType, path));
  if (metric.isHistorical !== undefined) out.flag(5, metric.isHistorical);
  if (metric.isTransient !== undefined) out.flag(6, metric.isTransient);
  if (metric.isNull !== undefined) out.flag(7, metric.isNull);
  if (metadata) {
    const about = new WireWriter();
    if (metadata.isMultiPart !== undefined) about.flag(1, metadata.isMultiPart);
    if (metadata.contentType !== undefined) about.text(2, metadata.contentType);
    if (metadata.size !== undefined) about.varint(3, metadata.size);
    if (metadata.seq !== undefined) about.varint(4, metadata.seq);
    if (metadata.fileName !== undefined) about.text(5, metadata.fileName);
    if (metadata.fileType !== undefined) about.text(6, metadata.fileType);
    if (metadata.md5 !== undefined) about.text(7, metadata.md5);
    if (metadata.description !== undefined) about.text(8, metadata.description);
    out.bytes(8, about.done());
  }
  if (properties) out.bytes(9, writeProperties(properties, `${path}.properties`));
  if (value !== undefined) writeValue(out, value, dataType, path);
  return out.done();
}

function writeValue(out: WireWriter, value: SparkplugValue, type: DataType | undefined, path: string): void {
  if (type === undefined) throw refused(path, "a dataType beside the value", "none");
  if (value instanceof Uint8Array) {
    if (type !== "Bytes" && type !== "File") throw refused(path, type, "bytes");
    out.bytes(16, value);
  } else if (Array.isArray(value)) out.bytes(16, writeArray(value as readonly SparkplugScalar[], type, path));
  else if (typeof value === "object") {
    if (type === "DataSet" && "rows" in value) out.bytes(17, writeDataSet(value, path));
    else if (type === "Template" && "metrics" in value) out.bytes(18, writeTemplate(value, path));
    else throw refused(path, type, "an object");
  } else writeScalar(out, 10, value as SparkplugScalar, type, path);
}

/** `first` is the number of the field for 32-bit numbers; the other kinds follow it. */
function writeScalar(
  out: WireWriter,
  first: number,
  value: SparkplugScalar,
  type: DataType,
  path: string,
): void {
  const whole = WHOLE[type];
  if (whole) {
    const [bits, signed] = whole;
    const isWhole = typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value));
    if (!isWhole) throw refused(path, `a whole number for ${type}`, String(value));
    const number = BigInt(value as bigint);
    const fits = signed
      ? BigInt.asIntN(bits, number) === number
      : number >= 0n && BigInt.asUintN(bits, number) === number;
    if (!fits) throw refused(path, `a number of the type ${type}`, String(number));
    const long = bits === 64 || type === "UInt32";
    out.varint(first + (long ? 1 : 0), long ? number : BigInt.asUintN(32, number));
  } else if (type === "Float" && typeof value === "number") out.float(first + 2, value);
  else if (type === "Double" && typeof value === "number") out.double(first + 3, value);
  else if (type === "Boolean" && typeof value === "boolean") out.flag(first + 4, value);
  else if ((type === "String" || type === "Text" || type === "UUID") && typeof value === "string")
    out.text(first + 5, value);
  else throw refused(path, `a value of the type ${type}`, typeof value);
}

function writeArray(values: readonly SparkplugScalar[], type: DataType, path: string): Bytes {
  if (type === "StringArray") {
    const bad = values.find((value) => typeof value !== "string" || value.includes("\0"));
    if (bad !== undefined) throw refused(path, "texts without NUL", String(bad));
    return Buffer.from(values.map((value) => `${value as string}\0`).join(""), "utf8");
  }
  if (type === "BooleanArray") {
    const bytes = Buffer.alloc(4 + Math.ceil(values.length / 8));
    bytes.writeUInt32LE(values.length);
    values.forEach((value, at) => {
      if (value === true) bytes[4 + (at >> 3)]! |= 0x80 >> (at & 7);
    });
    return bytes;
  }
  const [width] = ARRAYS[type] ?? [];
  if (width === undefined) throw refused(path, type, "a list");
  const bytes = Buffer.alloc(values.length * width);
  values.forEach((value, at) => {
    try {
      const to = at * width;
      if (type === "FloatArray") bytes.writeFloatLE(value as number, to);
      else if (type === "DoubleArray") bytes.writeDoubleLE(value as number, to);
      else if (type === "Int64Array") bytes.writeBigInt64LE(value as bigint, to);
      else if (width === 8) bytes.writeBigUInt64LE(value as bigint, to);
      else if (type.startsWith("U")) bytes.writeUIntLE(value as number, to, width);
      else bytes.writeIntLE(value as number, to, width);
    } catch {
      throw refused(path, `numbers of a ${type}`, String(value));
    }
  });
  return bytes;
}

function writeDataSet({ columns, types, rows }: SparkplugDataSet, path: string): Bytes {
  const out = new WireWriter().varint(1, BigInt(columns.length));
  for (const column of columns) out.text(2, column);
  if (types.length !== columns.length) throw refused(path, `${columns.length} types`, String(types.length));
  for (const type of types) out.varint(3, numberOf(type, path));
  for (const row of rows) {
    if (row.length !== columns.length) throw refused(path, `${columns.length} cells`, String(row.length));
    const cells = new WireWriter();
    row.forEach((value, at) => {
      const cell = new WireWriter();
      if (value !== null) writeScalar(cell, 1, value, types[at]!, path);
      cells.bytes(1, cell.done());
    });
    out.bytes(4, cells.done());
  }
  return out.done();
}

function writeTemplate(template: SparkplugTemplate, path: string): Bytes {
  const out = new WireWriter();
  if (template.version !== undefined) out.text(1, template.version);
  template.metrics.forEach((metric, at) => void out.bytes(2, writeMetric(metric, `${path}.metrics[${at}]`)));
  for (const { name, type, value } of template.parameters) {
    const parameter = new WireWriter().text(1, name).varint(2, numberOf(type, path));
    if (value !== undefined) writeScalar(parameter, 3, value, type, path);
    out.bytes(3, parameter.done());
  }
  if (template.templateRef !== undefined) out.text(4, template.templateRef);
  if (template.isDefinition !== undefined) out.flag(5, template.isDefinition);
  return out.done();
}

function writeProperties(properties: SparkplugProperties, path: string): Bytes {
  const out = new WireWriter();
  const entries = Object.entries(properties);
  for (const [key] of entries) out.text(1, key);
  for (const [key, property] of entries) out.bytes(2, writeProperty(property, `${path}.${key}`));
  return out.done();
}

function writeProperty({ type, isNull, value }: SparkplugProperty, path: string): Bytes {
  const out = new WireWriter().varint(1, numberOf(type, path));
  if (isNull !== undefined) out.flag(2, isNull);
  if (value === undefined) return out.done();
  if (Array.isArray(value)) {
    const sets = new WireWriter();
    for (const one of value as readonly SparkplugProperties[]) sets.bytes(1, writeProperties(one, path));
    out.bytes(10, sets.done());
  } else if (typeof value === "object") out.bytes(9, writeProperties(value as SparkplugProperties, path));
  else writeScalar(out, 3, value as SparkplugScalar, type, path);
  return out.done();
}

function numberOf(type: DataType, path: string): bigint {
  const number = DATA_TYPES.indexOf(type);
  if (number <= 0) throw refused(path, "a data type", String(type));
  return BigInt(number);
}

const refused = (path: string, expected: string, found: string): ContractBroken =>
  new ContractBroken(`${path}: expected ${expected}, found ${found.slice(0, 80)}.`, {
    facts: { path, expected, found: found.slice(0, 80) },
  });
