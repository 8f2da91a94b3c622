/**
 * What every shape of the console's API is made of. Each part of the API has a file beside this one, `shapes-*.ts`, which begins
 * with its paths, what they take and what they answer:
 *
 * documents, home, processes, systems, causes (exceptions and questions), selections (bulk acts), batches, agreements, balance,
 * catalogue, people, demonstration. `GET /api/session` says who is here, the token for changes and the table of status words;
 * `GET /api/live` is server-sent events: `changed` `{documents}` at most once a second, `beat` every 5 s.
 *
 * Everything else is a `Problem` with the status that fits: 403 not allowed, 404 not found, 409 changed meanwhile. What is
 * taken is checked by fastify; that what is answered keeps these shapes is checked by a test over real answers.
 */
import Type from "typebox";
import { STATUS_WORDS } from "../trace/status.ts";

export const Text = Type.String();
export const At = Type.String({ format: "date-time" });
export const Count = Type.Integer({ minimum: 0 });
export const OrNull = <Shape extends Type.TSchema>(shape: Shape) => Type.Union([shape, Type.Null()]);
/** A field nobody knows is refused. */
export const exactly = { additionalProperties: false } as const;

export const Word = Type.Union(STATUS_WORDS.map((word) => Type.Literal(word)));
export const Status = Type.Object(
  { word: Word, text: Text, late: Type.Boolean(), because: OrNull(Text), next: OrNull(At) },
  exactly,
);
export const Money = Type.Object({ amount: Text, currency: Text }, exactly);
export const Problem = Type.Object({ title: Text, detail: Text }, exactly);

export const Why = Type.String({ maxLength: 2_000 });
/** Why somebody pressed the button; kept in the audit. */
export const Reason = Type.Object({ reason: Type.Optional(Why) }, exactly);
