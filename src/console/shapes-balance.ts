/** `GET /api/balance`: the account of everything accepted, as `src/trace/balance.ts` makes it. */
import Type from "typebox";
import { At, Count, exactly, OrNull, Text } from "./shapes.ts";

export const Balance = Type.Object(
  {
    // Null for a part of the business: what subscribers were owed is counted for all of it only.
    owed: OrNull(Count),
    delivered: Count,
    taken: OrNull(Count),
    unread: OrNull(Count),
    applied: Count,
    superseded: Count,
    cancelled: Count,
    open: Count,
    reasons: Type.Array(
      Type.Object(
        { reason: Text, count: Count, oldestAt: At, nextAt: Type.Union([At, Type.Null()]) },
        exactly,
      ),
    ),
    silent: Count,
    where: Type.Array(Type.Object({ what: Text, count: Count }, exactly)),
    exact: Type.Boolean(),
    asOf: At,
  },
  exactly,
);
