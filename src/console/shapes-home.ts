/**
 * The console's API about the first page.
 *
 * | Path | Answers |
 * |---|---|
 * | `GET /api/home?since=` | `Home`: the sentence, funnels, systems, what needs someone, recent documents |
 */
import Type from "typebox";
import { At, Count, exactly, Money, OrNull, Text, Word } from "./shapes.ts";
import { Line } from "./shapes-documents.ts";
import { Funnel } from "./shapes-processes.ts";
import { System } from "./shapes-systems.ts";

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
