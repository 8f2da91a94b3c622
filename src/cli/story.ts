/**
 * Tells a document's story in a terminal: header, milestones, timeline at three zoom levels, what systems say, numbers.
 *
 * Pure text from the trace's `Story`; what it says is the console's page in lines. Foreign text is made harmless here.
 */
import type { DocumentLine, Entry, Level, MilestoneView, Story } from "../trace/index.ts";
import { STATUSES } from "../trace/index.ts";
import { pad, pairs, table, widthOf } from "./table.ts";
import { harmless, type Paint, type Terminal } from "./terminal.ts";
import { clock, counted, dayAndClock, lasting, shownStatus, toneOf } from "./words.ts";

/** The levels a zoom shows; each contains the one before. */
const SHOWN: Readonly<Record<Level, readonly Level[]>> = {
  business: ["business"],
  steps: ["business", "steps"],
  attempts: ["business", "steps", "attempts"],
};

/** What left for the archive; records are deliveries, and what systems said. */
const LEFT = { event: "message", arrival: "arrival", work: "record" } as const;

export function tellStory(story: Story, level: Level, terminal: Terminal): string[] {
  const { paint, columns } = terminal;
  const entries = story.timeline.filter((entry) => SHOWN[level].includes(entry.level));
  const hidden = story.timeline.length - entries.length;
  return [
    ...headerOf(story.line, paint),
    ...tendedLines(story.tended, paint),
    "",
    ...milestoneLines(story.milestones, paint),
    "",
    ...story.archived.map(({ lines, of, file, folder, host, archivedAt }) =>
      paint.dim(
        `  ${counted(lines, LEFT[of])} left for the archive ${archivedAt.slice(0, 10)}: ${harmless(`${folder}/${file}`)} on ${harmless(host)}`,
      ),
    ),
    ...(story.truncated
      ? [paint.dim("  … earlier messages are kept in the journal; these are the latest 2,000")]
      : []),
    ...timelineLines(entries, story.timeline[0]?.at, paint, columns),
    ...(hidden > 0 && level !== "attempts"
      ? [paint.dim(`  … ${hidden} more with ${level === "business" ? "--steps" : "--attempts"}`)]
      : []),
    ...section("Questions", questionLines(story, paint), paint),
    ...section("Not settled", openLines(story, paint), paint),
    ...section("What each system says", opinionLines(story, paint), paint),
    ...section("Numbers", numberLines(story), paint),
    ...section("Not carried", leftLines(story, paint), paint),
    ...section("Related", relatedLines(story, paint), paint),
  ];
}

function headerOf(line: DocumentLine, paint: Paint): string[] {
  const facts = [
    ...line.also.map(({ label, value }) => `${label} ${value}`),
    ...line.header.parties.slice(0, 1).map(({ name }) => name),
    ...(line.header.money ? [`${line.header.money.amount} ${line.header.money.currency}`] : []),
    ...(line.header.lines ? [`${line.header.lines} ${line.header.lines === 1 ? "line" : "lines"}`] : []),
    ...(line.process ? [line.process] : []),
  ].map(harmless);
  return [
    `${paint.bold(harmless(`${line.kind} ${line.number}`))}   ${shownStatus(paint, line.status)}`,
    ...(facts.length ? [paint.dim(facts.join(" · "))] : []),
    ...(line.status.because ? [harmless(line.status.because)] : []),
  ];
}

/** Why nothing of it is sent, and who looks after it. */
const tendedLines = ({ hold, assignedTo }: Story["tended"], paint: Paint): string[] => [
  ...(hold
    ? [
        `${paint.warn("⏸ On hold")} since ${dayAndClock(new Date(hold.at))}: ${harmless(`${hold.by}: ${hold.because}`)}`,
      ]
    : []),
  ...(assignedTo === null ? [] : [paint.dim(harmless(`${assignedTo} looks after it.`))]),
];

/** One line a milestone: reached when, in parts, due when. */
export function milestoneLines(milestones: readonly MilestoneView[], paint: Paint): string[] {
  const width = Math.max(0, ...milestones.map(({ name }) => widthOf(name)));
  return milestones.map(({ name, state, at, part, of, due }) => {
    const parts = of !== null && of > 1 ? `  ${part ?? 0} of ${of}` : "";
    const label = pad(name, width);
    if (state === "reached") return `  ${paint.good("✔")} ${label}  ${at ? clock(new Date(at)) : ""}${parts}`;
    if (state === "partly")
      return `  ${paint.accent("◐")} ${label}  ${at ? clock(new Date(at)) : ""}${parts}`;
    if (state === "withdrawn") return paint.dim(`  ⤳ ${label}  taken back`);
    const when = due ? `  due ${dayAndClock(new Date(due))}` : "";
    if (state === "late") return `  ${paint.bad(`⏰ ${label}`)}${when}`;
    return paint.dim(`  ○ ${label}${when}`);
  });
}

