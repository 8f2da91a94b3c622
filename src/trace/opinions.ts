/**
 * Every system's last word on every milestone of one document, side by side, and where they disagree.
 *
 * A system that said nothing cannot tell; that is never a disagreement. Nor is news that is on its way: systems hear of
 * a change one after another, so different words count as a disagreement once both have stood for `GRACE_MS`. Pure.
 */
import type { MilestoneView } from "./instances.ts";
import { span } from "./instep.ts";
import { type Known, systemTitle } from "./known.ts";
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
        stand:
          new Set(said.map(({ reached }) => reached)).size === 1
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
