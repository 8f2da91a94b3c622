/**
 * Shapes of the console's API about processes.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/processes?since=` | `Processes`: each with its funnel |
 * | `GET /api/processes/:name?since=` | `ProcessPage`: steps taken, stays, questions |
 * | `GET /api/processes/:name/versions` | `ProcessVersions`: how many instances of each have not ended |
 * | `GET /api/processes/:name/moves?from=&to=&after=` | `Moves`: who can go on under another version, and who stays and why |
 * | `POST /api/processes/:name/moves` | `Move` → `{done, asked}`: has them moved |
 * | `POST /api/processes/:name/moves/look` | `MoveLook` → `Moves`: how these stand now |
 */
import Type from "typebox";
import { At, Count, exactly, OrNull, Text, Why } from "./shapes.ts";

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
    stages: Type.Array(
      Type.Object({ milestone: Text, reached: Count, ...stage, p50Ms: OrNull(Count) }, exactly),
    ),
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
export const ProcessVersions = Type.Object(
  {
    versions: Type.Array(
      Type.Object({ version: Count, running: Count, parked: Count, isHere: Type.Boolean() }, exactly),
    ),
  },
  exactly,
);
export const Moves = Type.Object(
  {
    movers: Type.Array(
      Type.Object(
        {
          key: Text,
          version: Count,
          status: Text,
          milestone: OrNull(Text),
          verdict: Type.Union(["moves", "stays", "moved", "ended"].map((each) => Type.Literal(each))),
          because: OrNull(Text),
        },
        exactly,
      ),
    ),
    /** The key after which the next page begins; null: there is none. */
    next: OrNull(Text),
  },
  exactly,
);
const Version = Type.Integer({ minimum: 0, maximum: 32_767 });
/** Instances by their keys: few enough to be asked for in one go. */
const Keys = Type.Array(Type.String({ minLength: 1, maxLength: 300 }), { minItems: 1, maxItems: 100 });
export const MovesQuery = Type.Object({
  from: Type.String({ pattern: "^\\d{1,5}$" }),
  to: Type.String({ pattern: "^\\d{1,5}$" }),
  after: Type.Optional(Type.String({ maxLength: 300 })),
});
export const MoveLook = Type.Object({ from: Version, to: Version, keys: Keys }, exactly);
export const Move = Type.Object(
  { from: Version, to: Version, keys: Keys, reason: Type.Optional(Why) },
  exactly,
);
