/**
 * Shapes of the console's API of the demonstration.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/demonstration` | `Demonstration`: whether simulated systems run here, stories, faults |
 * | `GET /api/demonstration/scoreboard` | `Score`: what the systems' own books say |
 * | `POST /api/demonstration/stories/:story` | `Nothing` → `{done, order}` |
 * | `POST /api/demonstration/systems/:system/faults` | `Fault` → `{done}`; null ends all faults of it |
 * | `GET /api/clock` | `DueTimes`: what waits for a time, and for how long the first of each kind does |
 * | `POST /api/clock` | `BringNearer` → `{done, ms, said, moved}`: everything that waits comes nearer, or as much as the first of a kind waits |
 */
import Type from "typebox";
import { WAIT_KINDS } from "../runtime/demonstration-clock.ts";
import { At, Count, exactly, OrNull, Text } from "./shapes.ts";

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

const WaitKind = Type.Union(WAIT_KINDS.map((kind) => Type.Literal(kind)));
export const DueTimes = Type.Object(
  {
    available: Type.Boolean(),
    waiting: Type.Array(
      Type.Object(
        { kind: WaitKind, title: Text, waiting: Count, nextMs: OrNull(Type.Number({ minimum: 0 })) },
        exactly,
      ),
    ),
    asOf: At,
  },
  exactly,
);
export const BringNearer = Type.Union([
  Type.Object({ ms: Type.Integer({ minimum: 1_000, maximum: 31 * 86_400_000 }) }, exactly),
  Type.Object({ first: WaitKind }, exactly),
]);
