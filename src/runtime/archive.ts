/**
 * Retention: what is past it goes from the journal into the archive, and only then from the database.
 *
 * What must stay true: nothing is dropped whose archive was not read back from the disk and found whole, and nothing that is
 * still needed goes, whatever its age (journal/partitions.ts). One worker at a time does this; it begins anew where another
 * one died, and a file without its line in the database holds nothing that is not still there.
 */
import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { resolve } from "node:path";
import type { Contract, Retained } from "../contracts/contract.ts";
import {
  contractsOf,
  countGoing,
  gatherStays,
  lookAgain,
  type Month,
  monthsToLookAt,
  neededAfterAll,
  nextLines,
  rememberArchived,
  replaceMonth,
  staysOf,
} from "../journal/partitions.ts";
import { Unusable } from "../std/errors.ts";
import type { Log } from "../std/log.ts";
import { milliseconds, type Span } from "../std/span.ts";
import { type Address, openPool, type Transaction } from "../std/sql.ts";
import type { Statement } from "../std/statement.ts";
import {
  followAgain,
  type Leaving,
  letLeave,
  linesLeaving,
  messagesLeft,
  nextLeaving,
  rememberLeaving,
  timeToFollow,
} from "../work/leaving.ts";
import {
  type ArchiveLine,
  hashOf,
  type Manifest,
  takeBack,
  writeArchive,
  writeManifest,
} from "./archive-file.ts";
import type { Clock } from "./clock.ts";

/** How long what happened is kept in the database, and where it goes then. */
export interface Retention {
  /** Of messages whose contract says nothing else. */
  readonly journal: Span;
  /** Of the raw bytes that arrived. */
  readonly arrivals: Span;
  /** The folder of the archive; null: what is past its retention is dropped for good. */
  readonly archive: string | null;
}

/** Held while months are looked at. */
const LOCK = 7216;
/** What had to stay of a month although its time is over is looked at again so much later. */
const AGAIN_MS = 24 * 3_600_000;
/** Rows that leave in one transaction, and stand in one file. */
const FOLLOW_AT_ONCE = 5_000;

