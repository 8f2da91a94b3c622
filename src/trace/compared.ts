/**
 * Two documents side by side: what they say about themselves, how far each is, what was sent of each, and what their first messages
 * say field by field.
 *
 * Only what is shown elsewhere is compared, so a hidden field stays hidden: of two of them nobody is told whether they are the same.
 * Pure.
 */
import type { Story } from "./document.ts";
import { MASKED } from "./mask.ts";

/** A document and the data of the message it began with; null when that may not be seen. */
export interface ComparedSide {
  readonly story: Story;
  readonly data: unknown;
}

export interface ComparedRow {
  readonly part: "document" | "milestones" | "deliveries" | "first message";
  readonly what: string;
  /** Null: this one says nothing about it. */
  readonly left: string | null;
  readonly right: string | null;
  /** Null: it is hidden, so it cannot be told. */
  readonly same: boolean | null;
}

/** The step a document began with, for reading what it said first; null when it has none that can be opened. */
export const firstStep = ({ line, timeline }: Story): string | null =>
  timeline.find(({ step, what }) => what === "event" && step?.correlation === line.correlation)?.step
    ?.position ?? null;

/** Everything either says, in the order the left one says it. */
export function compared(left: ComparedSide, right: ComparedSide): ComparedRow[] {
  return PARTS.flatMap(([part, of]) => {
    const [one, other] = [of(left), of(right)];
    return [...new Set([...one.keys(), ...other.keys()])].map((what): ComparedRow => {
      const [a, b] = [one.get(what) ?? null, other.get(what) ?? null];
      return { part, what, left: a, right: b, same: a === MASKED && b === MASKED ? null : a === b };
    });
  });
}

type Says = Map<string, string>;

const PARTS: readonly (readonly [ComparedRow["part"], (side: ComparedSide) => Says])[] = [
  ["document", ({ story }) => aboutItself(story)],
  [
    "milestones",
    ({ story }) =>
      new Map(story.milestones.map(({ name, state, part, of }) => [name, stateOf(state, part, of)])),
  ],
  ["deliveries", ({ story }) => sentOf(story)],
  ["first message", ({ data }) => new Map(data === null ? [] : fieldsOf(data, ""))],
];

const stateOf = (state: string, part: number | null, of: number | null): string =>
  of !== null && of > 1 ? `${state}, ${part ?? 0} of ${of}` : state;

function aboutItself({ line, tended }: Story): Says {
  const { header, status, also, process, kind } = line;
  const said: [string, string | null | undefined][] = [
    ["Kind", kind],
    ["Status", [status.text, status.late ? "late" : null].filter(Boolean).join(", ")],
    ["Why", status.because],
    ["Process", process],
    ["Worth", header.money && `${header.money.amount} ${header.money.currency}`],
    ["Lines", header.lines === null ? null : String(header.lines)],
    ["Looked after by", tended.assignedTo],
    ["On hold", tended.hold && `${tended.hold.by}: ${tended.hold.because}`],
    ...also.map(({ label, value }): [string, string] => [label, value]),
    ...header.parties.map(({ label, name }): [string, string] => [label, name]),
    ...header.facts.map(({ label, text }): [string, string] => [label, text]),
  ];
  return new Map(said.flatMap(([what, value]) => (value ? [[what, value] as const] : [])));
}

/** How what was sent stands, by what and where to; of several alike, how many stand so. */
function sentOf({ deliveries }: Story): Says {
  const all = new Map<string, Map<string, number>>();
  for (const { title, connectionTitle, status } of deliveries) {
    const what = `${title} to ${connectionTitle}`;
    const states = all.get(what) ?? new Map<string, number>();
    // The number a target gave is always another; that it gave one is the same.
    const state = status.word === "done" ? "Done" : status.text;
    states.set(state, (states.get(state) ?? 0) + 1);
    all.set(what, states);
  }
  return new Map(
    [...all].map(([what, states]) => [
      what,
      [...states].map(([state, count]) => (count > 1 ? `${state} (${count})` : state)).join(", "),
    ]),
  );
}

function fieldsOf(value: unknown, path: string): (readonly [string, string])[] {
  if (Array.isArray(value)) return value.flatMap((each, index) => fieldsOf(each, `${path}[${index}]`));
  if (value !== null && typeof value === "object")
    return Object.entries(value).flatMap(([name, each]) =>
      fieldsOf(each, path === "" ? name : `${path}.${name}`),
    );
  return [[path, String(value)]];
}
