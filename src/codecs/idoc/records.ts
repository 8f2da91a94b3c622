/**
 * Files of many IDocs: each is cut, read and refused on its own, in XML and flat, with a record a line or without line ends.
 *
 * A flat IDoc begins with its control record, so nothing has to be known of the file to read it; its head only says that
 * the file has no line ends.
 */
import { type Bytes, toText } from "../../std/bytes.ts";
import type { ContractBroken } from "../../std/errors.ts";
import type { Codec } from "../codec.ts";
import {
  brokenCut,
  type Cutter,
  lineEndsIn,
  type Place,
  type RawRecord,
  type Records,
  readInFile,
  StartCutter,
} from "../records.ts";
import { inAnyWidth } from "../wide.ts";
import { xmlRecords } from "../xml/records.ts";
import { dataWidth, isUnbroken, unbrokenCount } from "./flat.ts";
import type { Idoc, IdocFile } from "./segments.ts";

/** The largest IDoc that is kept whole: some four thousand segments. */
const IDOC_BYTES_MAX = 4_194_304;

/** How IDocs stand in a flat file. */
interface Flat {
  readonly head: string | null;
  readonly control: RegExp;
  /** As many bytes as tell a control record from the rest. */
  readonly controlBytes: number;
}
const BY_LINE: Flat = { head: null, control: /(?<=[\r\n])EDI_DC/g, controlBytes: 7 };
/** The fields up to the type of the IDoc make a control record of what might be a text that names one. */
const UNBROKEN: Flat = {
  head: "without line ends",
  control: /EDI_DC(?:40 {2}.{3}[\d ]{16}.{6}[12 ].{3}| {4}.{3}[\d ]{16}.{6})[A-Z/]/g,
  controlBytes: 40,
};

export function recordsBy({ decode }: Codec<IdocFile>): Records<Idoc> {
  const read = (document: Bytes): Idoc => {
    const [first, another] = decode(document).idocs;
    if (first === undefined) throw brokenCut(1, "an IDoc", "none");
    if (another) throw brokenCut(1, "one IDoc", "more");
    return first;
  };
  const xml = xmlRecords({ name: "idocs", parts: new Set(["IDOC"]), read });
  return inAnyWidth({
    name: "idocs",
    mediaType: "text/plain",
    // XML begins with an angle bracket, or with the marks of UTF-16.
    cutter: (from) =>
      new StartCutter(from, (start, more) => {
        if (from.offset > 0 ? isXmlHead(from.head) : /^[\s\xef\xbb\xbf]*[<\xff\xfe\0]/.test(start))
          return xml;
        const flat = from.offset > 0 ? from.head !== null : isUnbroken(start);
        if (flat === undefined && more) return undefined;
        return { cutter: (place) => new FlatCutter(place, flat ? UNBROKEN : BY_LINE) };
      }),
    checkHead: (head) => xml.checkHead(head),
    read: (raw) => (isXmlHead(raw.place.head) ? xml.read(raw) : readInFile(raw.place, () => read(raw.bytes))),
  });
}

const isXmlHead = (head: string | null): boolean => head !== null && head !== UNBROKEN.head;

class FlatCutter implements Cutter {
  #text = "";
  /** What came since, in which no IDoc begins, and the end of it all. */
  #pieces: string[] = [];
  #length = 0;
  #tail = "";
  #offset: number;
  #line: number;
  /** How far the end of the record was looked for in vain. */
  #seen = 0;
  readonly #flat: Flat;

  constructor(from: Place, flat: Flat) {
    this.#flat = flat;
    this.#offset = from.offset;
    this.#line = from.line;
  }

  push(piece: Bytes): readonly RawRecord[] {
    const text = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString("latin1");
    const seen = this.#tail + text;
    this.#tail = seen.slice(1 - this.#flat.controlBytes);
    this.#pieces.push(text);
    this.#length += text.length;
    const whole = seen.search(this.#flat.control) >= 0 || this.#text.length + this.#length > IDOC_BYTES_MAX;
    return whole ? this.#cut() : [];
  }

  end(): readonly RawRecord[] {
    const records = this.#cut();
    this.#take(records, this.#text.length, undefined, true);
    return records;
  }

  #cut(): RawRecord[] {
    const records: RawRecord[] = [];
    this.#text += this.#pieces.join("");
    this.#pieces = [];
    this.#length = 0;
    for (let next = this.#next(this.#seen); next !== -1; next = this.#next(0)) this.#take(records, next);
    if (this.#text.length > IDOC_BYTES_MAX) {
      const most = brokenCut(this.#line, `an IDoc of at most ${IDOC_BYTES_MAX} bytes`, "more");
      // What stands at the very end may be the beginning of the next one.
      this.#take(records, this.#text.length - this.#flat.controlBytes, most);
    }
    this.#seen = Math.max(0, this.#text.length - this.#flat.controlBytes);
    return records;
  }

  /** Where the next IDoc begins, or -1. */
  #next(from: number): number {
    const { control } = this.#flat;
    control.lastIndex = Math.max(1, from);
    return control.exec(this.#text)?.index ?? -1;
  }

  #take(into: RawRecord[], to: number, refused?: ContractBroken, last = false): void {
    const text = this.#text.slice(0, to);
    const bytes = Buffer.from(text, "latin1");
    const place = { offset: this.#offset, line: this.#line, head: this.#flat.head };
    const unbroken = this.#flat.head === null ? undefined : unbrokenCount(toText(bytes).trimStart());
    const lines = unbroken?.records ?? lineEndsIn(text);
    this.#text = this.#text.slice(to);
    this.#offset += to;
    this.#line += lines;
    this.#seen = 0;
    // Behind the beginning of the file, what begins otherwise is the rest of an IDoc that was too long.
    if (text.trim() === "" || (place.offset > 0 && !text.startsWith("EDI_DC"))) return;
    const short = !last && unbroken?.whole === false;
    const broken =
      refused ??
      (short
        ? brokenCut(this.#line - 1, `a record of ${dataWidth(text.trimStart())} characters`, "a shorter one")
        : undefined);
    into.push({ bytes, length: text.length, place, lines, ...(broken && { broken }) });
  }
}
