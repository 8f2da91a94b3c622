/** `crossdock archive`: what left the database for files, whether those are as they were written, and one document's lines. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import {
  linesOf,
  type Manifest,
  type Placed,
  readManifests,
  verifyArchives,
} from "../../runtime/archive-file.ts";
import { archivedOf, archives } from "../../trace/index.ts";
import { CommandStopped, EXIT, stopWith } from "../exit.ts";
import { type Common, withDock } from "../options.ts";
import { withDatabase } from "../running.ts";
import { table } from "../table.ts";
import { printJson, type Terminal } from "../terminal.ts";
import { counted } from "../words.ts";

const list = (terminal: Terminal): Command =>
  withDock(new Command("list"))
    .description("List the files of the archive, oldest first.")
    .action((options: Common) =>
      withDatabase(terminal, options, async (pool) => {
        const files = (await archives(pool)).map(placed);
        if (options.json) return printJson(terminal, "archive.list", { files });
        if (files.length === 0) return terminal.out("Nothing has left for the archive yet.");
        const lines = table<Placed>(
          [
            { title: "NO", value: ({ manifest }) => String(manifest.number) },
            { title: "MONTH", value: ({ manifest }) => manifest.month },
            { title: "OF", value: ({ manifest }) => OF[manifest.of] },
            { title: "LINES", value: ({ manifest }) => String(manifest.lines) },
            { title: "STAYED", value: ({ manifest }) => String(manifest.stayed) },
            { title: "ARCHIVED", value: ({ manifest }) => manifest.archivedAt.slice(0, 10) },
            { title: "ON", value: ({ manifest }) => manifest.host },
            { title: "FILE", value: ({ folder, manifest }) => join(folder, manifest.file) },
          ],
          files,
          { columns: terminal.columns, heading: terminal.paint.dim },
        );
        for (const line of lines) terminal.out(line);
      }),
    );

const OF = { event: "journal", arrival: "arrivals", work: "deliveries" } as const;

const verify = (terminal: Terminal): Command =>
  withDock(new Command("verify"))
    .description(
      "Read every file of the archive and hold it against its manifest; ends with 3 when one is not as written.",
    )
    .option("--folder <folder>", "look for the files here, not where they were written")
    .option("--alone", "judge by the files of --folder alone, without a database")
    .action(async (options: Common & { folder?: string; alone?: boolean }) => {
      const { folder, alone } = options;
      if (alone && folder === undefined) stopWith("usage", "--alone needs --folder: the files to judge by.");
      if (folder !== undefined && !existsSync(folder)) stopWith("usage", `There is no folder ${folder}.`);
      const chain =
        alone && folder !== undefined
          ? readManifests(folder).map((manifest) => ({ folder, manifest }))
          : await withDatabase(terminal, options, async (pool) =>
              (await archives(pool))
                .map(placed)
                .map((one) => (folder === undefined ? one : { ...one, folder })),
            );
      const found = await verifyArchives(chain);
      const { paint } = terminal;
      if (options.json) printJson(terminal, "archive.verify", { ...found });
      else if (found.fault) {
        const { number, file, how, because } = found.fault;
        terminal.out(`${paint.bad("✕")} Archive ${number}, ${file}: ${how}. ${because}`);
      } else {
        terminal.out(
          `${paint.good("✔")} ${counted(found.files, "file")} with ${counted(found.lines, "line")}, each as it was written.`,
        );
        if (alone) terminal.note("Whether the last of them are missing, only the database knows.");
      }
      if (found.fault) throw new CommandStopped(EXIT.checkSaysNo, "");
    });

const read = (terminal: Terminal): Command =>
  withDock(new Command("read"))
    .description(
      "Print the archived messages and deliveries of a document as NDJSON, as the database had them.",
    )
    .argument("<document>", "the document's name, such as order/SO-10045")
    .option("--folder <folder>", "look for the files here, not where they were written")
    .action((correlation: string, options: Common & { folder?: string }) =>
      withDatabase(terminal, options, async (pool) => {
        const parts = (await archivedOf(pool, [correlation])).filter((part) => part.of !== "arrival");
        if (parts.length === 0) stopWith("notFound", `Nothing of ${correlation} is in the archive.`);
        for (const { file, folder, host } of parts) {
          const path = join(options.folder ?? folder, file);
          if (!existsSync(path))
            stopWith(
              "notFound",
              `${path} is not here; it was written on ${host}. Name its folder with --folder.`,
            );
          for await (const line of linesOf(path, correlation)) terminal.out(line);
        }
      }),
    );

const placed = ({ folder, manifest }: { folder: string; manifest: string }): Placed => ({
  folder,
  manifest: JSON.parse(manifest) as Manifest,
});

export const archive = (terminal: Terminal): Command =>
  new Command("archive")
    .description("What is past its retention: the files it went to.")
    .addCommand(list(terminal))
    .addCommand(verify(terminal))
    .addCommand(read(terminal));
