/**
 * Files in UTF-16 as files of many records: made narrow for the cutter, which knows text of one byte to a character.
 *
 * What a record holds, and what stands before it, is UTF-8 then; where it begins and how long it is stay those of the file,
 * so reading goes on anywhere a record ended. A file that is not UTF-16 passes as it is.
 */
import type { Bytes } from "../std/bytes.ts";
import { brokenCut, type Cutter, type Place, type RawRecord, type Records } from "./records.ts";

type Width = "utf-16le" | "utf-16be";

/** In front of a head: how wide the file is. */
const MARKS: Readonly<Record<Width, string>> = { "utf-16le": "\ufeffle", "utf-16be": "\ufeffbe" };
const MARK_CHARS = 3;
/** Behind the mark: whether a head follows. */
const [NONE, SOME] = ["-", "+"];

/** The same records of files in UTF-16 too. */
export const inAnyWidth = <Record>(format: Records<Record>): Records<Record> => ({
  ...format,
  cutter: (from) => new WidthCutter(format, from),
  checkHead: (head) => format.checkHead(headIn(head)),
  read(raw) {
    if (widthIn(raw.place.head) === undefined) return format.read(raw);
    return format.read({ ...raw, place: { ...raw.place, head: headIn(raw.place.head) } });
  },
});

const widthIn = (head: string | null): Width | undefined =>
  head?.startsWith(MARKS["utf-16le"])
    ? "utf-16le"
    : head?.startsWith(MARKS["utf-16be"])
      ? "utf-16be"
      : undefined;

function headIn(head: string | null): string | null {
  if (head === null || widthIn(head) === undefined) return head;
  return head[MARK_CHARS] === SOME ? head.slice(MARK_CHARS + 1) : null;
}

/** By the mark of UTF-16, or by the zeros beside the first letter: some systems write no mark. */
export function utf16In([first, second]: Bytes): Width | undefined {
  if ((first === 0xff && second === 0xfe) || (second === 0 && isAscii(first))) return "utf-16le";
  if ((first === 0xfe && second === 0xff) || (first === 0 && isAscii(second))) return "utf-16be";
  return undefined;
}

const isAscii = (byte: number | undefined): boolean => byte !== undefined && byte > 0 && byte < 0x80;

class WidthCutter implements Cutter {
  readonly #format: Pick<Records<unknown>, "cutter">;
  readonly #from: Place;
  #start: Bytes = new Uint8Array();
  #inside: Cutter | undefined;

  constructor(format: Pick<Records<unknown>, "cutter">, from: Place) {
    this.#format = format;
    this.#from = from;
    if (from.offset > 0) this.#begin(widthIn(from.head));
  }

