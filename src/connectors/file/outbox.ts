/**
 * The outgoing half of a mailbox: each parcel becomes one file, whole or not at all, and once even if the partner takes it away.
 *
 * A parcel is written under a temporary name, noted in a record, and renamed to its name. The order is the proof: the rename is
 * the only thing that removes the temporary file, so a record without one means the file has been in place, wherever the
 * partner has moved it since. That survives a crash between any two steps.
 */
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, type FileHandle, mkdir, open, readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Bytes } from "../../std/bytes.ts";
import { CrossdockError, type Facts, InDoubt, Refused, Unavailable } from "../../std/errors.ts";
import { inTime, type Parcel, type Receipt } from "../connector.ts";

/** Where the records are kept, inside the outbox so that a rename is never a copy. */
const RECORDS = ".crossdock";

export const hashOf = (bytes: Bytes): string => createHash("sha256").update(bytes).digest("hex");

const EXTENSIONS: Readonly<Record<string, string>> = {
  "application/json": "json",
  "application/xml": "xml",
  "text/xml": "xml",
  "text/csv": "csv",
  "application/edi-x12": "edi",
  "application/edifact": "edi",
};

/**
 * The name of a parcel's file: contract, business number, delivery key. Only letters, digits and `.-_` survive; the key keeps it unique
 * even so, and any key that is not plain and short is replaced by its hash.
 */
export function nameOf({ contract, subject, key, mediaType }: Parcel): string {
  const plain = (text: string, length: number) => text.replace(/[^A-Za-z0-9_-]+/g, "-").slice(0, length);
  const unique = /^[a-z0-9-]{1,64}$/.test(key) ? key : createHash("sha256").update(key).digest("hex");
  const type = mediaType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return `${plain(contract, 60)}_${plain(subject.slice(subject.indexOf("/") + 1), 60)}_${unique}.${EXTENSIONS[type] ?? "dat"}`;
}

interface Places {
  readonly name: string;
  readonly final: string;
  readonly temporary: string;
  readonly record: string;
  readonly hash: string;
}

export class Outbox {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws {Unavailable} when the folder is not there or may not be written */
  async probe(): Promise<void> {
    try {
      await access(this.#folder, constants.R_OK | constants.W_OK);
    } catch (error) {
      throw new Unavailable("The outbox cannot be written.", { facts: problem(error) });
    }
  }

  /** @throws {Unavailable} before the rename began, or when it would come too late; {InDoubt} when the rename itself failed; {Refused} on other content */
  async put(parcel: Parcel): Promise<Receipt> {
    const places = this.#places(parcel);
    const facts = factsOf(parcel, places);
    const before = await this.find(parcel);
    if (before !== null) return before;
    try {
      // The outbox is the partner's place: a missing one is a mount that is away, and is not made up for.
      await stat(this.#folder);
      const records = join(this.#folder, RECORDS);
      await mkdir(records, { recursive: true });
      await writeDurably(places.temporary, parcel.body);
      await syncFolder(this.#folder);
      // Only now, with the temporary file on disk by its name: a record may never stand without one unless it was renamed.
      await writeDurably(places.record, Buffer.from(places.hash));
      await syncFolder(records);
    } catch (error) {
      throw new Unavailable("The outbox cannot be written.", { facts: { ...facts, ...problem(error) } });
    }
    // Up to here nobody has seen it; what lies under its temporary name is written anew by the next sending.
    inTime(parcel);
    return this.#reveal(places, facts);
  }

  /** @throws {Refused} on other content under the same delivery key; {Unavailable} when the folder cannot be read */
  async find(parcel: Parcel): Promise<Receipt | null> {
    const places = this.#places(parcel);
    const facts = factsOf(parcel, places);
    try {
      await stat(this.#folder);
      const standing = await hashOfFile(places.final);
      if (standing !== undefined) return this.#own(standing, places, facts);
      const noted = (await readIfThere(places.record))?.toString("utf8");
      // Neither in place nor noted, or noted and still waiting under its temporary name: nobody has seen it.
      if (noted === undefined || (await isThere(places.temporary))) return null;
      return this.#own(noted, places, facts);
    } catch (error) {
      if (error instanceof CrossdockError) throw error;
      throw new Unavailable("The outbox cannot be read.", { facts: { ...facts, ...problem(error) } });
    }
  }

  #own(hash: string, places: Places, facts: Facts): Receipt {
    if (hash === places.hash) return { reference: places.name };
    throw new Refused("The outbox holds other content under the same delivery key.", {
      facts: { ...facts, conflict: true },
    });
  }

  async #reveal({ temporary, final, name }: Places, facts: Facts): Promise<Receipt> {
    try {
      await rename(temporary, final);
      await syncFolder(this.#folder);
    } catch (error) {
      throw new InDoubt("The file was written, but it is not known whether it stands in the outbox.", {
        facts: { ...facts, ...problem(error) },
      });
    }
    return { reference: name };
  }

  #places(parcel: Parcel): Places {
    const name = nameOf(parcel);
    const unique = name.slice(name.lastIndexOf("_") + 1);
    return {
      name,
      final: join(this.#folder, name),
      temporary: join(this.#folder, `.${name}.tmp`),
      record: join(this.#folder, RECORDS, `${unique}.sha256`),
      hash: hashOf(parcel.body),
    };
  }
}

const factsOf = ({ key, contract }: Parcel, { name }: Places): Facts => ({ key, contract, file: name });

/** The system's word for what went wrong, e.g. `ENOSPC`; paths stay out. */
export const problem = (error: unknown): Facts => {
  const { code } = error as { code?: unknown };
  return { problem: typeof code === "string" ? code : "unknown" };
};

async function writeDurably(path: string, bytes: Bytes): Promise<void> {
  const file = await open(path, "w", 0o640);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  let folder: FileHandle | undefined;
  try {
    folder = await open(path, constants.O_RDONLY);
    await folder.sync();
  } finally {
    await folder?.close();
  }
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return undefined;
    throw error;
  }
}

const hashOfFile = async (path: string): Promise<string | undefined> => {
  const bytes = await readIfThere(path);
  return bytes && hashOf(bytes);
};

const isThere = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: { code?: string }) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
