/**
 * The console's API about bulk acts on frozen selections.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/selections` | `Selections`: the latest, newest first, each with totals that add up |
 * | `POST /api/selections` | `Freeze` → 201 `Selection`: chosen, judged and frozen; nothing is done yet |
 * | `GET /api/selections/:id?after=&limit=&state=` | `Selection` with a page of items, those in a state when one is given |
 * | `GET /api/selections/:id/preview?after=&limit=` | `Preview`: exactly what would be sent, to whom, and what differs |
 * | `GET /api/causes/:cause/corrected-before`, `GET /api/deliveries/:key/corrected-before` | `CorrectedBefore`: what was corrected before in the documents that stand, and the changes that fit them |
 * | `POST /api/selections/:id/decide` | `Word` → `{done}`; 202 when it waits for a second person, 409 when it is not its turn |
 */
import Type from "typebox";
import { SELECTION_ACTS } from "../work/selections.ts";
import { At, Count, exactly, OrNull, Text } from "./shapes.ts";

const Reason = Type.String({ minLength: 1, maxLength: 2_000 });
const Instant = Type.String({ minLength: 1, maxLength: 40 });
const Criterion = Type.Optional(Type.String({ minLength: 1, maxLength: 500 }));

export const Act = Type.Union(SELECTION_ACTS.map((act) => Type.Literal(act)));
const ItemState = Type.Union([
  Type.Literal("waiting"),
  Type.Literal("asked"),
  Type.Literal("applied"),
  Type.Literal("failed again"),
  Type.Literal("skipped"),
]);
const Change = Type.Object(
  {
    path: Type.String({ minLength: 1, maxLength: 300 }),
    value: Type.Unknown(),
    was: Type.Optional(Type.Unknown()),
    /** Only in the messages of these documents. */
    documents: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 300 }), { maxItems: 200 })),
  },
  exactly,
);

export const Freeze = Type.Object(
  {
    act: Act,
    chosen: Type.Union([
      Type.Object({ cause: Type.String({ minLength: 1, maxLength: 500 }) }, exactly),
      Type.Object(
        {
          subjects: Type.Array(Type.String({ minLength: 1, maxLength: 300 }), {
            minItems: 1,
            maxItems: 20_000,
          }),
        },
        exactly,
      ),
      Type.Object(
        {
          replay: Type.Object(
            {
              event: Criterion,
              key: Criterion,
              flow: Criterion,
              connection: Criterion,
              process: Criterion,
              contract: Criterion,
              from: Criterion,
              to: Criterion,
            },
            exactly,
          ),
        },
        exactly,
      ),
      Type.Object(
        {
          backfill: Type.Object(
            {
              flow: Type.String({ minLength: 1, maxLength: 500 }),
              from: Instant,
              to: Type.Optional(Instant),
            },
            exactly,
          ),
        },
        exactly,
      ),
    ]),
    changes: Type.Optional(Type.Array(Change, { maxItems: 50 })),
    reason: Reason,
  },
  exactly,
);

export const Word = Type.Object(
  {
    word: Type.Union([Type.Literal("try one"), Type.Literal("run"), Type.Literal("stop")]),
    reason: Type.Optional(Reason),
  },
  exactly,
);

const paged = {
  after: Type.Optional(Type.String({ pattern: "^\\d{1,6}$" })),
  limit: Type.Optional(Type.String({ pattern: "^\\d{1,3}$" })),
};
export const ItemsQuery = Type.Object({ ...paged, state: Type.Optional(ItemState) }, exactly);
export const PreviewQuery = Type.Object(paged, exactly);

const selection = {
  id: Text,
  act: Act,
  chosen: Type.Unknown(),
  changes: Type.Array(Change),
  reason: Text,
  state: Text,
  second: OrNull(Text),
  digest: Text,
  frozenBy: Text,
  frozenAt: At,
  expiresAt: At,
  approvedBy: OrNull(Text),
  approvedAt: OrNull(At),
  runBy: OrNull(Text),
  finishedAt: OrNull(At),
  totals: Type.Object(
    { selected: Count, applied: Count, failedAgain: Count, skipped: Count, waiting: Count, asked: Count },
    exactly,
  ),
  money: Type.Array(Type.Object({ amount: Text, currency: Text }, exactly)),
  units: Type.Array(Type.Object({ value: Text, uom: Text }, exactly)),
};
const Tally = Type.Array(Type.Object({ text: Text, items: Count }, exactly));

export const Selections = Type.Object(
  { selections: Type.Array(Type.Object(selection, exactly)), asOf: At },
  exactly,
);
export const Selection = Type.Object(
  {
    ...selection,
    would: Tally,
    left: Tally,
    failed: Tally,
    items: Type.Array(
      Type.Object(
        {
          number: Count,
          kind: Text,
          subject: Text,
          correlation: OrNull(Text),
          connection: OrNull(Text),
          contract: OrNull(Text),
          would: Text,
          state: ItemState,
          reason: OrNull(Text),
          endedAt: OrNull(At),
        },
        exactly,
      ),
    ),
    next: OrNull(Count),
  },
  exactly,
);

const Differences = Type.Array(
  Type.Object(
    { path: Text, before: Type.Optional(Type.Unknown()), after: Type.Optional(Type.Unknown()) },
    exactly,
  ),
);
export const CorrectedBefore = Type.Object(
  {
    looked: Count,
    corrected: Type.Array(
      Type.Object(
        {
          document: Text,
          delivery: Text,
          system: Text,
          systemTitle: Text,
          by: Text,
          at: At,
          reason: OrNull(Text),
          taken: Type.Boolean(),
          fields: Differences,
        },
        exactly,
      ),
    ),
    offers: Type.Array(
      Type.Object(
        {
          path: Text,
          was: Type.Unknown(),
          value: Type.Unknown(),
          documents: Type.Array(Text),
          by: Text,
          field: Text,
          systemTitle: Text,
          at: At,
        },
        exactly,
      ),
    ),
  },
  exactly,
);

export const Preview = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          number: Count,
          delivery: Text,
          connection: Text,
          contract: Text,
          subject: Text,
          correlation: Text,
          would: Text,
          skip: OrNull(Text),
          mediaType: OrNull(Text),
          payload: OrNull(Text),
          differences: Differences,
          changed: Differences,
          problem: OrNull(Text),
          notCompared: OrNull(Text),
        },
        exactly,
      ),
    ),
  },
  exactly,
);
