/**
 * A QR code: the modules of a picture a telephone reads text from. ISO/IEC 18004, byte mode, error correction level M, versions 1
 * to 10, which hold 213 bytes. Pure; whoever draws it adds a quiet zone of four modules.
 */

/** By version: codewords for error correction in each block, and how many blocks. ISO/IEC 18004, table 9, level M. */
const BLOCKS = [
  [10, 1],
  [16, 1],
  [26, 1],
  [18, 2],
  [24, 2],
  [16, 4],
  [18, 4],
  [22, 4],
  [22, 5],
  [26, 5],
] as const;
/** Centres of alignment patterns besides 6, by version. Annex E. */
const CENTRES = [[], [18], [22], [26], [30], [34], [22, 38], [24, 42], [26, 46], [28, 50]] as const;

/** Rows of modules, true where dark; null when the text is too long for a picture. */
export function qrCode(text: string): boolean[][] | null {
  const bytes = new TextEncoder().encode(text);
  for (let version = 1; version <= BLOCKS.length; version++) {
    const room = dataRoom(version);
    const countBits = version < 10 ? 8 : 16;
    if (4 + countBits + 8 * bytes.length > 8 * room) continue;
    const codewords = interleaved(version, dataOf(bytes, countBits, room));
    return drawn(version, codewords);
  }
  return null;
}

/** All codewords a version has room for: its modules without those of a function of their own. */
function allRoom(version: number): number {
  const size = 17 + 4 * version;
  const side = version === 1 ? 0 : CENTRES[version - 1]!.length + 1;
  const alignment = side === 0 ? 0 : 25 * (side * side - 3) - 5 * 2 * (side - 2);
  const functional = 3 * 64 + 2 * (size - 16) + alignment + 31 + (version >= 7 ? 36 : 0);
  return Math.floor((size * size - functional) / 8);
}

const dataRoom = (version: number): number => {
  const [correction, blocks] = BLOCKS[version - 1]!;
  return allRoom(version) - correction * blocks;
};

/** Mode, count, bytes, terminator and padding, as codewords. */
function dataOf(bytes: Uint8Array, countBits: number, room: number): number[] {
  const bits: number[] = [];
  const put = (value: number, width: number) => {
    for (let bit = width - 1; bit >= 0; bit--) bits.push((value >> bit) & 1);
  };
  put(0b0100, 4);
  put(bytes.length, countBits);
  for (const byte of bytes) put(byte, 8);
  put(0, Math.min(4, 8 * room - bits.length));
  while (bits.length % 8 !== 0) bits.push(0);
  const words: number[] = [];
  for (let at = 0; at < bits.length; at += 8)
    words.push(bits.slice(at, at + 8).reduce((word, bit) => (word << 1) | bit, 0));
  for (let pad = 0; words.length < room; pad++) words.push(pad % 2 === 0 ? 0xec : 0x11);
  return words;
}

/** Multiplies in GF(2^8) with the polynomial x^8 + x^4 + x^3 + x^2 + 1. */
function times(left: number, right: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    if ((right >> bit) & 1) product ^= left;
  }
  return product;
}

/** The codewords that let a reader mend a block: Reed-Solomon. */
export function correctionOf(data: readonly number[], length: number): number[] {
  // The product of (x - 2^i) for i below `length`, highest coefficient (1) left out.
  const generator: number[] = Array.from({ length }, (_, at) => (at === length - 1 ? 1 : 0));
  let root = 1;
  for (let factor = 0; factor < length; factor++) {
    for (let at = 0; at < length; at++)
      generator[at] = times(generator[at]!, root) ^ (at + 1 < length ? generator[at + 1]! : 0);
    root = times(root, 2);
  }
  const rest: number[] = Array.from({ length }, () => 0);
  for (const word of data) {
    const lead = word ^ rest.shift()!;
    rest.push(0);
    for (let at = 0; at < length; at++) rest[at] = rest[at]! ^ times(generator[at]!, lead);
  }
  return rest;
}

/** Splits into blocks, adds what mends each, and takes one codeword of every block in turn. The last blocks may be longer by one. */
function interleaved(version: number, data: readonly number[]): number[] {
  const [correction, blocks] = BLOCKS[version - 1]!;
  const short = Math.floor(data.length / blocks);
  const longer = data.length % blocks;
  const parts: number[][] = [];
  for (let block = 0, at = 0; block < blocks; block++) {
    const length = short + (block >= blocks - longer ? 1 : 0);
    parts.push(data.slice(at, at + length));
    at += length;
  }
  const mending = parts.map((part) => correctionOf(part, correction));
  const turns = (lists: readonly number[][], longest: number) =>
    Array.from({ length: longest }, (_, at) => lists.map((list) => list[at])).flat();
  return [...turns(parts, short + 1), ...turns(mending, correction)].filter((word) => word !== undefined);
}

