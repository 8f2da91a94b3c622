/**
 * The journal itself, newest first: events and commands by type, source, subject and time.
 *
 * A reading looks at a bounded part of the journal and says how far back it came, so a filter nothing fits costs no more than
 * one everything does. Bodies are not read here: `step` shows one, with what its contract hides hidden.
 */
import { isDocument, LAST_POSITION } from "./documents.ts";
import { find } from "./find.ts";
import { type Known, messageTitle, splitKey, systemTitle } from "./known.ts";
import { type Areas, within } from "./places.ts";
import { type Db, type EventRow, field, type Instant, iso, json, text } from "./rows.ts";

/** One line of the journal, without its body. */
export interface EventLine {
  /** Its place in the journal; with the correlation it names the step that shows its body. */
  readonly position: string;
  readonly recordedAt: string;
  readonly occurredAt: string;
  readonly kind: "event" | "command";
  readonly contract: string;
  readonly version: number;
  readonly title: string;
  /** What it is about: `shipment/SHP-1`. */
  readonly subject: string;
  readonly source: string;
  readonly sourceTitle: string;
  /** The business transaction it belongs to, and its number. */
  readonly correlation: string;
  readonly number: string;
  /** Whether the transaction is a document that can be opened. */
  readonly document: boolean;
  /** What it follows from: `arrival:…`, `event:<position>`, `person:<name>`; null when nobody said. */
  readonly causation: string | null;
}

export interface Events {
  readonly events: readonly EventLine[];
  /** Hand it back as `before` for what is older; null when the journal, or the time asked for, ends here. */
  readonly next: string | null;
  /** How far back this reading looked, RFC 3339; null when it looked at everything there is. */
  readonly lookedBackTo: string | null;
}

