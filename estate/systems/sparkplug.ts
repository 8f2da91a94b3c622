/**
 * Writes machine cycles as Sparkplug B payloads, one character a byte. Our own few lines of it, so that what reads them is held
 * against something else than itself.
 */

const LENGTH_DELIMITED = 2;
const UINT32 = 7;
const UINT64 = 8;
const STRING = 12;

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  let left = value;
  do {
    const part = Number(left & 0x7fn);
    left >>= 7n;
    bytes.push(left > 0n ? part | 0x80 : part);
  } while (left > 0n);
  return bytes;
}
const number = (field: number, value: bigint): number[] => [...varint(BigInt(field << 3)), ...varint(value)];
const bytes = (field: number, value: readonly number[]): number[] => [
  ...varint(BigInt((field << 3) | LENGTH_DELIMITED)),
  ...varint(BigInt(value.length)),
  ...value,
];
const words = (field: number, value: string): number[] => bytes(field, [...Buffer.from(value, "utf8")]);

const named = (name: string, type: number, value: number[]): number[] =>
  bytes(2, [...words(1, name), ...number(4, BigInt(type)), ...value]);

export interface Counted {
  readonly workCentre: string;
  readonly plant: string;
  readonly cycle: number;
  readonly good: number;
  readonly scrap: number;
  readonly order: string;
  readonly item: string;
  readonly at: string;
}

/** A payload with the metrics of one cycle, and temperatures nobody asked for, as machines send them. */
export function payload({ workCentre, plant, cycle, good, scrap, order, item, at }: Counted): string {
  const all = [
    ...number(1, BigInt(Date.parse(at))),
    ...named("Machine/WorkCentre", STRING, words(15, workCentre)),
    ...named("Machine/Plant", STRING, words(15, plant)),
    ...named("Cycle/Number", UINT64, number(11, BigInt(cycle))),
    ...named("Cycle/Good", UINT32, number(10, BigInt(good))),
    ...named("Cycle/Scrap", UINT32, number(10, BigInt(scrap))),
    ...named("Cycle/Order", STRING, words(15, order)),
    ...named("Cycle/Item", STRING, words(15, item)),
    ...named("Spindle/Temperature", UINT32, number(10, 41n)),
    ...number(3, BigInt(cycle % 256)),
  ];
  return String.fromCharCode(...all);
}
