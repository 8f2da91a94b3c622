/**
 * The files of the archive: compressed NDJSON, each with a manifest beside it that names the one before.
 *
 * A manifest says what the file holds (lines, first and last, how many of each contract), the hashes of the file and of what
 * is in it, and the hash of the manifest before; so a file that was changed, cut or taken away shows, without any database.
 * Nothing here is deleted, and a file has its name only when it is whole.
 */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { Unusable } from "../std/errors.ts";

/** One end of what a file holds: an event's position, or an arrival's id. */
export interface ArchiveEnd {
  readonly key: string;
  /** RFC 3339. */
  readonly at: string;
}

export interface Manifest {
  readonly format: "crossdock archive 1";
  /** Counted from 1, over all files of one database. */
  readonly number: number;
  /** What left: messages, the bytes that arrived, or what followed messages (deliveries, and what systems said). */
  readonly of: "event" | "arrival" | "work";
  /** `2026-01`; of work, the month in which it left. */
  readonly month: string;
  readonly file: string;
  /** The machine that wrote it. */
  readonly host: string;
  readonly lines: number;
  /** What is in it, unpacked. */
  readonly bytes: number;
  /** SHA-256, hex: of what is in it, and of the file. */
  readonly contentSha256: string;
  readonly fileSha256: string;
  readonly first: ArchiveEnd;
  readonly last: ArchiveEnd;
  /** Contract → lines, and how long it had been kept. Empty for arrivals. */
  readonly contracts: Readonly<Record<string, { readonly lines: number; readonly retention: string }>>;
  /** Lines of the month that stayed in the database. */
  readonly stayed: number;
  readonly archivedAt: string;
  /** The hash of the manifest before it; null for the first. */
  readonly previous: string | null;
  /** SHA-256 over all of the above as JSON, hex. */
  readonly hash: string;
}

export interface ArchiveLine extends ArchiveEnd {
  readonly line: string;
}

/** What writing a file came to; the rest of the manifest is the writer's to know. */
export type Written = Pick<Manifest, "lines" | "bytes" | "contentSha256" | "fileSha256" | "first" | "last">;

export const hashOf = (manifest: Omit<Manifest, "hash">): string =>
  createHash("sha256")
    .update(JSON.stringify({ ...manifest, hash: undefined }))
    .digest("hex");

export const manifestFile = (file: string): string => file.replace(/\.ndjson\.gz$/, ".manifest.json");

/**
 * Writes the lines into `folder/file` and reads them back from the disk before it is given that name.
 *
 * @throws {Unusable} when what is on the disk is not what was written, or nothing was
 */
export async function writeArchive(
  folder: string,
  file: string,
  pages: AsyncIterable<readonly ArchiveLine[]>,
): Promise<Written> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const part = join(folder, `${file}.part`);
  const content = createHash("sha256");
  let lines = 0;
  let bytes = 0;
  let first: ArchiveEnd | null = null;
  let last: ArchiveEnd | null = null;
  async function* text() {
    for await (const page of pages) {
      for (const { key, at } of page) {
        first ??= { key, at };
        last = { key, at };
        lines += 1;
      }
      const chunk = Buffer.from(page.map(({ line }) => `${line}\n`).join(""));
      content.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  await pipeline(text, createGzip(), createWriteStream(part, { mode: 0o600, flush: true }));
  if (first === null || last === null) throw new Unusable(`There is nothing to archive into ${file}.`);
  const contentSha256 = content.digest("hex");
  const found = await readBack(part).catch((cause: Error) => ({
    lines: 0,
    contentSha256: cause.message,
    fileSha256: "",
  }));
  if (found.lines !== lines || found.contentSha256 !== contentSha256)
    throw new Unusable(
      `${part} does not hold what was written: ${lines} lines were, ${found.lines} can be read. Nothing is dropped; is the disk sound?`,
      { facts: { written: contentSha256, found: found.contentSha256 } },
    );
  await rename(part, join(folder, file));
  await syncFolder(folder);
  return { lines, bytes, contentSha256, fileSha256: found.fileSha256, first, last };
}

/** Writes a manifest beside its file, as durable as the file. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const path = join(folder, manifestFile(manifest.file));
  await writeFile(path, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true });
  await syncFolder(folder);
}

/** Takes back a file whose lines are still in the database. */
export async function takeBack(folder: string, file: string): Promise<void> {
  for (const name of [file, `${file}.part`, manifestFile(file)])
    await rm(join(folder, name), { force: true });
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}

/** Hashes and counts what is on the disk, a piece at a time. */
async function readBack(path: string): Promise<{ lines: number; contentSha256: string; fileSha256: string }> {
  const packed = createHash("sha256");
  const content = createHash("sha256");
  let lines = 0;
  await pipeline(
    createReadStream(path),
    async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        packed.update(chunk);
        yield chunk;
      }
    },
    createGunzip(),
    async (source: AsyncIterable<Buffer>) => {
      for await (const chunk of source) {
        content.update(chunk);
        for (const byte of chunk) if (byte === 10) lines += 1;
      }
    },
  );
  return { lines, contentSha256: content.digest("hex"), fileSha256: packed.digest("hex") };
}

