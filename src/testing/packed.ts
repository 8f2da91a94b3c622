/**
 * Samples that come packed: a file in gzip, and the files in a zip archive, inflated as they are read and never beyond a bound.
 *
 * What is packed twice stays as it is, and what is encrypted or in another packing says so: nobody recognises it.
 */
import { closeSync, createReadStream, openSync, readSync, statSync } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { createGunzip, createInflateRaw } from "node:zlib";
import type { Bytes } from "../std/bytes.ts";
import { ContractBroken } from "../std/errors.ts";

/** A file in an archive. */
export interface Member {
  readonly name: string;
  /** Undefined where it is encrypted, or packed in a way nobody here reads. */
  readonly packing: "stored" | "deflated" | undefined;
  /** Where its bytes stand in the archive. */
  readonly from: number;
  readonly bytes: number;
}

/** More is a bomb, or no sample. */
const INFLATED_BYTES_MAX = 536_870_912;
/** The directory's end is the last thing in the file but for a comment. */
const END_BYTES_MAX = 22 + 65_535;
const [END, ENTRY, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50];
const PACKING: Readonly<Record<number, Member["packing"]>> = { 0: "stored", 8: "deflated" };
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;

/** The files of a zip archive as its directory lists them; undefined where the file is none that can be read. */
export function membersOf(path: string): readonly Member[] | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    // Whoever reads it next says why it cannot be opened.
    return undefined;
  }
  try {
    const size = statSync(path).size;
    const at = (from: number, length: number): Buffer => {
      const buffer = Buffer.alloc(Math.max(0, Math.min(length, size - from)));
      return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, from));
    };
    const start = at(0, 4);
    if (start.length < 4 || start.readUInt32LE() !== LOCAL) return undefined;
    const tail = at(Math.max(0, size - END_BYTES_MAX), END_BYTES_MAX);
    const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
    if (end < 0 || tail.length < end + 22 || tail.readUInt32LE(end) !== END) return undefined;
    const directory = at(tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
    const members: Member[] = [];
    for (let entry = 0; entry + ENTRY_BYTES <= directory.length; ) {
      if (directory.readUInt32LE(entry) !== ENTRY) return undefined;
      const encrypted = (directory.readUInt16LE(entry + 8) & 1) === 1;
      const nameBytes = directory.readUInt16LE(entry + 28);
      const name = directory.toString("utf8", entry + ENTRY_BYTES, entry + ENTRY_BYTES + nameBytes);
      const local = directory.readUInt32LE(entry + 42);
      const header = at(local, LOCAL_BYTES);
      if (header.length < LOCAL_BYTES || header.readUInt32LE() !== LOCAL) return undefined;
      if (!name.endsWith("/")) {
        members.push({
          name,
          packing: encrypted ? undefined : PACKING[directory.readUInt16LE(entry + 10)],
          from: local + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28),
          bytes: directory.readUInt32LE(entry + 20),
        });
      }
      entry +=
        ENTRY_BYTES + nameBytes + directory.readUInt16LE(entry + 30) + directory.readUInt16LE(entry + 32);
    }
    return members;
  } finally {
    closeSync(file);
  }
}

/** The bytes of a file, or of a file in an archive, without the gzip around them. Damaged packing is a `ContractBroken`. */
export async function* unpacked(path: string, member?: Member): AsyncGenerator<Bytes, void, undefined> {
  if (member?.bytes === 0) return;
  if (member && member.packing === undefined)
    throw broken("one that is encrypted or packed in a way not read here");
  const range = member && { start: member.from, end: member.from + member.bytes - 1 };
  const raw = createReadStream(path, range);
  const inflate = member ? (member.packing === "deflated" ? createInflateRaw() : undefined) : gunzipOf(path);
  // The reader hears of an error by what it reads.
  const chunks: Readable = inflate ? pipeline(raw, inflate, () => undefined) : raw;
  let size = 0;
  try {
    for await (const chunk of chunks) {
      size += chunk.length;
      if (inflate && size > INFLATED_BYTES_MAX) throw broken(`more than ${INFLATED_BYTES_MAX} bytes`);
      yield chunk;
    }
  } catch (error) {
    const damaged = error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
    throw damaged ? broken(`damaged packing (${error.message})`) : error;
  } finally {
    raw.destroy();
  }
}

const broken = (found: string): ContractBroken =>
  new ContractBroken(`Expected a packed file, found ${found}.`, {
    facts: { expected: "a packed file", found },
  });

function gunzipOf(path: string) {
  const file = openSync(path, "r");
  try {
    const start = Buffer.alloc(2);
    readSync(file, start, 0, 2, 0);
    return start[0] === 0x1f && start[1] === 0x8b ? createGunzip() : undefined;
  } finally {
    closeSync(file);
  }
}
