/**
 * The console's API about documents.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/documents?search=&after=&limit=` | `Documents`: found by any number, or the latest when nothing is searched |
 * | `GET /api/documents?kind=&plant=&over=&status=&late=&after=&limit=` | `Documents` that fit; a page may hold fewer or a few more than asked for |
 * | `GET /api/documents/count?kind=&plant=&over=&status=&late=&after=` | `DocumentCount`: how many fit; all of them once `next` is null |
 * | `GET /api/documents.csv?…`, `…/documents.xlsx?…` | the same documents as a file, up to 10,000 of them; kept in the audit |
 * | `GET /api/documents/:correlation` | `Story`: the whole story of one document (`order%2FSO-10045`) |
 * | `GET /api/documents/:correlation/steps/:position` | `Step`: what was sent and what came back |
 * | `POST /api/documents/:correlation/tend` | `TendDocument` → `{done}`: take it on, leave a note |
 * | `POST /api/documents/:correlation/hold`, `…/release` | `Reason` → `{done}`: nothing of it is sent, until it goes on |
 * | `POST /api/deliveries/:key/try-again`, `…/cancel` | `Reason` → `{done}` |
 * | `POST /api/deliveries/:key/settle` | `Settlement` → `{done}` |
 */
import Type from "typebox";
import { HOWS } from "../trace/index.ts";
import { At, Count, exactly, Money, OrNull, Status, Text, Why, Word } from "./shapes.ts";

