/**
 * Takes the text of :86: apart, where the bank wrote it in parts.
 *
 * Two families are known: numbered subfields behind a three-digit code (`166?00…?20…`, with `?`, `>`, `<`, `~`, `^` or
 * another mark), and code words between slashes (`/EREF/…/REMI/…`). A text in neither form has no details and is whole in
 * `text`. Nothing is interpreted that is not marked as such.
 */
import type { Details } from "./document.ts";

/** @param text of :86: as written, lines parted by `\n` */
export function detailsOf(text: string): Details | undefined {
  return numbered(text) ?? slashed(text);
}

/** Banks cut the line after 65 characters, in the middle of words and of marks: line ends mean nothing here. */
function numbered(text: string): Details | undefined {
  const flat = text.replaceAll("\n", "").trimStart();
  // The mark is none of the characters plain texts are made of.
  const head = /^(\d{3})([^\w\s/:().,'+-])(?=\d\d)/.exec(flat);
  const [code, mark] = [head?.[1], head?.[2]];
  if (code === undefined || mark === undefined) return undefined;
  const subfields = cut(flat, 3, mark);
  // One pass, and a field for each that is there: every entry of every statement passes here.
  const details: Mutable<Details> = { code, subfields, words: NO_WORDS };
  for (let index = 0; index < subfields.length; index += 1) {
    const { id, text } = subfields[index]!;
    if (text === "") continue;
    switch (id) {
      case "00":
        details.postingText = (details.postingText ?? "") + text;
        break;
      case "10":
        details.primaNota = (details.primaNota ?? "") + text;
        break;
      case "30":
        details.bankCode = (details.bankCode ?? "") + text;
        break;
      case "31":
        details.account = (details.account ?? "") + text;
        break;
      case "32":
      case "33":
        details.name = (details.name ?? "") + text;
        break;
      case "34":
        details.returnCode = (details.returnCode ?? "") + text;
        break;
      default:
        if (id[0] === "2" || id === "60" || id === "61" || id === "62" || id === "63")
          details.purpose = (details.purpose ?? "") + text;
    }
  }
  if (details.purpose?.includes("+")) details.words = sepaWords(details.purpose);
  return details;
}

type Mutable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };
const NO_WORDS: Details["words"] = Object.freeze([]);

/** Cuts at the mark where two digits follow; elsewhere the mark is text. A mark stands at `from`. */
function cut(flat: string, from: number, mark: string): { id: string; text: string }[] {
  const subfields: { id: string; text: string }[] = [];
  for (let at = from; at !== -1; ) {
    let end = flat.indexOf(mark, at + 1);
    while (end !== -1 && !(isDigit(flat, end + 1) && isDigit(flat, end + 2)))
      end = flat.indexOf(mark, end + 1);
    const id = ID[10 * (flat.charCodeAt(at + 1) - 48) + flat.charCodeAt(at + 2) - 48]!;
    subfields.push({ id, text: flat.slice(at + 3, end === -1 ? undefined : end) });
    at = end;
  }
  return subfields;
}

/** One string for each number of a subfield, however often it comes. */
const ID: readonly string[] = Array.from({ length: 100 }, (_, id) => String(id).padStart(2, "0"));

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

/** The code words of the German banks inside the purpose: `EREF+…`. */
const SEPA =
  /(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|RREF|PURP|MDAT|IBAN|BIC|SQTP|ORCR|BREF|RETR)\+/g;

function sepaWords(purpose: string): Details["words"] {
  const words: { word: string; text: string }[] = [];
  let [word, from] = ["", 0];
  SEPA.lastIndex = 0;
  for (let found = SEPA.exec(purpose); found !== null; found = SEPA.exec(purpose)) {
    if (word !== "") words.push({ word, text: purpose.slice(from, found.index).trim() });
    [word, from] = [found[1]!, SEPA.lastIndex];
  }
  if (word !== "") words.push({ word, text: purpose.slice(from).trim() });
  return words;
}

/** Code words of the Dutch and Belgian banks, and of the SWIFT guidelines for structured texts. */
const WORDS: ReadonlySet<string> = new Set([
  ...["ABWA", "ACCP", "ADDR", "BENM", "BIC", "BO", "BUSP", "CHGS", "CNTP", "CPRP", "CREF", "CSID", "DACS"],
  ...["EREF", "EXCH", "IBAN", "ID", "INIT", "INST", "IREF", "ISDT", "MARF", "NAME", "NRTX", "OAMT", "OCMT"],
  ...["ORDP", "PREF", "PURP", "REMI", "RTRN", "SCOR", "STRD", "SUBF", "SVCL", "SWOC", "TRCD", "TRTP", "ULTB"],
  ...["ULTC", "ULTD", "USTD"],
]);

function slashed(text: string): Details | undefined {
  const flat = text.replaceAll("\n", "");
  if (!flat.startsWith("/")) return undefined;
  // Between slashes stands a word or text; a slash inside a text is text again.
  const words: { word: string; text: string }[] = [];
  for (const piece of flat.slice(1).split("/")) {
    const last = words.at(-1);
    if (WORDS.has(piece)) words.push({ word: piece, text: "" });
    else if (last === undefined) return undefined;
    else last.text += last.text === "" ? piece : `/${piece}`;
  }
  if (words.length === 0) return undefined;
  const name = words.find(({ word, text }) => word === "NAME" && text !== "")?.text.trim();
  return {
    ...(name ? { name } : {}),
    subfields: [],
    words: words.map(({ word, text }) => ({ word, text: text.replace(/^\/+|\/+$/g, "").trim() })),
  };
}
