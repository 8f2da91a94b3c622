/**
 * Files of many IDocs: each is cut, read and refused on its own, in XML and flat with a record a line.
 *
 * A flat IDoc begins with its control record, so nothing has to be known of the file to read it. Flat files without line
 * ends are read as a whole.
 */
import type { Bytes } from "../../std/bytes.ts";
import { ContractBroken } from "../../std/errors.ts";
import type { Codec } from "../codec.ts";
import {
  brokenCut,
  type Cutter,
  inFile,
  lineEndsIn,
  type Place,
  type RawRecord,
  type Records,
  StartCutter,
} from "../records.ts";
import { inAnyWidth } from "../wide.ts";
import { xmlRecords } from "../xml/records.ts";
import type { Idoc, IdocFile } from "./segments.ts";

/** The largest IDoc that is kept whole: some four thousand segments. */
const IDOC_BYTES_MAX = 4_194_304;
/** Any line end before a control record. */
const CONTROL = /[\r\n](?=EDI_DC)/g;
const CONTROL_CHARS = 7;

export function recordsBy({ decode }: Codec<IdocFile>): Records<Idoc> {
  const read = (document: Bytes): Idoc => {
    const [first, another] = decode(document).idocs;
    if (first === undefined) throw brokenCut(1, "an IDoc", "none");
    if (another) throw brokenCut(1, "one IDoc: files without line ends are read as a whole", "more");
    return first;
  };
  const xml = xmlRecords({ name: "idocs", parts: new Set(["IDOC"]), read });
  return inAnyWidth({
    name: "idocs",
    mediaType: "text/plain",
    // XML begins with an angle bracket, or with the marks of UTF-16; a flat record has no head.
    cutter: (from) =>
      new StartCutter(from, (start) =>
        from.head !== null || /^[\s\xef\xbb\xbf]*[<\xff\xfe\0]/.test(start)
          ? xml
          : { cutter: (place) => new FlatCutter(place) },
      ),
    checkHead: (head) => xml.checkHead(head),
    read(raw) {
      if (raw.place.head !== null) return xml.read(raw);
      try {
        return read(raw.bytes);
      } catch (error) {
        if (error instanceof ContractBroken) throw inFile(error, raw.place);
        throw error;
      }
    },
  });
}

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

  constructor(from: Place) {
    this.#offset = from.offset;
    this.#line = from.line;
  }

  push(piece: Bytes): readonly RawRecord[] {
    const text = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString("latin1");
    const seen = this.#tail + text;
    this.#tail = seen.slice(1 - CONTROL_CHARS);
    this.#pieces.push(text);
    this.#length += text.length;
    const whole = seen.search(CONTROL) >= 0 || this.#text.length + this.#length > IDOC_BYTES_MAX;
    return whole ? this.#cut() : [];
  }

  end(): readonly RawRecord[] {
    const records = this.#cut();
    this.#take(records, this.#text.length);
    return records;
  }

  #cut(): RawRecord[] {
    const records: RawRecord[] = [];
    this.#text += this.#pieces.join("");
    this.#pieces = [];
    this.#length = 0;
    for (let next = this.#next(this.#seen); next !== -1; next = this.#next(0)) this.#take(records, next + 1);
    if (this.#text.length > IDOC_BYTES_MAX) {
      const most = brokenCut(this.#line, `an IDoc of at most ${IDOC_BYTES_MAX} bytes`, "more");
      // What stands at the very end may be the beginning of the next one.
      this.#take(records, this.#text.length - CONTROL_CHARS, most);
    }
    this.#seen = Math.max(0, this.#text.length - CONTROL_CHARS);
    return records;
  }

  /** The line end before the next control record, or -1. */
  #next(from: number): number {
    CONTROL.lastIndex = from;
    return CONTROL.exec(this.#text)?.index ?? -1;
  }

  #take(into: RawRecord[], to: number, broken?: ContractBroken): void {
    const text = this.#text.slice(0, to);
    const place = { offset: this.#offset, line: this.#line, head: null };
    const lines = lineEndsIn(text);
    this.#text = this.#text.slice(to);
    this.#offset += to;
    this.#line += lines;
    this.#seen = 0;
    // Behind the beginning of the file, what begins otherwise is the rest of an IDoc that was too long.
    if (text.trim() === "" || (place.offset > 0 && !text.startsWith("EDI_DC"))) return;
    into.push({
      bytes: Buffer.from(text, "latin1"),
      length: text.length,
      place,
      lines,
      ...(broken && { broken }),
    });
  }
}
