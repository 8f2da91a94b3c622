/** A contradiction in words and as facts: what people are shown, grouped by cause, and what cleared it. Pure. */
import type { Agreement } from "../contracts/agreement.ts";
import {
  DisagreementCleared,
  DisagreementDetected,
  ReconciliationCompleted,
} from "../contracts/canon/watching.ts";
import { type Judged, namedWith, OURSELVES } from "../contracts/judgement.ts";
import { type Entry, entryOf } from "../journal/append.ts";
import { sentenceOf } from "../trace/opinions.ts";
import type { Raised } from "../trace/record.ts";
import type { DueLook, Finding, Remedy } from "../work/agreements.ts";
import type { Compared } from "./agreement-store.ts";
import { oddOne } from "./remedy.ts";
import type { Resolved } from "./store.ts";

/** A document, and the business transaction it belongs to. */
type About = Pick<DueLook, "subject" | "correlation">;
type Titles = ReadonlyMap<string, { readonly title: string }>;

export interface Told {
  readonly raised: Raised;
  /** The same contradiction has the same one: it is shown once, also after a person has accepted it. */
  readonly signature: string;
  /** What ended it. */
  cleared(lacking: readonly string[], stand: string): string;
}

export function told(
  agreement: Agreement,
  { subject, correlation }: About,
  judged: Judged,
  remedy: Remedy | null,
  titles: Titles,
): Told {
  const { milestone, lacking, figures, words } = judged;
  const title = (system: string) =>
    system === OURSELVES ? "Crossdock" : (titles.get(system)?.title ?? system);
  const name = namedWith(words, title);
  const odd = lacking.length > 0 ? lacking.map(name).join(" and ") : name(oddOne(judged) ?? OURSELVES);
  const how =
    lacking.length > 0
      ? `${[...lacking].toSorted().join("+")} lacks`
      : `${oddOne(judged) ?? "figures"} differs`;
  const cause = ["duplicate or conflict", "agreement", agreement.name, milestone, how].join("|");
  const shown =
    lacking.length > 0
      ? `${odd} ${lacking.length === 1 ? "does" : "do"} not say ${milestone}`
      : `${odd} holds other figures for ${milestone}`;
  const concerned = remedy?.system && lacking.length > 0 && lacking[0] !== OURSELVES ? remedy.system : null;
  return {
    signature: JSON.stringify([how, figures]),
    raised: {
      fingerprint: cause,
      class: "duplicate or conflict",
      subjectKind: "document",
      subject: `${subject}|agreement|${milestone}`,
      connection: concerned,
      correlation,
      title: shown,
      reason: [
        sentenceOf(judged, title),
        remedy?.missing ? `Most likely missing: ${remedy.missing}.` : "",
        remedy?.advice ?? "",
      ]
        .filter(Boolean)
        .join(" "),
      owner: agreement.owner,
    },
    cleared: (before, stand) =>
      stand === "agree"
        ? before.length > 0
          ? `${before.map(name).join(" and ")} ${before.length === 1 ? "says" : "say"} ${milestone} now.`
          : `All hold the same figures for ${milestone} now.`
        : `It is ${stand === "settling" ? "on its way" : "not known"} now: ${remedy?.explained?.because ?? "not every system can tell."}`,
  };
}

/** A document that cannot be looked at, as people are shown it. */
export const notLookedAt = ({ subject, correlation, kind }: DueLook, owner: string, why: string): Raised => ({
  fingerprint: ["defect", "agreement", kind, "not looked at"].join("|"),
  class: "defect",
  subjectKind: "document",
  subject: `${subject}|agreement`,
  connection: null,
  correlation,
  title: "It cannot be looked whether the systems agree",
  reason: `${why.replace(/\.$/, "")}. Nothing of it is compared until it is heard of again, or somebody has it compared.`,
  owner,
});

export const lookedAt = ({ subject }: About): Resolved => ({
  subjectKind: "document",
  subject: `${subject}|agreement`,
  resolution: "It was looked at again.",
});

// Facts -------------------------------------------------------------------------------------------------------------

const ours = (correlation: string) =>
  ({ source: OURSELVES, correlation, causation: null, routed: false, occurredAt: null }) as const;

export function detected(
  { subject, correlation }: About,
  { milestone, words }: Judged,
  remedy: Remedy | null,
  worth: Finding["worth"],
  now: number,
): Entry {
  const detectedAt = new Date(now).toISOString();
  const opinions = words.map(({ system, opinion, at }) => ({
    system,
    opinion,
    ...(at === undefined ? {} : { at }),
  }));
  const fact = DisagreementDetected.of({
    subject,
    milestone,
    opinions,
    detectedAt,
    ...(remedy?.missing ? { missing: remedy.missing } : {}),
    ...(worth ? { valueAtRisk: worth } : {}),
  });
  return entryOf(fact, { ...ours(correlation), id: `agreement:${subject}:${milestone}:differ:${now}` });
}

export function cleared(
  { subject, correlation }: About,
  milestone: string,
  clearedBy: string,
  now: number,
): Entry {
  const fact = DisagreementCleared.of({
    subject,
    milestone,
    clearedBy,
    clearedAt: new Date(now).toISOString(),
  });
  return entryOf(fact, { ...ours(correlation), id: `agreement:${subject}:${milestone}:agree:${now}` });
}

export function completed(
  { id, kind, documents, agreed, settling, untold, differing }: Compared,
  completedAt: string,
): Entry {
  const fact = ReconciliationCompleted.of({
    reconciliationId: id,
    scope: kind,
    compared: documents,
    matched: agreed,
    inFlight: settling,
    residue: { differ: differing, "cannot tell": untold },
    completedAt,
  });
  return entryOf(fact, { ...ours(`reconciliation/${id}`), id: `comparison:${id}` });
}
