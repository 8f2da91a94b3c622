/**
 * `crossdock contracts diff` and `publish`: what changed since the shapes that were published, and publishing what may be.
 *
 * Published is what stands in a folder of JSON Schema files, one a version, kept with the sources: others were promised it. A
 * version that was published grows only as its promise allows; what breaks it is another version, which reads the one before.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { exportContract } from "../../contracts/canon/export.ts";
import { breaks, type Change, compareShapes, type Shape } from "../../contracts/comparison.ts";
import type { Contract } from "../../contracts/contract.ts";
import { gather } from "../../runtime/definitions.ts";
import type { Definitions } from "../../runtime/dock.ts";
import { CommandStopped, EXIT, stopWith } from "../exit.ts";
import { load } from "../load.ts";
import { withButton, withOutput } from "../options.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted, listed, nearest } from "../words.ts";

interface Options {
  readonly json?: boolean;
  readonly config?: string;
  readonly against: string;
}

/** How one contract stands to what was published of it. */
interface Compared {
  readonly name: string;
  readonly version: number;
  /** new: never published; next: a version after the published one; grown and same: of the published version. */
  readonly is: "new" | "next" | "grown" | "same" | "broken" | "gone";
  readonly changes: readonly (Change & { readonly breaks: boolean })[];
  /** Why it must not be published so, and what to do; null when it may. */
  readonly refused: string | null;
  /** Who here takes it. */
  readonly takenBy: readonly string[];
}

const FOLDER = "contracts";

export const diff = (terminal: Terminal): Command =>
  withOutput(new Command("diff"))
    .description(
      "Say in words what changed since the published shapes, and what of it breaks a promise; ends with 3 then.",
    )
    .argument("[contract]", "only this one")
    .option("--against <folder>", "where the published shapes are", FOLDER)
    .option("--config <file>", "the configuration to read")
    .action(async (name: string | undefined, options: Options) => {
      const folder = resolve(terminal.folder, options.against);
      if (!existsSync(folder))
        stopWith(
          "notFound",
          `Nothing was published at ${folder}. Publish what there is: crossdock contracts publish --to ${options.against}`,
        );
      const all = (await compared(terminal, folder, name, options.config)).filter(({ is }) => is !== "same");
      if (options.json) printJson(terminal, "contracts.diff", { folder, contracts: all });
      else {
        for (const one of all) for (const line of told(one, terminal)) terminal.out(line);
        if (all.length === 0) terminal.out(`${terminal.paint.good("✔")} Everything is as it was published.`);
      }
      endWith(all);
    });

export const publish = (terminal: Terminal): Command =>
  withButton(withOutput(new Command("publish")))
    .description(
      "Write the shapes others may rely on, all or none: refused when one breaks what was published. Ends with 3 then.",
    )
    .argument("[contract]", "only this one")
    .option("--to <folder>", "where the published shapes are kept, beside your sources", FOLDER)
    .option("--config <file>", "the configuration to read")
    .action(
      async (
        name: string | undefined,
        { json, config, to, dryRun }: Options & { to: string; dryRun?: boolean },
      ) => {
        const folder = resolve(terminal.folder, to);
        const all = await compared(terminal, folder, name, config);
        const changed = all.filter(({ is }) => is !== "same");
        const isRefused = changed.some(({ refused }) => refused !== null);
        const writes = !isRefused && !dryRun;
        const known = gather((await load(terminal, config)).configuration).definitions.contracts;
        if (writes) {
          mkdirSync(folder, { recursive: true });
          for (const { name: each } of all) {
            const contract = known.get(each)!;
            writeFileSync(fileOf(folder, contract), `${JSON.stringify(exportContract(contract), null, 2)}\n`);
          }
        }
        if (json) printJson(terminal, "contracts.publish", { folder, published: writes, contracts: changed });
        else {
          for (const one of changed) for (const line of told(one, terminal)) terminal.out(line);
          const what = counted(changed.length, "contract");
          if (isRefused) terminal.out(`Nothing was published.`);
          else if (dryRun) terminal.out(`Would publish ${what} to ${folder}. Nothing was done.`);
          else
            terminal.out(`${terminal.paint.good("✔")} ${what} published to ${folder}, ${all.length} in all.`);
          if (writes) terminal.note("Commit the folder: what stands in it is what others were promised.");
        }
        endWith(changed);
      },
    );

function endWith(all: readonly Compared[]): void {
  if (all.some(({ refused }) => refused !== null)) throw new CommandStopped(EXIT.checkSaysNo, "");
}

