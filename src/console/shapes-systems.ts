/**
 * The console's API about systems.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/systems` | `Systems`: every connection, those in trouble first |
 * | `GET /api/systems/:name?hours=` | `SystemPage`: one of them with its calls, queue and outages over time |
 * | `GET /api/systems/:name/open?after=` | `OpenDeliveries`: what is not settled, oldest first |
 * | `POST /api/systems/:name/decide` | `SystemDecision` → `{done}`: pause, drain, resume |
 * | `POST /api/systems/:name/probe` | `Reason` → `SystemProbe`: one harmless call, and what came of it |
 */
import Type from "typebox";
import { At, Count, exactly, OrNull, Status, Text, Why } from "./shapes.ts";

export const System = Type.Object(
  {
    name: Text,
    title: Text,
    owner: Text,
    state: Type.Union(
      ["ok", "slow", "down", "trying", "unknown", "paused"].map((state) => Type.Literal(state)),
    ),
    pause: OrNull(
      Type.Object(
        {
          how: Type.Union([Type.Literal("paused"), Type.Literal("draining")]),
          by: Text,
          reason: Text,
          at: At,
          until: OrNull(At),
        },
        exactly,
      ),
    ),
    isUnheard: Type.Boolean(),
    because: OrNull(Text),
    since: OrNull(At),
    lastOkAt: OrNull(At),
    p50Ms: OrNull(Type.Number()),
    p99Ms: OrNull(Type.Number()),
    inFlight: Count,
    waiting: Count,
    oldestAt: OrNull(At),
    held: Count,
    parked: Count,
    inDoubt: Count,
    exact: Type.Boolean(),
  },
  exactly,
);
export const Systems = Type.Object({ systems: Type.Array(System), asOf: At }, exactly);
export const SystemPage = Type.Object(
  {
    system: System,
    about: Type.Object(
      {
        connector: Text,
        summary: Text,
        /** What a second sending of the same document does there, in words. */
        repeat: Text,
        verifies: Type.Boolean(),
        concurrency: Count,
        allowed: Count,
        /** Flows that bring something from it or to it. */
        flows: Type.Array(
          Type.Object(
            {
              name: Text,
              title: Text,
              direction: Type.Union([Type.Literal("in"), Type.Literal("out")]),
              contracts: Type.Array(Text),
            },
            exactly,
          ),
        ),
      },
      exactly,
    ),
    history: Type.Object(
      {
        calls: Type.Array(
          Type.Object(
            {
              at: At,
              ok: Count,
              refused: Count,
              failed: Count,
              p50Ms: OrNull(Type.Number()),
              p95Ms: OrNull(Type.Number()),
            },
            exactly,
          ),
        ),
        queue: Type.Array(
          Type.Object({ at: At, waiting: Count, aside: Count, oldestSeconds: Count }, exactly),
        ),
        partMs: Count,
        outages: Type.Array(
          Type.Object({ connection: Text, because: Text, beganAt: At, endedAt: OrNull(At) }, exactly),
        ),
        open: Type.Array(Type.Object({ contract: Text, title: Text, waiting: Count, aside: Count }, exactly)),
      },
      exactly,
    ),
    asOf: At,
  },
  exactly,
);
export const OpenDeliveries = Type.Object(
  {
    deliveries: Type.Array(
      Type.Object(
        { key: Text, correlation: Text, number: Text, title: Text, status: Status, createdAt: At },
        exactly,
      ),
    ),
    next: OrNull(Text),
  },
  exactly,
);
export const SystemQuery = Type.Object({
  /** 1 hour to two weeks. */
  hours: Type.Optional(Type.String({ pattern: "^(?:1|6|24|72|168|336)$" })),
});
/** What is to become of the sending to a system; kept in the audit with the reason. */
export const SystemDecision = Type.Object(
  {
    verdict: Type.Union([Type.Literal("pause"), Type.Literal("drain"), Type.Literal("resume")]),
    /** RFC 3339: when the pause ends by itself. */
    until: Type.Optional(OrNull(Type.String({ format: "date-time" }))),
    reason: Type.Optional(Why),
  },
  exactly,
);
/** What came of asking a system whether the line works. */
export const SystemProbe = Type.Object(
  {
    answered: Type.Boolean(),
    ms: Count,
    because: OrNull(Text),
    access: Type.Boolean(),
    as: OrNull(Text),
    /** Secrets we prove ourselves with, by their places. */
    provedWith: Type.Array(Text),
    may: Type.Array(Text),
    can: Type.Array(Text),
    /** What a second sending of the same document does there, in words. */
    repeat: Text,
    /** All of it in one sentence. */
    detail: Text,
    asOf: At,
  },
  exactly,
);
