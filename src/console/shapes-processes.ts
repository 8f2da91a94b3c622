/**
 * Shapes of the console's API about processes.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/processes?since=` | `Processes`: each with its funnel |
 * | `GET /api/processes/:name?since=` | `ProcessPage`: steps taken, stays, questions |
 */
import Type from "typebox";
import { At, Count, exactly, OrNull, Text } from "./shapes.ts";

const stage = { here: Count, normal: Count, waiting: Count, someone: Count };
export const Funnel = Type.Object(
  {
    process: Text,
    keyType: Text,
    since: OrNull(At),
    entered: Count,
    completed: Count,
    abandoned: Count,
    before: Type.Object(stage, exactly),
    stages: Type.Array(Type.Object({ milestone: Text, reached: Count, ...stage }, exactly)),
    exact: Type.Boolean(),
    asOf: At,
  },
  exactly,
);
const line = { name: Text, version: Count, title: Text, summary: Text, owner: Text, funnel: Funnel };

export const Processes = Type.Object(
  { processes: Type.Array(Type.Object(line, exactly)), asOf: At },
  exactly,
);
export const ProcessPage = Type.Object(
  {
    process: Type.Object(
      {
        ...line,
        milestones: Type.Array(Type.Object({ name: Text, due: OrNull(Text) }, exactly)),
        steps: Type.Array(Type.Object({ from: Text, to: Text, count: Count }, exactly)),
        stays: Type.Array(
          Type.Object({ milestone: Text, count: Count, p50Ms: OrNull(Count), p90Ms: OrNull(Count) }, exactly),
        ),
        questions: Type.Array(Type.Object({ approval: Text, open: Count }, exactly)),
        approvals: Type.Array(Type.Object({ name: Text, by: Text, within: Text }, exactly)),
        timers: Type.Array(Type.Object({ name: Text, span: Text }, exactly)),
      },
      exactly,
    ),
    asOf: At,
  },
  exactly,
);

/** RFC 3339: what happened since then is counted; without it, since the beginning. */
export const SinceQuery = Type.Object({ since: Type.Optional(Type.String({ format: "date-time" })) });
