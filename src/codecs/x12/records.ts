/**
 * X12 files of many transaction sets: each set is cut, read and refused on its own.
 *
 * A set is read inside the envelope it stood in, so it means what it means in the whole file. What the trailers of groups and
 * interchanges count is not compared: the sets are counted by the batch. Binary segments may hold delimiters and are not cut.
 */
import { ContractBroken } from "../../std/errors.ts";
import { brokenCut, inFile, type Records } from "../records.ts";
import { type CutRules, EnvelopeCutter } from "../segments/cutter.ts";
import { type Header, readHeader } from "./header.ts";
import { LIMITS, type X12Limits } from "./limits.ts";
import { partsOf, type X12Part } from "./parts.ts";
import { readDocument } from "./whole.ts";

/** What a header may take, padded and wrapped as real senders do. */
const HEADER_CHARS_MAX = 600;

const RULES: CutRules = {
  begins: /^ISA[^A-Za-z0-9 \r\n]/,
  headerChars: HEADER_CHARS_MAX,
  header(text) {
    const header = headerOf(text);
    if (!header) return undefined;
    const { element, segment } = header.delimiters;
    const endOf = (inside: string, from: number) => {
      const at = inside.indexOf(segment, from);
      return at < 0 ? at : at + segment.length;
    };
    return { length: header.length, element, endOf };
  },
  opens: "ST",
  closes: "SE",
  group: "GS",
  groupEnd: "GE",
  end: "IEA",
  closing: "SE at the end of the set",
};

/**
 * Transaction sets as records, each as `partsOf` gives it.
 *
 * @example flow("catalogue").from(mailbox).records(x12Records()).map(catalogueOf)
 */
export function x12Records(limits: Partial<X12Limits> = {}): Records<X12Part> {
  const bounds = { ...LIMITS, ...limits };
  return {
    name: "x12 sets",
    mediaType: "application/edi-x12",
    cutter: (from) => new EnvelopeCutter(RULES, from),
    // Nothing but its own envelope is needed to read a set.
    checkHead: () => undefined,
    read({ bytes, place }) {
      const envelope = place.head ?? "";
      const header = headerOf(envelope);
      if (!header) throw brokenCut(place.line, "a set inside an interchange", "none");
      const { element, segment } = header.delimiters;
      const group = envelope.slice(header.length).trim().replace(segment, "").split(element)[6] ?? "";
      const end = `GE${element}1${element}${group}${segment}IEA${element}1${element}${header.elements[12]}${segment}`;
      const text = `${envelope}${Buffer.from(bytes).toString("latin1")}${end}`;
      const [part] = partsOf(readDocument(Buffer.from(text, "latin1"), bounds));
      if (part instanceof ContractBroken) throw inFile(part, place);
      if (!part) throw brokenCut(place.line, "a transaction set", "none that can be read");
      return part;
    },
  };
}

function headerOf(text: string): Header | undefined {
  const header = text.startsWith("ISA") ? readHeader(text.slice(0, HEADER_CHARS_MAX), 1) : "no header";
  return typeof header === "string" ? undefined : header;
}
