/**
 * Reads Sparkplug B payloads.
 *
 * A value is read as its type says and refused where the wire holds another kind or a number the type cannot have. How
 * many metrics, how deep templates and properties nest and how long a text is are bounded.
 */
import type { Bytes } from "../../std/bytes.ts";
import {
  DATA_TYPES,
  type DataType,
  type SparkplugDataSet,
  type SparkplugMetadata,
  type SparkplugMetric,
  type SparkplugPayload,
  type SparkplugProperties,
  type SparkplugProperty,
  type SparkplugScalar,
  type SparkplugTemplate,
  type SparkplugValue,
} from "./payload.ts";
import { brokenAtOffset, fieldsOf, type WireField } from "./wire.ts";

export interface SparkplugLimits {
  readonly bytes: number;
  /** Metrics of the payload and of the templates inside it, cells of data sets and properties, together. */
  readonly items: number;
  readonly depth: number;
  readonly textBytes: number;
}

/** 4 MB: MQTT brokers allow far less by default. */
export const SPARKPLUG_LIMITS: SparkplugLimits = {
  bytes: 4_194_304,
  items: 200_000,
  depth: 16,
  textBytes: 1_048_576,
};

const decoder = new TextDecoder("utf-8", { fatal: true });

/** @throws {ContractBroken} with `offset`, `path`, `expected` and `found` */
export function readPayload(body: Bytes, limits: SparkplugLimits): SparkplugPayload {
  if (body.length > limits.bytes)
    throw brokenAtOffset(0, "payload", `at most ${limits.bytes} bytes`, String(body.length));
  return new Reading(limits).payload(body);
}

/** What `value` of a metric, cell, parameter or property was on the wire. */
interface Wire {
  readonly kind: "int" | "long" | "float" | "double" | "boolean" | "string" | "bytes" | "message";
  readonly field: WireField;
}
const KINDS = ["int", "long", "float", "double", "boolean", "string"] as const;

class Reading {
  readonly #limits: SparkplugLimits;
  readonly #notCarried: string[] = [];
  #items = 0;

  constructor(limits: SparkplugLimits) {
    this.#limits = limits;
  }

