/**
 * What the messages of a document say (`trace --body`), and what became of each field on its way (`--diff`).
 *
 * Bodies come through the console of the running dock, which hides what is personal or secret as it does on its pages, and shows
 * what is personal for a reason only, which is kept with the name of every field.
 */
import type { SideBySide } from "../../runtime/side-by-side.ts";
import type { Step, Story } from "../../trace/index.ts";
import { MASKED } from "../../trace/mask.ts";
import { press, read } from "../buttons.ts";
import type { Common } from "../options.ts";
import { table } from "../table.ts";
import { harmless, type Terminal } from "../terminal.ts";
import { dayAndClock } from "../words.ts";

/** Every message of the story once, in its order. */
const stepsOf = ({ timeline }: Story): string[] => [
  ...new Set(
    timeline.flatMap(({ step }) =>
      step === null ? [] : [`/api/documents/${encodeURIComponent(step.correlation)}/steps/${step.position}`],
    ),
  ),
];

type Options = Common & { readonly showPersonal?: boolean; readonly because?: string };

const each = async <Answer>(
  terminal: Terminal,
  options: Options,
  story: Story,
  of: "step" | "side by side",
): Promise<Answer[]> => {
  const answers: Answer[] = [];
  for (const path of stepsOf(story)) {
    const said = await read(terminal, options, of === "step" ? path : `${path}/side-by-side`);
    const shows = options.showPersonal && JSON.stringify(said).includes(MASKED);
    const body = { mark: "personal", of, reason: options.because };
    answers.push(
      (shows ? await press(terminal, options, `${path}/reveal`, body) : said) as unknown as Answer,
    );
  }
  return answers;
};

export const bodiesOf = (terminal: Terminal, options: Options, story: Story): Promise<Step[]> =>
  each<Step>(terminal, options, story, "step");

export async function tellBodies(terminal: Terminal, options: Options, story: Story): Promise<void> {
  const { paint, out } = terminal;
  for (const { title, contract, version, recordedAt, data } of await bodiesOf(terminal, options, story)) {
    out("");
    out(
      `${paint.bold(harmless(title))}  ${paint.dim(`${contract} v${version}, ${dayAndClock(new Date(recordedAt))}`)}`,
    );
    out(harmless(JSON.stringify(data, null, 2)));
  }
}

export const differencesOf = (terminal: Terminal, options: Options, story: Story): Promise<SideBySide[]> =>
  each<SideBySide>(terminal, options, story, "side by side");

/** Only messages that came from a document or became one; rows that say the same everywhere are left out. */
export async function tellDifferences(terminal: Terminal, options: Options, story: Story): Promise<void> {
  const { paint, out, columns } = terminal;
  for (const { title, contract, arrived, sent, rows, whole } of await differencesOf(
    terminal,
    options,
    story,
  )) {
    if (arrived === null && sent === null) continue;
    const different = rows.filter(({ same }) => !same);
    out("");
    out(`${paint.bold(harmless(title))}  ${paint.dim(contract)}`);
    for (const problem of [arrived?.problem, sent?.problem]) if (problem) out(`  ${harmless(problem)}`);
    if (different.length === 0) out(paint.dim("  Every field says the same everywhere."));
    const placed = (one: { place: string; value: string } | null) =>
      one === null ? "–" : harmless(`${one.place} ${one.value}`);
    const lines = table<(typeof different)[number]>(
      [
        ...(arrived
          ? [
              {
                title: arrived.systemTitle.toUpperCase(),
                value: (row: (typeof different)[number]) => placed(row.arrived),
                shrinks: true,
              },
            ]
          : []),
        {
          title: "MESSAGE",
          value: ({ path, value }) => (path === null ? "–" : harmless(`${path} ${value ?? ""}`)),
          shrinks: true,
        },
        ...(sent
          ? [
              {
                title: sent.systemTitle.toUpperCase(),
                value: (row: (typeof different)[number]) => placed(row.sent),
                shrinks: true,
              },
            ]
          : []),
        { title: "RULE", value: ({ ruleIn, ruleOut }) => (sent ? ruleOut : ruleIn), shrinks: true },
      ],
      different,
      { columns, indent: "  ", heading: paint.dim },
    );
    for (const line of lines) out(line);
    if (!whole) out(paint.dim("  … more fields than are shown"));
  }
}