/** The manifests of a folder, oldest first. @throws {Unusable} when one cannot be read */
export function readManifests(folder: string): Manifest[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".manifest.json"))
    .map((name) => readManifest(folder, name))
    .toSorted((a, b) => a.number - b.number);
}

function readManifest(folder: string, name: string): Manifest {
  try {
    return JSON.parse(readFileSync(join(folder, name), "utf8")) as Manifest;
  } catch (cause) {
    throw new Unusable(`${join(folder, name)} is no manifest of an archive.`, { cause });
  }
}

/** What is wrong with an archive; the first thing, as the rest may follow from it. */
export interface ArchiveFault {
  readonly number: number;
  readonly file: string;
  readonly how: "missing" | "altered" | "manifest altered" | "chain broken" | "unreadable";
  readonly because: string;
}

/** A manifest, and the folder its file is looked for in. */
export interface Placed {
  readonly folder: string;
  readonly manifest: Manifest;
}

/**
 * Reads every file and holds it against its manifest, and every manifest against the one before; without a fault when all are
 * sound.
 *
 * `chain` is what the database knows, oldest first; or what a folder holds, of which the last may then be missing unseen.
 */
export async function verifyArchives(
  chain: readonly Placed[],
): Promise<{ files: number; lines: number; fault: ArchiveFault | null }> {
  let lines = 0;
  let previous: Manifest | null = null;
  for (const [index, { folder, manifest }] of chain.entries()) {
    const fault = (how: ArchiveFault["how"], because: string) => ({
      files: index,
      lines,
      fault: { number: manifest.number, file: manifest.file, how, because },
    });
    const there = (name: string) => existsSync(join(folder, name));
    for (const name of [manifestFile(manifest.file), manifest.file])
      if (!there(name)) return fault("missing", `${join(folder, name)} is not there.`);
    const beside = readManifest(folder, manifestFile(manifest.file));
    if (beside.hash !== manifest.hash || hashOf(beside) !== beside.hash)
      return fault("manifest altered", "The manifest is not as it was written.");
    if (manifest.previous !== (previous?.hash ?? null) || manifest.number !== (previous?.number ?? 0) + 1)
      return fault(
        "chain broken",
        "It does not follow from the one before: one is missing, or was replaced.",
      );
    try {
      const found = await readBack(join(folder, manifest.file));
      if (
        found.fileSha256 !== manifest.fileSha256 ||
        found.contentSha256 !== manifest.contentSha256 ||
        found.lines !== manifest.lines
      )
        return fault(
          "altered",
          `The file is not as it was written: ${found.lines} of ${manifest.lines} lines.`,
        );
    } catch (error) {
      return fault("unreadable", `It cannot be unpacked: ${(error as Error).message}.`);
    }
    lines += manifest.lines;
    previous = manifest;
  }
  return { files: chain.length, lines, fault: null };
}

/** The lines of a file that belong to a document, as they are in it. */
export async function* linesOf(path: string, correlation: string): AsyncGenerator<string> {
  const source = createReadStream(path);
  const packed = createGunzip();
  const reading = pipeline(source, packed);
  const wanted = `"correlation":${JSON.stringify(correlation)}`;
  for await (const line of createInterface({ input: packed, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.includes(wanted) && (JSON.parse(line) as { correlation?: string }).correlation === correlation)
      yield line;
  }
  await reading;
}