export const Milestone = Type.Object(
  {
    name: Text,
    state: Type.Union(["reached", "partly", "open", "late", "withdrawn"].map((state) => Type.Literal(state))),
    at: OrNull(At),
    part: OrNull(Count),
    of: OrNull(Count),
    due: OrNull(At),
  },
  exactly,
);
export const Header = Type.Object(
  {
    money: OrNull(Money),
    amounts: Type.Array(Type.Object({ label: Text, amount: Text, currency: Text }, exactly)),
    parties: Type.Array(Type.Object({ label: Text, name: Text }, exactly)),
    lines: OrNull(Count),
    facts: Type.Array(Type.Object({ label: Text, text: Text }, exactly)),
  },
  exactly,
);
const line = {
  correlation: Text,
  kind: Text,
  number: Text,
  also: Type.Array(Type.Object({ label: Text, value: Text }, exactly)),
  header: Header,
  process: OrNull(Text),
  milestones: Type.Array(Milestone),
  status: Status,
  startedAt: At,
  changedAt: At,
};
export const Line = Type.Object(line, exactly);
export const Match = Type.Object(
  { label: Text, type: Text, value: Text, system: OrNull(Text), exact: Type.Boolean() },
  exactly,
);
export const Documents = Type.Object(
  {
    documents: Type.Array(Type.Object({ ...line, matched: Type.Optional(Type.Array(Match)) }, exactly)),
    next: OrNull(Text),
  },
  exactly,
);
const StepRef = OrNull(Type.Object({ correlation: Text, position: Text }, exactly));
export const Entry = Type.Object(
  {
    id: Text,
    at: At,
    happenedAt: OrNull(At),
    level: Type.Union(["business", "steps", "attempts"].map((level) => Type.Literal(level))),
    what: Text,
    word: OrNull(Word),
    system: OrNull(Text),
    title: Text,
    detail: OrNull(Text),
    step: StepRef,
  },
  exactly,
);
export const Node = Type.Object(
  {
    id: Text,
    parent: OrNull(Text),
    kind: Type.Union(["arrival", "event", "command", "delivery", "person"].map((kind) => Type.Literal(kind))),
    title: Text,
    system: OrNull(Text),
    detail: OrNull(Text),
    word: OrNull(Word),
    at: At,
    step: StepRef,
  },
  exactly,
);
const NotCarried = Type.Array(Type.Object({ place: Text, value: Text }, exactly));
export const Delivery = Type.Object(
  {
    key: Text,
    correlation: Text,
    connection: Text,
    connectionTitle: Text,
    contract: Text,
    title: Text,
    state: Text,
    status: Status,
    attempts: Count,
    reference: OrNull(Text),
    createdAt: At,
    updatedAt: At,
    step: Text,
    notCarried: NotCarried,
    tries: Type.Array(Type.Object({ at: At, outcome: Text, reason: OrNull(Text) }, exactly)),
    waits: OrNull(Type.Object({ what: Text, since: At }, exactly)),
    may: Type.Array(Type.Union(["try again", "settle", "cancel"].map((act) => Type.Literal(act)))),
  },
  exactly,
);
export const question = {
  id: Text,
  process: Text,
  approval: Text,
  askedOf: Text,
  because: OrNull(Text),
  correlation: Text,
  askedAt: At,
  dueAt: At,
  verdict: OrNull(Type.Union(["approved", "declined", "withdrawn"].map((verdict) => Type.Literal(verdict)))),
  answeredBy: OrNull(Text),
  comment: OrNull(Text),
  answeredAt: OrNull(At),
};
export const exception = {
  id: Text,
  fingerprint: Text,
  class: Text,
  word: Word,
  title: Text,
  reason: Text,
  owner: Text,
  subjectKind: Text,
  subject: Text,
  connection: OrNull(Text),
  connectionTitle: OrNull(Text),
  correlation: OrNull(Text),
  openedAt: At,
  resolvedAt: OrNull(At),
  resolution: OrNull(Text),
  tries: OrNull(Count),
  dueAt: OrNull(At),
  escalatedAt: OrNull(At),
};
export const Story = Type.Object(
  {
    line: Line,
    tended: Type.Object(
      {
        assignedTo: OrNull(Text),
        hold: OrNull(Type.Object({ by: Text, because: Text, at: At }, exactly)),
      },
      exactly,
    ),
    milestones: Type.Array(Milestone),
    instances: Type.Array(
      Type.Object(
        {
          process: Text,
          version: Count,
          key: Text,
          status: Text,
          startedAt: At,
          updatedAt: At,
          milestones: Type.Array(Milestone),
          timers: Type.Array(Type.Object({ name: Text, due: At }, exactly)),
          notes: Type.Array(Type.Object({ at: OrNull(Text), text: Text }, exactly)),
          undo: Type.Array(Text),
        },
        exactly,
      ),
    ),
    timeline: Type.Array(Entry),
    lineage: Type.Array(Node),
    keys: Type.Array(
      Type.Object(
        { label: Text, type: Text, value: Text, system: OrNull(Text), systemTitle: OrNull(Text) },
        exactly,
      ),
    ),
    opinions: Type.Object(
      {
        systems: Type.Array(Type.Object({ name: Text, title: Text }, exactly)),
        rows: Type.Array(
          Type.Object(
            {
              milestone: Text,
              subject: OrNull(Text),
              said: Type.Array(OrNull(Type.Object({ reached: Type.Boolean(), at: At }, exactly))),
              stand: Type.Union(["agree", "settling", "differ"].map((stand) => Type.Literal(stand))),
            },
            exactly,
          ),
        ),
        disagreements: Type.Array(Text),
      },
      exactly,
    ),
    deliveries: Type.Array(Delivery),
    questions: Type.Array(Type.Object(question, exactly)),
    exceptions: Type.Array(Type.Object(exception, exactly)),
    related: Type.Array(
      Type.Object({ ...line, through: Type.Object({ label: Text, value: Text }, exactly) }, exactly),
    ),
    archived: Type.Array(
      Type.Object(
        {
          number: Type.Integer(),
          of: Type.Union([Type.Literal("event"), Type.Literal("arrival")]),
          file: Text,
          folder: Text,
          host: Text,
          lines: Type.Integer(),
          firstAt: At,
          lastAt: At,
          archivedAt: At,
        },
        exactly,
      ),
    ),
    notCarried: Type.Array(
      Type.Object(
        {
          way: Type.Union([Type.Literal("read"), Type.Literal("written")]),
          title: Text,
          systemTitle: Text,
          places: Type.Array(Text),
          step: Type.Object({ correlation: Text, position: Text }, exactly),
        },
        exactly,
      ),
    ),
    truncated: Type.Boolean(),
    asOf: At,
  },
  exactly,
);
export const Step = Type.Object(
  {
    position: Text,
    kind: Type.Union([Type.Literal("event"), Type.Literal("command")]),
    contract: Text,
    version: Count,
    title: Text,
    summary: OrNull(Text),
    source: Text,
    sourceTitle: Text,
    recordedAt: At,
    occurredAt: At,
    data: Type.Unknown(),
    extra: Type.Unknown(),
    notCarried: NotCarried,
    answers: Type.Array(
      Type.Object(
        {
          position: Text,
          title: Text,
          contract: Text,
          source: Text,
          recordedAt: At,
          data: Type.Unknown(),
          extra: Type.Unknown(),
        },
        exactly,
      ),
    ),
    deliveries: Type.Array(Delivery),
  },
  exactly,
);
/** What documents may be chosen by; `over` is an amount and its currency, `5000 EUR`. */
const filter = {
  kind: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  plant: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  over: Type.Optional(Type.String({ pattern: "^\\d{1,15}(?:\\.\\d{1,6})? [A-Z]{3}$" })),
  /** Who looks after it. */
  of: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
  status: Type.Optional(Word),
  late: Type.Optional(Type.Literal("true")),
  process: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  /** A milestone of that process; empty: before the first. */
  at: Type.Optional(Type.String({ maxLength: 200 })),
  how: Type.Optional(Type.Union(HOWS.map((how) => Type.Literal(how)))),
  after: Type.Optional(Type.String({ maxLength: 300 })),
};
export const DocumentsQuery = Type.Object({
  ...filter,
  search: Type.Optional(Type.String({ maxLength: 200 })),
  /** 1 to 200. */
  limit: Type.Optional(Type.String({ pattern: "^(?:[1-9]\\d?|1\\d\\d|200)$" })),
});
const { after: _, ...chosen } = filter;
export const DocumentsFileQuery = Type.Object(
  { ...chosen, search: Type.Optional(Type.String({ maxLength: 200 })) },
  exactly,
);
export const DocumentCountQuery = Type.Object(filter, exactly);
export const DocumentCount = Type.Object({ count: Count, next: OrNull(Text) }, exactly);
/** Who looks after it (null: nobody, no longer), or a note on it. */
export const TendDocument = Type.Union([
  Type.Object({ assign: OrNull(Type.String({ maxLength: 120 })), reason: Type.Optional(Why) }, exactly),
  Type.Object({ note: Type.String({ minLength: 1, maxLength: 2_000 }) }, exactly),
]);
/** Nothing is stopped without a reason. */
export const Hold = Type.Object({ reason: Type.String({ minLength: 1, maxLength: 2_000 }) }, exactly);
/** How often it had been tried on the page the person decided from; refused when there was another try since. */
const tries = Type.Optional(Count);
/** What is done about a delivery, and why. */
export const AboutDelivery = Type.Object({ reason: Type.Optional(Why), tries }, exactly);
/** `booked`: the number under which the target has it; null: it was not booked, send it again. */
export const Settlement = Type.Object(
  { booked: OrNull(Type.String({ minLength: 1, maxLength: 200 })), reason: Type.Optional(Why), tries },
  exactly,
);
