/**
 * Do the systems agree about a document? Judged from what each of them says, and nothing else.
 *
 * What must stay true: who cannot tell never contradicts; what is younger than its grace is news on its way; and one
 * milestone of one document is one contradiction, however many systems are part of it. Pure: time comes in by the door.
 */
import { milliseconds } from "../std/span.ts";
import type { Agreed, Agreement, Book, Held, Worth } from "./agreement.ts";
import { add, compare, money, multiply, subtract } from "./canon/decimals.ts";

/** Our own name as a system that holds opinions. */
export const OURSELVES = "crossdock";

/** One system's word about one milestone. */
export interface Word {
  readonly system: string;
  readonly opinion: "reached" | "not reached" | "cannot tell";
  /** RFC 3339: when it said so, or was asked. */
  readonly at?: string;
  readonly figures?: Readonly<Record<string, string>>;
  /** A figure it does not name is "0" with it. */
  readonly complete?: true;
  /** It was asked, rather than said by itself. */
  readonly asked?: boolean;
  /** What it calls the documents it holds of it. */
  readonly documents?: readonly string[];
  /** What one of a figure is worth by its books, by name. */
  readonly each?: Held["each"];
  /** Why it cannot tell. */
  readonly because?: string;
  /** Systems whose figures are in these. */
  readonly with?: readonly string[];
}

/** What one system said by itself. */
export interface Said {
  readonly milestone: string;
  readonly system: string;
  readonly reached: boolean;
  readonly at: string;
}

/** What one system answered, or why it did not. `book` null: it knows nothing of the document. */
export type Answered =
  | { readonly at: string; readonly book: Book | null }
  | { readonly at: string; readonly because: string };

/** Everything known about a document when it is looked at. */
export interface Heard {
  readonly ours: Book;
  readonly said: readonly Said[];
  readonly answers: ReadonlyMap<string, Answered>;
  /** What follows from what systems told, by system, with when they told it last, RFC 3339; no time where they told nothing. */
  readonly heard?: ReadonlyMap<string, { readonly at?: string; readonly book: Book }>;
  /** When the last word on each milestone was recorded, RFC 3339: grace counts from hearing, not from happening. */
  readonly heardAt: ReadonlyMap<string, string>;
  /** Since when a difference that only shows by asking is known, RFC 3339: its news may be on its way to us. */
  readonly seenAt: ReadonlyMap<string, string>;
  concerns(system: string): boolean;
}

export interface Judged {
  readonly milestone: string;
  /** agree · settling: they differ within their grace · cannot tell: somebody who must agree has not spoken · differ. */
  readonly stand: "agree" | "settling" | "cannot tell" | "differ";
  readonly words: readonly Word[];
  /** Who has not heard what others hold. */
  readonly lacking: readonly string[];
  /** Figures held differently, each with who holds what. */
  readonly figures: readonly { readonly name: string; readonly held: Readonly<Record<string, string>> }[];
  /** Since when it stands so, RFC 3339; null where nobody has spoken. */
  readonly since: string | null;
  /** When the grace is over, in milliseconds of the epoch; null when nothing is settling. */
  readonly dueMs: number | null;
  /** Who has not spoken, or speaks against the others: whom to ask before anybody is alarmed. */
  readonly ask: readonly string[];
}

/** Judges every milestone of a document. `now` in milliseconds; `graceMs` instead of each milestone's own, when given. */
export function judge(
  { milestones }: Pick<Agreement, "milestones">,
  heard: Heard,
  now: number,
  graceMs?: number,
): Judged[] {
  return Object.entries(milestones).map(([milestone, agreed]) =>
    judgeOne(milestone, agreed, heard, now, graceMs ?? milliseconds(agreed.grace)),
  );
}

