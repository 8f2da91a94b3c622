/**
 * The protocol buffers wire format, as much of it as Sparkplug needs: fields read one by one with every length checked
 * against what is there, and written back.
 *
 * Nothing is allocated because a length says so; a 64-bit number is a bigint all the way.
 */
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";

export interface WireField {
  readonly number: number;
  /** 0 varint, 1 eight bytes, 2 counted bytes, 5 four bytes. */
  readonly type: number;
  readonly varint: bigint;
  readonly bytes: Bytes;
  /** Offset of the field in the whole payload. */
  readonly offset: number;
}

export function brokenAtOffset(
  offset: number,
  path: string,
  expected: string,
  found: string,
): ContractBroken {
  return new ContractBroken(`Offset ${offset}, ${path}: expected ${expected}, found ${found}.`, {
    facts: { offset, path, expected, found },
  });
}

const NOTHING = new Uint8Array(0);

/** The fields of one message, in order. `from` is where the message begins in the whole payload. */
export function* fieldsOf(message: Bytes, path: string, from: number): Generator<WireField> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    const began = at;
    for (let shift = 0n; ; shift += 7n) {
      if (at >= message.length)
        throw brokenAtOffset(from + began, path, "a whole number", "the end of the payload");
      const byte = message[at]!;
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
      if (shift >= 63n) throw brokenAtOffset(from + began, path, "a number of at most ten bytes", "more");
    }
    if (value > 0xffff_ffff_ffff_ffffn)
      throw brokenAtOffset(from + began, path, "a number of 64 bits", "more");
    return value;
  };
  const take = (length: number): Bytes => {
    if (length > message.length - at) {
      throw brokenAtOffset(from + at, path, `${length} bytes`, `${message.length - at}`);
    }
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const offset = from + at;
    const tag = varint();
    const number = Number(tag >> 3n);
    const type = Number(tag & 7n);
    if (number === 0 || number > 536_870_911)
      throw brokenAtOffset(offset, path, "a field number", String(number));
    const field = { number, type, varint: 0n, bytes: NOTHING as Bytes, offset };
    if (type === 0) yield { ...field, varint: varint() };
    else if (type === 1) yield { ...field, bytes: take(8) };
    else if (type === 5) yield { ...field, bytes: take(4) };
    else if (type === 2) {
      const length = varint();
      if (length > BigInt(message.length)) {
        throw brokenAtOffset(offset, path, `at most ${message.length} bytes`, String(length));
      }
      const bytes = take(Number(length));
      yield { ...field, bytes, offset: from + at - bytes.length };
    } else throw brokenAtOffset(offset, path, "a wire type 0, 1, 2 or 5", String(type));
  }
}

/** Collects the fields of one message. */
export class WireWriter {
  readonly #parts: Bytes[] = [];

  varint(number: number, value: bigint): this {
    this.#parts.push(varintOf((BigInt(number) << 3n) | 0n), varintOf(BigInt.asUintN(64, value)));
    return this;
  }

  flag(number: number, value: boolean): this {
    return this.varint(number, value ? 1n : 0n);
  }

  bytes(number: number, value: Bytes): this {
    this.#parts.push(varintOf((BigInt(number) << 3n) | 2n), varintOf(BigInt(value.length)), value);
    return this;
  }

  text(number: number, value: string): this {
    if (!value.isWellFormed()) throw brokenAtOffset(0, `field ${number}`, "text", "a lone surrogate");
    return this.bytes(number, Buffer.from(value, "utf8"));
  }

  float(number: number, value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    this.#parts.push(varintOf((BigInt(number) << 3n) | 5n), bytes);
    return this;
  }

  double(number: number, value: number): this {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    this.#parts.push(varintOf((BigInt(number) << 3n) | 1n), bytes);
    return this;
  }

  done(): Bytes {
    return Buffer.concat(this.#parts);
  }
}

function varintOf(value: bigint): Bytes {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
