/**
 * `GET /api/documents/:correlation/steps/:position/side-by-side` → `SideBySide`: what arrived, what it became, what is sent, and
 * the rule behind each field. `POST …/reveal` with `of: "side by side"` answers the same with what was hidden.
 */
import Type from "typebox";
import { exactly, OrNull, Text } from "./shapes.ts";

const Placed = OrNull(Type.Object({ place: Text, value: Text }, exactly));
const Document = OrNull(
  Type.Object({ systemTitle: Text, flow: Text, format: Text, problem: OrNull(Text) }, exactly),
);
/** A message between what arrived and what is sent, for shapes that say more beside it. */
export const sideBySide = {
  contract: Text,
  title: Text,
  arrived: Document,
  sent: Document,
  rows: Type.Array(
    Type.Object(
      {
        path: OrNull(Text),
        value: OrNull(Text),
        arrived: Placed,
        sent: Placed,
        ruleIn: Text,
        ruleOut: Text,
        same: Type.Boolean(),
      },
      exactly,
    ),
  ),
  whole: Type.Boolean(),
};
export const SideBySide = Type.Object(sideBySide, exactly);
