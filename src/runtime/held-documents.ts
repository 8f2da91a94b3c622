/**
 * Documents a person has put on hold: nothing of one is sent until somebody lets it go on.
 *
 * What must stay true: what may stand in a target's books already is still cleared up, as while a system is drained. What comes to
 * be sent is set aside as a business hold of whoever said so, so it is counted, shown and escalated as every hold is; letting the
 * document go on tries all of it again.
 */
import type { Pool } from "pg";
import { Refused, Unavailable } from "../std/errors.ts";
import type { Clock } from "./clock.ts";
import type { Deeds } from "./deeds.ts";
import type { Dock } from "./dock.ts";
import type { Parcelled } from "./line.ts";
import type { Act } from "./store.ts";
import { documentTended } from "./tending.ts";

export interface HeldDocument {
  readonly correlation: string;
  readonly by: string;
  readonly because: string;
}

/** Stands in the fingerprint of what is set aside for it. */
const HELD = "HELD_BY_PERSON";

const STILL =
  "select held_by as by, held_because as because from tended_document where correlation = $1 and held_by is not null";

export class HeldDocuments {
  readonly #pool: Pool;
  #held: ReadonlySet<string> = new Set();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** These are on hold from now on, and no others. */
  obey(documents: readonly HeldDocument[]): void {
    this.#held = new Set(documents.map(({ correlation }) => correlation));
  }

  /** @throws {Refused} category business, when its document is on hold */
  async mayGo({ correlation, doubts, crashes, notFound }: Parcelled): Promise<void> {
    if (!this.#held.has(correlation) || ((doubts > 0 || crashes > 0) && notFound === 0)) return;
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
  pool,
  clock,
  deeds,
  act,
  look,
}: {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly deeds: Deeds;
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
      const { rows } = await pool.query<{ subject: string }>(
        `select subject from exception where correlation = $1 and resolved_at is null and subject_kind = 'delivery'
          and strpos(fingerprint, '${HELD}') > 0 order by id`,
        [correlation],
      );
      for (const { subject } of rows)
        await deeds.onDelivery({ delivery: subject, act: "try again", seen: undefined }, actor);
      return true;
    },
  };
}