function judgeOne(milestone: string, agreed: Agreed, heard: Heard, now: number, graceMs: number): Judged {
  const held = heard.ours[milestone];
  const ours: Word = held
    ? { system: OURSELVES, opinion: opinionOf(held), ...figuresOf(held) }
    : { system: OURSELVES, opinion: "cannot tell" };
  const expected = Object.entries(agreed.systems).filter(
    ([system, { after }]) => heard.concerns(system) && (after === undefined || heard.ours[after]?.reached),
  );
  const words = [
    ours,
    ...expected.map(([system, { with: others }]): Word => {
      const word = wordOf(milestone, system, heard);
      return others === undefined ? word : { ...word, with: others };
    }),
  ];
  const able = words.filter(({ opinion }) => opinion !== "cannot tell");
  const reached = able.filter(({ opinion }) => opinion === "reached");
  const figures = unequal(words);
  const begun = reached.length > 0 || figures.length > 0;
  const lacking =
    reached.length === 0 ? [] : able.filter(({ opinion }) => opinion === "not reached").map(nameOf);
  const silent = begun
    ? words
        .filter(({ opinion, figures: known }) => opinion === "cannot tell" && !known)
        .filter(({ system, because }) => because !== undefined || !agreed.systems[system]?.mayBeSilent)
        .map(nameOf)
    : [];
  const differs = lacking.length > 0 || figures.length > 0;
  // What was said to us was said to all; what only an answer shows may still be on its way to us.
  const told = reached.some(({ asked }) => !asked) && figures.length === 0;
  const heardAt = heard.heardAt.get(milestone);
  const since = !begun
    ? null
    : !differs || (told && heardAt !== undefined)
      ? (heardAt ?? heard.seenAt.get(milestone) ?? isoOf(now))
      : later(heardAt, heard.seenAt.get(milestone) ?? isoOf(now));
  const dueMs = since === null ? null : Date.parse(since) + graceMs;
  const over = dueMs !== null && dueMs <= now;
  const stand = differs
    ? over
      ? "differ"
      : "settling"
    : silent.length === 0
      ? "agree"
      : over
        ? "cannot tell"
        : "settling";
  const unasked = differs ? words.filter(({ asked }) => !asked).map(nameOf) : [];
  return {
    milestone,
    stand,
    words,
    lacking,
    figures,
    since,
    dueMs: stand === "settling" ? dueMs : null,
    ask: over
      ? [...new Set([...silent, ...unasked].flatMap((system) => withOthers(words, system)))].filter(
          (system) => system !== OURSELVES,
        )
      : [],
  };
}

const opinionOf = ({ reached }: Held): Word["opinion"] =>
  reached === null ? "cannot tell" : reached ? "reached" : "not reached";
const nameOf = ({ system }: Word): string => system;
const isoOf = (ms: number): string => new Date(ms).toISOString();
const later = (one: string | undefined, other: string): string =>
  one === undefined || Date.parse(one) < Date.parse(other) ? other : one;

/** What a system answered counts before what it said: it is its newest word. */
function wordOf(milestone: string, system: string, { answers, said, heard }: Heard): Word {
  const answer = answers.get(system);
  const spoken = said.find((one) => one.system === system && one.milestone === milestone);
  if (answer && "book" in answer) {
    const held = answer.book === null ? { reached: false } : answer.book[milestone];
    if (held)
      return {
        system,
        at: answer.at,
        asked: true,
        opinion: opinionOf(held),
        ...figuresOf(held),
        ...(held.documents ? { documents: held.documents } : {}),
        ...(held.each ? { each: held.each } : {}),
        ...(held.because === undefined ? {} : { because: held.because }),
      };
  }
  // Asked, and away: what it said before may be old.
  if (answer && "because" in answer)
    return { system, opinion: "cannot tell", because: answer.because, at: answer.at };
  const told = heard?.get(system);
  const follows = told?.book[milestone];
  if (told && follows) {
    const { at } = told;
    return {
      system,
      opinion: opinionOf(follows),
      ...(at === undefined ? {} : { at }),
      ...figuresOf(follows),
    };
  }
  if (spoken) return { system, opinion: spoken.reached ? "reached" : "not reached", at: spoken.at };
  return { system, opinion: "cannot tell" };
}

