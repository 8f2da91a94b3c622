/** `crossdock batches`: large files, how far each is, what became of their records, and which were refused. */
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import type pg from "pg";
import {
  type BatchView,
  batch,
  batches as latest,
  type RefusedView,
  refusedRecords,
} from "../../trace/index.ts";
import { MASKED } from "../../trace/mask.ts";
import { press } from "../buttons.ts";
import { stopWith } from "../exit.ts";
import { type Acting, type Common, withDock, withReason } from "../options.ts";
import { barOf } from "../progress.ts";
import { withDatabase } from "../running.ts";
import { pad, pairs, table } from "../table.ts";
import { harmless, printJson, type Terminal } from "../terminal.ts";
import { counted, lasting } from "../words.ts";

type Options = Common &
  Acting & {
    follow?: boolean;
    all?: boolean;
    showPersonal?: boolean;
    pause?: boolean;
    resume?: boolean;
    readRefusedAgain?: boolean;
    giveUp?: boolean;
  };

/** Refused records shown without --all. */
const REFUSED_SHOWN = 10;
const FOLLOW_MS = 1_000;

export const batches = (terminal: Terminal): Command =>
  withReason(withDock(new Command("batches")))
    .description("List large files and how far each is; show one with its totals and refused records.")
    .argument("[batch]", "its number or the beginning of it, or its file name")
    .option("--follow", "show it again each second until nothing is being read any more")
    .option("--all", "every refused record")
    .option("--show-personal", "what the refused records say, too; takes --because, and is kept in the audit")
    .option("--pause", "stop reading after the chunk under way; files behind it wait too")
    .option("--resume", "read on from where it was paused")
    .option("--read-refused-again", "read the refused records again, after their cause was mended")
    .option("--give-up", "read no further; what was read stays")
    .action(async (wanted: string | undefined, options: Options) => {
      const button = buttonOf(options);
      if (button && !wanted) stopWith("usage", "Name the batch this is about.");
      if (options.showPersonal && !options.because)
        stopWith("usage", 'What is personal is shown for a reason: --because "…".');
      await withDatabase(terminal, options, async (pool) => {
        if (wanted === undefined) return list(terminal, options, pool);
        const one = await named(pool, wanted);
        if (!button) return show(terminal, options, pool, one);
        const said = await press(terminal, options, `/api/batches/${one.id}/decide`, {
          verdict: button,
          ...(options.because ? { reason: options.because } : {}),
        });
        if (options.json) printJson(terminal, "batch-decided", { batch: one.id, verdict: button, ...said });
        else terminal.out(`${terminal.paint.good("✔")} ${DONE[button]} ${one.file}`);
      });
    });

const DONE = {
  pause: "Paused:",
  resume: "Reading on:",
  "read refused again": "Its refused records are read again:",
  "give up": "Given up:",
} as const;
type Button = keyof typeof DONE;

function buttonOf(options: Options): Button | undefined {
  const pressed: Button[] = [
    ...(options.pause ? (["pause"] as const) : []),
    ...(options.resume ? (["resume"] as const) : []),
    ...(options.readRefusedAgain ? (["read refused again"] as const) : []),
    ...(options.giveUp ? (["give up"] as const) : []),
  ];
  if (pressed.length > 1) stopWith("usage", "Say one thing at a time about a batch.");
  return pressed[0];
}

async function named(pool: pg.Pool, wanted: string): Promise<BatchView> {
  const exact = await batch(pool, wanted);
  if (exact) return exact;
  const found = (await latest(pool, { limit: 200 })).filter(
    ({ id, file }) => id.startsWith(wanted) || file === wanted,
  );
  const [one] = found;
  if (!one) return stopWith("notFound", `There is no batch ${wanted} among the latest.`);
  return one;
}

const isOpen = ({ state, outcomes, readingAgain }: BatchView) =>
  state === "running" || state === "waiting" || outcomes.waiting > 0 || readingAgain;

async function list(terminal: Terminal, options: Options, pool: pg.Pool): Promise<void> {
  for (;;) {
    const found = await latest(pool);
    if (options.json) printJson(terminal, "batches", { batches: found });
    else if (found.length === 0)
      terminal.out("No large file was read yet. A flow reads one when it begins with .records(…).");
    else for (const line of listLines(found, terminal)) terminal.out(line);
    if (!options.follow || !found.some(isOpen)) return;
    await sleep(FOLLOW_MS);
  }
}

