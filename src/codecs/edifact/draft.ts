/**
 * A message on its way out: its type and its segments, without envelope or references.
 *
 * Writers of business documents hand these out; `envelope.ts` puts them into an interchange.
 */
import type { Segment } from "./document.ts";

export interface MessageDraft {
  /** UNH 0065. */
  readonly type: string;
  /** Everything between UNH and UNT. */
  readonly segments: readonly Segment[];
  /** Version, release and agency where they are the message's own and not the interchange's: CONTRL has its own. */
  readonly directory?: readonly [version: string, release: string, agency: string];
}

export const draft = (type: string, segments: readonly Segment[]): MessageDraft => ({ type, segments });
