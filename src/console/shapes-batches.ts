/**
 * The console's API about batches.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/batches` | `Batches`: large files, newest first, with totals that add up |
 * | `GET /api/batches/:id?after=` | `Batch`: one of them with its refused records after a record number |
 * | `POST /api/batches/:id/reveal` | `RevealRefused` → `{refused}`: the same records with their words, for a reason that is kept |
 * | `POST /api/batches/:id/decide` | `BatchDecision` → `{done}` |
 */
import Type from "typebox";
import { At, Count, exactly, OrNull, Text, Why } from "./shapes.ts";

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
export const RefusedQuery = Type.Object({
  after: Type.Optional(Type.String({ pattern: "^\\d{1,12}$" })),
});
/** Which refused records are shown with their words, and why. */
export const RevealRefused = Type.Object(
  { after: Type.Optional(Count), reason: Type.String({ minLength: 1, maxLength: 2_000 }) },
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