async function compared(
  terminal: Terminal,
  folder: string,
  name: string | undefined,
  config: string | undefined,
): Promise<Compared[]> {
  const { definitions } = gather((await load(terminal, config)).configuration);
  const published = readPublished(folder);
  const names = [...definitions.contracts.keys()];
  if (name !== undefined && !definitions.contracts.has(name)) {
    const near = nearest(name, names);
    stopWith(
      "notFound",
      `There is no contract "${name}" here. ${near ? `Did you mean ${near}?` : "crossdock contracts list names them."}`,
    );
  }
  const wanted = [...definitions.contracts.values()]
    .filter((each) => name === undefined || each.name === name)
    .sort((left, right) => (left.name < right.name ? -1 : 1));
  const gone = [...published.keys()].filter((each) => name === undefined && !definitions.contracts.has(each));
  return [
    ...wanted.map((contract) => ({
      ...standing(contract, published.get(contract.name) ?? new Map()),
      takenBy: takersOf(contract.name, definitions),
    })),
    ...gone.sort().map((each) => ({
      name: each,
      version: Math.max(...published.get(each)!.keys()),
      is: "gone" as const,
      changes: [],
      refused: `It was published, and the configuration no longer knows it: what the journal holds of it cannot be read. Keep it, or take its files out of ${folder}.`,
      takenBy: [],
    })),
  ];
}

function standing(contract: Contract, published: ReadonlyMap<number, Shape>): Omit<Compared, "takenBy"> {
  const { name, version, compatibility } = contract;
  const newest = Math.max(...published.keys());
  const base = { name, version, changes: [], refused: null };
  if (published.size === 0) return { ...base, is: "new" };
  if (newest > version)
    return {
      ...base,
      is: "broken",
      refused: `Version ${newest} was published, and this is version ${version}. Versions only go up.`,
    };
  const against = published.get(newest)!;
  const changes = compareShapes(against, JSON.parse(JSON.stringify(exportContract(contract))) as Shape).map(
    (change) => ({ ...change, breaks: breaks(compatibility, change) }),
  );
  if (newest < version) {
    const cannot = whyItCannotRead(contract, newest, against);
    const refused =
      cannot &&
      `Version ${version} cannot read what was written under version ${newest}: ${cannot} Give it the old shape as its \`earlier\`, with the step that upgrades it.`;
    return { ...base, is: refused ? "broken" : "next", changes, refused };
  }
  if (changes.length === 0) return { ...base, is: "same" };
  if (!changes.some((change) => change.breaks)) return { ...base, is: "grown", changes };
  const refused = `It promises ${compatibility} compatibility, and version ${version} was published. Make it version ${version + 1}, with the published shape as its \`earlier\`, or take the change back.`;
  return { ...base, is: "broken", changes, refused };
}

/** A new version reads data of the one before: tried on what was published as its example. */
function whyItCannotRead(contract: Contract, version: number, { examples }: Shape): string | null {
  const [example] = (examples ?? []) as readonly unknown[];
  if (example === undefined) return null;
  try {
    contract.read(example, version);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Contract → version → what was published. Files that are no shapes of contracts are somebody else's. */
function readPublished(folder: string): Map<string, Map<number, Shape>> {
  const published = new Map<string, Map<number, Shape>>();
  for (const file of existsSync(folder) ? readdirSync(folder) : []) {
    const [, name, version] = /^([a-z0-9.-]+)\.v(\d+)\.json$/.exec(file) ?? [];
    if (name === undefined) continue;
    let shape: Shape;
    try {
      shape = JSON.parse(readFileSync(join(folder, file), "utf8")) as Shape;
    } catch (cause) {
      return stopWith(
        "usage",
        `${join(folder, file)} is no JSON: ${(cause as Error).message}. Bring back the published one.`,
        cause,
      );
    }
    published.set(name, (published.get(name) ?? new Map()).set(Number(version), shape));
  }
  return published;
}

const fileOf = (folder: string, { name, version }: Contract): string =>
  join(folder, `${name}.v${version}.json`);

function takersOf(contract: string, { flows, processes }: Definitions): string[] {
  const carried = [...flows.values()].flatMap((flow) =>
    flow.direction === "out" && flow.on.name === contract ? [`flow ${flow.name}`] : [],
  );
  const heard = [...processes.values()].flatMap(({ header, contracts }) =>
    contracts.has(contract) ? [`process ${header.name}`] : [],
  );
  return [...new Set([...heard, ...carried])];
}

const IS: Readonly<Record<Compared["is"], string>> = {
  new: "is new",
  next: "is the next version",
  grown: "has grown, as it promised",
  same: "is as it was",
  broken: "breaks what was published",
  gone: "is gone",
};

function told({ name, version, is, changes, refused, takenBy }: Compared, { paint }: Terminal): string[] {
  const sign = refused === null ? paint.good("✔") : paint.bad("✕");
  return [
    `${sign} ${paint.bold(`${name} v${version}`)} ${IS[is]}`,
    ...changes.map((change) => {
      const what = `${change.path === "" ? "it" : change.path} ${harmless(change.says)}`;
      const whom = [
        ...(change.breaksReadingOld ? ["what was written before cannot be read"] : []),
        ...(change.breaksReadingNew ? ["who has not upgraded cannot read what is written now"] : []),
      ];
      const why = whom.length === 0 ? "safe for all" : listed(whom);
      return `    ${change.breaks ? paint.bad("✕") : "·"} ${what} ${paint.dim(`(${why})`)}`;
    }),
    ...(changes.length > 0 && takenBy.length > 0 ? [paint.dim(`    taken by ${listed(takenBy)}`)] : []),
    ...(refused === null ? [] : [`    ${harmless(refused)}`]),
  ];
}