export class Archive {
  readonly #given: {
    readonly database: Address;
    readonly retention: Retention;
    readonly contracts: ReadonlyMap<string, Contract>;
    readonly clock: Clock;
    readonly log: Log;
  };
  readonly #rules: string;

  constructor(given: {
    readonly database: Address;
    readonly retention: Retention;
    readonly contracts: ReadonlyMap<string, Contract>;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#given = given;
    const { journal, arrivals, archive } = given.retention;
    const own = [...given.contracts.values()].map(({ name, retention = "" }) => `${name} ${retention}`);
    this.#rules = createHash("sha256")
      .update(JSON.stringify([journal, arrivals, archive, own.toSorted()]))
      .digest("hex");
  }

  /** Archives and drops whatever is past its retention; returns the months that were touched. Any worker may call it. */
  async forget(): Promise<string[]> {
    const { database } = this.#given;
    // A month may take minutes to be read: these statements have no deadline.
    const pool = openPool(database, { max: 1, name: "crossdock archive" });
    const touched: string[] = [];
    try {
      const client = await pool.connect();
      const run = (statement: Statement) => client.query(statement.text, [...statement.values]);
      try {
        const { rows: locked } = await client.query<{ mine: boolean }>(
          `select pg_try_advisory_lock(${LOCK}) as mine`,
        );
        if (!locked[0]?.mine) return [];
        const { rows: months } = await run(monthsToLookAt(this.#rules));
        for (const month of months as Month[]) {
          try {
            if (await this.#look(month, run, client)) touched.push(month.name);
          } catch (error) {
            this.#given.log.warn(
              "A month past its retention could not be archived; it stays, and is tried again.",
              {
                month: month.name,
                error: error instanceof Error ? error.message : String(error),
              },
            );
          }
        }
        try {
          if (await this.#follow(run, client)) touched.push("work");
        } catch (error) {
          this.#given.log.warn(
            "What was owed for archived messages could not follow them; it stays, and is tried again.",
            {
              error: error instanceof Error ? error.message : String(error),
            },
          );
        }
        // Given back before the connection is: the server may take a moment to notice its end.
        await client.query(`select pg_advisory_unlock(${LOCK})`);
      } finally {
        // After trouble the lock goes with the connection.
        client.release(true);
      }
    } finally {
      await pool.end();
    }
    return touched;
  }

  /** Retention of a contract, for this site. */
  #retentionOf(contract: string): Retained {
    return this.#given.contracts.get(contract)?.retention ?? this.#given.retention.journal;
  }

  /** True when something of the month went. */
  async #look(month: Month, run: Run, client: Transaction): Promise<boolean> {
    const { clock } = this.#given;
    const ends = Date.parse(month.to);
    const goesAt = (retention: Retained) =>
      retention === "for ever" ? Number.POSITIVE_INFINITY : ends + milliseconds(retention);
    const { rows: contracts } = month.of === "event" ? await run(contractsOf(month)) : { rows: [] };
    const names = contracts.map(({ contract }) => contract as string);
    const times =
      names.length > 0
        ? names.map((contract) => goesAt(this.#retentionOf(contract)))
        : [goesAt(month.of === "event" ? this.#given.retention.journal : this.#given.retention.arrivals)];
    const now = clock.date().getTime();
    const later = Math.min(...times.filter((at) => at > now));
    const next = Number.isFinite(later) ? new Date(later) : null;
    if (times.every((at) => at > now)) {
      await run(lookAgain(month.name, next, this.#rules));
      return false;
    }
    const gone = names.filter((contract) => goesAt(this.#retentionOf(contract)) <= now);
    for (const statement of gatherStays(month, gone)) await run(statement);
    const { goes, stays } = (await run(countGoing(month))).rows[0] as { goes: number; stays: number };
    if (goes === 0 && stays > 0) {
      await run({ name: "", text: `drop table ${staysOf(month)}`, values: [] });
      await run(lookAgain(month.name, new Date(Math.min(later, now + AGAIN_MS)), this.#rules));
      return false;
    }
    await this.#take(month, { goes, stays }, run, client);
    return true;
  }

  /** Archives what goes, and puts what stays in its place: one transaction, after the file is safe. */
  async #take(
    month: Month,
    { goes, stays }: { readonly goes: number; readonly stays: number },
    run: Run,
    client: Transaction,
  ): Promise<void> {
    const { archive } = this.#given.retention;
    const folder = archive === null || goes === 0 ? null : resolve(archive);
    const manifest = folder === null ? null : await this.#write(folder, month, { goes, stays }, run);
    try {
      await client.query("begin");
      const needed = neededAfterAll(month);
      if (needed && (await run(needed)).rows.length > 0)
        throw new Unusable("Something that is to be sent again needs it after all.");
      if (manifest) {
        await run(keepManifest(folder ?? "", manifest));
        await run(rememberArchived(month, manifest.number));
      }
      if (month.of === "event") await run(messagesLeft(month.to));
      for (const statement of replaceMonth(month, stays)) await run(statement);
      if (stays > 0) await run(lookAgain(month.name, new Date(this.#now() + AGAIN_MS), this.#rules));
      await client.query("commit");
    } catch (error) {
      await client.query("rollback");
      if (folder !== null && manifest) await takeBack(folder, manifest.file);
      throw error;
    }
    this.#given.log.info(
      manifest ? "What was past its retention was archived." : "What was past its retention was dropped.",
      { month: month.name, lines: goes, stayed: stays, ...(manifest ? { file: manifest.file } : {}) },
    );
  }

  #now(): number {
    return this.#given.clock.date().getTime();
  }

  /** Deliveries, and what systems said, follow the messages they were about. True when something went. */
  async #follow(run: Run, client: Transaction): Promise<boolean> {
    const before = (await run(timeToFollow)).rows[0]?.before as string | undefined;
    if (before === undefined) return false;
    let went = 0;
    for (const table of ["delivery", "opinion"] as const) {
      for (let after = ""; ; ) {
        const { rows } = await run(nextLeaving(table, before, after, FOLLOW_AT_ONCE));
        const names = rows.map(({ name }) => name as string);
        if (names.length === 0) break;
        after = names.at(-1) ?? "";
        went += await this.#takeWork(table, names, run, client);
      }
    }
    await run(followAgain(new Date(this.#now() + AGAIN_MS)));
    if (went > 0)
      this.#given.log.info("Deliveries and what systems said followed their messages.", { lines: went });
    return went > 0;
  }

  /** As `#take`, for rows that are deleted by their names: a few thousand in a transaction. */
  async #takeWork(of: Leaving, names: readonly string[], run: Run, client: Transaction): Promise<number> {
    const { archive } = this.#given.retention;
    const folder = archive === null ? null : resolve(archive);
    const page = async () => (await run(linesLeaving(of, names))).rows as unknown as ArchiveLine[];
    const lines = await page();
    async function* once() {
      yield lines;
    }
    const manifest =
      folder === null
        ? null
        : await this.#file(
            folder,
            { of: "work", name: `${of}_${monthOf(this.#now())}`, stayed: 0 },
            once(),
            run,
          );
    try {
      await client.query("begin");
      if (manifest) {
        await run(keepManifest(folder ?? "", manifest));
        await run(rememberLeaving(of, names, manifest.number));
      }
      const gone = (await run(letLeave(of, names))).rows[0]?.lines as number;
      if (gone !== lines.length)
        throw new Unusable(
          `Of ${lines.length} rows that were to leave ${gone} could: some are needed again.`,
        );
      await client.query("commit");
    } catch (error) {
      await client.query("rollback");
      if (folder !== null && manifest) await takeBack(folder, manifest.file);
      throw error;
    }
    return lines.length;
  }

  /** Writes the file, which is read back from the disk, and its manifest. */
  async #write(
    folder: string,
    month: Month,
    { goes, stays }: { readonly goes: number; readonly stays: number },
    run: Run,
  ): Promise<Manifest> {
    async function* pages() {
      for (let after: string | null = null; ; ) {
        const page = (await run(nextLines(month, after))).rows as unknown as ArchiveLine[];
        if (page.length === 0) return;
        after = page.at(-1)!.key;
        yield page;
      }
    }
    const manifest = await this.#file(
      folder,
      { of: month.of, name: month.name, stayed: stays },
      pages(),
      run,
    );
    if (manifest.lines === goes) return manifest;
    await takeBack(folder, manifest.file);
    throw new Unusable(`${goes} lines of ${month.name} should go, and ${manifest.lines} were written.`);
  }

  async #file(
    folder: string,
    { of, name, stayed }: { readonly of: Manifest["of"]; readonly name: string; readonly stayed: number },
    pages: AsyncIterable<readonly ArchiveLine[]>,
    run: Run,
  ): Promise<Manifest> {
    const { rows } = await run({
      name: "",
      text: "select manifest from archive order by number desc limit 1",
      values: [],
    });
    const before = rows[0] ? (JSON.parse(rows[0].manifest as string) as Manifest) : null;
    const number = (before?.number ?? 0) + 1;
    const file = `${name}-${String(number).padStart(4, "0")}.ndjson.gz`;
    const counts = new Map<string, number>();
    async function* counted() {
      for await (const page of pages) {
        for (const { line } of page) {
          const { contract } = JSON.parse(line) as { contract?: string };
          if (contract !== undefined) counts.set(contract, (counts.get(contract) ?? 0) + 1);
        }
        yield page;
      }
    }
    try {
      const written = await writeArchive(folder, file, counted());
      const unsealed: Omit<Manifest, "hash"> = {
        format: "crossdock archive 1",
        number,
        of,
        month: name.slice(-7).replace("_", "-"),
        file,
        host: hostname(),
        ...written,
        contracts: Object.fromEntries(
          [...counts].map(([contract, lines]) => [
            contract,
            { lines, retention: this.#retentionOf(contract) },
          ]),
        ),
        stayed,
        archivedAt: this.#given.clock.date().toISOString(),
        previous: before?.hash ?? null,
      };
      const manifest = { ...unsealed, hash: hashOf(unsealed) };
      await writeManifest(folder, manifest);
      return manifest;
    } catch (error) {
      await takeBack(folder, file);
      throw error;
    }
  }
}

/** `2026_01`. */
const monthOf = (ms: number): string => new Date(ms).toISOString().slice(0, 7).replace("-", "_");

const keepManifest = (folder: string, manifest: Manifest): Statement => ({
  name: "",
  text: "insert into archive (number, file, folder, host, archived_at, manifest, hash) values ($1, $2, $3, $4, $5, $6, $7)",
  values: [
    ...[manifest.number, manifest.file, folder, manifest.host],
    ...[manifest.archivedAt, JSON.stringify(manifest), manifest.hash],
  ],
});

type Run = (statement: Statement) => Promise<{ rows: Record<string, unknown>[] }>;
