/** Shapes of the console's API about agreement: what is asked; answers are those of `src/trace/agreement.ts`. */
import Type from "typebox";
import { exactly } from "./shapes.ts";

const Reason = Type.String({ minLength: 1, maxLength: 2_000 });

export const ContradictionsQuery = Type.Object(
  {
    milestone: Type.Optional(Type.String({ maxLength: 200 })),
    after: Type.Optional(Type.String({ maxLength: 1_000 })),
    limit: Type.Optional(Type.String({ pattern: "^[0-9]{1,3}$" })),
  },
  exactly,
);

export const Compare = Type.Object(
  {
    reason: Reason,
    /** Instead of the grace of each milestone: "0s" counts everything that differs at this moment. */
    grace: Type.Optional(Type.String({ pattern: "^[0-9]{1,6}(ms|s|m|h|d)$" })),
  },
  exactly,
);

export const MENDINGS = [
  "ask again",
  "send again",
  "send as new",
  "try again",
  "take its report",
  "accept",
] as const;

export const Mend = Type.Object(
  { milestone: Type.String({ minLength: 1, maxLength: 200 }), how: Type.Enum([...MENDINGS]), reason: Reason },
  exactly,
);
