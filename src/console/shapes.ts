/**
 * The console's API in one place: every path, what it takes and what it answers.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/session` | who is here, the token for changes, the table of status words |
 * | `GET /api/home?since=` | `Home`: the sentence, funnels, systems, what needs someone, recent documents |
 * | `GET /api/documents?search=&after=&limit=` | `Documents`: found by any number, or the latest when nothing is searched |
 * | `GET /api/documents/:correlation` | `Story`: the whole story of one document (`order%2FSO-10045`) |
 * | `GET /api/documents/:correlation/steps/:position` | `Step`: what was sent and what came back |
 * | `GET /api/exceptions` | `Exceptions`: open exceptions by cause, open questions |
 * | `GET /api/systems` | `Systems`: every connection, those in trouble first |
 * | `GET /api/systems/:name?hours=` | `SystemPage`: one of them with its calls, queue and outages over time |
 * | `GET /api/systems/:name/open?after=` | `OpenDeliveries`: what is not settled, oldest first |
 * | `POST /api/systems/:name/decide` | `SystemDecision` → `{done}`: pause, drain, resume |
 * | `GET /api/batches` | `Batches`: large files, newest first, with totals that add up |
 * | `GET /api/batches/:id?after=` | `Batch`: one of them with its refused records after a record number |
 * | `POST /api/batches/:id/decide` | `BatchDecision` → `{done}` |
 * | `GET /api/live` | server-sent events: `changed` `{documents}` at most once a second, `beat` every 5 s |
 * | `POST /api/questions/:id/answer` | `Answer` → `{done}` |
 * | `POST /api/deliveries/:key/try-again`, `…/cancel` | `Reason` → `{done}` |
 * | `POST /api/deliveries/:key/settle` | `Settlement` → `{done}` |
 *
 * Causes of exceptions are in `shapes-causes.ts`, bulk acts in `shapes-selections.ts`.
 *
 * Everything else is a `Problem` with the status that fits: 403 not allowed, 404 not found, 409 changed meanwhile. What is
 * taken is checked by fastify; that what is answered keeps these shapes is checked by a test over real answers.
 */
import Type from "typebox";
import { STATUS_WORDS } from "../trace/index.ts";

const Text = Type.String();
const At = Type.String({ format: "date-time" });
const Count = Type.Integer({ minimum: 0 });
const OrNull = <Shape extends Type.TSchema>(shape: Shape) => Type.Union([shape, Type.Null()]);
const exactly = { additionalProperties: false } as const;

// What is shown -----------------------------------------------------------------------------------------------------

