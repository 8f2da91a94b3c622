/**
 * Nothing is posted into a closed period: each posting is held against its ledger's calendar and the period's last known
 * status, at the moment it is sent.
 *
 * What becomes of one that may not be posted is policy, by ledger: `hold` (until the period is opened again, or a person
 * decides), `ask` (a person decides in any case), `next open period` (its date moves to the first day of the next period that
 * is not closed), `reversal date` (it moves to the date the posting itself names for that). A moved date is a correction of the
 * delivery: the key stays, the journal stays, and what it was is kept with the reason.
 */
import { calendarMonths, dayAfter, type FiscalCalendar } from "../contracts/fiscal.ts";
import { CrossdockError, Refused, Unavailable } from "../std/errors.ts";
import type { Arranged } from "./arrangement.ts";
import { withChanges } from "./changes.ts";
import type { Parcelled } from "./line.ts";
import type { Store } from "./store.ts";

export type OnClosed = "hold" | "next open period" | "reversal date" | "ask";
export type PeriodStatus = "open" | "soft-closed" | "closed";

/** Which messages post into a ledger, and where they say when. Paths as in `lines[0].item`. */
export interface Posting {
  readonly contract: string;
  readonly ledger: string;
  readonly date: string;
  /** Where it names the fiscal period, if it does; it moves with the date. */
  readonly period?: string;
  /** Where it names the date of its document, if it does; a posting that is moved keeps the original date there. */
  readonly documentDate?: string;
  /** Where it names the day on which it may be posted instead. */
  readonly reversalDate?: string;
}

export interface PeriodPolicy {
  /** By ledger; `"*"` for every other. */
  readonly calendars: Readonly<Record<string, FiscalCalendar>>;
  readonly postings: readonly Posting[];
  readonly onClosed: Readonly<Record<string, OnClosed>>;
  /**
   * By ledger, `"*"` for every other: the feeds that must have said that they delivered everything of a period, before it is
   * ready to be closed.
   */
  readonly feeds: Readonly<Record<string, readonly string[]>>;
  /** Who decides about what is held. */
  readonly owner: string;
}

/** Ledger entries of the canonical model, held in calendar months. */
export const PERIODS: PeriodPolicy = {
  calendars: { "*": calendarMonths() },
  postings: [
    { contract: "ledger.post-entry", ledger: "ledger", date: "postingDate", period: "fiscalPeriod" },
    { contract: "ledger.reverse-entry", ledger: "ledger", date: "postingDate" },
  ],
  onClosed: { "*": "hold" },
  feeds: {},
  owner: "controller",
};

/** The key of a period in journal and traces: `ME-03/2026-11`. */
export const periodId = (ledger: string, period: string): string => `${ledger}/${period}`;

/** The feeds a ledger waits for. */
export const feedsOf = ({ feeds }: PeriodPolicy, ledger: string): readonly string[] =>
  feeds[ledger] ?? feeds["*"] ?? [];

/** Ledgers the configuration names. */
export const ledgersNamed = ({ calendars, onClosed, feeds }: PeriodPolicy): string[] =>
  [calendars, onClosed, feeds].flatMap((each) => Object.keys(each)).filter((ledger) => ledger !== "*");

/** How many periods ahead an open one is looked for. */
const AHEAD = 24;

export class Periods {
  readonly #store: Pick<Store, "periodStatus" | "correct">;
  readonly #policy: PeriodPolicy;
  readonly #definitions: Pick<Arranged, "contracts" | "connections">;
  readonly #postings: ReadonlyMap<string, Posting>;

  constructor(
    store: Pick<Store, "periodStatus" | "correct">,
    policy: PeriodPolicy,
    definitions: Pick<Arranged, "contracts" | "connections">,
  ) {
    this.#store = store;
    this.#policy = policy;
    this.#definitions = definitions;
    this.#postings = new Map(policy.postings.map((posting) => [posting.contract, posting]));
  }

  /** The ledger a message posts into; null when it posts into none. */
  ledgerOf({ contract, data }: { readonly contract: string; readonly data: string | null }): string | null {
    const posting = this.#postings.get(contract);
    return posting && data !== null ? at(JSON.parse(data), posting.ledger) : null;
  }

  async status(ledger: string, period: string): Promise<PeriodStatus> {
    const said = await this.#store.periodStatus(periodId(ledger, period));
    return said === "closed" || said === "soft-closed" ? said : "open";
  }

  calendar(ledger: string): FiscalCalendar {
    return this.#policy.calendars[ledger] ?? this.#policy.calendars["*"] ?? calendarMonths();
  }

  /**
   * Looks at a parcel that is about to be sent; one that may be posted on another day is changed for it.
   *
   * @throws {Refused} category business, when its period is closed and the policy leaves it to a person
   */
  async mayPost(parcel: Parcelled): Promise<void> {
    const posting = this.#postings.get(parcel.message.contract);
    if (!posting) return;
    try {
      await this.#look(parcel, posting);
    } catch (error) {
      if (error instanceof CrossdockError) throw error;
      // Nothing was sent: without the period's status we wait rather than guess.
      throw new Unavailable("The status of the posting's period could not be read.", { cause: error });
    }
  }

