/**
 * The incoming half of a mailbox: each file is handed over whole, and leaves the inbox only when it is kept.
 *
 * A file is taken when it has stood still: two looks apart, same size, same time, and unchanged while it was read. Hidden names
 * and names that say "not yet" (`.tmp`, `.part`, `.filepart`, `~`) are left alone. After the hand-over the file moves to
 * `done/<day>/` or to `quarantine/` with a `.reason.txt` beside it. A crash in between finds the file again, and its
 * id ends it as a duplicate: nothing is lost, nothing is doubled.
 *
 * The id of a message is its file name and the hash of its content. Partners reuse names (`orders.edi`, every day), so other content
 * under a known name is a new message; the same file dropped again is a duplicate. `identity: "content"` is for documents that
 * carry a number of their own, such as X12 interchanges: sent again under any name they are duplicates. `identity: "name"` is for
 * partners who promise never to reuse a name: other content is a conflict.
 */
import { type FSWatcher, watch } from "node:fs";
import {
  constants,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  unlink,
  writeFile,
} from "node:fs/promises";
import { extname, join } from "node:path";
import { CrossdockError, Unavailable } from "../../std/errors.ts";
import type { Accepted, Arrival, ArrivingFile, Surroundings } from "../connector.ts";
import { hashOf, problem } from "./outbox.ts";

export interface InboxSettings {
  readonly folder: string;
  readonly pollMs: number;
  /** How long a file must stand still; 0 when the partner promises to rename files into place. */
  readonly settleMs: number;
  readonly fileBytesMax: number;
  readonly identity: Identity;
}

/** What makes a file a message of its own. */
export type Identity = "name and content" | "content" | "name";

type Accept = (arrival: Arrival) => Promise<Accepted>;
type Take = (file: ArrivingFile) => Promise<Accepted>;

/** What a file looked like, to see whether it still grows. */
interface Look {
  readonly mark: string;
  readonly sinceMs: number;
}

interface Seen {
  readonly name: string;
  readonly size: number;
  readonly modifiedMs: number;
  readonly mark: string;
}

/** How long a file may hold nothing before that is believed: its writer made it, and a busy machine has not let it write yet. */
const EMPTY_MS = 60_000;
const UNFINISHED = /^\.|~$|\.(tmp|temp|part|partial|filepart|crdownload|swp)$/i;
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".json": "application/json",
  ".xml": "application/xml",
  ".csv": "text/csv",
  ".edi": "application/edi-x12",
  ".x12": "application/edi-x12",
};

export class Inbox {
  readonly #settings: InboxSettings;
  readonly #around: Surroundings;
  #looks = new Map<string, Look>();
  #because: string | null = null;

  constructor(settings: InboxSettings, around: Surroundings) {
    this.#settings = settings;
    this.#around = around;
  }