  push(piece: Bytes): readonly RawRecord[] {
    if (this.#inside) return this.#inside.push(piece);
    this.#start = Buffer.concat([this.#start, piece]);
    return this.#start.length < 2 ? [] : this.#begin(utf16In(this.#start)).push(this.#start);
  }

  end(): readonly RawRecord[] {
    if (this.#inside) return this.#inside.end();
    const inside = this.#begin(undefined);
    return [...inside.push(this.#start), ...inside.end()];
  }

  #begin(width: Width | undefined): Cutter {
    this.#inside =
      width === undefined ? this.#format.cutter(this.#from) : new Narrowing(this.#format, this.#from, width);
    return this.#inside;
  }
}

/** A piece as the cutter was given it, and where it stood in the file. */
interface Piece {
  /** Bytes before it, as the cutter counts them. */
  readonly narrow: number;
  readonly length: number;
  readonly offset: number;
  /** Where it is not plain ASCII, whose letters are all of one length. */
  readonly bytes: Buffer | undefined;
}

/** Pieces kept while no record ends; older ones are then taken for ASCII, which only moves where a broken record begins. */
const PIECES_MAX = 2_048;
const DECLARED = /^(\s*<\?xml[^>]*encoding=(["']))UTF-16(?:LE|BE)?\2/i;
const OPENING_CHARS = 200;
/** Whether it may go on with, or inside, an XML declaration. */
const isOpening = (text: string): boolean =>
  text.length < OPENING_CHARS && !text.includes("?>") && /^\ufeff?\s*(?:<(?:\?|$)|$)/.test(text);
/** What stands for half a letter that came without the other half. */
const BROKEN = Buffer.from("\ufffd");

class Narrowing implements Cutter {
  readonly #width: Width;
  readonly #decoder: TextDecoder;
  readonly #inside: Cutter;
  #pieces: Piece[] = [];
  #narrow: number;
  #offset: number;
  /** What came of an XML declaration, until it ends. */
  #opening: string | undefined;

  constructor({ cutter }: Pick<Records<unknown>, "cutter">, from: Place, width: Width) {
    this.#width = width;
    this.#decoder = new TextDecoder(width, { ignoreBOM: true });
    this.#inside = cutter({ ...from, head: headIn(from.head) });
    this.#narrow = from.offset;
    this.#offset = from.offset;
    if (from.offset === 0) this.#opening = "";
  }

  push(piece: Bytes): readonly RawRecord[] {
    return this.#told(this.#inside.push(this.#narrowed(this.#decoder.decode(piece, { stream: true }))));
  }

  end(): readonly RawRecord[] {
    const rest = this.#narrowed(this.#decoder.decode(), true);
    return this.#told([...this.#inside.push(rest), ...this.#inside.end()]);
  }

  #narrowed(decoded: string, last = false): Bytes {
    let text = decoded;
    if (this.#opening !== undefined) {
      text = this.#opening + decoded;
      this.#opening = text;
      if (!last && isOpening(text)) return Buffer.alloc(0);
      this.#opening = undefined;
      if (text.startsWith("\ufeff")) {
        text = text.slice(1);
        this.#offset += 2;
      }
      // What is declared is not what the cutter gets; as long as before, so that places stay.
      text = text.replace(DECLARED, (all, start: string, quote: string) =>
        `${start}UTF-8${quote}`.padEnd(all.length),
      );
    }
    const bytes = Buffer.from(text, "utf8");
    const plain = bytes.length === text.length;
    const piece = {
      narrow: this.#narrow,
      length: bytes.length,
      offset: this.#offset,
      bytes: plain ? undefined : bytes,
    };
    this.#pieces.push(piece);
    if (this.#pieces.length > PIECES_MAX) this.#pieces.shift();
    this.#narrow += bytes.length;
    this.#offset += 2 * text.length;
    return bytes;
  }

  #told(raws: readonly RawRecord[]): RawRecord[] {
    return raws.map((raw) => {
      const { place, length, bytes } = raw;
      const offset = this.#offsetOf(place.offset);
      const end = this.#offsetOf(place.offset + length);
      const head = `${MARKS[this.#width]}${place.head === null ? NONE : SOME + place.head}`;
      const half = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(BROKEN);
      const broken =
        raw.broken ?? (half ? brokenCut(place.line, `text in ${this.#width}`, "half a letter") : undefined);
      const last = this.#pieces.findLastIndex(({ narrow }) => narrow <= place.offset + length);
      this.#pieces.splice(0, Math.max(0, last));
      return { ...raw, length: end - offset, place: { ...place, offset, head }, ...(broken && { broken }) };
    });
  }

  /** Where in the file the cutter's byte stands. */
  #offsetOf(narrow: number): number {
    const piece = this.#pieces.findLast((one) => one.narrow <= narrow) ?? this.#pieces[0];
    if (piece === undefined) return this.#offset;
    const inside = narrow - piece.narrow;
    if (piece.bytes === undefined) return piece.offset + 2 * inside;
    return piece.offset + 2 * piece.bytes.subarray(0, Math.max(0, inside)).toString("utf8").length;
  }
}
