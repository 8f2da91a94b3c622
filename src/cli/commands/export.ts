/**
 * `crossdock export`: a reporting feed, as files in a folder.
 *
 * Each run writes what was recorded since the run before, whole or not at all; run it by the clock of the machine. The
 * name of a file says after which fact it begins, so a run that was killed writes the same file again.
 */
import { once } from "node:events";
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { Command, Option } from "commander";
import { stringify } from "csv-stringify/sync";
import type pg from "pg";
import { textAt } from "../../contracts/keys.ts";
import { FEED_BEGINNING, type FedFact, type FeedPlace, feed, type Known } from "../../trace/index.ts";
import { mask } from "../../trace/mask.ts";
import { stopWith } from "../exit.ts";
import { knownHere } from "../known.ts";
import { type Common, withDock } from "../options.ts";
import { withDatabase } from "../running.ts";
import { printJson, type Terminal } from "../terminal.ts";
import { counted } from "../words.ts";

type Options = Common & {
  into: string;
  name: string;
  format: "ndjson" | "csv";
  columns?: string;
};

export const exportFeed = (terminal: Terminal): Command =>
  withDock(new Command("export"))
    .description(
      "Write the facts of some contracts that were recorded since the last export to a file; what contracts mark as personal is hidden.",
    )
    .argument("<contract...>", "names of contracts, e.g. finance.invoice-posted")
    .requiredOption(
      "--into <folder>",
      "the folder the files are put in; its place in the journal is kept there too",
    )
    .option("--name <name>", "the beginning of the file names, one for each feed", "feed")
    .addOption(
      new Option("--format <format>", "how facts are written").choices(["ndjson", "csv"]).default("ndjson"),
    )
    .option("--columns <paths>", "CSV only: fields of the data, e.g. invoiceId,taxInclusiveAmount.amount")
    .action((contracts: string[], options: Options) => {
      if (options.columns !== undefined && options.format !== "csv")
        stopWith("usage", "--columns is for --format csv; NDJSON carries the whole data.");
      if (!/^[A-Za-z0-9_-]{1,60}$/.test(options.name))
        stopWith("usage", "A feed is named with letters, digits, - and _.");
      return withDatabase(terminal, options, async (pool) => {
        const known = await knownHere(terminal, options);
        const written = await writeFeed(feedOf(pool, contracts, known), options);
        if (options.json) return printJson(terminal, "export", written);
        terminal.out(
          written.file === null
            ? "Nothing new was recorded; no file was written."
            : `${terminal.paint.good("✔")} ${counted(written.facts, "fact")} in ${written.file}`,
        );
      });
    });

const ENVELOPE = [
  "id",
  "contract",
  "version",
  "key",
  "correlation",
  "source",
  "occurredAt",
  "recordedAt",
] as const;

/** The feed after a place, with what contracts mark as secret or personal hidden. */
const feedOf = (pool: pg.Pool, contracts: readonly string[], known: Known) =>
  async function* (from: FeedPlace): AsyncGenerator<FedFact> {
    for await (const fact of feed(pool, contracts, from)) {
      const schema = known.contracts.get(fact.contract)?.schema;
      yield schema ? { ...fact, data: JSON.stringify(mask(schema, JSON.parse(fact.data))) } : fact;
    }
  };

/** Writes one file; `file` is null when there was nothing to write. */
async function writeFeed(
  after: (from: FeedPlace) => AsyncGenerator<FedFact>,
  { into, name, format, columns }: Options,
): Promise<{ facts: number; file: string | null }> {
  mkdirSync(into, { recursive: true });
  const place = join(into, `.${name}.place.json`);
  const from = existsSync(place) ? (JSON.parse(readFileSync(place, "utf8")) as FeedPlace) : FEED_BEGINNING;
  const file = join(into, `${name}-after-${from.position}.${format}`);
  const temporary = join(into, `.${name}.tmp`);
  const paths = columns?.split(",").map((path) => path.trim()) ?? [];
  const out = createWriteStream(temporary);
  if (format === "csv") out.write(stringify([[...ENVELOPE, ...(paths.length > 0 ? paths : ["data"])]]));
  let last: FeedPlace | undefined;
  let facts = 0;
  for await (const fact of after(from)) {
    facts += 1;
    last = fact.place;
    if (!out.write(format === "csv" ? rowOf(fact, paths) : lineOf(fact))) await once(out, "drain");
  }
  out.end();
  await finished(out);
  if (last === undefined) {
    rmSync(temporary);
    return { facts, file: null };
  }
  renameSync(temporary, file);
  // Only now: a run that is killed before this line writes the same file again.
  writeFileSync(`${place}.tmp`, JSON.stringify(last));
  renameSync(`${place}.tmp`, place);
  return { facts, file };
}

function lineOf({ place: _, data, ...fact }: FedFact): string {
  const head = JSON.stringify(fact);
  return `${head.slice(0, -1)},"data":${data}}\n`;
}

function rowOf(fact: FedFact, paths: readonly string[]): string {
  const data: unknown = paths.length > 0 ? JSON.parse(fact.data) : undefined;
  const cells = paths.length > 0 ? paths.map((path) => cell(textAt(data, path))) : [fact.data];
  return stringify([[...ENVELOPE.map((name) => `${fact[name]}`), ...cells]]);
}

/** Text as it is, nothing as nothing, anything else as JSON. */
const cell = (value: unknown): string =>
  typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