/** Which modules a mask turns over. Table 10; `x` is the column. */
const MASKS: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

function drawn(version: number, codewords: readonly number[]): boolean[][] {
  const size = 17 + 4 * version;
  /** Undefined where data goes. */
  const fixed: (boolean | undefined)[][] = Array.from({ length: size }, () =>
    Array.from({ length: size }, () => undefined),
  );
  const set = (x: number, y: number, dark: boolean) => {
    if (x >= 0 && y >= 0 && x < size && y < size) fixed[y]![x] = dark;
  };
  for (let at = 0; at < size; at++) {
    set(6, at, at % 2 === 0);
    set(at, 6, at % 2 === 0);
  }
  const square = (x: number, y: number, reach: number, light: readonly number[]) => {
    for (let down = -reach; down <= reach; down++)
      for (let right = -reach; right <= reach; right++)
        set(x + right, y + down, !light.includes(Math.max(Math.abs(right), Math.abs(down))));
  };
  const centres = version === 1 ? [] : [6, ...CENTRES[version - 1]!];
  const far = centres.at(-1);
  for (const x of centres) {
    for (const y of centres) {
      const corner = (x === 6 && y === 6) || (x === 6 && y === far) || (x === far && y === 6);
      if (!corner) square(x, y, 2, [1]);
    }
  }
  for (const [x, y] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const)
    square(x, y, 4, [2, 4]);
  if (version >= 7) {
    const word = (version << 12) | remainder(version, 12, 0x1f25);
    for (let bit = 0; bit < 18; bit++) {
      const dark = ((word >> bit) & 1) === 1;
      const [near, across] = [Math.floor(bit / 3), size - 11 + (bit % 3)];
      set(near, across, dark);
      set(across, near, dark);
    }
  }
  const format = (mask: number) => {
    // Level M is 00.
    const word = ((mask << 10) | remainder(mask, 10, 0x537)) ^ 0x5412;
    const bit = (at: number) => ((word >> at) & 1) === 1;
    for (let at = 0; at < 6; at++) set(8, at, bit(at));
    set(8, 7, bit(6));
    set(8, 8, bit(7));
    set(7, 8, bit(8));
    for (let at = 9; at < 15; at++) set(14 - at, 8, bit(at));
    for (let at = 0; at < 8; at++) set(size - 1 - at, 8, bit(at));
    for (let at = 8; at < 15; at++) set(8, size - 15 + at, bit(at));
    set(8, size - 8, true);
  };
  format(0);

  const path: [number, number][] = [];
  for (let right = size - 1, up = true; right >= 1; right -= 2, up = !up) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step++) {
      const y = up ? size - 1 - step : step;
      for (const x of [right, right - 1]) if (fixed[y]![x] === undefined) path.push([x, y]);
    }
  }
  const pictures = MASKS.map((turns, mask) => {
    format(mask);
    const rows = fixed.map((row) => row.map((dark) => dark === true));
    for (const [at, [x, y]] of path.entries()) {
      const dark = (((codewords[at >> 3] ?? 0) >> (7 - (at & 7))) & 1) === 1;
      rows[y]![x] = dark !== turns(x, y);
    }
    return { rows, penalty: penaltyOf(rows) };
  });
  return pictures.reduce((best, one) => (one.penalty < best.penalty ? one : best)).rows;
}

/** What is left of `value · 2^bits` divided by a polynomial over GF(2). */
function remainder(value: number, bits: number, polynomial: number): number {
  let rest = value;
  for (let bit = 0; bit < bits; bit++) rest = (rest << 1) ^ ((rest >> (bits - 1)) * polynomial);
  return rest & ((1 << bits) - 1);
}

/** How hard a picture is to read. Section 7.8.3. */
function penaltyOf(rows: readonly (readonly boolean[])[]): number {
  const size = rows.length;
  const line = (cells: readonly boolean[]) => cells.map((dark) => (dark ? "1" : "0")).join("");
  const lines = [...rows.map(line), ...rows.map((_, x) => line(rows.map((row) => row[x]!)))];
  let penalty = 0;
  for (const each of lines) {
    for (const [run] of each.matchAll(/0{5,}|1{5,}/g)) penalty += run.length - 2;
    penalty += 40 * [...each.matchAll(/(?=10111010000|00001011101)/g)].length;
  }
  for (let y = 1; y < size; y++)
    for (let x = 1; x < size; x++) {
      const [one, ...others] = [rows[y]![x], rows[y]![x - 1], rows[y - 1]![x], rows[y - 1]![x - 1]];
      if (others.every((other) => other === one)) penalty += 3;
    }
  const dark = rows.flat().filter(Boolean).length;
  return penalty + 10 * Math.floor(Math.abs((dark * 100) / (size * size) - 50) / 5);
}
