/**
 * Character repertoires: which bytes spell which characters, by the syntax identifier of UNB.
 *
 * Reading and writing are exact reverses, so bytes that were read can be written again. A byte the repertoire has no
 * character for is refused, never replaced.
 *
 * Source: ISO 9735 data element 0001; ISO 8859 parts by the tables of the platform.
 */
import { ContractBroken } from "../../std/errors.ts";

export interface Repertoire {
  readonly name: string;
  /** Text whose characters are bytes, as what it spells; undefined where it spells nothing. */
  read(bytes: string): string | undefined;
  /** Text as bytes. @throws {ContractBroken} when a character is not in the repertoire */
  write(text: string): Buffer;
}

/** UNOA and UNOB are ISO 646; UNOC to UNOL are parts of ISO 8859; UNOW, UNOX and UNOY are ISO 10646 as UTF-8. */
const BY_SYNTAX: Readonly<Record<string, string>> = {
  UNOA: "us-ascii",
  UNOB: "us-ascii",
  UNOC: "iso-8859-1",
  UNOD: "iso-8859-2",
  UNOE: "iso-8859-5",
  UNOF: "iso-8859-7",
  UNOG: "iso-8859-3",
  UNOH: "iso-8859-4",
  UNOI: "iso-8859-6",
  UNOJ: "iso-8859-8",
  UNOK: "iso-8859-9",
  UNOL: "iso-8859-15",
  UNOW: "utf-8",
  UNOX: "utf-8",
  UNOY: "utf-8",
  UNOZ: "utf-8",
  // IATA's own, the same as UNOA.
  IATA: "us-ascii",
  IATB: "us-ascii",
};

/** The repertoire a syntax identifier names; undefined for an identifier partners made up. */
export const repertoireOf = (syntax: string): string | undefined =>
  Object.hasOwn(BY_SYNTAX, syntax) ? BY_SYNTAX[syntax] : undefined;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const UTF8: Repertoire = {
  name: "utf-8",
  read(bytes) {
    try {
      return decoder.decode(Buffer.from(bytes, "latin1"));
    } catch {
      return undefined;
    }
  },
  write: (text) => Buffer.from(text, "utf8"),
};

const LATIN1: Repertoire = {
  name: "iso-8859-1",
  read: (bytes) => bytes,
  write(text) {
    for (const mark of text) if (mark.codePointAt(0)! > 0xff) throw unwritable(mark, "iso-8859-1");
    return Buffer.from(text, "latin1");
  },
};

const ASCII: Repertoire = {
  name: "us-ascii",
  read: (bytes) => (/[\x80-\xff]/.test(bytes) ? undefined : bytes),
  write(text) {
    for (const mark of text) if (mark.codePointAt(0)! > 0x7f) throw unwritable(mark, "us-ascii");
    return Buffer.from(text, "latin1");
  },
};

const known = new Map<string, Repertoire>([
  ["utf-8", UTF8],
  ["iso-8859-1", LATIN1],
  ["us-ascii", ASCII],
]);

/** The repertoire of this name. @throws {ContractBroken} for a name this codec does not know */
export function repertoire(name: string): Repertoire {
  const found = known.get(name);
  if (found) return found;
  if (!Object.values(BY_SYNTAX).includes(name)) {
    throw new ContractBroken(`There is no character repertoire "${name}".`, {
      facts: { field: "encoding", expected: "a repertoire of ISO 9735", found: name },
    });
  }
  const made = singleByte(name);
  known.set(name, made);
  return made;
}

/** A part of ISO 8859. Bytes 80 to 9F are control characters in all of them, whatever the platform's table says. */
function singleByte(name: string): Repertoire {
  const table = new TextDecoder(name);
  const characters: (string | undefined)[] = [];
  const bytes = new Map<string, number>();
  for (let byte = 0; byte < 256; byte += 1) {
    const found = byte < 0xa0 ? String.fromCharCode(byte) : table.decode(Uint8Array.of(byte));
    const character = found === "\ufffd" ? undefined : found;
    characters.push(character);
    if (character !== undefined) bytes.set(character, byte);
  }
  return {
    name,
    read(text) {
      let made = "";
      for (let at = 0; at < text.length; at += 1) {
        const character = characters[text.charCodeAt(at)];
        if (character === undefined) return undefined;
        made += character;
      }
      return made;
    },
    write(text) {
      const made = Buffer.alloc(text.length);
      let length = 0;
      for (const character of text) {
        const byte = bytes.get(character);
        if (byte === undefined) throw unwritable(character, name);
        made[length] = byte;
        length += 1;
      }
      return made.subarray(0, length);
    },
  };
}

function unwritable(character: string, name: string): ContractBroken {
  return new ContractBroken(
    `The character ${JSON.stringify(character)} cannot be written in ${name}. Choose a syntax identifier that has it, such as UNOY.`,
    { facts: { expected: `characters of ${name}`, found: character } },
  );
}
