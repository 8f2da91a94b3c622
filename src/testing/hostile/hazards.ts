/**
 * What is thrown at every codec, beside random damage: the ways to make a reader slow, large or wrong that are known.
 *
 * A hazard is made from the subject's own sound documents and pieces, so a new codec meets all of them by being listed.
 * Which bounds hold is for `endure.ts`.
 */
import { constants, deflateRawSync, gzipSync } from "node:zlib";
import type { Bytes } from "../../std/bytes.ts";
import type { Subject } from "./subject.ts";

export interface Hazard {
  readonly name: string;
  /**
   * The bodies to read, one after the other; none where the hazard means nothing in this format. What only says the same again is
   * made `share` as long.
   */
  bodies(subject: Subject, share: number): Iterable<Bytes>;
  /** Whether reading it would be wrong; otherwise it may be read or refused. */
  readonly refused?: boolean;
}

const MB = 1_048_576;

const fill = (piece: string, size: number): Buffer => Buffer.alloc(size, piece || " ", "latin1");
const times = (piece: Bytes, count: number, most = 30 * MB): Buffer => {
  const body = Buffer.from(piece);
  return Buffer.alloc(Math.min(body.length * count, Math.floor(most / body.length) * body.length), body);
};
/** Something put into the middle of a sound document. */
const amid = (body: Bytes, inside: Bytes): Buffer => {
  const middle = body.length >> 1;
  return Buffer.concat([body.subarray(0, middle), inside, body.subarray(middle)]);
};

let packed: readonly Bytes[] | undefined;
/** The same 100 MB in both packings, each megabyte packed once; a zip is a header, the deflated bytes and a directory nobody gets to. */
function bombs(): readonly Bytes[] {
  if (packed) return packed;
  const zeros = Buffer.alloc(MB);
  const head = Buffer.from("PK\x03\x04\x14\0\0\0\x08\0", "latin1");
  const flushed = deflateRawSync(zeros, { finishFlush: constants.Z_FULL_FLUSH });
  packed = [times(gzipSync(zeros), 100), Buffer.concat([head, times(flushed, 99), deflateRawSync(zeros)])];
  return packed;
}

const startOf = (body: Bytes): string => Buffer.from(body.subarray(0, 200)).toString("latin1").trimStart();
const xmlOf = (subject: Subject): Bytes[] =>
  subject.seeds().filter((body) => /^(?:\xef\xbb\xbf)?</.test(startOf(body)));
