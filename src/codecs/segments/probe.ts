/** What `npm run samples` says of a file of X12 or EDIFACT: how many documents of which kinds, and the first error. */
import type { Reading } from "../probe.ts";
import type { AnyProblem } from "./document.ts";

/** What one event of a reader says. */
export interface Tallied {
  /** The kind of the document it tells of, if it tells of one. */
  readonly kind?: string | undefined;
  readonly problems: readonly AnyProblem[];
}

export async function tally<Event>(
  events: AsyncIterable<Event>,
  tell: (event: Event) => Tallied,
): Promise<Reading> {
  const kinds: Record<string, number> = {};
  let documents = 0;
  let refused: { line: number; reason: string } | undefined;
  let more = 0;
  for await (const event of events) {
    const { kind, problems } = tell(event);
    if (kind !== undefined) {
      documents += 1;
      kinds[kind] = (kinds[kind] ?? 0) + 1;
    }
    for (const { severity, line, message } of problems) {
      if (severity !== "error") continue;
      if (refused === undefined) refused = { line, reason: message };
      else more += 1;
    }
  }
  if (refused === undefined) return { documents, kinds };
  const reason = more === 0 ? refused.reason : `${refused.reason} And ${more} more.`;
  return { documents, kinds, refused: { line: refused.line, reason } };
}