/** The answers about one document, with the figures of systems that keep the same books added up under the first of them. */
export function addedUp(
  { milestones }: Pick<Agreement, "milestones">,
  answers: ReadonlyMap<string, Answered>,
): ReadonlyMap<string, Answered> {
  const all = new Map(answers);
  for (const [milestone, { systems }] of Object.entries(milestones))
    for (const [system, { with: others }] of Object.entries(systems)) {
      const own = all.get(system);
      if (others === undefined || own === undefined || "because" in own) continue;
      const held = shared(
        milestone,
        own,
        others.map((other) => answers.get(other)),
      );
      const book =
        own.book ?? Object.fromEntries(Object.keys(milestones).map((one) => [one, partOf(null, one)]));
      all.set(system, { ...own, book: { ...book, [milestone]: held } });
    }
  return all;
}

function shared(
  milestone: string,
  own: { readonly book: Book | null },
  others: readonly (Answered | undefined)[],
): Held {
  const parts = [partOf(own.book, milestone)];
  for (const other of others) {
    if (other === undefined) return { reached: null };
    if ("because" in other) return { reached: null, because: other.because };
    parts.push(partOf(other.book, milestone));
  }
  const figures: Record<string, string> = {};
  for (const part of parts)
    for (const [name, value] of Object.entries(part.figures ?? {}))
      figures[name] = add(figures[name] ?? "0", value);
  const named = parts.flatMap(({ documents }) => documents ?? []);
  return {
    reached: parts.some(({ reached }) => reached)
      ? true
      : parts.every(({ reached }) => reached === false)
        ? false
        : null,
    ...(parts.some((part) => part.figures) ? { figures } : {}),
    ...(parts[0]?.complete ? { complete: true } : {}),
    ...(parts.some(({ documents }) => documents) ? { documents: named } : {}),
    ...(parts[0]?.each ? { each: parts[0].each } : {}),
  };
}

/** How far apart they are who hold the most and the least of a figure. */
export function gapOf(held: Readonly<Record<string, string>>): string {
  const values = Object.values(held).toSorted(compare);
  return subtract(values.at(-1) ?? "0", values[0] ?? "0");
}

/** The most money systems differ by, where one of them says what each of a figure is worth; null where none does. */
export function differedBy({ words, figures }: Pick<Judged, "words" | "figures">): Worth | null {
  const each: Held["each"] = Object.assign({}, ...words.map((word) => word.each));
  const gaps = figures.flatMap(({ name, held }) => {
    const one = each?.[name];
    // What is no amount of anything, as a day, is worth nothing.
    if (one === undefined) return [];
    return [money(multiply(gapOf(held), one.amount), one.currency)];
  });
  return gaps.toSorted((one, other) => compare(other.amount, one.amount))[0] ?? null;
}

const partOf = (book: Book | null, milestone: string): Held =>
  book === null ? { reached: false } : (book[milestone] ?? { reached: null });

/** A system and those whose figures are in its word. */
export const withOthers = (words: readonly Word[], system: string): readonly string[] => [
  system,
  ...(words.find((word) => word.system === system)?.with ?? []),
];

/** As people read it: "ERP", or "ERP with the ERP that is to follow". */
export const namedWith =
  (words: readonly Word[], name: (system: string) => string) =>
  (system: string): string =>
    withOthers(words, system).map(name).join(" with ");

const figuresOf = ({ figures, complete }: Held): Pick<Word, "figures" | "complete"> => ({
  ...(figures === undefined ? {} : { figures }),
  ...(complete ? { complete } : {}),
});

/** Names that at least two hold, with unequal values. */
function unequal(words: readonly Word[]): Judged["figures"] {
  const names = new Set(words.flatMap(({ figures = {} }) => Object.keys(figures)));
  return [...names].flatMap((name) => {
    const held = words.flatMap(({ system, figures, complete }) => {
      const value = figures?.[name] ?? (figures && complete ? "0" : undefined);
      return value === undefined ? [] : [[system, value] as const];
    });
    const first = held[0];
    return first && held.some(([, value]) => !sameFigure(value, first[1]))
      ? [{ name, held: Object.fromEntries(held) }]
      : [];
  });
}

/** `10`, `10.0` and `10.00` are the same figure; what is no decimal is compared as it stands. */
export const sameFigure = (one: string, other: string): boolean => plain(one) === plain(other);
const DECIMAL = /^-?\d+(\.\d+)?$/;
const plain = (value: string): string =>
  !DECIMAL.test(value) ? value : value.includes(".") ? value.replace(/\.?0+$/, "") : value;