export const Word = Type.Union(STATUS_WORDS.map((word) => Type.Literal(word)));
export const Status = Type.Object(
  { word: Word, text: Text, late: Type.Boolean(), because: OrNull(Text), next: OrNull(At) },
  exactly,
);
export const Money = Type.Object({ amount: Text, currency: Text }, exactly);
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
/** A line with more beside it. */
export const lineWith = <More extends Type.TProperties>(more: More) =>
  Type.Object({ ...line, ...more }, exactly);
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
export const Home = Type.Object(
  {
    step: Type.Object(
      {
        answer: Type.Union(
          ["in step", "mostly", "out of step", "cannot tell"].map((answer) => Type.Literal(answer)),
        ),
        sentence: Text,
        ageMs: OrNull(Type.Number()),
      },
      exactly,
    ),
    funnels: Type.Array(Funnel),
    systems: Type.Array(System),
    needs: Type.Object(
      {
        documents: Count,
        questions: Count,
        exceptions: Count,
        temporary: Count,
        overdue: Count,
        causes: Count,
      },
      exactly,
    ),
    recent: Type.Array(Line),
    /** The foremost causes, each in a line. */
    causes: Type.Array(
      Type.Object(
        { id: Text, fingerprint: Text, class: Text, word: Word, title: Text, documents: Count, oldestAt: At },
        exactly,
      ),
    ),
    /** Worth of the documents that need someone, each once. */
    money: Type.Object({ sums: Type.Array(Money), exact: Type.Boolean() }, exactly),
    asOf: At,
    /** A newer answer is being made: ask again in a moment. */
    renewing: Type.Boolean(),
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
    may: Type.Array(Type.Union(["try again", "settle", "cancel"].map((act) => Type.Literal(act)))),
  },
  exactly,
);
const question = {
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
const exception = {
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
  dueAt: OrNull(At),
  escalatedAt: OrNull(At),
};
export const Story = Type.Object(
  {
    line: Line,
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
          ...{ file: Text, folder: Text, host: Text, lines: Type.Integer() },
          ...{ firstAt: At, lastAt: At, archivedAt: At },
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
export const Item = Type.Object({ ...exception, document: OrNull(Line) }, exactly);
export const Exceptions = Type.Object(
  {
    groups: Type.Array(Type.Object({ ...group, items: Type.Array(Item) }, exactly)),
    questions: Type.Array(Type.Object({ ...question, document: OrNull(Line) }, exactly)),
    asOf: At,
  },
  exactly,
);
export const BatchView = Type.Object(
  {
    id: Text,
    flow: Text,
    source: Text,
    file: Text,
    hash: Text,
    state: Type.Union(
      ["waiting", "running", "paused", "finished", "failed"].map((state) => Type.Literal(state)),
    ),
    reason: OrNull(Text),
    worker: OrNull(Text),
    chunk: Count,
    bytes: Count,
    bytesRead: Count,
    records: Count,
    outcomes: Type.Object(
      {
        applied: Count,
        waiting: Count,
        held: Count,
        parked: Count,
        givenUp: Count,
        noChange: Count,
        passedOver: Count,
        refused: Count,
      },
      exactly,
    ),
    readingAgain: Type.Boolean(),
    openedAt: At,
    startedAt: OrNull(At),
    updatedAt: At,
    finishedAt: OrNull(At),
  },
  exactly,
);
export const Batches = Type.Object({ batches: Type.Array(BatchView), asOf: At }, exactly);
export const Batch = Type.Object(
  {
    batch: BatchView,
    refused: Type.Array(
      Type.Object(
        { record: Count, line: Count, reason: Text, readingAgain: Type.Boolean(), text: OrNull(Text) },
        exactly,
      ),
    ),
  },
  exactly,
);
export const Problem = Type.Object({ title: Text, detail: Text }, exactly);

// What is taken -----------------------------------------------------------------------------------------------------

export const DocumentsQuery = Type.Object({
  search: Type.Optional(Type.String({ maxLength: 200 })),
  after: Type.Optional(Type.String({ maxLength: 40 })),
  /** 1 to 200. */
  limit: Type.Optional(Type.String({ pattern: "^(?:[1-9]\\d?|1\\d\\d|200)$" })),
});

export const RefusedQuery = Type.Object({
  after: Type.Optional(Type.String({ pattern: "^\\d{1,12}$" })),
});

const Why = Type.String({ maxLength: 2_000 });
/** Why somebody pressed the button; kept in the audit. */
export const Reason = Type.Object({ reason: Type.Optional(Why) }, exactly);
export const Answer = Type.Object(
  {
    verdict: Type.Union([Type.Literal("approved"), Type.Literal("declined")]),
    comment: Type.Optional(Why),
  },
  exactly,
);
/** `booked`: the number under which the target has it; null: it was not booked, send it again. */
export const Settlement = Type.Object(
  { booked: OrNull(Type.String({ minLength: 1, maxLength: 200 })), reason: Type.Optional(Why) },
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

/** What is to become of a batch; kept in the audit with the reason. */
export const BatchDecision = Type.Object(
  {
    verdict: Type.Union([
      Type.Literal("pause"),
      Type.Literal("resume"),
      Type.Literal("read refused again"),
      Type.Literal("give up"),
    ]),
    reason: Type.Optional(Why),
  },
  exactly,
);
