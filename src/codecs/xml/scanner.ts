/**
 * Tells what stands in a text of XML: tags and text, piece by piece.
 *
 * Almost all markup is plain, and a loop that knows only that reads it several times as fast as a parser that knows
 * everything. So plain markup is told from here, and at the first thing that is not plain beyond doubt (a processing
 * instruction, a name in other letters, whatever is not well-formed) saxes takes over for the rest of the document. What
 * must stay true: nobody can tell from what is told who read it, and only saxes says that something is not well-formed.
 */
import { SaxesParser } from "saxes";
import { type Tag, tagOf } from "./attributes.ts";

/** Who is told. Each of them may throw. */
export interface Listening {
  opened(tag: Tag): void;
  /** Text directly in the innermost element: whole, up to the next markup. */
  text(piece: string): void;
  closed(): void;
  tooManyAttributes(): never;
  doctype(): never;
  /** What is wrong, in words of the parser. */
  malformed(found: string, cause?: unknown): never;
}

/** What may stand at the beginning: XML 1.0 as everybody declares it. Other versions have other rules. */
const DECLARATION = /^<\?xml version=(?:"1\.0"|'1\.0')(?: standalone=(?:"(?:yes|no)"|'(?:yes|no)'))? ?\?>/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters XML 1.0 does not allow.
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

const BLANK = 0x20;
const BANG = 0x21;
const SLASH = 0x2f;
const GREATER = 0x3e;

const BEGINS = 1;
const GOES_ON = 2;
/** What a plain name may begin with, and what it may only go on with. */
const NAME = new Uint8Array(128);
for (const [letters, kind] of [
  ["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_:", BEGINS],
  ["0123456789.-", GOES_ON],
] as const)
  for (const letter of letters) NAME[letter.charCodeAt(0)] = kind;

const COMMENT = "<!--";
const SECTION = "<![CDATA[";
/** Where nothing more of its kind stands in a text. */
const NOWHERE = Number.POSITIVE_INFINITY;

export class Scanner {
  readonly #listening: Listening;
  readonly #attributesMax: number;
  /** Elements that are open, as written. */
  readonly #open: string[] = [];
  /** A root was opened. */
  #rooted = false;
  /** Nothing was read yet. */
  #fresh = true;
  /** Written and not read yet, for it is no whole token; of a comment that has not ended only how it begins and its last letters. */
  #rest = "";
  /** How much of it was looked through in vain. */
  #looked = 0;
  #line = 1;
  /** Where in the text the token begins that is read, and where the next line ends. */
  #at = 0;
  #feed = NOWHERE;
  /** That place is inside a comment. */
  #commented = false;
  #parser: SaxesParser | undefined;

  constructor(listening: Listening, attributesMax: number) {
    this.#listening = listening;
    this.#attributesMax = attributesMax;
  }

  /** The line that is read. */
  get line(): number {
    return this.#parser?.line ?? this.#line;
  }

  /** What was written and not read yet. */
  get rest(): string {
    return this.#rest;
  }

