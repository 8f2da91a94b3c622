/**
 * Documents a person has put on hold: nothing of one is sent until somebody lets it go on.
 *
 * What must stay true: what may stand in a target's books already is still cleared up, as while a system is drained. What comes to
 * be sent is set aside as a business hold of whoever said so, so it is counted, shown and escalated as every hold is; letting the
 * document go on tries all of it again.
 */
import type { Pool } from "pg";
import { OURSELVES } from "../contracts/judgement.ts";
import { Refused, Unavailable } from "../std/errors.ts";
import type { Log } from "../std/log.ts";
import type { Clock } from "./clock.ts";
import type { Dock } from "./dock.ts";
import type { Parcelled } from "./line.ts";
import type { Act } from "./store.ts";
import { type Actor, documentTended } from "./tending.ts";

export interface HeldDocument {
  readonly correlation: string;
  readonly by: string;
  readonly because: string;
}

/** Stands in the fingerprint of what is set aside for it. */
const HELD = "HELD_BY_PERSON";

const STILL =
  "select held_by as by, held_because as because from tended_document where correlation = $1 and held_by is not null";

/** What was set aside for a hold that is none any more: of these documents, or of all. Index: exception_open (partial). */
const IN_VAIN = `
  select x.subject from exception x
   where x.resolved_at is null and x.subject_kind = 'delivery' and x.class = 'business hold' and strpos(x.fingerprint, '${HELD}') > 0
     and ($1::text[] is null or x.correlation = any($1)) and not exists (
       select from tended_document t where t.correlation = x.correlation and t.held_by is not null)
   order by x.id`;

/** What was set aside while its document was let go, or by a worker that is no more, is tried again by us. */
const BY_US: Actor = { name: OURSELVES, reason: "Its document goes on." };

export class HeldDocuments {
  readonly #pool: Pool;
  readonly #tryAgain: (delivery: string, actor: Actor) => Promise<boolean>;
  readonly #log: Log;
  #held: ReadonlySet<string> | null = null;

  constructor(pool: Pool, tryAgain: (delivery: string, actor: Actor) => Promise<boolean>, log: Log) {
    this.#pool = pool;
    this.#tryAgain = tryAgain;
    this.#log = log;
  }

  /** These are on hold from now on, and no others. */
  obey(documents: readonly HeldDocument[]): void {
    const before = this.#held;
    this.#held = new Set(documents.map(({ correlation }) => correlation));
    const now = this.#held;
    const gone = before === null ? null : [...before].filter((one) => !now.has(one));
    if (gone?.length === 0) return;
    this.goOn(gone, BY_US).catch((error: unknown) =>
      this.#log.warn("What was on hold with its document could not be tried again; a person can.", {
        error: String(error),
      }),
    );
  }

  /** Tries again what was set aside with these documents, or with any (null), where they are on hold no longer. */
  async goOn(documents: readonly string[] | null, actor: Actor): Promise<void> {
    const { rows } = await this.#pool.query<{ subject: string }>(IN_VAIN, [documents]);
    for (const { subject } of rows) await this.#tryAgain(subject, actor);
  }

  /** @throws {Refused} category business, when its document is on hold */
  async mayGo({ correlation, doubts, crashes, notFound }: Parcelled): Promise<void> {
    if (!this.#held?.has(correlation) || ((doubts > 0 || crashes > 0) && notFound === 0)) return;
    // Somebody may have let it go on a moment ago: what is set aside after that would wait for nobody.
    const held = (await this.#stillHeld(correlation)).at(0);
    if (!held) return;
    throw new Refused(`${held.by} has put it on hold: ${held.because}`, {
      category: "business",
      facts: { code: HELD, owner: held.by, heldBy: held.by },
    });
  }

  async #stillHeld(correlation: string): Promise<readonly Omit<HeldDocument, "correlation">[]> {
    try {
      return (await this.#pool.query(STILL, [correlation])).rows;
    } catch (cause) {
      // Nothing was sent: without an answer we wait rather than guess.
      throw new Unavailable("Whether its document is on hold could not be read.", { cause });
    }
  }
}

/** The button `tendDocument` of the dock. */
export function tendingDocuments({
  held,
  clock,
  act,
  look,
}: {
  readonly held: HeldDocuments;
  readonly clock: Clock;
  readonly act: (act: Act) => Promise<boolean>;
  /** Has this worker obey at once. */
  readonly look: () => Promise<void>;
}): Pick<Dock, "tendDocument"> {
  return {
    async tendDocument(correlation, tending, actor) {
      const tended = documentTended(correlation, tending, actor, clock.id());
      const done = await act(tended);
      if (!done || !("hold" in tending)) return done;
      await look();
      if (tending.hold !== null) return true;
      await held.goOn([correlation], actor);
      return true;
    },
  };
}
