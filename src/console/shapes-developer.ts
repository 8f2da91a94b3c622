/**
 * The console's API for those who find out why.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/events?contract=&kind=&source=&about=&from=&to=&before=&limit=` | `Events`: lines of the journal, newest first; a body is a step of its transaction |
 * | `GET /api/flows` | `Flows`: what is carried in and out, each with a sample where its contract has one |
 * | `GET /api/flows/:name/inputs` | `Inputs`: the latest recorded inputs of a flow, and what of it was set aside |
 * | `POST /api/flows/:name/try` | `TrialInput` → `FlowTrial`: what comes of it; nothing is kept or sent |
 */
import Type from "typebox";
import { At, Count, exactly, OrNull, Text } from "./shapes.ts";
import { sideBySide } from "./shapes-side-by-side.ts";

const Kind = Type.Union([Type.Literal("event"), Type.Literal("command")]);

export const Events = Type.Object(
  {
    events: Type.Array(
      Type.Object(
        {
          position: Text,
          recordedAt: At,
          occurredAt: At,
          kind: Kind,
          contract: Text,
          version: Count,
          title: Text,
          subject: Text,
          source: Text,
          sourceTitle: Text,
          correlation: Text,
          number: Text,
          document: Type.Boolean(),
          causation: OrNull(Text),
        },
        exactly,
      ),
    ),
    next: OrNull(Text),
    lookedBackTo: OrNull(At),
  },
  exactly,
);

const Word = Type.Optional(Type.String({ minLength: 1, maxLength: 500 }));
const Instant = Type.Optional(Type.String({ format: "date-time" }));
export const EventsQuery = Type.Object(
  {
    contract: Word,
    kind: Type.Optional(Kind),
    source: Word,
    about: Word,
    from: Instant,
    to: Instant,
    before: Type.Optional(Type.String({ pattern: "^\\d{1,18}$" })),
    /** 1 to 200. */
    limit: Type.Optional(Type.String({ pattern: "^(?:[1-9]\\d?|1\\d\\d|200)$" })),
  },
  exactly,
);

const Direction = Type.Union([Type.Literal("in"), Type.Literal("out")]);
export const Flows = Type.Object(
  {
    flows: Type.Array(
      Type.Object(
        {
          name: Text,
          title: Text,
          direction: Direction,
          format: Text,
          contracts: Type.Array(Text),
          sample: OrNull(Text),
        },
        exactly,
      ),
    ),
  },
  exactly,
);
export const Inputs = Type.Object(
  {
    inputs: Type.Array(
      Type.Object(
        {
          arrival: Type.Optional(Text),
          event: Type.Optional(Text),
          at: At,
          title: Text,
          detail: OrNull(Text),
        },
        exactly,
      ),
    ),
  },
  exactly,
);
export const TRIAL_BYTES_MAX = 1_000_000;
export const TrialInput = Type.Union([
  Type.Object({ text: Type.String({ maxLength: TRIAL_BYTES_MAX }) }, exactly),
  Type.Object({ arrival: Type.String({ format: "uuid" }) }, exactly),
  Type.Object({ event: Type.String({ pattern: "^\\d{1,18}$" }) }, exactly),
]);
const Part = Type.Integer({ minimum: 1 });
export const FlowTrial = Type.Object(
  {
    flow: Text,
    direction: Direction,
    hides: Type.Boolean(),
    outcomes: Type.Array(
      Type.Object({ ...sideBySide, version: Count, isAnswer: Type.Boolean(), data: Type.Unknown() }, exactly),
    ),
    document: OrNull(Type.Object({ mediaType: Text, text: Text }, exactly)),
    refused: Type.Array(
      Type.Object(
        { part: Part, reason: Text, facts: Type.Array(Type.Object({ name: Text, value: Text }, exactly)) },
        exactly,
      ),
    ),
    passedOver: Type.Array(Type.Object({ part: Part, because: Text }, exactly)),
    lookedUp: Type.Array(Type.Object({ label: Text, what: Text, value: Text, found: OrNull(Text) }, exactly)),
  },
  exactly,
);
