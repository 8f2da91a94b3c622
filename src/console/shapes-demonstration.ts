/**
 * Shapes of the console's API of the demonstration.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/demonstration` | `Demonstration`: whether simulated systems run here, stories, faults |
 * | `GET /api/demonstration/scoreboard` | `Score`: what the systems' own books say |
 * | `POST /api/demonstration/stories/:story` | `Nothing` → `{done, order}` |
 * | `POST /api/demonstration/systems/:system/faults` | `Fault` → `{done}`; null ends all faults of it |
 */
import Type from "typebox";
import { Count, exactly, Text } from "./shapes.ts";

export const Demonstration = Type.Object(
  {
    available: Type.Boolean(),
    stories: Type.Array(Type.Object({ name: Text, title: Text, expect: Text }, exactly)),
    systems: Type.Array(Type.Object({ name: Text, faults: Type.Array(Text) }, exactly)),
  },
  exactly,
);
export const Score = Type.Object(
  {
    placed: Count,
    once: Count,
    twice: Type.Array(Text),
    underWay: Count,
    lost: Type.Array(Text),
    ledgerDifference: Text,
    asOf: Text,
  },
  exactly,
);
export const Nothing = Type.Object({}, exactly);
const FAULTS = [
  "down",
  "slow",
  "refuse",
  "error",
  "busy",
  "lose-answer",
  "hang",
  "duplicate-webhooks",
  "reorder",
  "hold-webhooks",
  "lose-webhooks",
] as const;
export const Fault = Type.Object(
  {
    /** Null: all of them end. */
    fault: Type.Union([...FAULTS.map((fault) => Type.Literal(fault)), Type.Null()]),
    ms: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000 })),
    times: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
  },
  exactly,
);
