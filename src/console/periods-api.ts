/**
 * The console's API about fiscal periods.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/periods?day=` | `{periods}`: for each ledger, the period of that day (today) and the one before: status, ready to close or why not |
 * | `GET /api/periods/:ledger/:day` | `Readiness` of the period that day belongs to, with what is in the way, and whether whoever asks may open or close it (`mayDecide`) |
 * | `POST /api/periods/:ledger/:period` | `{status, reason}` → `{done, released}`: opens or closes it; opening lets go what is on hold, and takes a second person when it was closed |
 * | `POST /api/feeds/:feed` | `{through, reason}` → `{done}`: it has delivered everything up to that day |
 */
import type { FastifyInstance } from "fastify";
import Type, { type Static } from "typebox";
import { calendarMonths, dayAfter, type FiscalPeriodSpan } from "../contracts/fiscal.ts";
import type { Dock } from "../runtime/dock.ts";
import { feedsOf, ledgersNamed } from "../runtime/periods.ts";
import {
  areasOfLedger,
  ledgers,
  type OpenPostings,
  openPostings,
  readiness,
  statusOf,
} from "../trace/periods.ts";
import type { Areas } from "../trace/places.ts";
import { late, missing } from "./answers.ts";
import type { AsksSecond } from "./four-eyes.ts";
import { acting, areasOf, may, type Who } from "./gate.ts";

const exactly = { additionalProperties: false } as const;
const Day = Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" });
const DayQuery = Type.Object({ day: Type.Optional(Day) }, exactly);
const Decision = Type.Object(
  {
    status: Type.Union([Type.Literal("open"), Type.Literal("soft-closed"), Type.Literal("closed")]),
    reason: Type.String({ minLength: 1, maxLength: 2_000 }),
  },
  exactly,
);
const Delivered = Type.Object(
  { through: Day, reason: Type.String({ minLength: 1, maxLength: 2_000 }) },
  exactly,
);

export async function periodsApi(app: FastifyInstance, { dock }: { dock: Dock }): Promise<void> {
  const { pool, periods, definitions } = dock;
  const spanOf = (ledger: string, day: string) =>
    (periods.calendars[ledger] ?? periods.calendars["*"] ?? calendarMonths())(day);

  const readinessOf = (
    ledger: string,
    span: FiscalPeriodSpan,
    areas: Areas,
    open?: readonly OpenPostings[],
  ) =>
    readiness(pool, ledger, span, periods.postings, {
      feeds: feedsOf(periods, ledger),
      agreements: definitions.agreements,
      known: definitions,
      areas,
      ...(open ? { open } : {}),
    });

  /** A misspelt ledger has nothing in its way and would be closed to nobody's use, so one that nothing names is none. */
  const isLedger = async (ledger: string): Promise<boolean> =>
    ledgersNamed(periods).includes(ledger) ||
    [...definitions.agreements.values()].some(({ ledgers: of = [] }) => of.includes(ledger)) ||
    (await ledgers(pool, periods.postings, await openPostings(pool, periods.postings))).includes(ledger);
  const unknown = (ledger: string): string =>
    `Nothing is known about the ledger ${ledger}: no posting names it. Look at the ledgers there are with crossdock periods list; one that has no postings yet is named in periods.calendars.`;

  /** Opening or closing is a word about all of a ledger. */
  const decides = (who: Who | null, ledger: string): boolean =>
    areasOfLedger(areasOf(who, "release period"), ledger) === null;

  /** To open what was closed lets postings into books somebody has closed: that always takes two. */
  const opening: AsksSecond = async ({ params, body, who }) => {
    const { ledger, period } = params as { ledger: string; period: string };
    const { status } = body as Static<typeof Decision>;
    if (status !== "open" || !decides(who, ledger)) return null;
    const state = { ledger, period, status: await statusOf(pool, ledger, period) };
    if (state.status !== "closed") return null;
    const what = `Open the closed period ${period} of ${ledger}, and let go what is on hold for it.`;
    return { what, state, permission: "approve", correlation: null };
  };

  app.get<{ Querystring: Static<typeof DayQuery> }>(
    "/periods",
    { ...may("view", "shown"), schema: { querystring: DayQuery } },
    async ({ query: { day = new Date().toISOString().slice(0, 10) }, who }) => {
      const all = await openPostings(pool, periods.postings);
      const named = await ledgers(pool, periods.postings, all);
      const counted = new Map<string, Promise<readonly OpenPostings[]>>([["null", Promise.resolve(all)]]);
      /** Ledgers seen through the same areas are counted once. */
      const through = (areas: Areas) => {
        const name = JSON.stringify(areas);
        const open = counted.get(name) ?? openPostings(pool, periods.postings, areas);
        counted.set(name, open);
        return open;
      };
      const spans = named.flatMap((ledger) => {
        const areas = areasOfLedger(areasOf(who, "view"), ledger);
        if (areas === undefined) return [];
        const now = spanOf(ledger, day);
        return [spanOf(ledger, dayAfter(now.first, -1)), now].map((span) => ({ ledger, span, areas }));
      });
      return {
        periods: await Promise.all(
          spans.map(async ({ ledger, span, areas }) =>
            readinessOf(ledger, span, areas, await through(areas)),
          ),
        ),
      };
    },
  );

  app.get<{ Params: { ledger: string; day: string } }>(
    "/periods/:ledger/:day",
    { ...may("view", "shown"), schema: { params: Type.Object({ ledger: Type.String(), day: Day }) } },
    async ({ params: { ledger, day }, who }, reply) => {
      const areas = areasOfLedger(areasOf(who, "view"), ledger);
      if (areas === undefined || !(await isLedger(ledger))) return missing(reply, unknown(ledger));
      const span = spanOf(ledger, day);
      return { ...(await readinessOf(ledger, span, areas)), mayDecide: decides(who, ledger) };
    },
  );

  app.post<{ Params: { ledger: string; period: string }; Body: Static<typeof Decision> }>(
    "/periods/:ledger/:period",
    { ...may("release period", "shown", { second: opening }), schema: { body: Decision } },
    async (request, reply) => {
      const { ledger, period } = request.params;
      if (!decides(request.who, ledger))
        return missing(reply, `Nothing is known about the ledger ${ledger}, or you see a part of it only.`);
      if (!(await isLedger(ledger))) return missing(reply, unknown(ledger));
      const { status, reason } = request.body;
      const done = await dock.decidePeriod(ledger, period, status, acting(request, reason));
      return done
        ? { done: true, released: done.released }
        : late(reply, `Period ${period} of ${ledger} is ${status} already.`);
    },
  );

  app.post<{ Params: { feed: string }; Body: Static<typeof Delivered> }>(
    "/feeds/:feed",
    { ...may("release period"), schema: { body: Delivered } },
    async (request, reply) => {
      const { feed } = request.params;
      const { through, reason } = request.body;
      const done = await dock.feedDelivered(feed, through, acting(request, reason));
      return done ? { done: true } : late(reply, `${feed} has said ${through} already.`);
    },
  );
}