const isJson = (body: Bytes): boolean => /^[{[]\s*["{[]/.test(startOf(body));
const jsonOf = (subject: Subject): Bytes[] => subject.seeds().filter((body) => isJson(body));
const textOf = (subject: Subject): Bytes[] =>
  subject.seeds().filter((body) => !body.subarray(0, 200).includes(0));
/** Documents of lines or segments, with what ends one. */
const segmentedOf = (subject: Subject): { body: Bytes; segments: Buffer[] }[] =>
  textOf(subject)
    .filter((body) => !/^(?:\xef\xbb\xbf)?</.test(startOf(body)) && !isJson(body))
    .map((body) => {
      const text = Buffer.from(body).toString("latin1");
      const ends = /~\n?|'\n?|\r?\n/g;
      // Whatever comes most often ends the segments.
      const [end = "\n"] = Object.entries(Object.groupBy(text.match(ends) ?? [], (mark) => mark))
        .sort(([, one = []], [, other = []]) => other.length - one.length)
        .map(([mark]) => mark);
      const parts = text.split(end).map((part) => Buffer.from(part + end, "latin1"));
      return { body, segments: parts };
    });

/** What is thrown at readers of streams: more than any memory should hold. */
export interface Torrent {
  readonly name: string;
  chunks(subject: Subject, share: number): Iterable<Bytes>;
}

function* repeated(piece: Bytes, count: number): Generator<Bytes> {
  for (let n = 0; n < count; n += 1) yield piece;
}

export const TORRENTS: readonly Torrent[] = [
  {
    name: "100 MB in one element, as a stream",
    *chunks({ seeds }) {
      const [body] = seeds();
      const middle = body!.length >> 1;
      yield body!.subarray(0, middle);
      yield* repeated(fill("A", MB), 100);
      yield body!.subarray(middle);
    },
  },
  { name: "100 MB of one letter, as a stream", chunks: () => repeated(fill("A", MB), 100) },
  {
    name: "20 MB of whole documents, as a stream",
    *chunks({ seeds }, share) {
      const [body] = seeds();
      const piece = times(body!, MB, MB);
      yield* repeated(piece, 20 * share);
    },
  },
  {
    name: "a million segments, as a stream",
    *chunks(subject, share) {
      const [found] = segmentedOf(subject);
      if (!found) return;
      const { segments } = found;
      const middle = segments.length >> 1;
      yield Buffer.concat(segments.slice(0, middle));
      yield* repeated(times(segments[middle]!, 10_000), 100 * share);
      yield Buffer.concat(segments.slice(middle));
    },
  },
  {
    name: "100 kB byte by byte",
    *chunks({ seeds }) {
      const [body] = seeds();
      const piece = times(body!, 100_000, 100_000 + body!.length);
      for (let at = 0; at < piece.length; at += 1) yield piece.subarray(at, at + 1);
    },
  },
];

/** Makes XML of a sound document by changing its text. */
const xmlWith =
  (change: (text: string) => string) =>
  (subject: Subject): Bytes[] =>
    xmlOf(subject).map((body) => Buffer.from(change(Buffer.from(body).toString("latin1")), "latin1"));
/** Before the root element, after the declaration. */
const beforeRoot = (inside: string) => (text: string) => text.replace(/<(?=[A-Za-z])/, () => `${inside}<`);
/** Inside the root element, at its end. */
const inRoot = (inside: string) => (text: string) => text.replace(/(?=<\/[^<]*$)/, () => inside);
const attributes = (count: number, name: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => ` ${name(n)}="x"`).join("");

const XML: readonly Hazard[] = [
  { name: "a document type", refused: true, bodies: xmlWith(beforeRoot("<!DOCTYPE a>")) },
  {
    name: "an external entity",
    refused: true,
    bodies: xmlWith(beforeRoot('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>')),
  },
  {
    name: "a billion laughs",
    refused: true,
    bodies: xmlWith((text) =>
      inRoot("<a>&i;</a>")(
        beforeRoot(
          `<!DOCTYPE a [<!ENTITY a "ha">${[..."bcdefghi"].map((name, at) => `<!ENTITY ${name} "${`&${"abcdefgh"[at]};`.repeat(10)}">`).join("")}]>`,
        )(text),
      ),
    ),
  },
  {
    name: "a parameter entity",
    refused: true,
    bodies: xmlWith(beforeRoot('<!DOCTYPE a [<!ENTITY % x "y"> %x;]>')),
  },
  { name: "an entity nobody declared", refused: true, bodies: xmlWith(inRoot("<a>&x;</a>")) },
  {
    name: "a declaration hidden in UTF-16",
    refused: true,
    bodies: (subject) =>
      xmlOf(subject).map((body) =>
        Buffer.from(`\ufeff${beforeRoot("<!DOCTYPE a>")(Buffer.from(body).toString("utf8"))}`, "utf16le"),
      ),
  },
  { name: "a hundred thousand levels", refused: true, bodies: xmlWith(inRoot("<a>".repeat(100_000))) },
  { name: "a million elements", bodies: xmlWith(inRoot("<a/>".repeat(1_000_000))) },
  {
    name: "a hundred thousand attributes",
    refused: true,
    bodies: xmlWith(inRoot(`<a${attributes(100_000, (n) => `b${n}`)}/>`)),
  },
  {
    name: "a hundred thousand namespaces",
    refused: true,
    bodies: xmlWith(inRoot(`<a${attributes(100_000, (n) => `xmlns:b${n}`)}/>`)),
  },
  {
    name: "a million references",
    refused: true,
    bodies: xmlWith(inRoot(`<a>${"&#65;".repeat(1_000_000)}</a>`)),
  },
  { name: "a million comments", bodies: xmlWith(inRoot("<!---->".repeat(1_000_000))) },
  { name: "a comment that never ends", refused: true, bodies: xmlWith(inRoot(`<!--${"- ".repeat(4 * MB)}`)) },
  {
    name: "CDATA that never ends",
    refused: true,
    bodies: xmlWith(inRoot(`<a><![CDATA[${"]] ".repeat(3 * MB)}`)),
  },
  { name: "an attribute of 20 MB", bodies: xmlWith(inRoot(`<a b="${"x".repeat(20 * MB)}"/>`)) },
  { name: "a NUL in the text", refused: true, bodies: xmlWith(inRoot("<a>\0</a>")) },
];

const jsonWith =
  (inside: string) =>
  (subject: Subject): Bytes[] =>
    jsonOf(subject).map((body) =>
      Buffer.from(Buffer.from(body).toString("utf8").replace("{", `{"hostile":${inside},`)),
    );

const JSON_HAZARDS: readonly Hazard[] = [
  { name: "a million levels", refused: true, bodies: jsonWith("[".repeat(1_000_000)) },
  {
    name: "a million keys",
    refused: true,
    bodies: jsonWith(`{${Array.from({ length: 1_000_000 }, (_, n) => `"k${n}":1`).join(",")}}`),
  },
  { name: "a number of a million digits", bodies: jsonWith("9".repeat(1_000_000)) },
  { name: "a text of 9 MB", refused: true, bodies: jsonWith(`"${"x".repeat(9_000_000)}"`) },
  { name: "a million backslashes", bodies: jsonWith(`"${"\\\\".repeat(1_000_000)}"`) },
  { name: "a key twice", refused: true, bodies: jsonWith('{"a":1,"a":2}') },
];

export const HAZARDS: readonly Hazard[] = [
  { name: "nothing", bodies: () => [new Uint8Array()] },
  { name: "nothing but NUL", bodies: () => [new Uint8Array(MB)] },
  { name: "nothing but 0xFF", bodies: () => [new Uint8Array(MB).fill(255)] },
  // Whoever would unpack them by themselves would have 200 MB from 200 kB; what is not the format is refused.
  { name: "a gzip and a zip of 100 MB each", refused: true, bodies: () => bombs() },
  { name: "100 MB of one letter", refused: true, bodies: () => [fill("A", 100 * MB)] },
  {
    name: "100 MB in one element",
    refused: true,
    bodies: ({ seeds }) =>
      seeds()
        .slice(0, 1)
        .map((body) => amid(body, fill("A", 100 * MB))),
  },
  {
    name: "5 MB in one element",
    bodies: ({ seeds }) => seeds().map((body) => amid(body, fill("A", 5 * MB))),
  },
  {
    name: "a million line ends",
    bodies: ({ seeds }) =>
      ["\n", "\r", "\r\n"].map((end) => amid(seeds()[0]!, times(Buffer.from(end), 1_000_000))),
  },
  {
    name: "every document cut off at every byte",
    bodies: function* ({ seeds }) {
      for (const body of seeds()) {
        const step = Math.ceil(body.length / 1_000);
        for (let end = 1; end < body.length; end += step) yield body.subarray(0, end);
      }
    },
  },
  {
    name: "half of it in UTF-16",
    bodies: (subject) =>
      textOf(subject).map((body) => {
        const middle = body.length >> 1;
        const rest = Buffer.from(Buffer.from(body.subarray(middle)).toString("utf8"), "utf16le");
        return Buffer.concat([body.subarray(0, middle), rest]);
      }),
  },
  {
    name: "UTF-16 without its mark",
    bodies: (subject) =>
      textOf(subject).flatMap((body) => {
        const wide = Buffer.from(Buffer.from(body).toString("utf8"), "utf16le");
        return [wide, Buffer.from(wide).swap16()];
      }),
  },
  {
    name: "bytes that are no UTF-8",
    bodies: ({ seeds }) =>
      seeds().map((body) => amid(body, Uint8Array.of(0xc3, 0x28, 0xed, 0xa0, 0x80, 0xf8))),
  },
  {
    name: "a megabyte of each piece of the format",
    bodies: function* ({ seeds, pieces }, share) {
      const [body] = seeds();
      for (const piece of pieces) yield amid(body!, times(Buffer.from(piece, "latin1"), MB, MB * share));
    },
  },
  {
    name: "a million segments",
    bodies: (subject) =>
      segmentedOf(subject)
        .slice(0, 1)
        .map(({ segments }) => {
          const middle = segments.length >> 1;
          return Buffer.concat([
            ...segments.slice(0, middle),
            times(segments[middle]!, 1_000_000),
            ...segments.slice(middle),
          ]);
        }),
  },
  {
    name: "a million heads",
    bodies: (subject, share) =>
      segmentedOf(subject)
        .slice(0, 1)
        .map(({ segments }) => times(segments[0]!, 1_000_000 * share)),
  },
  {
    name: "thousands of whole documents in one",
    bodies: (subject, share) =>
      segmentedOf(subject)
        .slice(0, 1)
        .map(({ body }) => times(body, 100_000, 30 * MB * share)),
  },
  ...XML,
  ...JSON_HAZARDS,
];