  /** @throws {Unavailable} when the folder is not there or cannot be read */
  async probe(): Promise<void> {
    try {
      await readdir(this.#settings.folder);
    } catch (error) {
      throw new Unavailable(this.#unreadable, { facts: problem(error) });
    }
  }

  get #unreadable(): string {
    return `The inbox ${this.#settings.folder} cannot be read. Make the folder, let Crossdock's user read it, or correct the connection's inbox.`;
  }

  /** Hands over files until `signal` fires; a folder that is away is looked for again at the next turn. */
  async receive(accept: Accept, signal: AbortSignal, take?: Take): Promise<void> {
    const bell = new Bell();
    const watcher = watching(this.#settings.folder, () => bell.ring());
    signal.addEventListener("abort", () => bell.ring(), { once: true });
    try {
      while (!signal.aborted) {
        const unfinished = await this.#turn(accept, signal, take);
        if (signal.aborted) return;
        // A file that is still settling is worth an early second look.
        await bell.wait(
          unfinished ? Math.min(this.#settings.pollMs, this.#settings.settleMs + 1) : this.#settings.pollMs,
        );
      }
    } finally {
      watcher?.close();
    }
  }

  /** Why nothing, or not everything, comes out of the inbox; null: all does. Said when it changes, and not at every look between. */
  #says(because: string | null, error?: unknown): void {
    if (because === this.#because) return;
    this.#because = because;
    this.#around.hears?.(because);
    const { folder } = this.#settings;
    if (because !== null) this.#around.log(because, { folder, ...problem(error) });
    else this.#around.log("The inbox can be read again.", { folder });
  }

  /** One look at the folder; true when files were left because they still settle. */
  async #turn(accept: Accept, signal: AbortSignal, take: Take | undefined): Promise<boolean> {
    let files: Seen[];
    try {
      files = await this.#list();
    } catch (error) {
      this.#says(this.#unreadable, error);
      return false;
    }
    const settled = this.#settled(files);
    let stuck: { readonly file: string; readonly error: unknown } | undefined;
    for (const file of settled) {
      if (signal.aborted) return false;
      try {
        await (take ? this.#stream(file, take) : this.#take(file, accept));
      } catch (error) {
        if (error instanceof CrossdockError && error.next === "halt") throw error;
        // Another worker looks into the same folder and has moved it already, or the partner took it back.
        if ((error as { code?: string }).code === "ENOENT") continue;
        if (error instanceof CrossdockError)
          this.#around.log("A file stays in the inbox until the next look.", {
            file: file.name,
            problem: error.code,
          });
        else stuck ??= { file: file.name, error };
      }
    }
    this.#says(stuck ? this.#stuck(stuck.file) : null, stuck?.error);
    return settled.length < files.length;
  }

  #stuck(file: string): string {
    return `The file ${file} cannot be taken out of the inbox ${this.#settings.folder}, and maybe others. Let Crossdock's user read it, and write into the inbox with its done/ and quarantine/.`;
  }

