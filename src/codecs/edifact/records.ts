/**
 * EDIFACT files of many messages: each message is cut, read and refused on its own.
 *
 * A message is read inside the interchange and the group it stood in, so it means what it means in the whole file. What
 * UNE and UNZ count is not compared: the messages are counted by the batch.
 */
import { ContractBroken } from "../../std/errors.ts";
import { brokenCut, inFile, type Records } from "../records.ts";
import { type CutHeader, type CutRules, EnvelopeCutter } from "../segments/cutter.ts";
import type { ServiceCharacters } from "./document.ts";
import { type EdifactLimits, LIMITS } from "./limits.ts";
import { type EdifactPart, partsOf } from "./parts.ts";
import { OPENING_CHARS, readOpening } from "./service.ts";
import { readDocument } from "./whole.ts";

/** UNA and UNB together. */
interface MessageHeader extends CutHeader {
  readonly characters: ServiceCharacters;
  /** The segment UNB itself. */
  readonly unb: string;
}

const RULES: CutRules = {
  begins: /^UN[AB][^A-Za-z0-9]/,
  headerChars: OPENING_CHARS,
  header: headerOf,
  opens: "UNH",
  closes: "UNT",
  group: "UNG",
  groupEnd: "UNE",
  end: "UNZ",
  closing: "UNT at the end of the message",
};

/**
 * Messages as records, each as `partsOf` gives it.
 *
 * @example flow("catalogue").from(mailbox).records(edifactRecords()).map(catalogueOf)
 */
export function edifactRecords(limits: Partial<EdifactLimits> = {}): Records<EdifactPart> {
  const bounds = { ...LIMITS, ...limits };
  return {
    name: "edifact messages",
    mediaType: "application/edifact",
    cutter: (from) => new EnvelopeCutter(RULES, from),
    // Nothing but its own envelope is needed to read a message.
    checkHead: () => undefined,
    read({ bytes, place }) {
      const envelope = place.head ?? "";
      const header = headerOf(envelope);
      if (!header) throw brokenCut(place.line, "a message inside an interchange", "none");
      const { element, segment } = header.characters;
      const ends = (tag: string, of: string) =>
        `${tag}${element}1${element}${elementOf(of, 5, header.characters)}${segment}`;
      const group = envelope.slice(header.length).trim();
      const end = `${group === "" ? "" : ends("UNE", group)}${ends("UNZ", header.unb)}`;
      const text = `${envelope}${Buffer.from(bytes).toString("latin1")}${end}`;
      const [part] = partsOf(readDocument(Buffer.from(text, "latin1"), bounds));
      if (part instanceof ContractBroken) throw inFile(part, place);
      if (!part) throw brokenCut(place.line, "a message", "none that can be read");
      return part;
    },
  };
}

function headerOf(text: string): MessageHeader | undefined {
  if (!/^UN[AB]/.test(text)) return undefined;
  const opening = readOpening(text.slice(0, OPENING_CHARS));
  if (typeof opening === "string") return undefined;
  const { characters, length } = opening;
  const { element, segment, release } = characters;
  const endOf = (inside: string, from: number): number => {
    for (let at = inside.indexOf(segment, from); at !== -1; at = inside.indexOf(segment, at + 1))
      if (!isReleased(inside, at, from, release)) return at + segment.length;
    return -1;
  };
  const end = endOf(text, length);
  if (end === -1) return undefined;
  return { characters, length: end, element, endOf, unb: text.slice(length, end) };
}

/** An odd number of release characters stands before it. */
function isReleased(text: string, at: number, from: number, release: string | undefined): boolean {
  let before = at;
  while (release !== undefined && before > from && text[before - 1] === release) before -= 1;
  return (at - before) % 2 === 1;
}

/** An element of a segment as it is written, release characters included. */
function elementOf(
  segment: string,
  number: number,
  { element, release, ...rest }: ServiceCharacters,
): string {
  const parts: string[] = [];
  let from = 0;
  const body = segment.endsWith(rest.segment) ? segment.slice(0, -rest.segment.length) : segment;
  for (let at = body.indexOf(element); at !== -1; at = body.indexOf(element, at + 1)) {
    if (isReleased(body, at, 0, release)) continue;
    parts.push(body.slice(from, at));
    from = at + 1;
  }
  parts.push(body.slice(from));
  return (parts[number] ?? "").replace(/[\r\n]/g, "");
}
