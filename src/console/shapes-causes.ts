/**
 * The console's API about what needs someone: exceptions by cause, and questions put to people.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/exceptions` | `Exceptions`: open exceptions by cause, the first open questions and how many there are |
 * | `GET /api/exceptions/solved` | `Solved`: what was solved in the last seven days: who, how, when, how long it took; newest first, bounded |
 * | `GET /api/questions?after=&limit=` | `Questions`: open questions, oldest first, a page at a time |
 * | `POST /api/exceptions/:id/resolve` | `Reason` → `{done}`: close by hand what is about no delivery |
 * | `POST /api/questions/:id/answer` | `Answer` → `{done}` |
 * | `GET /api/causes/:cause?after=&limit=` | `Cause`: one group by its short id (`GR-3f9a2c1d`) or fingerprint: what it blocks, its runbook, a page of items, history, how it was solved before |
 * | `POST /api/causes/:cause/tend` | `Tend` → `{done}`: take it on, put it to sleep, leave a note |
 */
import Type from "typebox";
import { At, Count, exactly, Money, OrNull, Text, Why, Word } from "./shapes.ts";
import { exception, Line, question } from "./shapes-documents.ts";

const Reason = Type.Optional(Type.String({ minLength: 1, maxLength: 2_000 }));

export const group = {
  id: Text,
  fingerprint: Text,
  class: Text,
  word: Word,
  title: Text,
  owner: Text,
  assignedTo: OrNull(Text),
  snoozedUntil: OrNull(At),
  runbook: Text,
  connection: OrNull(Text),
  connectionTitle: OrNull(Text),
  open: Count,
  documents: Count,
  oldestAt: At,
  newestAt: At,
  money: Type.Array(Money),
  moneyExact: Type.Boolean(),
  units: Type.Array(Type.Object({ value: Text, uom: Text }, exactly)),
};
export const Item = Type.Object({ ...exception, document: OrNull(Line) }, exactly);
const questions = {
  questions: Type.Array(Type.Object({ ...question, document: OrNull(Line) }, exactly)),
  /** How many are open in all. */
  open: Count,
  next: OrNull(Text),
};
export const Questions = Type.Object(questions, exactly);
export const QuestionsQuery = Type.Object(
  {
    after: Type.Optional(Type.String({ maxLength: 1_000 })),
    /** 1 to 200. */
    limit: Type.Optional(Type.String({ pattern: "^(?:[1-9]\\d?|1\\d\\d|200)$" })),
  },
  exactly,
);
export const Exceptions = Type.Object(
  {
    groups: Type.Array(Type.Object({ ...group, items: Type.Array(Item) }, exactly)),
    ...questions,
    asOf: At,
  },
  exactly,
);
export const Solved = Type.Object(
  {
    solved: Type.Array(
      Type.Object(
        {
          id: Text,
          class: Text,
          word: Word,
          title: Text,
          connectionTitle: OrNull(Text),
          how: Type.Union(["by person", "by replay", "by itself"].map((how) => Type.Literal(how))),
          by: OrNull(Text),
          resolution: Text,
          exceptions: Count,
          documents: Count,
          some: Type.Array(Line),
          at: At,
          medianMs: Count,
          longestMs: Count,
          openAgain: Count,
        },
        exactly,
      ),
    ),
    since: At,
    /** False when more was solved than is listed. */
    complete: Type.Boolean(),
    asOf: At,
  },
  exactly,
);
export const Answer = Type.Object(
  {
    verdict: Type.Union([Type.Literal("approved"), Type.Literal("declined")]),
    comment: Type.Optional(Why),
  },
  exactly,
);

export const Runbook = Type.Object({ id: Text, title: Text, effect: Text, steps: Type.Array(Text) }, exactly);

export const Cause = Type.Object(
  {
    group: Type.Object(group, exactly),
    common: Type.Array(Text),
    runbook: Runbook,
    blast: Type.Object(
      {
        exact: Type.Boolean(),
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
    /** Whether whoever asks may take it on and put it to sleep: that is a word about all of it. */
    mayTend: Type.Boolean(),
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
