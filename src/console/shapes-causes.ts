/**
 * The console's API about causes of exceptions.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/causes/:cause?after=&limit=` | `Cause`: one group by its short id (`GR-3f9a2c1d`) or fingerprint: what it blocks, its runbook, a page of items, history, how it was solved before |
 * | `POST /api/causes/:cause/tend` | `Tend` → `{done}`: take it on, put it to sleep, leave a note |
 */
import Type from "typebox";
import { group, Item } from "./shapes.ts";

const Text = Type.String();
const At = Type.String({ format: "date-time" });
const Count = Type.Integer({ minimum: 0 });
const OrNull = <Shape extends Type.TSchema>(shape: Shape) => Type.Union([shape, Type.Null()]);
const exactly = { additionalProperties: false } as const;
const Reason = Type.Optional(Type.String({ minLength: 1, maxLength: 2_000 }));

export const Runbook = Type.Object({ id: Text, title: Text, effect: Text, steps: Type.Array(Text) }, exactly);

export const Cause = Type.Object(
  {
    group: Type.Object(group, exactly),
    runbook: Runbook,
    blast: Type.Object(
      {
        stopped: Count,
        waitingDeliveries: Count,
        documents: Count,
        kinds: Type.Array(Type.Object({ kind: Text, count: Count }, exactly)),
        customers: Type.Array(Text),
        customerCount: Count,
        milestones: Type.Array(Type.Object({ process: Text, milestone: Text, documents: Count }, exactly)),
      },
      exactly,
    ),
    items: Type.Array(Item),
    next: OrNull(Text),
    history: Type.Array(
      Type.Object({ at: At, exception: Text, what: Text, by: Text, detail: OrNull(Text) }, exactly),
    ),
    before: Type.Object(
      { solved: Count, medianMinutes: OrNull(Count), lastResolution: OrNull(Text) },
      exactly,
    ),
  },
  exactly,
);

export const CauseQuery = Type.Object(
  {
    after: Type.Optional(Type.String({ pattern: "^\\d{1,18}$" })),
    limit: Type.Optional(Type.String({ pattern: "^\\d{1,3}$" })),
  },
  exactly,
);

export const Tend = Type.Union([
  Type.Object({ assign: OrNull(Type.String({ maxLength: 120 })), reason: Reason }, exactly),
  Type.Object({ snooze: OrNull(At), reason: Reason }, exactly),
  Type.Object({ note: Type.String({ minLength: 1, maxLength: 2_000 }), reason: Reason }, exactly),
]);
