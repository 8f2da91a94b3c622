/**
 * What a person does about systems that contradict each other: the buttons beside a contradiction.
 *
 * Each is an act that is audited with its reason. Sending again presses the very buttons of the deliveries concerned; whether it
 * helped is not believed but asked: the document is looked at again, and every system with it.
 */
import type { Pool } from "pg";
import { entryOf } from "../journal/append.ts";
import { toBytes } from "../std/bytes.ts";
import { Unusable } from "../std/errors.ts";
import type { Finding } from "../work/agreements.ts";
import type { Agreements } from "./agreements.ts";
import type { Arranged } from "./arrangement.ts";
import type { Clock } from "./clock.ts";
import type { Deeds } from "./deeds.ts";
import type { Actor, Dock } from "./dock.ts";
import { AgreementTended } from "./facts.ts";
import type { Selections } from "./selections.ts";
import type { Act } from "./store.ts";
import { deed, said } from "./tending.ts";

export interface MendingGiven {
  readonly pool: Pool;
  readonly definitions: Arranged;
  readonly clock: Clock;
  readonly agreements: Pick<Agreements, "reportOf" | "ring">;
  readonly deeds: Deeds;
  readonly selections: Selections;
  readonly act: (act: Act) => Promise<boolean>;
  readonly accept: Dock["accept"];
}

/** Index: the primary key of agreement. */
const JUDGED = "select kind, judged from agreement where subject = $1";
/** Index: exception_open. */
const SHOWN =
  "select id::text as id from exception where subject_kind = 'document' and subject = $1 and resolved_at is null";

export function mending(given: MendingGiven): Pick<Dock, "compare" | "mend"> {
  const { pool, definitions, clock, agreements, deeds, selections, act, accept } = given;

  const tended = async (
    how: "ask again" | "take its report",
    subject: string,
    milestone: string,
    actor: Actor,
  ) => {
    const fact = AgreementTended.of({ subject, milestone, how, by: actor.name, reason: actor.reason ?? "" });
    const done = await act({
      ...deed(actor, how, `${subject} ${milestone}`),
      entry: entryOf(fact, {
        ...said(actor),
        id: `agreement:${subject}:${how}:${clock.id()}`,
        correlation: subject,
      }),
      guard: { agreement: subject },
    });
    if (done) agreements.ring(subject);
    return done;
  };

  /** As a selection, under its rights and limits: what is worth much waits for a second person. */
  const sentAgain = async (
    { remedy }: Finding,
    subject: string,
    milestone: string,
    as: "replay" | "as new" | "try again",
    actor: Actor,
  ) => {
    const reason = actor.reason?.trim() || (remedy?.advice ?? "The systems differ.");
    const id = await selections.freeze({ subjects: remedy?.deliveries ?? [] }, as, { reason }, actor);
    if (!(await selections.decide(id, "run", { ...actor, reason })))
      return `It waits for a second person: selection ${id}.`;
    await tended("ask again", subject, milestone, actor);
    return `It is being sent again, and then every system is asked: selection ${id}.`;
  };

  return {
    async compare(kind, actor, graceMs = null) {
      if (!definitions.agreements.has(kind)) {
        const known = [...definitions.agreements.keys()].join(", ") || "none";
        throw new Unusable(`There is no agreement named "${kind}". There are: ${known}.`);
      }
      const id = clock.id();
      const fact = AgreementTended.of({
        subject: kind,
        milestone: "all",
        how: "compare",
        by: actor.name,
        reason: actor.reason ?? "",
      });
      await act({
        ...deed(actor, "compare", `agreement/${kind}`),
        entry: entryOf(fact, { ...said(actor), id: `comparison:${id}:asked` }),
        guard: { comparison: id, of: kind, graceMs },
      });
      agreements.ring();
      return id;
    },

    async mend(subject, milestone, how, actor) {
      const { rows } = await pool.query<{ kind: string; judged: string | null }>(JUDGED, [subject]);
      const row = rows[0];
      if (!row) return null;
      const findings = row.judged === null ? [] : (JSON.parse(row.judged) as Finding[]);
      const finding = findings.find((one) => one.milestone === milestone);
      if (how === "ask again")
        return (await tended("ask again", subject, milestone, actor)) ? "Every system is being asked." : null;
      if (finding?.stand !== "differ") return null;
      const { remedy } = finding;
      switch (how) {
        case "accept": {
          const shown = await pool.query<{ id: string }>(SHOWN, [`${subject}|agreement|${milestone}`]);
          const id = shown.rows[0]?.id;
          return id !== undefined && (await deeds.resolve(id, actor)) ? "It is accepted as it is." : null;
        }
        case "take its report":
          return remedy?.act === how ? taken(row.kind, subject, milestone, remedy.system, actor) : null;
        case "send again":
          return remedy?.act === how ? sentAgain(finding, subject, milestone, "replay", actor) : null;
        case "send as new":
          return remedy?.act === how ? sentAgain(finding, subject, milestone, "as new", actor) : null;
        case "try again":
          return remedy?.act === how && remedy.deliveries.length > 0
            ? sentAgain(finding, subject, milestone, "try again", actor)
            : null;
      }
    },
  };

  /** Audited first: a crash in between leaves a report to be taken again, and one that is taken twice counts once. */
  async function taken(
    kind: string,
    subject: string,
    milestone: string,
    system: string,
    actor: Actor,
  ): Promise<string | null> {
    const reports = await agreements.reportOf(kind, subject, system, milestone);
    if (reports === null || !(await tended("take its report", subject, milestone, actor))) return null;
    for (const { flow, messageId, body } of reports) {
      const arrival = { messageId, body: toBytes(JSON.stringify(body)), mediaType: "application/json" };
      const took = await accept(flow, arrival, system);
      if (took.outcome === "quarantined" || took.outcome === "conflict")
        throw new Unusable(`What ${system} holds could not be taken as its report: ${took.reason}`);
    }
    return `${reports.length} ${reports.length === 1 ? "report was" : "reports were"} taken as if ${system} had sent ${reports.length === 1 ? "it" : "them"}.`;
  }
}
