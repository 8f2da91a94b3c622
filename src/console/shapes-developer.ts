/**
 * The console's API for those who find out why.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/events?contract=&kind=&source=&about=&from=&to=&before=&limit=` | `Events`: lines of the journal, newest first; a body is a step of its transaction |
 */
import Type from "typebox";
import { At, Count, exactly, OrNull, Text } from "./shapes.ts";

const Kind = Type.Union([Type.Literal("event"), Type.Literal("command")]);

export const Events = Type.Object(
  {
    events: Type.Array(
      Type.Object(
        {
          ...{ position: Text, recordedAt: At, occurredAt: At, kind: Kind },
          ...{ contract: Text, version: Count, title: Text, subject: Text, source: Text, sourceTitle: Text },
          ...{ correlation: Text, number: Text, document: Type.Boolean(), causation: OrNull(Text) },
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
    ...{ contract: Word, kind: Type.Optional(Kind), source: Word, about: Word, from: Instant, to: Instant },
    before: Type.Optional(Type.String({ pattern: "^\\d{1,18}$" })),
    /** 1 to 200. */
    limit: Type.Optional(Type.String({ pattern: "^(?:[1-9]\\d?|1\\d\\d|200)$" })),
  },
  exactly,
);
