/**
 * `crossdock process migrate`: moves running instances of a process to another version, each only if it can go on there.
 *
 * It first says exactly who goes and who stays and why; then it asks for the move a hundred at a time and watches until each has an
 * outcome. The first Ctrl-C asks for no more and watches what was asked for.
 */
import { Command } from "commander";
import type { Mover, VersionCount } from "../../runtime/moves.ts";
import { press, read } from "../buttons.ts";
import { CommandStopped, EXIT, onInterrupt, stopWith } from "../exit.ts";
import { type Acting, type Common, withDock, withReason } from "../options.ts";
import { progress } from "../progress.ts";
import { table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted } from "../words.ts";

interface Options extends Common, Acting {
  readonly from?: string;
  readonly to?: string;
  readonly only?: string[];
  readonly yes?: boolean;
}

/** What is told of an instance. */
type Told = Pick<Mover, "key" | "verdict" | "because">;

const AT_ONCE = 100;
/** How long a worker may take to carry out what it was asked for: a takeover of its lanes, and some. */
const PATIENCE_MS = 30_000;

export const migrate = (terminal: Terminal): Command =>
  withReason(withDock(new Command("migrate")))
    .description(
      "Move running instances of a process to another version: first who goes, who stays and why, then the move, watched to its end. Ends with 8 when some stay.",
    )
    .argument("<name>", "the process, such as order-to-cash")
    .option("--from <version>", "the version they began with (default: the only older one that still runs)")
    .option("--to <version>", "the version they are to go on with (default: the newest here)")
    .option("--only <keys...>", "only these instances, such as SO-10045")
    .option("--yes", "do not ask")
    .action(async (name: string, options: Options) => {
      const course = await courseOf(terminal, options, name);
      const path = `/api/processes/${encodeURIComponent(name)}/moves`;
      const plan = await planned(terminal, options, path, course);
      const going = plan.filter(({ verdict }) => verdict === "moves").map(({ key }) => key);
      const summary = { process: name, ...course, ...totals(plan) };
      if (options.dryRun) {
        if (options.json) printJson(terminal, "process.migrate", { ...summary, instances: plan });
        else shown(terminal, name, course, plan);
        throw new CommandStopped(EXIT.done, "Nothing was done.");
      }
      if (!options.json) shown(terminal, name, course, plan);
      if (going.length > 0) {
        if (!options.because) stopWith("usage", `Say why, for the audit: --because "…".`);
        const answer = options.yes
          ? "y"
          : await terminal.question?.(`Move ${counted(going.length, "instance")}? [y/N] `);
        if (!/^y(es)?$/i.test(answer ?? ""))
          stopWith("usage", "Nothing was done. Where nobody can be asked, say --yes.");
      }
      const became = await carriedOut(terminal, options, path, course, going);
      const stayed = plan.filter(({ verdict }) => verdict === "stays");
      const all = [...became, ...stayed].sort((a, b) => (a.key < b.key ? -1 : 1));
      if (options.json)
        printJson(terminal, "process.migrate", { process: name, ...course, ...totals(all), instances: all });
      else told(terminal, became, stayed.length);
      if (all.some(({ verdict }) => verdict === "stays" || verdict === "moves"))
        throw new CommandStopped(EXIT.partly, "");
    });

interface Course {
  readonly from: number;
  readonly to: number;
}

async function courseOf(terminal: Terminal, options: Options, name: string): Promise<Course> {
  const { versions } = (await read(
    terminal,
    options,
    `/api/processes/${encodeURIComponent(name)}/versions`,
  )) as unknown as { versions: readonly VersionCount[] };
  if (versions.length === 0)
    return stopWith("notFound", `There is no process "${name}". crossdock process list names them.`);
  const newest = versions.findLast(({ isHere }) => isHere)?.version;
  const to = options.to === undefined ? newest : versionOf(options.to, "--to");
  if (to === undefined) return stopWith("notFound", `This build has no version of ${name} at all.`);
  if (options.from !== undefined) return { from: versionOf(options.from, "--from"), to };
  const older = versions.filter((each) => each.version < to && each.running + each.parked > 0);
  const [only, ...others] = older;
  if (only === undefined) {
    terminal.note(`No instance of ${name} of a version before ${to} is running.`);
    throw new CommandStopped(EXIT.done, "");
  }
  if (others.length === 0) return { from: only.version, to };
  const standing = older.map((each) => `version ${each.version} (${each.running + each.parked} not ended)`);
  return stopWith("usage", `Say which of them moves, with --from: ${standing.join(", ")}.`);
}

function versionOf(given: string, option: string): number {
  if (/^\d{1,5}$/.test(given)) return Number(given);
  return stopWith("usage", `${option} takes the number of a version such as 2, not "${given}".`);
}