  write(piece: string): void {
    if (this.#parser !== undefined) {
      this.#parser.write(piece);
      return;
    }
    this.#rest += piece;
    // What was looked through in vain is not looked through again for a few letters more.
    if (this.#rest.length >= 2 * this.#looked) this.#read();
  }

  close(): void {
    if (this.#parser === undefined && this.#rest.length > this.#looked) this.#read();
    if (this.#parser === undefined) {
      const over = this.#rooted && this.#open.length === 0 && /^[ \t\r\n]*$/.test(this.#rest);
      if (over) return;
      this.#rest = unended(this.#rest);
      this.#handOver();
    }
    this.#parser!.close();
  }

  /** Reads what was written, as far as it is whole. */
  #read(): void {
    // Line ends are one character, whatever the sender's are; half of one waits for the rest.
    const text = this.#rest.includes("\r") ? this.#rest.replace(/\r\n|\r(?!$)/g, "\n") : this.#rest;
    this.#at = this.#fresh ? (DECLARATION.exec(text)?.[0].length ?? 0) : 0;
    const declaredOtherwise = this.#fresh && this.#at === 0 && text.startsWith("<?");
    if (declaredOtherwise || FORBIDDEN.test(text)) {
      this.#handOver();
      return;
    }
    const plain = this.#scan(text);
    if (this.#at > 0) this.#fresh = false;
    this.#rest = (this.#commented ? COMMENT : "") + text.slice(this.#at);
    this.#commented = false;
    this.#looked = this.#rest.length;
    if (!plain) this.#handOver();
  }

  /** Reads tokens up to the last whole one; false at what is not plain. */
  #scan(text: string): boolean {
    const open = this.#open;
    const listening = this.#listening;
    const { length } = text;
    const find = (what: string, from: number) => {
      const found = text.indexOf(what, from);
      return found === -1 ? NOWHERE : found;
    };
    this.#feed = find("\n", this.#at);
    let reference = -1;
    let sectionEnd = -1;
    for (;;) {
      const from = this.#at;
      const at = text.indexOf("<", from);
      // The text is not whole before markup begins, and what that is shows in its second character.
      if (at === -1 || at + 1 >= length) return true;
      if (at > from) {
        if (sectionEnd < from) sectionEnd = find("]]>", from);
        if (sectionEnd < at) return false;
        if (open.length === 0) {
          if (!isBlank(text, from, at)) return false;
          this.#pass(text, at);
        } else {
          if (reference < from) reference = find("&", from);
          const piece = reference < at ? resolved(text.slice(from, at)) : WORDS.word(text, from, at);
          if (piece === undefined) return false;
          this.#pass(text, at);
          listening.text(piece);
        }
      }
      const code = text.charCodeAt(at + 1);
      if (code === SLASH) {
        const name = open.at(-1);
        if (name === undefined) return false;
        const end = at + 2 + name.length;
        if (end >= length) return true;
        if (text.charCodeAt(end) !== GREATER || text.slice(at + 2, end) !== name) return false;
        this.#pass(text, end + 1);
        open.pop();
        listening.closed();
      } else if (code === BANG) {
        const read = this.#wrapped(text);
        if (read !== "whole") return read === "cut";
      } else {
        if (open.length === 0 && this.#rooted) return false;
        const end = text.indexOf(">", at);
        if (end === -1) return true;
        const tag = this.#tag(text, at + 1, end + 1);
        if (typeof tag === "string") return tag === "cut";
        this.#rooted = true;
        listening.opened(tag);
        if (tag.closes) listening.closed();
        else open.push(tag.name);
      }
    }
  }

  /** What stands before this place is read. */
  #pass(text: string, to: number): void {
    while (this.#feed < to) {
      this.#line += 1;
      const next = text.indexOf("\n", this.#feed + 1);
      this.#feed = next === -1 ? NOWHERE : next;
    }
    this.#at = to;
  }

  /** The tag that begins here and ends at the first angle bracket, if that does not stand in an attribute. */
  #tag(text: string, from: number, to: number): Tag | "cut" | "other" {
    const short = to - from <= TAG_MAX;
    if (short) {
      const known = TAGS.known(text, from, to);
      if (known !== undefined && known.written.length <= 2 * this.#attributesMax) {
        this.#pass(text, to);
        return known;
      }
    }
    if (short) {
      const copy = detached(text.slice(from, to));
      const read = readTag(copy, 0, this.#attributesMax);
      if (typeof read !== "string") {
        TAGS.keep(copy, read.tag);
        this.#pass(text, to);
        return read.tag;
      }
    }
    const read = readTag(text, from, this.#attributesMax);
    if (typeof read === "string") return read;
    this.#pass(text, read.to);
    return read.tag;
  }

  /** A comment, which is passed over, or text in a CDATA section. */
  #wrapped(text: string): "whole" | "cut" | "other" {
    const from = this.#at;
    const comment = text.startsWith(COMMENT, from);
    if (!comment && !text.startsWith(SECTION, from)) {
      const begun = text.slice(from, from + SECTION.length);
      return COMMENT.startsWith(begun) || SECTION.startsWith(begun) ? "cut" : "other";
    }
    const begins = from + (comment ? COMMENT : SECTION).length;
    const ends = text.indexOf(comment ? "--" : "]]>", begins);
    if (ends === -1 || ends + 3 > text.length) {
      if (comment && text.length > begins) {
        // Nobody is told what it says. The last letter may be half of a line end, or of what ends the comment.
        this.#commented = true;
        this.#pass(text, ends === -1 ? text.length - 1 : ends);
      }
      return "cut";
    }
    if (comment ? text.charCodeAt(ends + 2) !== GREATER : this.#open.length === 0) return "other";
    this.#pass(text, ends + 3);
    if (!comment) this.#listening.text(text.slice(begins, ends));
    return "whole";
  }

  /** Everything from here on is for saxes. It is told first what is open, and speaks only of what comes then. */
  #handOver(): void {
    const parser = new SaxesParser({ xmlns: false, position: true });
    const listening = this.#listening;
    if (this.#open.length > 0) parser.write(this.#open.map((name) => `<${name}>`).join(""));
    else if (this.#rooted) parser.write("<a/>");
    // Behind a blank there is no place for a declaration any more.
    else if (!this.#fresh) parser.write(" ");
    parser.line = this.#line;
    let attributes: string[] = [];
    parser.on("error", (error) => listening.malformed(error.message.replace(/^\d+:\d+: |\.$/g, ""), error));
    parser.on("doctype", () => listening.doctype());
    parser.on("text", (piece) => listening.text(piece));
    parser.on("cdata", (piece) => listening.text(piece));
    parser.on("attribute", ({ name, value }) => {
      if (attributes.length >= 2 * this.#attributesMax) listening.tooManyAttributes();
      attributes.push(name, value);
    });
    parser.on("opentag", ({ name }) => {
      const written = attributes;
      if (written.length > 0) attributes = [];
      listening.opened(tagOf(name, written, false));
    });
    parser.on("closetag", () => listening.closed());
    this.#parser = parser;
    const text = this.#rest;
    this.#rest = "";
    parser.write(text);
  }
}

/** A section that never ends is well-formed so far, whatever it says: its lines are enough for saxes to say where. */
const unended = (text: string): string =>
  text.startsWith(SECTION) ? SECTION + text.slice(SECTION.length).replace(/[^\r\n]+/g, "") : text;

const SLOTS = 512;
/** Longer ones do not come again. */
const TAG_MAX = 128;
/** Up to here the engine copies what is cut out of a text; of a longer one it would keep the whole text in memory. */
const WORD_MAX = 12;

/** A copy of its own: what is remembered of a long text must not keep the whole of it in memory. */
const detached = (text: string): string => ` ${text}`.slice(1);

/** Where to look for a text, by a few of its letters. */
const slotOf = (text: string, from: number, to: number): number =>
  (to -
    from +
    31 * text.charCodeAt((from + to) >> 1) +
    5 * text.charCodeAt(to - 1) +
    17 * text.charCodeAt(to - 2)) &
  (SLOTS - 1);

/** Short texts met last: names, codes and blanks come again and again, and one copy of each will do. */
class Words {
  readonly #slots: string[] = new Array(SLOTS).fill("");

  word(text: string, from: number, to: number): string {
    const length = to - from;
    if (length > WORD_MAX) return text.slice(from, to);
    const slot = slotOf(text, from, to);
    const known = this.#slots[slot]!;
    const word = text.slice(from, to);
    if (known === word) return known;
    this.#slots[slot] = word;
    return word;
  }
}

/** Tags met last, as written up to the bracket that ends them. What stood in a tag once need not be read again. */
class Tags {
  readonly #written: string[] = new Array(SLOTS).fill("");
  readonly #tags: (Tag | undefined)[] = new Array(SLOTS).fill(undefined);

  known(text: string, from: number, to: number): Tag | undefined {
    const slot = slotOf(text, from, to);
    const written = this.#written[slot]!;
    return written.length === to - from && text.slice(from, to) === written ? this.#tags[slot] : undefined;
  }

  keep(written: string, tag: Tag): void {
    const slot = slotOf(written, 0, written.length);
    this.#written[slot] = written;
    this.#tags[slot] = tag;
  }
}

/** For all documents: one is much like the other, and small ones would forget everything before they profit. */
const WORDS = new Words();
const TAGS = new Tags();

/** A tag letter by letter, and what is behind it. */
function readTag(
  text: string,
  from: number,
  attributesMax: number,
): { readonly tag: Tag; readonly to: number } | "cut" | "other" {
  let at = nameEnd(text, from);
  if (at === from) return "other";
  const name = text.slice(from, at);
  const written: string[] = [];
  for (;;) {
    const gap = at;
    at = blankEnd(text, at);
    if (at >= text.length) return "cut";
    const code = text.charCodeAt(at);
    if (code === GREATER || code === SLASH) break;
    const starts = at;
    at = nameEnd(text, starts);
    if (at === starts || starts === gap) return "other";
    if (at + 1 >= text.length) return "cut";
    const attribute = text.slice(starts, at);
    const quote = text[at + 1]!;
    if (text[at] !== "=" || (quote !== '"' && quote !== "'")) return "other";
    const ends = text.indexOf(quote, at + 2);
    if (ends === -1) return "cut";
    let value: string | undefined = text.slice(at + 2, ends);
    if (value.includes("<")) return "other";
    if (/[&\t\n]/.test(value)) value = resolved(value.replace(/[\t\n]/g, " "));
    if (value === undefined || written.length >= 2 * attributesMax) return "other";
    written.push(attribute, value);
    at = ends + 1;
  }
  if (isAnyTwice(written)) return "other";
  const closes = text.charCodeAt(at) === SLASH;
  if (closes) at += 1;
  if (at >= text.length) return "cut";
  return text.charCodeAt(at) === GREATER ? { tag: tagOf(name, written, closes), to: at + 1 } : "other";
}

/** Behind the letters of a plain name, or where it should begin. */
function nameEnd(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code < 128 && NAME[code] !== 0; code = text.charCodeAt(at)) {
    if (at === from && NAME[code] === GOES_ON) return from;
    at += 1;
  }
  return at;
}

/** Behind the blanks. */
function blankEnd(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code <= BLANK; code = text.charCodeAt(at)) at += 1;
  return at;
}

const isBlank = (text: string, from: number, to: number): boolean => blankEnd(text, from) >= to;

/** Whether two attributes have one name. */
function isAnyTwice(written: readonly string[]): boolean {
  if (written.length <= 2) return false;
  return new Set(written.filter((_, at) => at % 2 === 0)).size < written.length / 2;
}

const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

/** The text with its references resolved, or undefined where one of them is none that everybody knows. */
function resolved(text: string): string | undefined {
  let read = "";
  let from = 0;
  for (let at = text.indexOf("&"); at !== -1; at = text.indexOf("&", from)) {
    const to = text.indexOf(";", at);
    const name = text.slice(at + 1, to === -1 ? at + 1 : to);
    const means = Object.hasOwn(NAMED, name) ? NAMED[name] : numbered(name);
    if (means === undefined) return undefined;
    read += text.slice(from, at) + means;
    from = to + 1;
  }
  return read + text.slice(from);
}

/** The character of a number, if XML allows it. */
function numbered(name: string): string | undefined {
  const digits = /^#(?:(\d{1,7})|x([0-9A-Fa-f]{1,6}))$/.exec(name);
  if (digits === null) return undefined;
  const code = digits[1] === undefined ? Number.parseInt(digits[2]!, 16) : Number(digits[1]);
  const allowed =
    code === 0x09 ||
    code === 0x0a ||
    code === 0x0d ||
    (code >= BLANK && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff);
  return allowed ? String.fromCodePoint(code) : undefined;
}