  payload(body: Bytes): SparkplugPayload {
    const told: { -readonly [K in keyof SparkplugPayload]?: SparkplugPayload[K] } = {};
    const metrics: SparkplugMetric[] = [];
    for (const field of fieldsOf(body, "payload", 0)) {
      const path = "payload";
      if (field.number === 1) told.timestamp = this.#varint(field, path);
      else if (field.number === 2) metrics.push(this.#metric(field, `metrics[${metrics.length}]`, 1));
      else if (field.number === 3) told.seq = this.#varint(field, path);
      else if (field.number === 4) told.uuid = this.#text(field, path);
      else if (field.number === 5) told.body = Uint8Array.from(this.#bytes(field, path));
      else this.#list(field, path);
    }
    return { ...told, metrics, notCarried: this.#notCarried };
  }

  #metric(message: WireField, path: string, depth: number): SparkplugMetric {
    this.#count(message, path, depth);
    const told: { -readonly [K in keyof SparkplugMetric]?: SparkplugMetric[K] } = {};
    let wire: Wire | undefined;
    for (const field of fieldsOf(this.#bytes(message, path), path, message.offset)) {
      const { number } = field;
      if (number === 1) told.name = this.#text(field, path);
      else if (number === 2) told.alias = this.#varint(field, path);
      else if (number === 3) told.timestamp = this.#varint(field, path);
      else if (number === 4) told.dataType = this.#type(field, path);
      else if (number === 5) told.isHistorical = this.#flag(field, path);
      else if (number === 6) told.isTransient = this.#flag(field, path);
      else if (number === 7) told.isNull = this.#flag(field, path);
      else if (number === 8) told.metadata = this.#metadata(field, path);
      else if (number === 9) told.properties = this.#properties(field, `${path}.properties`, depth + 1);
      else if (number >= 10 && number <= 15) wire = { kind: KINDS[number - 10]!, field };
      else if (number === 16) wire = { kind: "bytes", field };
      else if (number === 17 || number === 18) wire = { kind: "message", field };
      else this.#list(field, path);
    }
    if (told.name === undefined && told.alias === undefined) {
      throw brokenAtOffset(message.offset, path, "a name or an alias", "neither");
    }
    if (wire && told.isNull !== true) told.value = this.#value(wire, told.dataType, path, depth);
    return told;
  }

  #value(wire: Wire, type: DataType | undefined, path: string, depth: number): SparkplugValue {
    const { field, kind } = wire;
    if (field.number === 17 && (type === undefined || type === "DataSet"))
      return this.#dataSet(field, path, depth);
    if (field.number === 18 && (type === undefined || type === "Template"))
      return this.#template(field, path, depth);
    if (kind === "bytes") {
      const bytes = this.#bytes(field, path);
      if (type === undefined || type === "Bytes" || type === "File") return Uint8Array.from(bytes);
      if (type.endsWith("Array")) return this.#array(bytes, type, field, path);
    }
    return this.#scalar(wire, type, path);
  }

  /** A number, a truth or a text, as its type says. */
  #scalar({ kind, field }: Wire, type: DataType | undefined, path: string): SparkplugScalar {
    const wrong = () =>
      brokenAtOffset(field.offset, path, `a value of the type ${type}`, `one of the wire kind ${kind}`);
    if (kind === "int" || kind === "long") {
      const raw = this.#varint(field, path);
      if (kind === "int" && raw > 0xffff_ffffn)
        throw brokenAtOffset(field.offset, path, "a number of 32 bits", String(raw));
      if (type === undefined) return kind === "int" ? Number(raw) : raw;
      const whole = WHOLE[type];
      if (!whole) throw wrong();
      const [bits, signed, big] = whole;
      // Negative numbers come as two's complement of 32 or 64 bits, and from some senders of their own few bits.
      const value = signed ? signedIn(raw, bits, kind === "int" ? 32 : 64) : raw;
      const lowest = signed ? -(1n << BigInt(bits - 1)) : 0n;
      const highest = (1n << BigInt(signed ? bits - 1 : bits)) - 1n;
      if (value < lowest || value > highest)
        throw brokenAtOffset(field.offset, path, `a number of the type ${type}`, String(value));
      return big ? value : Number(value);
    }
    if (kind === "float" && (type === undefined || type === "Float"))
      return bufferOf(this.#fixed(field, 5, path)).readFloatLE();
    if (kind === "double" && (type === undefined || type === "Double"))
      return bufferOf(this.#fixed(field, 1, path)).readDoubleLE();
    if (kind === "boolean" && (type === undefined || type === "Boolean")) return this.#flag(field, path);
    if (
      kind === "string" &&
      (type === undefined || type === "String" || type === "Text" || type === "UUID")
    ) {
      return this.#text(field, path);
    }
    throw wrong();
  }

  #dataSet(message: WireField, path: string, depth: number): SparkplugDataSet {
    this.#count(message, path, depth);
    const columns: string[] = [];
    const types: DataType[] = [];
    const rows: (SparkplugScalar | null)[][] = [];
    let declared: bigint | undefined;
    const packed: WireField[] = [];
    for (const field of fieldsOf(this.#bytes(message, path), path, message.offset)) {
      if (field.number === 1) declared = this.#varint(field, path);
      else if (field.number === 2) columns.push(this.#text(field, path));
      else if (field.number === 3) types.push(...this.#types(field, path));
      else if (field.number === 4) packed.push(field);
      else this.#list(field, path);
    }
    if (declared !== undefined && declared !== BigInt(columns.length)) {
      throw brokenAtOffset(message.offset, path, `${declared} columns`, String(columns.length));
    }
    if (types.length !== columns.length) {
      throw brokenAtOffset(message.offset, path, `${columns.length} types`, String(types.length));
    }
    for (const row of packed) rows.push(this.#row(row, types, `${path}.rows[${rows.length}]`, depth));
    return { columns, types, rows };
  }

  #row(
    message: WireField,
    types: readonly DataType[],
    path: string,
    depth: number,
  ): (SparkplugScalar | null)[] {
    const cells: (SparkplugScalar | null)[] = [];
    for (const cell of fieldsOf(this.#bytes(message, path), path, message.offset)) {
      if (cell.number !== 1) {
        this.#list(cell, path);
        continue;
      }
      this.#count(cell, path, depth);
      let value: SparkplugScalar | null = null;
      for (const field of fieldsOf(this.#bytes(cell, path), path, cell.offset)) {
        const kind = KINDS[field.number - 1];
        if (kind) value = this.#scalar({ kind, field }, types[cells.length], path);
        else this.#list(field, path);
      }
      cells.push(value);
    }
    if (cells.length !== types.length)
      throw brokenAtOffset(message.offset, path, `${types.length} cells`, String(cells.length));
    return cells;
  }

  #template(message: WireField, path: string, depth: number): SparkplugTemplate {
    this.#count(message, path, depth);
    const told: { -readonly [K in keyof SparkplugTemplate]?: SparkplugTemplate[K] } = {};
    const metrics: SparkplugMetric[] = [];
    const parameters: { name: string; type: DataType; value?: SparkplugScalar }[] = [];
    for (const field of fieldsOf(this.#bytes(message, path), path, message.offset)) {
      if (field.number === 1) told.version = this.#text(field, path);
      else if (field.number === 2)
        metrics.push(this.#metric(field, `${path}.metrics[${metrics.length}]`, depth + 1));
      else if (field.number === 3)
        parameters.push(this.#parameter(field, `${path}.parameters[${parameters.length}]`, depth));
      else if (field.number === 4) told.templateRef = this.#text(field, path);
      else if (field.number === 5) told.isDefinition = this.#flag(field, path);
      else this.#list(field, path);
    }
    return { ...told, metrics, parameters };
  }

  #parameter(message: WireField, path: string, depth: number) {
    this.#count(message, path, depth);
    let name: string | undefined;
    let type: DataType | undefined;
    let wire: Wire | undefined;
    for (const field of fieldsOf(this.#bytes(message, path), path, message.offset)) {
      const kind = KINDS[field.number - 3];
      if (field.number === 1) name = this.#text(field, path);
      else if (field.number === 2) type = this.#type(field, path);
      else if (kind && field.number >= 3) wire = { kind, field };
      else this.#list(field, path);
    }
    if (name === undefined || type === undefined)
      throw brokenAtOffset(message.offset, path, "a name and a type", "less");
    return { name, type, ...(wire ? { value: this.#scalar(wire, type, path) } : {}) };
  }

  #properties(message: WireField, path: string, depth: number): SparkplugProperties {
    this.#count(message, path, depth);
    const keys: string[] = [];
    const values: SparkplugProperty[] = [];
    for (const field of fieldsOf(this.#bytes(message, path), path, message.offset)) {
      if (field.number === 1) keys.push(this.#text(field, path));
      else if (field.number === 2) values.push(this.#property(field, `${path}[${values.length}]`, depth));
      else this.#list(field, path);
    }
    if (keys.length !== values.length)
      throw brokenAtOffset(message.offset, path, `${keys.length} values`, String(values.length));
    const twice = keys.find((key, at) => keys.indexOf(key) !== at || key === "__proto__");
    if (twice !== undefined) throw brokenAtOffset(message.offset, path, "each key once", twice.slice(0, 40));
    return Object.fromEntries(keys.map((key, at) => [key, values[at]!]));
  }

  #property(message: WireField, path: string, depth: number): SparkplugProperty {
    this.#count(message, path, depth);
    let type: DataType | undefined;
    let isNull: boolean | undefined;
    let found: WireField | undefined;
    for (const field of fieldsOf(this.#bytes(message, path), path, message.offset)) {
      if (field.number === 1) type = this.#type(field, path);
      else if (field.number === 2) isNull = this.#flag(field, path);
      else if (field.number <= 10) found = field;
      else this.#list(field, path);
    }
    if (type === undefined) throw brokenAtOffset(message.offset, path, "the type of the property", "none");
    const told = { type, ...(isNull === undefined ? {} : { isNull }) };
    if (!found || isNull === true) return told;
    if (found.number === 9 && type === "PropertySet")
      return { ...told, value: this.#properties(found, path, depth + 1) };
    if (found.number === 10 && type === "PropertySetList") {
      const sets: SparkplugProperties[] = [];
      for (const field of fieldsOf(this.#bytes(found, path), path, found.offset)) {
        if (field.number === 1) sets.push(this.#properties(field, `${path}[${sets.length}]`, depth + 1));
        else this.#list(field, path);
      }
      return { ...told, value: sets };
    }
    const kind = KINDS[found.number - 3];
    if (!kind)
      throw brokenAtOffset(found.offset, path, `a value of the type ${type}`, `field ${found.number}`);
    return { ...told, value: this.#scalar({ kind, field: found }, type, path) };
  }

  #metadata(message: WireField, path: string): SparkplugMetadata {
    const told: { -readonly [K in keyof SparkplugMetadata]?: SparkplugMetadata[K] } = {};
    for (const field of fieldsOf(this.#bytes(message, path), `${path}.metadata`, message.offset)) {
      if (field.number === 1) told.isMultiPart = this.#flag(field, path);
      else if (field.number === 2) told.contentType = this.#text(field, path);
      else if (field.number === 3) told.size = this.#varint(field, path);
      else if (field.number === 4) told.seq = this.#varint(field, path);
      else if (field.number === 5) told.fileName = this.#text(field, path);
      else if (field.number === 6) told.fileType = this.#text(field, path);
      else if (field.number === 7) told.md5 = this.#text(field, path);
      else if (field.number === 8) told.description = this.#text(field, path);
      else this.#list(field, path);
    }
    return told;
  }

  /** Arrays are little-endian in bytes; booleans are bits behind a count, strings end with NUL. */
  #array(bytes: Bytes, type: DataType, field: WireField, path: string): SparkplugScalar[] {
    const buffer = bufferOf(bytes);
    if (type === "StringArray") {
      if (bytes.length > 0 && bytes.at(-1) !== 0)
        throw brokenAtOffset(field.offset, path, "strings that end with NUL", "an open one");
      const strings = this.#decoded(bytes, field, path).split("\0").slice(0, -1);
      this.#items += strings.length;
      this.#count(field, path, 0);
      return strings;
    }
    if (type === "BooleanArray") {
      if (bytes.length < 4)
        throw brokenAtOffset(field.offset, path, "a count of four bytes", String(bytes.length));
      const count = buffer.readUInt32LE(0);
      if (Math.ceil(count / 8) !== bytes.length - 4)
        throw brokenAtOffset(field.offset, path, `${count} bits`, `${bytes.length - 4} bytes`);
      this.#items += count;
      this.#count(field, path, 0);
      return Array.from({ length: count }, (_, at) => (bytes[4 + (at >> 3)]! & (0x80 >> (at & 7))) !== 0);
    }
    const [width, read] = ARRAYS[type]!;
    if (bytes.length % width !== 0)
      throw brokenAtOffset(field.offset, path, `a multiple of ${width} bytes`, String(bytes.length));
    this.#items += bytes.length / width;
    this.#count(field, path, 0);
    return Array.from({ length: bytes.length / width }, (_, at) => read(buffer, at * width));
  }

  #count({ offset }: WireField, path: string, depth: number): void {
    this.#items += 1;
    if (this.#items > this.#limits.items)
      throw brokenAtOffset(offset, path, `at most ${this.#limits.items} items`, "more");
    if (depth > this.#limits.depth)
      throw brokenAtOffset(offset, path.slice(0, 80), `at most ${this.#limits.depth} levels`, "more");
  }

  #list({ number }: WireField, path: string): void {
    if (this.#notCarried.length < 1_000) this.#notCarried.push(`${path}, field ${number}`);
  }

  #varint(field: WireField, path: string): bigint {
    if (field.type !== 0)
      throw brokenAtOffset(
        field.offset,
        path,
        `a number in field ${field.number}`,
        `wire type ${field.type}`,
      );
    return field.varint;
  }

  #flag(field: WireField, path: string): boolean {
    const value = this.#varint(field, path);
    if (value > 1n) throw brokenAtOffset(field.offset, path, "0 or 1", String(value));
    return value === 1n;
  }

  #bytes(field: WireField, path: string): Bytes {
    if (field.type !== 2)
      throw brokenAtOffset(field.offset, path, `bytes in field ${field.number}`, `wire type ${field.type}`);
    return field.bytes;
  }

  #fixed(field: WireField, type: number, path: string): Bytes {
    if (field.type !== type)
      throw brokenAtOffset(
        field.offset,
        path,
        `a number of fixed width in field ${field.number}`,
        `wire type ${field.type}`,
      );
    return field.bytes;
  }

  #text(field: WireField, path: string): string {
    const bytes = this.#bytes(field, path);
    if (bytes.length > this.#limits.textBytes)
      throw brokenAtOffset(
        field.offset,
        path,
        `at most ${this.#limits.textBytes} bytes of text`,
        String(bytes.length),
      );
    return this.#decoded(bytes, field, path);
  }

  #decoded(bytes: Bytes, field: WireField, path: string): string {
    try {
      return decoder.decode(bytes);
    } catch {
      throw brokenAtOffset(field.offset, path, "text in UTF-8", "other bytes");
    }
  }

  #type(field: WireField, path: string): DataType {
    return this.#typeOf(this.#varint(field, path), field, path);
  }

  #typeOf(number: bigint, field: WireField, path: string): DataType {
    const type = number > 0n ? DATA_TYPES[Number(number)] : undefined;
    if (type === undefined)
      throw brokenAtOffset(field.offset, path, "a data type from 1 to 34", String(number));
    return type;
  }

  /** Repeated numbers come one by one or packed. */
  #types(field: WireField, path: string): DataType[] {
    if (field.type === 0) return [this.#type(field, path)];
    return [...this.#bytes(field, path)].map((number) => this.#typeOf(BigInt(number), field, path));
  }
}

/** Bits, signed, and whether the value is a bigint. */
export const WHOLE: Readonly<
  Partial<Record<DataType, readonly [bits: number, signed: boolean, big: boolean]>>
> = {
  Int8: [8, true, false],
  Int16: [16, true, false],
  Int32: [32, true, false],
  Int64: [64, true, true],
  UInt8: [8, false, false],
  UInt16: [16, false, false],
  UInt32: [32, false, false],
  UInt64: [64, false, true],
  DateTime: [64, false, true],
};

function signedIn(raw: bigint, bits: number, wireBits: number): bigint {
  if (raw < 1n << BigInt(bits)) return BigInt.asIntN(bits, raw);
  return BigInt.asIntN(wireBits === 64 && raw > 0xffff_ffffn ? 64 : 32, raw);
}

export const ARRAYS: Readonly<
  Partial<Record<DataType, readonly [width: number, read: (from: Buffer, at: number) => number | bigint]>>
> = {
  Int8Array: [1, (from, at) => from.readInt8(at)],
  Int16Array: [2, (from, at) => from.readInt16LE(at)],
  Int32Array: [4, (from, at) => from.readInt32LE(at)],
  Int64Array: [8, (from, at) => from.readBigInt64LE(at)],
  UInt8Array: [1, (from, at) => from.readUInt8(at)],
  UInt16Array: [2, (from, at) => from.readUInt16LE(at)],
  UInt32Array: [4, (from, at) => from.readUInt32LE(at)],
  UInt64Array: [8, (from, at) => from.readBigUInt64LE(at)],
  FloatArray: [4, (from, at) => from.readFloatLE(at)],
  DoubleArray: [8, (from, at) => from.readDoubleLE(at)],
  DateTimeArray: [8, (from, at) => from.readBigUInt64LE(at)],
};

const bufferOf = (bytes: Bytes): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