/** Every instance that began under the version, as it stands now. */
async function planned(terminal: Terminal, options: Options, path: string, course: Course): Promise<Told[]> {
  if (options.only) {
    const found = await looked(terminal, options, path, course, options.only);
    const unknown = options.only.find((key) => !found.some((one) => one.key === key));
    if (unknown !== undefined)
      stopWith(
        "notFound",
        `There is no instance ${unknown}. crossdock trace ${unknown} tells what is known.`,
      );
    return found;
  }
  const all: Told[] = [];
  for (let after: string | null = ""; after !== null; ) {
    const query: string = `?from=${course.from}&to=${course.to}&after=${encodeURIComponent(after)}`;
    const page = (await read(terminal, options, `${path}${query}`)) as unknown as {
      movers: readonly Mover[];
      next: string | null;
    };
    all.push(...page.movers.map(short));
    after = page.next;
  }
  return all;
}

const short = ({ key, verdict, because }: Mover): Told => ({ key, verdict, because });

async function looked(
  terminal: Terminal,
  options: Options,
  path: string,
  course: Course,
  keys: readonly string[],
): Promise<Told[]> {
  const all: Told[] = [];
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    const body = { ...course, keys: keys.slice(at, at + AT_ONCE) };
    const said = await press(terminal, { ...options, dryRun: false }, `${path}/look`, body);
    all.push(...(said.movers as readonly Mover[]).map(short));
  }
  return all;
}

/** Asks for the moves and returns what became of each. What is still "moves" at the end was not carried out. */
async function carriedOut(
  terminal: Terminal,
  options: Options,
  path: string,
  course: Course,
  keys: readonly string[],
): Promise<Told[]> {
  const bar = progress(terminal);
  let interrupted = false;
  const takeBack = onInterrupt(() => {
    interrupted = true;
    terminal.note("\nNothing more is asked for; what was asked for is watched. Ctrl-C again to leave.");
  });
  const became: Told[] = [];
  try {
    for (let at = 0; at < keys.length && !interrupted; at += AT_ONCE) {
      const chunk = keys.slice(at, at + AT_ONCE);
      const reason = options.because ? { reason: options.because } : {};
      await press(terminal, options, path, { ...course, keys: chunk, ...reason });
      const until = Date.now() + PATIENCE_MS;
      let now = await looked(terminal, options, path, course, chunk);
      while (now.some(({ verdict }) => verdict === "moves") && Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        now = await looked(terminal, options, path, course, chunk);
      }
      became.push(...now);
      bar.show(
        became.length,
        keys.length,
        `${became.filter(({ verdict }) => verdict === "moved").length} moved`,
      );
    }
  } finally {
    takeBack();
    bar.end();
  }
  const left = keys.slice(became.length).map((key): Told => ({ key, verdict: "moves", because: null }));
  return [...became, ...left];
}

function totals(all: readonly Told[]): Readonly<Record<string, number>> {
  const of = (verdict: Mover["verdict"]) => all.filter((one) => one.verdict === verdict).length;
  return { moved: of("moved"), moves: of("moves"), stays: of("stays"), ended: of("ended") };
}

/** Reasons are few and instances many, so those that stay are grouped; --json has each. */
function shown(terminal: Terminal, name: string, { from, to }: Course, plan: readonly Told[]): void {
  const { paint, columns } = terminal;
  const { moves = 0, stays = 0, moved = 0, ended = 0 } = totals(plan);
  terminal.out(paint.bold(`${name} from version ${from} to ${to}`));
  terminal.out(
    `  ${counted(moves, "instance")} can move, ${stays} cannot${moved + ended > 0 ? `, ${moved} moved already, ${ended} have ended` : ""}`,
  );
  const why = [
    ...Map.groupBy(
      plan.filter(({ verdict }) => verdict === "stays"),
      ({ because }) => because ?? "",
    ),
  ];
  if (why.length === 0) return;
  const lines = table<(typeof why)[number]>(
    [
      { title: "STAY", value: ([, those]) => those.length.toLocaleString("en-US"), align: "right" },
      { title: "SUCH AS", value: ([, [first]]) => harmless(first?.key ?? "") },
      { title: "BECAUSE", value: ([because]) => harmless(because), shrinks: true },
    ],
    why,
    { columns, indent: "  ", heading: paint.dim },
  );
  for (const line of lines) terminal.out(line);
}

function told(terminal: Terminal, became: readonly Told[], stayed: number): void {
  const { paint } = terminal;
  const { moved = 0, moves = 0, stays = 0, ended = 0 } = totals(became);
  terminal.out(
    `${moves + stays === 0 ? paint.good("✔") : paint.warn("!")} ${counted(moved, "instance")} moved` +
      `${ended > 0 ? `, ${ended} ended meanwhile` : ""}${stays + stayed > 0 ? `, ${stays + stayed} stay` : ""}` +
      `${moves > 0 ? `, ${moves} not carried out: the same command again asks for them` : ""}.`,
  );
  for (const { key, because } of became.filter(({ verdict }) => verdict === "stays"))
    terminal.out(`  ${harmless(key)} went on meanwhile and stays: ${harmless(because ?? "")}`);
}