function timelineLines(
  entries: readonly Entry[],
  first: string | undefined,
  paint: Paint,
  columns: number,
): string[] {
  if (!first) return [];
  const began = new Date(first);
  const lines = [paint.dim(`${dayAndClock(began)}  (times are local)`)];
  for (const entry of entries) {
    const at = new Date(entry.at);
    const since = pad(`+${lasting(at.getTime() - began.getTime())}`, 8, "right");
    const sign = entry.word ? paint[toneOf(entry.word)](STATUSES[entry.word].icon) : SIGNS[entry.what];
    const indent = entry.level === "business" ? "" : entry.level === "steps" ? "  " : "    ";
    const title = harmless(entry.title);
    const head = `${clock(at)} ${paint.dim(since)}  ${indent}${sign} ${entry.level === "business" ? title : paint.dim(title)}`;
    const detail = entry.detail ? harmless(entry.detail).replaceAll("\n", " ") : "";
    if (detail === "") lines.push(head);
    else if (widthOf(head) + 3 + widthOf(detail) <= columns) lines.push(`${head}   ${paint.dim(detail)}`);
    else lines.push(head, `${" ".repeat(21)}${indent}${paint.dim(detail)}`);
  }
  return lines;
}

const SIGNS: Readonly<Record<Entry["what"], string>> = {
  arrival: "⇥",
  event: "•",
  command: "▸",
  delivery: "✔",
  attempt: "·",
  question: "?",
  answer: "✓",
  milestone: "◆",
  exception: "!",
  resolved: "✓",
  note: "–",
};

function questionLines({ questions }: Story, paint: Paint): string[] {
  return questions
    .filter(({ verdict }) => verdict === null)
    .flatMap(({ id, approval, askedOf, because }) => [
      `  ${paint.warn("⏸")} ${approval}: ${askedOf} decides.${because ? ` ${harmless(because)}` : ""}`,
      paint.dim(`    crossdock approve '${id}'    crossdock decline '${id}' --comment "…"`),
    ]);
}

function openLines({ deliveries }: Story, paint: Paint): string[] {
  return deliveries
    .filter(({ state }) => !["applied", "superseded", "cancelled"].includes(state))
    .flatMap((delivery) => [
      `  ${shownStatus(paint, delivery.status)}   ${delivery.title}`,
      ...(delivery.status.because ? [`    ${harmless(delivery.status.because)}`] : []),
      ...(delivery.waits
        ? [
            `    Waits for ${harmless(delivery.waits.what)} since ${dayAndClock(new Date(delivery.waits.since))}.`,
          ]
        : []),
      ...hints(delivery).map((hint) => paint.dim(`    ${hint}`)),
    ]);
}

const hints = ({ may, key, attempts }: Story["deliveries"][number]): string[] => [
  ...(may.includes("try again") ? [`crossdock retry '${key}' --tries ${attempts}`] : []),
  ...(may.includes("settle")
    ? [`crossdock settle '${key}' --tries ${attempts} --booked <number>   or   --not-booked`]
    : []),
  ...(may.includes("cancel") ? [`crossdock cancel '${key}' --tries ${attempts} --because "…"`] : []),
];

function opinionLines({ opinions }: Story, paint: Paint): string[] {
  if (opinions.rows.length === 0) return [];
  const rows = opinions.rows;
  const lines = table(
    [
      {
        title: "",
        value: ({ milestone, subject }: (typeof rows)[number]) =>
          subject ? `${milestone} (${subject})` : milestone,
      },
      ...opinions.systems.map(({ title }, index) => ({
        title,
        value: ({ said }: (typeof rows)[number]) => {
          const word = said[index];
          return word ? `${word.reached ? "✔" : "✕"} ${clock(new Date(word.at))}` : "";
        },
      })),
    ],
    rows,
    { indent: "  ", heading: paint.dim },
  );
  return [...lines, ...opinions.disagreements.map((each) => `  ${paint.bad("!")} ${harmless(each)}`)];
}

/** One line a kind of number, with the system that gave it where it is another's. */
function numberLines({ keys }: Story): string[] {
  const byLabel = new Map<string, string[]>();
  for (const { label, value, systemTitle } of keys) {
    const shown = harmless(systemTitle ? `${value} (${systemTitle})` : value);
    byLabel.set(label, [...(byLabel.get(label) ?? []), shown]);
  }
  return pairs([...byLabel].map(([label, values]) => [label, values.join(", ")] as const));
}

/** Places a document has and ours do not; whoever may see the values opens the step in the console. */
const PLACES_MAX = 12;
const leftLines = ({ notCarried }: Story, paint: Paint): string[] =>
  notCarried.flatMap(({ way, title, systemTitle, places }) => [
    `  ${harmless(title)}, ${way === "read" ? "as read from" : "as written for"} ${harmless(systemTitle)}`,
    paint.dim(
      `    ${places.slice(0, PLACES_MAX).map(harmless).join(", ")}${places.length > PLACES_MAX ? `, and ${places.length - PLACES_MAX} more` : ""}`,
    ),
  ]);

const relatedLines = ({ related }: Story, paint: Paint): string[] =>
  related.map(
    ({ kind, number, status, through }) =>
      `  ${kind} ${number}   ${shownStatus(paint, status)}   ${paint.dim(`through ${through.label} ${through.value}`)}`,
  );

const section = (title: string, lines: readonly string[], paint: Paint): string[] =>
  lines.length === 0 ? [] : ["", paint.bold(title), ...lines];
