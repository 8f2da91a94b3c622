/**
 * Every system's last word on every milestone of one document, side by side, and where they disagree.
 *
 * Of a document under watch, what was judged when the systems were asked counts (`runtime/agreements.ts`). Of any other, only
 * what they said is known: who said nothing cannot tell, and different words count once both have stood for `GRACE_MS`, because
 * systems hear of a change one after another. Pure.
 */
import { type Judged, namedWith, OURSELVES, type Word } from "../contracts/judgement.ts";
import type { Finding } from "../work/agreements.ts";
import type { MilestoneView } from "./instances.ts";
import { type Known, systemTitle } from "./known.ts";
import { span } from "./lasting.ts";
import { type Instant, iso } from "./rows.ts";

/** How long different words are news on its way: most systems are told within seconds, an outage of minutes is common. */
export const GRACE_MS = 10 * 60_000;

export interface OpinionRow {
  /** `type/value`. */
  readonly subject: string;
  readonly milestone: string;
  readonly system: string;
  readonly reached: boolean;
  readonly said_at: Instant;
}

export interface OpinionsView {
  /** Systems in the order they first spoke. */
  readonly systems: readonly { readonly name: string; readonly title: string }[];
  readonly rows: readonly {
    readonly milestone: string;
    /** The thing spoken of where it is not the document itself: one of several shipments or invoices. */
    readonly subject: string | null;
    /** One a system, in the order of `systems`; null: it has not said anything. */
    readonly said: readonly ({ readonly reached: boolean; readonly at: string } | null)[];
    /** agree · settling: they differ, and the latest word is younger than the grace time · differ. */
    readonly stand: "agree" | "settling" | "differ";
  }[];
  /** Sentences such as "ERP says dispatched, WMS says not, for 25 min." */
  readonly disagreements: readonly string[];
}

export function opinionsView(
  known: Known,
  correlation: string,
  milestones: readonly MilestoneView[],
  opinions: readonly OpinionRow[],
  now: Date,
  /** What stands between the systems, of a document under watch; null of any other. */
  found: readonly Finding[] | null = null,
): OpinionsView {
  const spoken = opinions.toSorted((a, b) => Date.parse(a.said_at) - Date.parse(b.said_at));
  const names = [...new Set(spoken.map(({ system }) => system))];
  const order = milestones.map(({ name }) => name);
  const place = (milestone: string) => (order.includes(milestone) ? order.indexOf(milestone) : order.length);
  const groups = new Map<string, OpinionRow[]>();
  for (const opinion of spoken) {
    const group = `${opinion.milestone}\n${opinion.subject}`;
    groups.set(group, [...(groups.get(group) ?? []), opinion]);
  }
  const rows = [...groups.values()]
    .map((said) => {
      const { milestone, subject } = said[0]!;
      // Opinions come in the order they were said: they have differed since the last of them.
      const sinceMs = now.getTime() - Date.parse(said.at(-1)!.said_at);
      return {
        milestone,
        subject: subject === correlation ? null : subject,
        said: names.map((name) => {
          const opinion = said.find(({ system }) => system === name);
          return opinion ? { reached: opinion.reached, at: iso(opinion.said_at) } : null;
        }),
        stand: found
          ? standIn(found, milestone)
          : new Set(said.map(({ reached }) => reached)).size === 1
            ? ("agree" as const)
            : sinceMs < GRACE_MS
              ? ("settling" as const)
              : ("differ" as const),
        sinceMs,
      };
    })
    .toSorted((a, b) => place(a.milestone) - place(b.milestone));
  const speak = (reached: boolean, row: (typeof rows)[number], rest: string) => {
    const who = names.filter((_, index) => row.said[index]?.reached === reached);
    return `${who.map((name) => systemTitle(known, name)).join(" and ")} ${who.length === 1 ? "says" : "say"} ${rest}`;
  };
  const title = (name: string) => (name === OURSELVES ? "Crossdock" : systemTitle(known, name));
  if (found) {
    const differing = found.filter(({ stand }) => stand === "differ");
    return {
      systems: names.map((name) => ({ name, title: systemTitle(known, name) })),
      rows: rows.map(({ sinceMs: _, ...row }) => row),
      disagreements: differing.map((one) => {
        const since = one.since === null ? "" : ` For ${span(now.getTime() - Date.parse(one.since))}.`;
        return `${sentenceOf(one, title)}${since}${one.remedy ? ` ${one.remedy.advice}` : ""}`;
      }),
    };
  }
  return {
    systems: names.map((name) => ({ name, title: systemTitle(known, name) })),
    rows: rows.map(({ sinceMs: _, ...row }) => row),
    disagreements: rows
      .filter(({ stand }) => stand === "differ")
      .map((row) => {
        const of = row.subject === null ? "" : ` of ${row.subject.replace("/", " ")}`;
        return `${speak(true, row, row.milestone + of)}, ${speak(false, row, "not")}, for ${span(row.sinceMs)}.`;
      }),
  };
}

const standIn = (found: readonly Finding[], of: string): "agree" | "settling" | "differ" => {
  const stand = found.find(({ milestone }) => milestone === of)?.stand;
  return stand === "differ" || stand === "settling" ? stand : "agree";
};

/** "ERP and WMS say dispatched; CRM does not." "line 1: ERP holds 12, Crossdock holds 10." */
export function sentenceOf(
  { milestone, words, figures }: Pick<Judged, "milestone" | "words" | "figures">,
  title: (system: string) => string,
): string {
  const name = namedWith(words, title);
  const those = (opinion: Word["opinion"]) =>
    words.filter((word) => word.opinion === opinion).map(({ system }) => name(system));
  const [yes, no] = [those("reached"), those("not reached")];
  const said =
    yes.length > 0 && no.length > 0
      ? [
          `${yes.join(" and ")} ${yes.length === 1 ? "says" : "say"} ${milestone}; ${no.join(" and ")} ${no.length === 1 ? "does" : "do"} not.`,
        ]
      : [];
  const held = figures.map(
    ({ name: figure, held: by }) =>
      `${figure}: ${Object.entries(by)
        .map(([system, value]) => `${name(system)} holds ${value}`)
        .join(", ")}.`,
  );
  return [...said, ...held].join(" ");
}