export interface EventFilter {
  /** A contract's name, or its beginning: `sales.` is a whole domain. */
  readonly contract?: string | undefined;
  readonly kind?: "event" | "command" | undefined;
  /** The connection, client or process that says so, as stored. */
  readonly source?: string | undefined;
  /** Any number of the document, or a transaction by its name. */
  readonly about?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

const COLUMNS = `e.position::text as position, e.recorded_at, e.occurred_at, e.kind, e.contract, e.version, e.key, e.source,
  e.correlation, e.causation`;

/** Times are told to the millisecond, so the last one counts whole. */
const FITS = `($2::text is null or starts_with(e.contract, $2)) and ($3::text is null or e.kind = $3)
   and ($4::text is null or e.source = $4) and e.recorded_at >= $5 and e.recorded_at < $6::timestamptz + interval '1 ms'`;

/** Lines in a window of positions, newest first. Index: event_at (position). */
export const eventsWhere = (mine: string): string => `
  select ${COLUMNS} from event e
   where e.position < $1 and e.position >= $8 and ${FITS} and ${mine} order by e.position desc limit $7`;

/** Lines of some transactions, newest first. Index: event_correlation (correlation, position). */
export const eventsOfWhere = (mine: string): string => `
  select ${COLUMNS} from event e
   where e.correlation = any($8::text[]) and e.position < $1 and ${FITS} and ${mine} order by e.position desc limit $7`;

/** The line before a position. Index: event_at. */
const BEFORE = `select position::text as position, recorded_at from event where position < $1 order by position desc limit 1`;

/** The first window looks back this many positions; each further one doubles. */
const WINDOW_FIRST = 4_000;
/** 4,000 × (2⁶ − 1): a quarter of a million lines are looked at, then the page says how far it came. */
const WINDOWS_MAX = 6;
/** Positions are handed out before commit, so their order and that of time differ by as long as a commit may take. */
const SKEW_MS = 60_000;
/** Documents that share a number, of which lines are shown. */
const DOCUMENTS_MAX = 100;

const FOREVER = new Date("9999-12-31T00:00:00Z");

type Row = Omit<EventRow, "id" | "data" | "extra">;

/** Lines that fit the filter, newest first. `before` is the `next` of the reading before. */
export async function events(
  db: Db,
  known: Known,
  filter: EventFilter,
  options: { before?: string | null; limit?: number; areas?: Areas } = {},
): Promise<Events> {
  const limit = Math.min(options.limit ?? 50, 200);
  const [from, to] = [filter.from ?? new Date(0), filter.to ?? FOREVER];
  const asked = /^\d{1,18}$/.test(options.before ?? "") ? BigInt(options.before!) : null;
  const last = BigInt((await db.query<{ position: string }>(LAST_POSITION, [])).rows[0]?.position ?? "0");
  const top = asked ?? (filter.to ? await positionAfter(db, to, last + 1n) : last + 1n);
  const fits = [filter.contract ?? null, filter.kind ?? null, filter.source ?? null, from, to, limit + 1];
  const mine = within(options.areas ?? null, "e.correlation", 9);
  const page = (rows: readonly Row[], lookedDownTo: bigint, lookedBackTo: Instant | null): Events => ({
    events: rows.slice(0, limit).map((row) => lineOf(known, row)),
    next:
      rows.length > limit ? rows[limit - 1]!.position : lookedBackTo === null ? null : String(lookedDownTo),
    lookedBackTo: rows.length > limit ? iso(rows[limit - 1]!.recorded_at) : lookedBackTo && iso(lookedBackTo),
  });

  if (filter.about !== undefined) {
    const found = await find(db, filter.about, { limit: DOCUMENTS_MAX, areas: options.areas ?? null });
    const exact = found.filter(({ matched }) => matched.some((match) => match.exact));
    const { rows } = await db.query<Row>(eventsOfWhere(mine.sql), [
      String(top),
      ...fits,
      exact.map(({ correlation }) => correlation),
      ...mine.values,
    ]);
    return page(rows, 0n, null);
  }

  const found: Row[] = [];
  let high = top;
  for (let window = 0; window < WINDOWS_MAX && found.length <= limit && high > 0n; window++) {
    const low = high - BigInt(WINDOW_FIRST * 2 ** window);
    const { rows } = await db.query<Row>(eventsWhere(mine.sql), [
      String(high),
      ...fits,
      String(low > 0n ? low : 0n),
      ...mine.values,
    ]);
    found.push(...rows);
    high = low > 0n ? low : 0n;
    if (found.length > limit) break;
    const before = (await db.query<{ recorded_at: Instant }>(BEFORE, [String(high)])).rows[0];
    if (!before || Date.parse(before.recorded_at) < from.getTime() - SKEW_MS) return page(found, 0n, null);
    if (window === WINDOWS_MAX - 1) return page(found, high, before.recorded_at);
  }
  return page(found, high, null);
}

/** A position behind which nothing was recorded up to `at`, by halving; `end` lies behind everything. */
async function positionAfter(db: Db, at: Date, end: bigint): Promise<bigint> {
  let [low, high] = [0n, end];
  while (high - low > 1_000n) {
    const middle = (low + high) / 2n;
    const before = (await db.query<{ recorded_at: Instant }>(BEFORE, [String(middle)])).rows[0];
    if (!before || Date.parse(before.recorded_at) <= at.getTime() + SKEW_MS) low = middle;
    else high = middle;
  }
  return high;
}

function lineOf(known: Known, row: Row): EventLine {
  const { position, kind, contract, version, source, correlation, causation } = row;
  return {
    position,
    recordedAt: iso(row.recorded_at),
    occurredAt: iso(row.occurred_at),
    kind,
    contract,
    version,
    title: messageTitle(contract),
    subject: row.key,
    source,
    sourceTitle: systemTitle(known, source),
    correlation,
    causation,
    number: splitKey(correlation).value,
    document: isDocument(correlation),
  };
}

/** An input a flow can be tried on again. */
export interface RecordedInput {
  /** The bytes that arrived, or the position of a message of the journal. */
  readonly arrival?: string;
  readonly event?: string;
  readonly at: string;
  readonly title: string;
  /** Why it was set aside; null when it was taken. */
  readonly detail: string | null;
}

/** Arrivals of a flow that were set aside. Index: arrival_set_aside (partial). */
const SET_ASIDE = `
  select id, message_id, received_at, notes from arrival
   where state = 'quarantined' and flow = $1 order by received_at desc limit 10`;

/**
 * The latest inputs of a flow: for one that brings something in, arrivals that were set aside and those its messages came from; for
 * one that carries something out, the messages it reacts to.
 */
export async function recordedInputs(
  db: Db,
  known: Known,
  flow: { readonly name: string; readonly contracts: readonly string[]; readonly source: string | null },
): Promise<RecordedInput[]> {
  const taken = await Promise.all(
    flow.contracts
      .slice(0, 3)
      .map((contract) =>
        events(
          db,
          known,
          { contract, ...(flow.source === null ? {} : { source: flow.source }) },
          { limit: 20 },
        ),
      ),
  );
  const lines = taken
    .flatMap((page) => page.events)
    .filter(({ contract }) => flow.contracts.includes(contract))
    .toSorted((a, b) => b.recordedAt.localeCompare(a.recordedAt));
  if (flow.source === null)
    return lines.map(({ position, recordedAt, title, subject }) => ({
      event: position,
      at: recordedAt,
      title: `${title}, ${subject}`,
      detail: null,
    }));
  const { rows } = await db.query<{
    id: string;
    message_id: string;
    received_at: Instant;
    notes: string | null;
  }>(SET_ASIDE, [flow.name]);
  const seen = new Set<string>();
  return [
    ...rows.map((row) => ({
      arrival: row.id,
      at: iso(row.received_at),
      title: `Set aside: ${row.message_id}`,
      detail: whySetAside(row.notes),
    })),
    ...lines.flatMap(({ causation, recordedAt, title, subject }) => {
      const [, arrival] = /^arrival:(.+)$/.exec(causation ?? "") ?? [];
      if (arrival === undefined || seen.has(arrival)) return [];
      seen.add(arrival);
      return [{ arrival, at: recordedAt, title: `${title}, ${subject}`, detail: null }];
    }),
  ];
}

/** The first refusal the engine noted; an arrival that contradicts another has none. */
function whySetAside(notes: string | null): string | null {
  const refused = field(json(notes), "refused");
  return Array.isArray(refused) ? text(field(refused[0], "message")) : null;
}
