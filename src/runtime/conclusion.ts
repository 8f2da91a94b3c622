/**
 * What a look at a document comes to: what is kept of it, what people are shown, and what is over.
 *
 * One thing stays true: a contradiction is shown once, as long as it stands; what is on its way, or shown elsewhere already, is no second
 * exception. Pure; it is written by whoever looked.
 */
import type { Agreement } from "../contracts/agreement.ts";
import { differedBy, type Judged } from "../contracts/judgement.ts";
import type { Entry } from "../journal/append.ts";
import type { Raised } from "../trace/record.ts";
import type { DueLook, Finding, Looked } from "../work/agreements.ts";
import type { Sent } from "./agreement-store.ts";
import type { Arranged } from "./arrangement.ts";
import { cleared, detected, lookedAt, told } from "./contradiction.ts";
import type { Look } from "./look.ts";
import { nextLook, type Tended } from "./next-look.ts";
import { remedyOf } from "./remedy.ts";
import type { Resolved } from "./store.ts";

export interface Conclusion {
  readonly looked: Looked;
  readonly entries: readonly Entry[];
  readonly raised: readonly Raised[];
  readonly resolved: readonly Resolved[];
}

/** What is known beside the systems' words. */
export interface Around {
  readonly definitions: Arranged;
  readonly tended: Tended;
  /** What was sent for documents that differ. */
  readonly sent: readonly Sent[];
  /** Documents a system holds that nothing told us of. */
  readonly unheard: ReadonlySet<string>;
  readonly now: number;
}

/** Concludes from what was judged of one document. */
export function conclude(look: Look, all: readonly Judged[], around: Around): Conclusion {
  const { definitions, tended, sent, unheard, now } = around;
  const { row, agreement } = look;
  const mine = sent.filter(({ subject }) => subject === row.subject);
  const whole = look.worth();
  const findings: Finding[] = [];
  const entries: Entry[] = [];
  const raised: Raised[] = [];
  const resolved: Resolved[] = [];
  for (const one of all) {
    const before = look.before.find(({ milestone }) => milestone === one.milestone);
    if (before && look.unanswered.has(one.milestone)) {
      findings.push(before);
      continue;
    }
    const worth = whole ?? differedBy(one);
    const remedy =
      one.stand === "differ"
        ? remedyOf(one, {
            agreement,
            connections: definitions.connections,
            sent: mine,
            unheard,
            parked: look.parked,
            begins: look.unbegun ? beginningOf(agreement, definitions) : null,
          })
        : null;
    // What is on its way is in flight, however long it takes: the system that is away has its own exception.
    const stand = remedy?.act === "wait" && remedy.explained ? "settling" : one.stand;
    const alarming = stand === "differ" && remedy?.explained == null;
    const about = told(agreement, row, one, remedy, definitions.connections);
    // What was shown, and is being mended, is over when the systems agree, and not when the message leaves.
    const mending = remedy?.act === "wait" && before?.shown && tended.has(row.subject);
    const shown = alarming ? about.signature : mending ? before.shown : null;
    if (alarming && before?.shown !== shown) {
      raised.push({ ...about.raised, atRisk: worth ? { money: [worth], units: [] } : null });
      if (!before?.shown) entries.push(detected(row, one, remedy, worth, now));
    }
    if (!alarming && before?.shown && !mending) {
      const by = about.cleared(before.lacking, stand);
      resolved.push({ subjectKind: "document", subject: about.raised.subject, resolution: by });
      entries.push(cleared(row, one.milestone, by, now));
    }
    if (stand !== "agree") {
      const { ask: _, dueMs: __, ...judged } = one;
      findings.push({ ...judged, stand, remedy, shown, worth });
    }
  }
  // It was set aside, and could be looked at after all.
  if (row.stand === "cannot tell") resolved.push(lookedAt(row));
  const stand = worst(findings);
  if (stand === "agree") tended.end(row.subject);
  const movedMs = stand === "agree" ? null : tended.movedMs(row.subject, mine, now);
  const nextMs = movedMs ?? nextLook(look, all, findings, stand, now);
  const looked: Looked = {
    ...plainLook(row),
    stand,
    nextMs,
    asked: look.asked || row.stand === "new",
    judged: findings.length > 0 ? JSON.stringify(findings) : null,
  };
  return { looked, entries, raised, resolved };
}

/** The facts the process of such a document begins with, as people name them. */
const beginningOf = ({ process }: Agreement, { processes }: Arranged): readonly string[] =>
  [...processes.values()]
    .filter(({ header }) => header.name === process)
    .flatMap(({ startedBy }) => [...startedBy]);

/** What is kept of a look at which nothing was judged. */
export const plainLook = ({ subject, heard, comparison }: DueLook) =>
  ({ subject, heard, comparison, asked: false, judged: null }) as const;

/** The messages that went again for milestones that are agreed by now. */
export const sentToMend = (look: Look, all: readonly Judged[]): string[] =>
  look.before.flatMap(({ milestone, shown, remedy }) =>
    (shown !== null || remedy?.act === "wait") &&
    all.some((one) => one.milestone === milestone && one.stand === "agree")
      ? (remedy?.deliveries ?? [])
      : [],
  );

function worst(findings: readonly Finding[]): Looked["stand"] {
  for (const stand of ["differ", "settling", "cannot tell"] as const)
    if (findings.some((one) => one.stand === stand)) return stand;
  return "agree";
}
