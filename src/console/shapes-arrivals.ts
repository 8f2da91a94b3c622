/**
 * The console's API about what arrived.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/arrivals/:id` | `Arrival`: who sent it, as what, why it was set aside, and its words as far as nothing hides them |
 * | `POST /api/arrivals/:id/reveal` | `RevealArrival` → `Arrival` with its words, for a reason that is kept |
 */
import Type from "typebox";
import { At, Count, exactly, OrNull, Text } from "./shapes.ts";

export const Arrival = Type.Object(
  {
    id: Text,
    flow: Text,
    source: Text,
    sourceTitle: Text,
    name: Type.String(),
    mediaType: OrNull(Text),
    receivedAt: At,
    state: Type.Union(["accepted", "quarantined", "conflict"].map((state) => Type.Literal(state))),
    bytes: Count,
    exceptions: Type.Array(
      Type.Object(
        {
          id: Text,
          cause: Text,
          title: Text,
          reason: Text,
          resolvedAt: OrNull(At),
          resolution: OrNull(Text),
        },
        exactly,
      ),
    ),
    text: Type.String(),
    complete: Type.Boolean(),
  },
  exactly,
);
/** Why its words are to be seen. */
export const RevealArrival = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 2_000 }) },
  exactly,
);
