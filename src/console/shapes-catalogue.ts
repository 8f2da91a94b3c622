/**
 * Shapes of the console's API about contracts and insights.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/contracts` | `Contracts`: the catalogue, by name |
 * | `GET /api/contracts/:name` | `ContractPage`: with shape and sample |
 * | `POST /api/contracts/:name/check` | `ToCheck` → `Checked`: whether a body keeps it, and where it does not |
 * | `GET /api/insights?hours=` | `Insights` |
 * | `GET /api/savings?hours=&document=&copy=&contradiction=&doubt=&hour=` | `Savings`: what was saved, counted, and what that is worth by the asker's assumptions |
 * | `GET /api/savings.csv?…`, `…/savings.xlsx?…` | the same as a file; kept in the audit |
 */
import Type from "typebox";
import { SAVED } from "../trace/index.ts";
import { At, Count, exactly, OrNull, Text } from "./shapes.ts";

const Party = Type.Object({ flow: Text, title: Text }, exactly);
const Card = Type.Object(
  {
    name: Text,
    version: Count,
    kind: Type.Union([Type.Literal("event"), Type.Literal("command")]),
    owner: Text,
    summary: Text,
    criticality: Text,
    compatibility: Text,
    keys: Type.Array(Text),
    publishers: Type.Array(Party),
    consumers: Type.Array(Party),
  },
  exactly,
);
export const Contracts = Type.Object({ contracts: Type.Array(Card) }, exactly);
export const ContractPage = Type.Object(
  {
    contract: Card,
    schema: Type.Unknown(),
    sample: Type.Unknown(),
    /** Fields nobody sees without a reason. */
    hidden: Type.Array(
      Type.Object(
        { place: Text, mark: Type.Union([Type.Literal("personal"), Type.Literal("secret")]) },
        exactly,
      ),
    ),
    /** A span such as `3650d`; null: as everything else. */
    keptFor: OrNull(Text),
    says: OrNull(Text),
    /** Of the latest part of the journal; `declared`: a flow says that it does. */
    seen: Type.Object(
      {
        messages: Count,
        since: OrNull(At),
        senders: Type.Array(
          Type.Object(
            { name: Text, title: Text, declared: Type.Boolean(), messages: Count, lastAt: At },
            exactly,
          ),
        ),
        takers: Type.Array(
          Type.Object(
            {
              name: Text,
              title: Text,
              declared: Type.Boolean(),
              deliveries: Count,
              failed: Count,
              again: Count,
              lastAt: At,
            },
            exactly,
          ),
        ),
        followers: Type.Array(Type.Object({ process: Text, documents: Count, lastAt: At }, exactly)),
      },
      exactly,
    ),
  },
  exactly,
);
/** A body somebody wants to send. */
export const ToCheck = Type.Object({ text: Type.String({ minLength: 1, maxLength: 60_000 }) }, exactly);
export const Checked = Type.Object(
  { keeps: Type.Boolean(), problem: OrNull(Text), expected: OrNull(Text) },
  exactly,
);
export const Insights = Type.Object(
  {
    at: Type.Array(At),
    partMs: Count,
    processes: Type.Array(
      Type.Object(
        {
          name: Text,
          title: Text,
          entered: Type.Array(Count),
          completed: Type.Array(Count),
          givenUp: Type.Array(Count),
          asked: Count,
          stays: Type.Array(
            Type.Object(
              { milestone: Text, count: Count, p50Ms: OrNull(Count), p90Ms: OrNull(Count) },
              exactly,
            ),
          ),
        },
        exactly,
      ),
    ),
    exceptions: Type.Array(Type.Object({ class: Text, opened: Type.Array(Count) }, exactly)),
    opened: Count,
    closed: Count,
    fixedWithinMs: OrNull(Count),
  },
  exactly,
);
/** 6 hours, a day, a week, a month. */
export const InsightsQuery = Type.Object({
  hours: Type.Optional(Type.String({ pattern: "^(?:6|24|168|720)$" })),
});

const Range = Type.Object({ from: Text, to: Text }, exactly);
const Worth = OrNull(Type.Object({ from: Text, to: Text, currency: Text }, exactly));
export const Savings = Type.Object(
  {
    since: At,
    asOf: At,
    lines: Type.Array(
      Type.Object(
        {
          kind: Type.Union(SAVED.map((kind) => Type.Literal(kind))),
          title: Text,
          parts: Type.Array(
            Type.Object({ name: Text, title: Text, count: Count, of: OrNull(Count) }, exactly),
          ),
          count: Count,
          minutes: OrNull(Range),
          hours: OrNull(Range),
          worth: Worth,
        },
        exactly,
      ),
    ),
    hours: OrNull(Range),
    worth: Worth,
  },
  exactly,
);
/** Minutes as `10` or `10-15`, an hour as `65.00 EUR`; what is left out has no value. */
const Assumed = Type.Optional(Type.String({ maxLength: 20 }));
export const SavingsQuery = Type.Object(
  {
    hours: InsightsQuery.properties.hours,
    document: Assumed,
    copy: Assumed,
    contradiction: Assumed,
    doubt: Assumed,
    hour: Assumed,
  },
  exactly,
);
