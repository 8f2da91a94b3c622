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
  const subfields = cut(flat.slice(3), mark);
  // One pass: every entry of every statement passes here.
  let [postingText, primaNota, purpose, bankCode, account, name, returnCode] = ["", "", "", "", "", "", ""];
  for (const { id, text: piece } of subfields) {
    if (id === "00") postingText += piece;
    else if (id === "10") primaNota += piece;
    else if (id[0] === "2" || id === "60" || id === "61" || id === "62" || id === "63") purpose += piece;
    else if (id === "30") bankCode += piece;
    else if (id === "31") account += piece;
    else if (id === "32" || id === "33") name += piece;
    else if (id === "34") returnCode += piece;
  }
  return {
    code,
    ...part("postingText", postingText),
    ...part("primaNota", primaNota),
    ...part("purpose", purpose),
    ...part("bankCode", bankCode),
    ...part("account", account),
    ...part("name", name),
    ...part("returnCode", returnCode),
    subfields,
    words: purpose.includes("+") ? sepaWords(purpose) : [],
  };
}

/** Cuts at the mark where two digits follow; elsewhere the mark is text. */
function cut(flat: string, mark: string): { id: string; text: string }[] {
  const subfields: { id: string; text: string }[] = [];
  for (const piece of flat.split(mark).slice(1)) {
    const last = subfields.at(-1);
    if (/^\d\d/.test(piece) || last === undefined)
      subfields.push({ id: piece.slice(0, 2), text: piece.slice(2) });
    else last.text += mark + piece;
  }
  return subfields;
}

/** The code words of the German banks inside the purpose: `EREF+…`. */
const SEPA =
  /(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|RREF|PURP|MDAT|IBAN|BIC|SQTP|ORCR|BREF|RETR)\+/g;

function sepaWords(purpose: string): Details["words"] {
  const found = [...purpose.matchAll(SEPA)];
  return found.map((word, index) => ({
    word: word[1] ?? "",
    text: purpose.slice(word.index + word[0].length, found[index + 1]?.index).trim(),
  }));
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
    ...part("name", name ?? ""),
    subfields: [],
    words: words.map(({ word, text }) => ({ word, text: text.replace(/^\/+|\/+$/g, "").trim() })),
  };
}

const part = <Name extends string>(name: Name, text: string): { readonly [key in Name]?: string } =>
  text === "" ? {} : ({ [name]: text } as { [key in Name]: string });