  async #look(parcel: Parcelled, posting: Posting): Promise<void> {
    const data = parcel.message.data as Record<string, unknown>;
    const [ledger, date] = [at(data, posting.ledger), at(data, posting.date)];
    if (ledger === null || date === null) return;
    const calendar = this.calendar(ledger);
    const { period } = calendar(date);
    const named = posting.period === undefined ? null : at(data, posting.period);
    if (named !== null && named !== period)
      throw new Refused(
        `The posting is dated ${date}, which is period ${period} of ${ledger}, and names ${named}. Correct the one that is wrong.`,
        {
          category: "business",
          facts: {
            code: `PERIOD_NAMED ${periodId(ledger, named)}`,
            ledger,
            period,
            owner: this.#policy.owner,
          },
        },
      );
    if ((await this.status(ledger, period)) !== "closed") return;
    const policy = this.#policy.onClosed[ledger] ?? this.#policy.onClosed["*"] ?? "hold";
    // Sent before without an answer, to a target that cannot be asked: it may stand in its books under our key, or it may not.
    const unclear = (parcel.doubts > 0 || parcel.crashes > 0) && parcel.notFound === 0;
    const day =
      unclear && !this.#keepsWhatStands(parcel)
        ? null
        : await this.#otherDay(policy, posting, data, ledger, date);
    if (day === null) {
      const decide =
        policy === "ask"
          ? "Decide: open it again, or book into the next period."
          : "It waits until it is opened again, or somebody decides.";
      const before = unclear
        ? " It may have been booked before an answer was lost; let go, it is sent under its key, by which its target knows it."
        : "";
      throw new Refused(
        `Period ${period} of ${ledger} is closed, and the posting is dated ${date}. ${decide}${before}`,
        {
          category: "business",
          facts: {
            code: `PERIOD_CLOSED ${periodId(ledger, period)}`,
            ledger,
            period,
            owner: this.#policy.owner,
          },
        },
      );
    }
    await this.#move(
      parcel,
      posting,
      data,
      { day, period: calendar(day).period },
      `Period ${period} of ${ledger} is closed (${policy}).`,
    );
  }

  /** Whether a second sending with another date leaves alone what the first may have booked. */
  #keepsWhatStands({ connection }: Parcelled): boolean {
    const repeat = this.#definitions.connections.get(connection)?.connector.guarantees.repeat;
    return repeat === "key" || repeat === "unique-reference";
  }

  /** The day the policy allows instead; null when a person has to say. */
  async #otherDay(
    policy: OnClosed,
    posting: Posting,
    data: Record<string, unknown>,
    ledger: string,
    date: string,
  ): Promise<string | null> {
    const calendar = this.calendar(ledger);
    if (policy === "reversal date") {
      const day = posting.reversalDate === undefined ? null : at(data, posting.reversalDate);
      return day !== null && (await this.status(ledger, calendar(day).period)) !== "closed" ? day : null;
    }
    if (policy !== "next open period") return null;
    return this.nextOpenDay(ledger, date);
  }

  /** The first day of the next period that is not closed; null when none of the coming two years is open. */
  async nextOpenDay(ledger: string, date: string): Promise<string | null> {
    const calendar = this.calendar(ledger);
    let day = dayAfter(calendar(date).last);
    for (let ahead = 0; ahead < AHEAD; ahead += 1) {
      const next = calendar(day);
      if ((await this.status(ledger, next.period)) !== "closed") return day;
      day = dayAfter(next.last);
    }
    return null;
  }

  /** The correction is kept before anything is sent; a crash in between sends what is kept. */
  async #move(
    parcel: Parcelled,
    posting: Posting,
    before: Record<string, unknown>,
    to: { readonly day: string; readonly period: string },
    reason: string,
  ): Promise<void> {
    const contract = this.#definitions.contracts.get(parcel.message.contract);
    const changes = [
      { path: posting.date, value: to.day },
      ...(posting.period && at(before, posting.period) !== null
        ? [{ path: posting.period, value: to.period }]
        : []),
      ...(posting.documentDate && at(before, posting.documentDate) === null
        ? [{ path: posting.documentDate, value: at(before, posting.date) }]
        : []),
    ];
    const { data, changed } = withChanges(before, changes);
    const message = contract ? contract.of(data) : null;
    if (!message) return;
    await this.#store.correct({
      delivery: parcel.key,
      data: JSON.stringify(data),
      contractVersion: message.version,
      changed: JSON.stringify(changed),
      reason,
    });
    Object.assign(parcel, { message: { ...parcel.message, data }, cargo: undefined });
  }
}

/** The text at a path of plain fields. */
function at(data: unknown, path: string): string | null {
  let value: unknown = data;
  for (const field of path.split("."))
    value =
      typeof value === "object" && value !== null ? (value as Record<string, unknown>)[field] : undefined;
  return typeof value === "string" && value !== "" ? value : null;
}