  async #list(): Promise<Seen[]> {
    const { folder } = this.#settings;
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isFile() && !UNFINISHED.test(entry.name));
    const files: Seen[] = [];
    for (const { name } of names) {
      // Gone since the listing: the partner took it back, or another look moved it.
      const file = await lstat(join(folder, name)).catch(gone);
      if (file) files.push({ name, size: file.size, modifiedMs: file.mtimeMs, mark: markOf(file) });
    }
    return files.sort((a, b) => a.modifiedMs - b.modifiedMs || (a.name < b.name ? -1 : 1));
  }

  /** The files that stood still since an earlier look. */
  #settled(files: readonly Seen[]): Seen[] {
    const { settleMs } = this.#settings;
    const nowMs = this.#around.now().getTime();
    const looks = new Map<string, Look>();
    const settled: Seen[] = [];
    for (const file of files) {
      const before = this.#looks.get(file.name);
      const stood = before?.mark === file.mark;
      looks.set(file.name, stood ? before : { mark: file.mark, sinceMs: nowMs });
      const stillMs = file.size === 0 ? Math.max(settleMs, EMPTY_MS) : settleMs;
      if (settleMs === 0 || (stood && nowMs - before.sinceMs >= stillMs)) settled.push(file);
    }
    this.#looks = looks;
    return settled;
  }

  async #take(file: Seen, accept: Accept): Promise<void> {
    const { fileBytesMax } = this.#settings;
    if (file.size > fileBytesMax) {
      const unread = `The file ${file.name} has ${file.size} bytes, and this mailbox takes ${fileBytesMax}. It was not read, and is in quarantine/. Have it sent in parts, or raise fileBytesMax and put it back.`;
      const messageId = `${file.name}#${file.mark}`;
      const told = await accept({ messageId, body: new Uint8Array(0), unread });
      return this.#setAside(file, String(file.size), `${unread}\nReceipt: ${told.receipt}`);
    }
    const body = await this.#read(file);
    if (body === undefined) return;
    const hash = hashOf(body).slice(0, 32);
    const mediaType = MEDIA_TYPES[extname(file.name).toLowerCase()];
    const accepted = await accept({
      messageId: this.#identity(file.name, hash),
      body,
      occurredAt: new Date(file.modifiedMs),
      ...(mediaType === undefined ? {} : { mediaType }),
    });
    return this.#leave(file, hash, accepted);
  }

  /** Hands the file over unread, however large it is; it leaves the inbox when its last record is kept. */
  async #stream(file: Seen, take: Take): Promise<void> {
    const path = join(this.#settings.folder, file.name);
    let hash = file.mark;
    const accepted = await take({
      name: file.name,
      bytes: file.size,
      modifiedAt: new Date(file.modifiedMs),
      identity: (content) => {
        hash = content.slice(0, 32);
        return this.#identity(file.name, hash);
      },
      read: (offset) => piecesOf(path, offset),
      unchanged: async () => markOf(await lstat(path)) === file.mark,
    });
    return this.#leave(file, hash.replaceAll("/", "-"), accepted);
  }

  #identity(name: string, hash: string): string {
    return { name, content: hash, "name and content": `${name}#${hash}` }[this.#settings.identity];
  }

  async #leave(file: Seen, hash: string, accepted: Accepted): Promise<void> {
    switch (accepted.outcome) {
      case "accepted":
      case "duplicate":
        return void (await this.#move(
          file,
          join("done", this.#around.now().toISOString().slice(0, 10)),
          hash,
        ));
      case "quarantined":
      case "conflict":
        return this.#setAside(file, hash, `${accepted.reason}\nReceipt: ${accepted.receipt}`);
    }
  }

  /** The whole content, or undefined when the file changed under our hands. */
  async #read(file: Seen): Promise<Buffer | undefined> {
    const handle = await open(
      join(this.#settings.folder, file.name),
      constants.O_RDONLY | constants.O_NOFOLLOW,
    );
    try {
      const body = await handle.readFile();
      return markOf(await handle.stat()) === file.mark && body.length === file.size ? body : undefined;
    } finally {
      await handle.close();
    }
  }

  async #setAside(file: Seen, unique: string, reason: string): Promise<void> {
    const to = join(this.#settings.folder, "quarantine");
    await mkdir(to, { recursive: true });
    // The reason first: a file in quarantine always has one.
    const name = await this.#freeName(file.name, "quarantine", unique);
    await writeFile(join(to, `${name}.reason.txt`), `${reason}\n`);
    if (!(await this.#move(file, "quarantine", unique))) await rm(join(to, `${name}.reason.txt`));
  }

  /**
   * Moves the very file that was handed over. One that took its name meanwhile stays, or is put back, for the next look; then it is
   * false.
   */
  async #move(file: Seen, folder: string, unique: string): Promise<boolean> {
    const from = join(this.#settings.folder, file.name);
    const to = join(this.#settings.folder, folder);
    this.#looks.delete(file.name);
    await mkdir(to, { recursive: true });
    const target = join(to, await this.#freeName(file.name, folder, unique));
    if (markOf(await lstat(from)) !== file.mark) return false;
    await rename(from, target);
    if (markOf(await lstat(target)) === file.mark) return true;
    await link(target, from).catch((error: { code?: string }) => {
      if (error.code !== "EEXIST") throw error;
      return link(target, join(this.#settings.folder, `${unique}~${file.name}`));
    });
    await unlink(target);
    return false;
  }

  /** The name itself, or with a mark of its content when something stands there already; the same content may stand once. */
  async #freeName(name: string, folder: string, unique: string): Promise<string> {
    const taken = await stat(join(this.#settings.folder, folder, name)).catch(gone);
    if (!taken) return name;
    const end = extname(name);
    return `${name.slice(0, name.length - end.length)}~${unique}${end}`;
  }
}

/** Reads a file in pieces of 256 kB, following no link. */
async function* piecesOf(path: string, offset: number): AsyncIterable<Buffer> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  yield* handle.createReadStream({ start: offset, highWaterMark: 262_144 });
}

const markOf = ({ size, mtimeMs, ino }: { size: number; mtimeMs: number; ino: number }): string =>
  `${ino}/${size}/${mtimeMs}`;

/** Looks come by the clock; a watcher only makes them come sooner, so it may be missing. */
function watching(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    return watch(folder, { persistent: false }, changed).on("error", () => {});
  } catch {
    return undefined;
  }
}

/** Waits for a ring or for a time, whichever comes first; a ring while nobody waits is kept. */
class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  async wait(ms: number): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const clock = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(clock);
          resolve();
        };
      });
    }
    this.#wake = undefined;
    this.#rung = false;
  }
}

/** Nothing there is an answer; anything else is trouble. */
function gone(error: { code?: string }): undefined {
  if (error.code !== "ENOENT") throw error;
}