export function listLines(found: readonly BatchView[], { columns, paint }: Terminal): string[] {
  return table<BatchView>(
    [
      { title: "file", value: ({ file }) => harmless(file), shrinks: true },
      { title: "state", value: ({ state }) => state, paint: (text, one) => paint[toneOf(one)](text) },
      { title: "read", value: (one) => bar(one, 12) },
      { title: "records", value: ({ records }) => `${records}`, align: "right" },
      { title: "applied", value: ({ outcomes }) => `${outcomes.applied}`, align: "right" },
      { title: "no change", value: ({ outcomes }) => `${outcomes.noChange}`, align: "right" },
      {
        title: "open",
        value: ({ outcomes: { waiting, held, parked } }) => `${waiting + held + parked}`,
        align: "right",
      },
      {
        title: "refused",
        value: ({ outcomes }) => `${outcomes.refused}`,
        align: "right",
        paint: (text, { outcomes }) => (outcomes.refused > 0 ? paint.bad(text) : text),
      },
      { title: "batch", value: ({ id }) => id },
    ],
    found,
    { columns, heading: paint.dim },
  );
}

async function show(terminal: Terminal, options: Options, pool: pg.Pool, first: BatchView): Promise<void> {
  for (let one = first; ; ) {
    const refused = options.showPersonal
      ? await revealed(terminal, options, one)
      : await refusedRecords(pool, one.id, { limit: options.all ? 100_000 : REFUSED_SHOWN, hidden: true });
    if (options.json) printJson(terminal, "batch", { batch: one, refused });
    else for (const line of batchLines(one, refused, terminal)) terminal.out(line);
    if (!options.follow || !isOpen(one)) return;
    await sleep(FOLLOW_MS);
    one = (await batch(pool, one.id)) ?? one;
  }
}

/** With what they say, through the console of the running dock, which keeps who looked and why. */
async function revealed(terminal: Terminal, options: Options, { id }: BatchView): Promise<RefusedView[]> {
  const found: RefusedView[] = [];
  for (;;) {
    const after = found.at(-1)?.record ?? 0;
    const body = { after, reason: options.because };
    const { refused } = (await press(terminal, options, `/api/batches/${id}/reveal`, body)) as unknown as {
      refused: RefusedView[];
    };
    found.push(...refused);
    if (refused.length === 0 || !options.all) return found;
  }
}

export function batchLines(one: BatchView, refused: readonly RefusedView[], { paint }: Terminal): string[] {
  const { outcomes } = one;
  const took = one.startedAt
    ? Date.parse(one.finishedAt ?? one.updatedAt) - Date.parse(one.startedAt)
    : undefined;
  return [
    `${paint.bold(harmless(one.file))}  ${paint[toneOf(one)](one.state)}  ${bar(one, 30)}`,
    ...(one.reason ? [`  ${paint.warn(harmless(one.reason))}`] : []),
    ...pairs([
      ["flow", `${one.flow}, from ${one.source}`],
      ["batch", one.id],
      ["read", `${one.bytesRead} of ${one.bytes} bytes, ${counted(one.chunk, "chunk")}`],
      ...(took === undefined ? [] : ([["took", lasting(took)]] as const)),
      ["records", `${one.records}`],
      ...WORDS.filter(([name]) => outcomes[name] > 0 || name === "applied").map(
        ([name, word, means]) => [`  ${word}`, `${pad(`${outcomes[name]}`, 9, "right")}  ${means}`] as const,
      ),
    ]),
    ...(refused.length > 0 ? ["", paint.bold("Refused records")] : []),
    ...refused.flatMap(({ record, line, reason, text, readingAgain }) => [
      // A reason that begins with its line says more exactly where it is.
      `  record ${record}${reason.startsWith("Line ") ? "" : `, line ${line}`}: ${harmless(reason)}${readingAgain ? " (waits to be read again)" : ""}`,
      ...(text === null || text === MASKED ? [] : [paint.dim(`    ${harmless(text).split("\n")[0]}`)]),
    ]),
    ...(outcomes.refused > refused.length
      ? [paint.dim(`  … ${outcomes.refused - refused.length} more with --all`)]
      : []),
    ...(refused.length > 0 ? [paint.dim(`  crossdock batches ${one.id} --read-refused-again`)] : []),
  ];
}

const WORDS = [
  ["applied", "applied", "nothing they caused is open"],
  ["waiting", "waiting", "on their way"],
  ["held", "held", "a business rule says not now"],
  ["parked", "parked", "a person decides: crossdock exceptions"],
  ["givenUp", "given up", "by a person"],
  ["noChange", "no change", "equal to what was known"],
  ["passedOver", "passed over", "not for this flow"],
  ["refused", "refused", "set aside with their place"],
] as const;

const toneOf = ({ state, outcomes }: BatchView): "good" | "warn" | "bad" | "accent" =>
  state === "failed"
    ? "bad"
    : state === "paused" || outcomes.refused > 0
      ? "warn"
      : state === "finished"
        ? "good"
        : "accent";

/** How far it is, as blocks and percent; an empty file is read at once. */
export function bar({ bytes, bytesRead }: Pick<BatchView, "bytes" | "bytesRead">, width: number): string {
  const part = bytes === 0 ? 1 : Math.min(1, bytesRead / bytes);
  return `${barOf(part, width)} ${pad(`${Math.floor(part * 100)}%`, 4, "right")}`;
}
