/**
 * Shapes of the console's API about contracts and insights.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/contracts` | `Contracts`: the catalogue, by name |
 * | `GET /api/contracts/:name` | `ContractPage`: with shape and sample |
 * | `GET /api/insights?hours=` | `Insights` |
 */
import Type from "typebox";
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
  { contract: Card, schema: Type.Unknown(), sample: Type.Unknown(), says: OrNull(Text) },
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
